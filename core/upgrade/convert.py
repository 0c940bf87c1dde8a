"""Conversion: a unit in the form of one release, written in the form of a later one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.dialects.deck_schema import SECTIONS, Section, family_of, sections_of
from core.dialects.model_schema import FLAT_DEFAULTS, MODEL, header_fault
from core.entities import GLOBAL
from core.mentions import HANDLE_KEYS, named_by
from core.project_methods import project_methods
from core.references import Kind, written
from core.releases import Behaviours
from core.toml.edit.text_layout import Path
from core.upgrade.units import DECK, SPECS, kind_of

Part = tuple[Path, object]
_FAMILIES = frozenset(section.family for section in SECTIONS)
_CONSTRAINTS = "constraints"
_FIXED = "temperature_must_be_1"
_SETTINGS = ("default_temperature", "default_quality")


class Converter:
    """Converts units of a tree, as read for its own release, for a target release.

    `dropped` collects what the target has no place for: a phrase with the key, and the reason.
    """

    def __init__(self, before: Report, target: Behaviours) -> None:
        self.before = before
        self.old = before.catalog.behaviours
        self.new = target
        self.dropped: list[tuple[str, str]] = []
        self._used_in = self._families_of_names()

    def unit(self, name: str, path: Path, value: object) -> list[Part]:
        """The parts that a unit of a file becomes."""
        if kind_of(name) == DECK:
            return list(self._deck(path, value))
        if kind_of(name) == SPECS:
            return list(self._spec(path, value))
        return [(path, value)]

    # ---- the deck

    def _deck(self, path: Path, value: object) -> Iterator[Part]:
        top, rest = str(path[0]), path[1:]
        if top in ("aliases", "waterfalls"):
            yield from self._named(top, str(rest[0]), value)
            return
        if top.startswith("llm_") and rest:
            yield from self._section("llm", (top.removeprefix("llm_"), *rest), value)
            return
        model_type = next((section.model_type for section in SECTIONS if section.family == top), None)
        family = family_of(model_type, self.new) if model_type is not None else top
        if not any(section.family == family for section in sections_of(self.new)) and self.new.deck_layout != "flat":
            self._drop(path, f"Pipelex {self.new.release} has no section `{family}`")
            return
        yield from self._section(family, rest, value)

    def _named(self, group: str, name: str, value: object) -> Iterator[Part]:
        """An alias or a waterfall of releases without families."""
        is_list = isinstance(value, list)
        group = "aliases" if (not is_list or self.new.alias_lists) else "waterfalls"
        if self.new.deck_layout != "families":
            yield (group, name), value
            return
        for family in self._used_in.get(name, ("llm",)):
            texts = [self.reference(item, family) for item in value] if isinstance(value, list) else None
            yield (family, group, name), texts if texts is not None else self.reference(value, family)

    def _section(self, family: str, rest: Path, value: object) -> Iterator[Part]:
        at: Path = (family, *rest)
        if self.new.deck_layout == "flat":
            at = (f"llm_{rest[0]}", *rest[1:]) if family == "llm" else at
        group = str(rest[0]) if rest else ""
        if group == "presets" and isinstance(value, Mapping):
            yield at, self._preset(at, family, value)
        elif group.startswith("choice_") and str(rest[-1]) not in _SETTINGS:
            if isinstance(value, Mapping):
                yield at, self._preset(at, family, value)
            else:
                yield at, self.reference(value, family, choice=True)
        else:
            yield at, value

    def _preset(self, at: Path, family: str, value: Mapping[str, object]) -> dict[str, object]:
        section = self._section_of(family)
        fields = section.preset.fields_of(self.new.release) if section is not None else {}
        handle_key = next((key for key in HANDLE_KEYS if key in fields), "model")
        preset: dict[str, object] = {}
        for key, item in value.items():
            if key in HANDLE_KEYS:
                preset[handle_key] = self.reference(item, family)
            elif section is None or key in fields:
                preset[key] = item
            else:
                self._drop((*at, key), f"Pipelex {self.new.release} has no such key")
        return preset

    def _section_of(self, family: str) -> Section | None:
        if self.new.deck_layout == "flat":
            return SECTIONS[0]
        return next((section for section in sections_of(self.new) if section.family == family), None)

    def reference(self, text: object, family: str, *, choice: bool = False) -> object:
        """A reference with the sigil of the target; any other value is returned as it is."""
        if not isinstance(text, str) or self.old.sigils or not self.new.sigils or text == "disabled":
            return text
        node = named_by(self.before.resolver, text, self._old_family(family), choice=choice)
        if node is None or node.kind == Kind.MODEL.value:
            return text
        return written(self._kind(node.kind, node.name), node.name, self.new)

    def _kind(self, kind: str, name: str) -> Kind:
        """The kind of an entry in the target: a list of names is a waterfall."""
        space = self.before.catalog.families.get(GLOBAL)
        alias = space.aliases.get(name) if space is not None and kind == Kind.ALIAS.value else None
        return Kind.WATERFALL if alias is not None and alias.is_list else Kind(kind)

    def _old_family(self, family: str) -> str:
        """The family of the tree's release for one of the target."""
        model_type = next((section.model_type for section in SECTIONS if section.family == family), "llm")
        return family_of(model_type, self.old)

    def _families_of_names(self) -> dict[str, tuple[str, ...]]:
        """The families of the target in which the aliases and waterfalls of all families are used."""
        catalog = self.before.catalog
        space = catalog.families.get(GLOBAL)
        if space is None or self.new.deck_layout != "families":
            return {}
        used: dict[str, dict[str, None]] = {}
        names = self.before.resolver
        queue: list[tuple[str, str]] = []

        def follow(text: object, family: str, *, choice: bool) -> None:
            node = named_by(names, text, family, choice=choice) if isinstance(text, str) else None
            if node is not None and node.kind in (Kind.ALIAS.value, Kind.WATERFALL.value):
                queue.append((node.name, family))

        for section in catalog.families.values():
            for preset in section.presets.values():
                follow(preset.reference, section.name, choice=False)
            for one in section.choices:
                follow(one.value if isinstance(one.value, str) else one.value.reference, section.name, choice=True)
        for pipe in project_methods(catalog).pipes:
            for key in pipe.keys:
                follow(key.value, family_of(pipe.model_type, self.old), choice=True)
        for name, family in queue:
            target = self._new_family(family)
            if target in used.setdefault(name, {}):
                continue
            used[name][target] = None
            alias, waterfall = space.aliases.get(name), space.waterfalls.get(name)
            texts = alias.targets if alias is not None else waterfall.entries if waterfall is not None else ()
            for text in texts:
                follow(text, family, choice=False)
        for item in self.before.resolutions:
            if item.kind in (Kind.ALIAS, Kind.WATERFALL) and item.name not in used:
                found = item.spec.model_type if item.spec is not None else "llm"
                used[item.name] = {family_of(found, self.new): None}
        return {name: tuple(families) for name, families in used.items()}

    def families(self, family: str, name: str) -> tuple[str, ...]:
        """The families of the target in which an entry of the tree would be."""
        if family == GLOBAL and self.new.deck_layout == "families":
            return self._used_in.get(name, ("llm",))
        return (self._new_family(family) if family != GLOBAL else family,)

    def _new_family(self, family: str) -> str:
        model_type = next((section.model_type for section in SECTIONS if section.family == family), "llm")
        return family_of(model_type, self.new)

    # ---- backend files

    def _spec(self, path: Path, value: object) -> Iterator[Part]:
        key = str(path[0])
        if key in FLAT_DEFAULTS and self.new.model_defaults == "defaults table":
            field = FLAT_DEFAULTS[key]
            if field in MODEL.fields_of(self.new.release):
                yield ("defaults", field), value
            else:
                self._drop(path, f"Pipelex {self.new.release} has no `{field}`")
            return
        handle = value.get("handle") if isinstance(value, Mapping) and not self.new.handle_field else None
        if isinstance(value, Mapping) and isinstance(handle, str) and handle:
            path, value = (handle,), {field: item for field, item in value.items() if field != "handle"}
        yield path, self._model(path, value) if isinstance(value, Mapping) else value

    def _model(self, path: Path, table: Mapping[str, object]) -> dict[str, object]:
        fields = MODEL.fields_of(self.new.release)
        model: dict[str, object] = {}
        for key, value in table.items():
            if key == _CONSTRAINTS and key not in fields and isinstance(value, list):
                kept = [item for item in value if item != _FIXED]
                if kept:
                    model["listed_constraints"] = kept
                if _FIXED in value:
                    model["valued_constraints"] = {"fixed_temperature": 1}
            elif key in fields or header_fault(key, value, value, self.new) is None:
                model[key] = value
            else:
                self._drop((*path, key), f"Pipelex {self.new.release} has no such key")
        return model

    def _drop(self, path: Path, why: str) -> None:
        self.dropped.append((".".join(map(str, path)), why))
