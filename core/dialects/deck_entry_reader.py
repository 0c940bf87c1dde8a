"""Reading the deck's entries: aliases, waterfalls, presets and choices, each checked against its shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from core.diagnostics import deck_codes
from core.dialects.deck_schema import Section
from core.dialects.field_values import describe
from core.dialects.table_schema import Fault, TableSchema, list_of, text
from core.entities import Alias, Choice, Family, Path, Place, Preset, Waterfall
from core.files.tree import Tree
from core.problems import Findings
from core.records import dataclass
from core.references import is_empty_reference
from core.releases import Behaviours
from core.suggest import did_you_mean

Entry = TypeVar("Entry", Alias, Waterfall, Preset)


@dataclass(slots=True)
class Draft:
    model_type: str | None
    aliases: dict[str, Alias]
    waterfalls: dict[str, Waterfall]
    presets: dict[str, Preset]
    choices: list[Choice]
    settings: dict[str, object]


class EntryReader:
    """Reads entries of the merged deck into drafts of families, and reports those of a wrong shape."""

    def __init__(
        self,
        tree: Tree,
        behaviours: Behaviours,
        findings: Findings,
        known: Mapping[str, Family],
        changed: frozenset[Path],
    ) -> None:
        self.known = known
        """The families of an earlier, sound reading of the same outline, where there is one."""
        self.changed = changed
        """The key paths whose values have changed since."""
        self.tree = tree
        self.data = tree.deck.data
        self.behaviours = behaviours
        self.findings = findings
        self.drafts: dict[str, Draft] = {}
        self.settings_places: dict[str, Place] = {}

    def _draft(self, family: str, model_type: str | None) -> Draft:
        return self.drafts.setdefault(family, Draft(model_type, {}, {}, {}, [], {}))

    def _place(self, *path: str | int) -> Place:
        return Place(self.tree.deck.outline, path)

    def _table(self, path: Path, *, required: bool, what: str) -> Mapping[str, object] | None:
        node: object = self.data
        for key in path:
            node = node.get(str(key)) if isinstance(node, Mapping) else None
        name = ".".join(str(key) for key in path)
        if node is None:
            if required:
                self._refuse(
                    f"the deck has no [{name}]: {what} are missing",
                    self._place(*path[:-1]),
                    name,
                    fix=f"add a table [{name}] to a deck file",
                )
            return None
        if not isinstance(node, dict):
            self._refuse(
                f"`{name}` is {describe(node)}, not a table",
                self._place(*path),
                name,
                fix=f"write a table [{name}], or remove it",
            )
            return None
        return node

    def _refuse(
        self, message: str, place: Place, subject: str, *, fix: str | None = None, condition: str = "deck shape"
    ) -> None:
        self.findings.refuse(deck_codes.DECK_INVALID, condition, message, place, fix=fix, subject=subject)

    def _to_read(
        self, table: Mapping[str, object], path: Path, into: dict[str, Entry], known: Mapping[str, Entry]
    ) -> Iterable[tuple[str, object]]:
        """The entries of a table that are to be read: all, or those that have changed, the others being taken over."""
        if not known or len(known) != len(table):
            return table.items()
        into.update(known)
        size = len(path)
        names = {at[size] for at in self.changed if len(at) > size and at[:size] == path}
        return [(name, value) for name, value in table.items() if name in names] if names else ()

    def _family(self, name: str) -> Family:
        return self.known.get(name) or Family(name, None)

    def _names(self, kind: str, path: Path, family: str) -> None:
        """Aliases or waterfalls, wherever they stand."""
        full = (*path, kind)
        node = self.data
        for key in path:
            inner = node.get(str(key))
            node = inner if isinstance(inner, dict) else {}
        if kind not in node:
            return
        table = self._table(full, required=False, what=kind)
        if table is None:
            return
        draft = self._draft(family, None)
        lists = self.behaviours.alias_lists
        known = self._family(family)
        for name, value in (
            self._to_read(table, full, draft.aliases, known.aliases)
            if kind == "aliases"
            else self._to_read(table, full, draft.waterfalls, known.waterfalls)
        ):
            place = self._place(*full, name)
            label = f"{'alias' if kind == 'aliases' else 'waterfall'} `{name}`"
            if kind == "waterfalls":
                expected = list_of(text)(value)
                if expected:
                    self._refuse(
                        f"{label} is {describe(value)}, expected a list of names",
                        place,
                        name,
                        fix='write it as ["first", "second"]',
                    )
                entries = tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
                draft.waterfalls[name] = Waterfall(family, name, entries, place)
                continue
            if isinstance(value, str):
                draft.aliases[name] = Alias(family, name, (value,), False, place)
                continue
            if isinstance(value, list):
                targets = tuple(item for item in value if isinstance(item, str))
                draft.aliases[name] = Alias(family, name, targets, True, place)
                if lists and len(targets) == len(value):
                    continue
                fix = None if lists else f"move it to a waterfall: [waterfalls] {name} = [...]"
                self._refuse(
                    f"{label} is a list, expected a name" if not lists else f"{label}: each entry must be a name",
                    place,
                    name,
                    fix=fix,
                )
                continue
            self._refuse(
                f"{label} is {describe(value)}, expected a name", place, name, fix="write the name of a model as text"
            )
            draft.aliases[name] = Alias(family, name, (), False, place)

    def _presets(self, table: Mapping[str, object], path: Path, section: Section, draft: Draft, *, quiet: bool) -> None:
        for name, value in self._to_read(table, path, draft.presets, self._family(section.family).presets):
            place = self._place(*path, name)
            if not isinstance(value, dict):
                self._refuse(
                    f"preset `{name}` is {describe(value)}, not a table",
                    place,
                    name,
                    fix="write a table with its model and settings, or remove it",
                )
                continue
            if not quiet:
                self._shape(value, section.preset, place, f"preset `{name}`", name)
            draft.presets[name] = self._preset(section.family, name, value, place)

    def _preset(self, family: str, name: str, value: Mapping[str, object], place: Place) -> Preset:
        for key in (self.behaviours.handle_key, "model", "llm_handle", "ocr_handle", "img_gen_handle"):
            reference = value.get(key)
            if isinstance(reference, str):
                return Preset(family, name, reference, value, place, key)
        return Preset(family, name, "", value, place, self.behaviours.handle_key)

    def _shape(self, value: Mapping[str, object], shape: TableSchema, place: Place, label: str, subject: str) -> None:
        for fault in shape.validate(value, self.behaviours.release):
            self._fault(fault, shape, place, label, subject)

    def _fault(self, fault: Fault, shape: TableSchema, place: Place, label: str, subject: str) -> None:
        key = str(fault.path[0])
        where = place if fault.kind == "missing" else place.at(*fault.path)
        conditions = {"max_tokens": "preset max_tokens", "quality and steps": "image quality and steps"}
        condition = conditions.get(fault.kind, "deck shape")
        fix = f"write {fault.expected}"
        if fault.kind == "missing":
            message, fix = f"{label} has no `{key}`", f"add {key} = ..."
        elif fault.kind == "unknown":
            known = shape.fields_of(self.behaviours.release)
            message = f"{label}: unknown key `{key}`"
            fix = did_you_mean(key, known) or f"remove it; known keys: {', '.join(known)}"
        else:
            message = f"{label}: `{key}` is {describe(fault.value, fault.expected)}, expected {fault.expected}"
        self._refuse(message, where, subject, fix=fix, condition=condition)

    def _choice(
        self,
        value: object,
        path: Path,
        kind: str,
        key: str,
        section: Section,
        draft: Draft,
        *,
        quiet: bool,
    ) -> None:
        place = self._place(*path)
        label = f"choice `{'.'.join(str(part) for part in path)}`"
        name = str(path[-1])
        if isinstance(value, str):
            draft.choices.append(Choice(section.family, kind, key, value, place))
            if not quiet and self.behaviours.sigils and is_empty_reference(value):
                self._refuse(
                    f"{label} is an empty reference",
                    place,
                    name,
                    fix="name a $preset, an @alias or a model",
                    condition="empty reference",
                )
        elif isinstance(value, dict):
            if not quiet:
                self._shape(value, section.preset, place, label, name)
            inline = self._preset(section.family, "", value, place)
            draft.choices.append(Choice(section.family, kind, key, inline, place))
        elif not quiet:
            self._refuse(
                f"{label} is {describe(value)}, expected a reference or a table of settings",
                place,
                name,
                fix="write the name of a preset or model as text",
            )
