"""Reader of deck entries: aliases, waterfalls, presets and choices, each validated against its schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from core.diagnostics import deck_codes
from core.dialects.deck_schema import Section
from core.dialects.field_values import describe, fault_text
from core.dialects.table_schema import TableSchema, list_of, text
from core.dialects.unquoted_keys import refuse_unquoted, unquoted
from core.entities import Alias, Choice, Family, Path, Place, Preset, Waterfall
from core.errors import Condition
from core.files.tree_reader import Tree
from core.problems import Findings
from core.records import dataclass
from core.references import is_empty_reference
from core.releases import Behaviours

_CONDITIONS = {"max_tokens": Condition.PRESET_MAX_TOKENS, "quality and steps": Condition.IMAGE_QUALITY_AND_STEPS}
Entry = TypeVar("Entry", Alias, Waterfall, Preset)


@dataclass(slots=True)
class FamilyDraft:
    """A family while its tables are read."""

    model_type: str | None
    aliases: dict[str, Alias]
    waterfalls: dict[str, Waterfall]
    presets: dict[str, Preset]
    choices: list[Choice]
    settings: dict[str, object]


class DeckEntryReader:
    """Reads entries of the merged deck into drafts of families, and reports invalid ones."""

    def __init__(
        self,
        tree: Tree,
        behaviours: Behaviours,
        findings: Findings,
        previous: Mapping[str, Family],
        changed: frozenset[Path],
    ) -> None:
        self.previous = previous
        """The families of a previous reading of the same outline without problems, if there is one."""
        self.changed = changed
        """The key paths whose values have changed since that reading."""
        self.tree = tree
        self.data = tree.deck.data
        self.behaviours = behaviours
        self.findings = findings
        self.drafts: dict[str, FamilyDraft] = {}
        self.settings_places: dict[str, Place] = {}

    def _draft(self, family: str, model_type: str | None) -> FamilyDraft:
        return self.drafts.setdefault(family, FamilyDraft(model_type, {}, {}, {}, [], {}))

    def _place(self, *path: str | int) -> Place:
        return Place(self.tree.deck.outline, path)

    def _table(self, path: Path, *, required: bool, label: str) -> Mapping[str, object] | None:
        node: object = self.data
        for key in path:
            node = node.get(str(key)) if isinstance(node, Mapping) else None
        name = ".".join(str(key) for key in path)
        if node is None:
            if required:
                unread = next((source for source in self.tree.deck.sources if not source.readable), None)
                self._refuse(
                    f"the deck has no [{name}]: {label} are missing",
                    self._place(*path[:-1]),
                    name,
                    fix=f"add a table [{name}] to a deck file" if unread is None else None,
                    cause=f"file {unread.shown}" if unread is not None else None,
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
        self,
        message: str,
        place: Place,
        subject: str,
        *,
        fix: str | None = None,
        cause: str | None = None,
        condition: Condition = Condition.DECK_SHAPE,
    ) -> None:
        self.findings.refuse(deck_codes.DECK_INVALID, condition, message, place, fix=fix, cause=cause, subject=subject)

    def _changed_entries(
        self, table: Mapping[str, object], path: Path, into: dict[str, Entry], previous: Mapping[str, Entry]
    ) -> Iterable[tuple[str, object]]:
        """The entries of a table to read: all of them, or the changed ones if the others can be reused."""
        if not previous or len(previous) != len(table):
            return table.items()
        into.update(previous)
        size = len(path)
        names = {at[size] for at in self.changed if len(at) > size and at[:size] == path}
        return [(name, value) for name, value in table.items() if name in names] if names else ()

    def _family(self, name: str) -> Family:
        return self.previous.get(name) or Family(name, None)

    def _aliases(self, path: Path, family: str, *, quiet: bool) -> None:
        """Read the table of aliases at a path, if it exists; `quiet` where the release refuses the whole table."""
        table = self._table(path, required=False, label="aliases")
        if table is None:
            return
        aliases = self._draft(family, None).aliases
        for name, value in self._changed_entries(table, path, aliases, self._family(family).aliases):
            place, is_list = self._place(*path, name), isinstance(value, list)
            items = value if isinstance(value, list) else [value]
            targets = tuple(item for item in items if isinstance(item, str))
            if not targets and (names := next(unquoted(name, value), ())):
                if not quiet:
                    refuse_unquoted(self.findings, Condition.DECK_SHAPE, names, place, header=False)
                continue
            aliases[name] = Alias(family, name, targets, is_list, place)
            if quiet:
                continue
            if is_list and not self.behaviours.alias_lists:
                fix = f"move it to a waterfall: [waterfalls] {name} = [...]"
                self._refuse(f"alias `{name}` is a list, expected a name", place, name, fix=fix)
            elif is_list and len(targets) < len(items):
                self._refuse(f"alias `{name}`: each entry must be a name", place, name)
            elif not is_list and not targets:
                message = f"alias `{name}` is {describe(value)}, expected a name"
                self._refuse(message, place, name, fix="write the name of a model as a string")

    def _waterfalls(self, path: Path, family: str, *, quiet: bool) -> None:
        """Read the table of waterfalls at a path, if it exists; `quiet` where the release refuses the whole table."""
        table = self._table(path, required=False, label="waterfalls")
        if table is None:
            return
        waterfalls = self._draft(family, None).waterfalls
        for name, value in self._changed_entries(table, path, waterfalls, self._family(family).waterfalls):
            place = self._place(*path, name)
            if names := next(unquoted(name, value), ()):
                if not quiet:
                    refuse_unquoted(self.findings, Condition.DECK_SHAPE, names, place, header=False)
                continue
            if not quiet and list_of(text)(value):
                message = f"waterfall `{name}` is {describe(value)}, expected a list of names"
                self._refuse(message, place, name, fix='write it as ["first", "second"]')
            entries = tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
            waterfalls[name] = Waterfall(family, name, entries, place)

    def _presets(
        self, table: Mapping[str, object], path: Path, section: Section, draft: FamilyDraft, *, quiet: bool
    ) -> None:
        for name, value in self._changed_entries(table, path, draft.presets, self._family(section.family).presets):
            place = self._place(*path, name)
            if not isinstance(value, dict):
                self._refuse(
                    f"preset `{name}` is {describe(value)}, not a table",
                    place,
                    name,
                    fix="write a table with its model and settings, or remove it",
                )
                continue
            known = section.preset.fields_of(self.behaviours.release)
            names = next(unquoted(name, value, known), ())
            if names and not quiet:
                refuse_unquoted(self.findings, Condition.DECK_SHAPE, names, place, header=False)
            if names and not any(key in known for key in value):
                continue  # nothing but a part of another name
            if not names and not quiet:
                self._validate(value, section.preset, place, f"preset `{name}`", name)
            draft.presets[name] = self._preset(section.family, name, value, place)

    def _preset(self, family: str, name: str, value: Mapping[str, object], place: Place) -> Preset:
        for key in (self.behaviours.handle_key, "model", "llm_handle", "ocr_handle", "img_gen_handle"):
            reference = value.get(key)
            if isinstance(reference, str):
                return Preset(family, name, reference, value, place, key)
        return Preset(family, name, "", value, place, self.behaviours.handle_key)

    def _validate(
        self, value: Mapping[str, object], schema: TableSchema, place: Place, label: str, subject: str
    ) -> None:
        for fault in schema.validate(value, self.behaviours.release):
            message, fix = fault_text(fault, label, schema, self.behaviours.release)
            location = place if fault.kind == "missing" else place.at(*fault.path)
            condition = _CONDITIONS.get(fault.kind, Condition.DECK_SHAPE)
            if isinstance(fault.value, bool):
                condition = Condition.DECK_SHAPE
            self._refuse(message, location, subject, fix=fix, condition=condition)

    def _choice(
        self,
        value: object,
        path: Path,
        kind: str,
        key: str,
        section: Section,
        draft: FamilyDraft,
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
                    condition=Condition.EMPTY_REFERENCE,
                )
        elif isinstance(value, dict):
            if not quiet:
                self._validate(value, section.preset, place, label, name)
                if "prompting_target" in value and self.behaviours.deck_layout == "flat":
                    # Only those of a preset are made from text; in a choice 0.10 wants a member of its enumeration.
                    message = f"{label}: 0.10 refuses `prompting_target` in a choice"
                    self._refuse(message, place.at("prompting_target"), name, fix="write a preset, and name it here")
            inline = self._preset(section.family, "", value, place)
            draft.choices.append(Choice(section.family, kind, key, inline, place))
        elif not quiet:
            self._refuse(
                f"{label} is {describe(value)}, expected a reference or a table of settings",
                place,
                name,
                fix="write the name of a preset or model as a string",
            )
