"""Reader of the merged deck: families with their aliases, waterfalls, presets and choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.diagnostics import file_codes
from core.dialects.deck_entry_reader import DeckEntryReader, FamilyDraft
from core.dialects.deck_schema import (
    DEFAULT_TEMPERATURE,
    DOC_GEN_CHOICES,
    FLAT_SECTIONS,
    SECTIONS,
    Section,
    sections_of,
)
from core.dialects.field_values import describe
from core.dialects.file_problems import report_source
from core.dialects.table_schema import Validator
from core.entities import GLOBAL, Family, Layer, Location, Path, Place
from core.errors import Condition, error_type
from core.files.tree_reader import Tree
from core.files.view import FORBIDDEN, GIVE_PERMISSION
from core.problems import Check, Findings, Problem, Stage
from core.records import dataclass
from core.releases import Behaviours
from core.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class ParsedDeck:
    """The families of a deck, and the problems in the order Pipelex meets them."""

    families: Mapping[str, Family]
    problems: tuple[Problem, ...]
    settings_places: Mapping[str, Place]


def read_deck(
    tree: Tree, behaviours: Behaviours, previous: ParsedDeck | None = None, changed: frozenset[Path] = frozenset()
) -> ParsedDeck:
    """Read the merged deck. Sections that another release wrote are read too, and reported.

    `previous` is the result for the same deck before the values at the key paths of `changed` were edited: all other
    entries are reused.
    """
    findings = Findings(behaviours.release, Stage.DECK, Check.PRESETS, [])
    if not tree.deck.sources:
        where = f"no deck file in {tree.deck_folder}"
        place = None
        code, fix = (
            file_codes.DECK_MISSING,
            f"create {tree.deck_folder}/base_deck.toml, or copy the deck of your release",
        )
        if tree.deck_fault == FORBIDDEN:
            code, fix = file_codes.FILE_UNREADABLE, GIVE_PERMISSION
        if tree.deck_fault:
            where = f"{tree.deck_folder} {tree.deck_fault}"
            place = Location(tree.deck_folder, 1, 1, "", Layer.PROJECT)
        findings.refuse(
            code,
            Condition.DECK_MISSING,
            f"{where}: there are no presets and no aliases",
            place,
            fix=fix,
            cause=f"folder {tree.deck_folder}",
            subject=tree.deck_folder,
        )
    for source in tree.deck.sources:
        report_source(source, findings, "deck")
    # Where there were problems, only a complete reading finds the problems of now.
    previous_families = previous.families if previous is not None and not previous.problems else {}
    reader = _DeckReader(tree, behaviours, findings.within(Stage.DECK, Check.PRESETS), previous_families, changed)
    families = reader.read() if tree.deck.sources else {}
    return ParsedDeck(families, tuple(findings.items), reader.settings_places)


class _DeckReader(DeckEntryReader):
    """Reads the sections of the merged deck."""

    def read(self) -> Mapping[str, Family]:
        before = len(self.findings.items)
        if self.behaviours.deck_layout == "families":
            for section in SECTIONS:
                self._draft(section.family, section.model_type)
        else:
            self._draft(GLOBAL, None)
        by_family = self.behaviours.deck_layout == "families"
        self._aliases(("aliases",), GLOBAL, quiet=by_family)
        self._waterfalls(("waterfalls",), GLOBAL, quiet=by_family or not self.behaviours.waterfalls)
        self._flat()
        for section in SECTIONS:
            self._section(section)
        self._unknown_keys()
        # In Pipelex faults with an error class of their own are raised before the faults of the schema.
        schema_error = error_type(Condition.DECK_SHAPE, self.behaviours.release)
        problems = self.findings.items[before:]
        self.findings.items[before:] = sorted(problems, key=lambda item: item.error_type in (None, schema_error))
        return {
            name: Family(
                name,
                draft.model_type,
                draft.aliases,
                draft.waterfalls,
                draft.presets,
                tuple(draft.choices),
                draft.settings,
            )
            for name, draft in self.drafts.items()
            if self._belongs(name, draft)
        }

    def _belongs(self, name: str, draft: FamilyDraft) -> bool:
        if draft.aliases or draft.waterfalls or draft.presets or draft.choices:
            return True
        return name == GLOBAL or any(section.family == name for section in sections_of(self.behaviours))

    def _flat(self) -> None:
        """`[llm_presets]`, `[llm_choice_defaults]` and `[llm_choice_overrides]` of 0.10."""
        is_flat = self.behaviours.deck_layout == "flat"
        if not is_flat and not any(key in self.data for key in FLAT_SECTIONS):
            return
        section = SECTIONS[0]
        draft = self._draft("llm", "llm")
        presets = self._table(("llm_presets",), required=False, label="presets")
        if presets is not None:
            self._presets(presets, ("llm_presets",), section, draft, quiet=not is_flat)
        for kind, key in (("default", "llm_choice_defaults"), ("override", "llm_choice_overrides")):
            table = self._table((key,), required=is_flat and kind == "default", label="the default choices")
            if table is not None:
                self._text_choices(table, (key,), kind, section, draft, quiet=not is_flat)

    def _section(self, section: Section) -> None:
        family = section.family
        exists = section.exists_in(self.behaviours.release)
        if not exists and family not in self.data:
            return
        table = self._table((family,), required=exists and section.required, label=f"{family} choices")
        if table is None:
            return
        draft = self._draft(family, section.model_type)
        by_family = self.behaviours.deck_layout == "families"
        self._aliases((family, "aliases"), family, quiet=not by_family)
        self._waterfalls((family, "waterfalls"), family, quiet=not by_family)
        presets = self._table((family, "presets"), required=False, label="presets")
        if presets is not None:
            self._presets(presets, (family, "presets"), section, draft, quiet=not exists)
        for setting in section.settings:
            if setting.exists_in(self.behaviours.release):
                self._setting(table, (family, setting.name), setting.test, draft)
        known_keys = {"presets", *(rule.name for rule in section.settings if rule.exists_in(self.behaviours.release))}
        known_keys |= {"aliases", "waterfalls"} if by_family else set()
        known_keys |= self._choices(section, table, draft, exists)
        for key in table:
            if key not in known_keys and exists:
                self._unknown((family, key), known_keys)

    def _choices(self, section: Section, table: Mapping[str, object], draft: FamilyDraft, exists: bool) -> set[str]:
        family = section.family
        if section.choices == "one":
            if "choice_default" in table:
                path: Path = (family, "choice_default")
                self._choice(table["choice_default"], path, "default", "", section, draft, quiet=not exists)
            elif section.choice_required and exists:
                fix = 'write choice_default = "..."'
                self._refuse(f"[{family}] has no choice_default", self._place(family), "choice_default", fix=fix)
            return {"choice_default"}
        if section.choices == "formats":
            choices = self._table((family, "choice_defaults"), required=False, label="choices")
            for key, value in (choices or {}).items():
                path = (family, "choice_defaults", key)
                if key not in DOC_GEN_CHOICES and exists:
                    self._unknown(path, set(DOC_GEN_CHOICES))
                self._choice(value, path, "default", key, section, draft, quiet=not exists)
            return {"choice_defaults"}
        for kind, key in (("default", "choice_defaults"), ("override", "choice_overrides")):
            choices = self._table((family, key), required=exists and kind == "default", label="the default choices")
            if choices is not None:
                self._text_choices(choices, (family, key), kind, section, draft, quiet=not exists)
        return {"choice_defaults", "choice_overrides"}

    def _setting(self, table: Mapping[str, object], path: Path, test: Validator, draft: FamilyDraft) -> None:
        """Read a required setting of a family; `table` is the table that holds it."""
        name, place = str(path[-1]), self._place(*path)
        if name not in table:
            self._refuse(
                f"[{_dotted(path[:-1])}] has no {name}", self._place(*path[:-1]), name, fix=f"add {name} = ..."
            )
            return
        value, expected = table[name], test(table[name])
        if expected:
            message = f"`{_dotted(path)}` is {describe(value, expected)}, expected {expected}"
            self._refuse(message, place, name, fix=f"write {expected}")
        draft.settings[name] = value
        self.settings_places[f"{path[0]}.{name}"] = place

    def _text_choices(
        self, table: Mapping[str, object], path: Path, kind: str, section: Section, draft: FamilyDraft, *, quiet: bool
    ) -> None:
        known_keys = ["for_text", "for_object"]
        if self.behaviours.deck_layout == "families" and kind == "default":
            known_keys.insert(0, "default_temperature")
            if not quiet:
                self._setting(table, (*path, "default_temperature"), DEFAULT_TEMPERATURE, draft)
        for key in ("for_text", "for_object"):
            if key in table:
                self._choice(table[key], (*path, key), kind, key, section, draft, quiet=quiet)
            elif not quiet:
                self._refuse(f"[{_dotted(path)}] has no {key}", self._place(*path), key, fix=f'add {key} = "..."')
        for key in table:
            if key not in known_keys and not quiet:
                self._unknown((*path, key), set(known_keys))

    def _unknown_keys(self) -> None:
        known_keys = set(self._top_keys())
        for key in self.data:
            if key not in known_keys:
                self._unknown((key,), known_keys)

    def _top_keys(self) -> Iterator[str]:
        layout = self.behaviours.deck_layout
        if layout != "families":
            yield "aliases"
        if layout == "nested" and self.behaviours.waterfalls:
            yield "waterfalls"
        if layout == "flat":
            yield from FLAT_SECTIONS
        for section in sections_of(self.behaviours):
            yield section.family

    def _unknown(self, path: Path, known_keys: set[str]) -> None:
        key = str(path[-1])
        table = "the deck" if len(path) == 1 else f"[{_dotted(path[:-1])}]"
        release = self.behaviours.release
        nested = key in _TABLES and len(path) == 1 and self.behaviours.deck_layout == "families"
        fix = (
            (f"write [llm.{key}], or the table of another family" if nested else None)
            or _rewrite(path, self.behaviours)
            or did_you_mean(key, known_keys)
            or f"remove it; known keys: {', '.join(sorted(known_keys))}"
        )
        self._refuse(f"unknown key `{key}` in {table}: {release} refuses it", self._place(*path), key, fix=fix)


_TABLES = ("presets", "aliases", "waterfalls", "choice_defaults", "choice_overrides")
"""The tables of a family."""


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _rewrite(path: Path, behaviours: Behaviours) -> str | None:
    """The form in which this release writes a key of another release."""
    key = str(path[-1])
    layout = behaviours.deck_layout
    if len(path) == 1 and key in FLAT_SECTIONS and layout != "flat":
        return f"this is the table of 0.10; write [llm.{key.removeprefix('llm_')}]"
    if len(path) == 1 and key in ("aliases", "waterfalls") and layout == "families":
        return f"from 0.18 on each family has its own table: write [llm.{key}]"
    if len(path) == 1 and key == "ocr":
        return "from 0.12 on write [extract], with `model` instead of `ocr_handle`"
    if len(path) == 1 and key == "waterfalls":
        return "waterfalls exist from 0.15 on; before, an alias may be a list"
    if len(path) == 1 and key in ("llm", "img_gen", "extract") and layout == "flat":
        return "sections per family exist from 0.11 on; 0.10 writes [llm_presets] and [llm_choice_defaults]"
    return None
