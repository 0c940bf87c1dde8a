"""The deck in an edit session: key paths of its entries in each release, and the files their changes go to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from core.dialects.deck_schema import DEFAULT_TEMPERATURE, DOC_GEN_CHOICES, SECTIONS, Section, sections_of
from core.dialects.table_schema import Field
from core.edits.edit_session import EditSession
from core.edits.entry_names import Entry, check_entry_name, entries, require
from core.edits.intent import Edit, EditLayer, EditRefusedError, Intent
from core.edits.layered_files import LayeredFiles
from core.entities import GLOBAL, Alias, Preset, Waterfall
from core.mentions import HANDLE_KEYS, Node
from core.records import dataclass
from core.references import Kind
from core.releases import Behaviours
from core.suggest import did_you_mean
from core.toml.edit.plain_data import identical
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import MoveElement

TEXT_AND_OBJECT = ("for_text", "for_object")
_FLAT = {"presets": "llm_presets", "default": "llm_choice_defaults", "override": "llm_choice_overrides"}
_DEFAULT_TEMPERATURE = Field("default_temperature", DEFAULT_TEMPERATURE, required=True, since="0.18")


@dataclass(frozen=True, slots=True)
class DeckPaths:
    """The key paths of one release's deck. Families may be named by their section or by their type of model."""

    behaviours: Behaviours

    @property
    def families(self) -> tuple[str, ...]:
        """The families that have presets and choices in this release."""
        return tuple(section.family for section in self._sections)

    @property
    def _sections(self) -> tuple[Section, ...]:
        return SECTIONS[:1] if self.behaviours.deck_layout == "flat" else sections_of(self.behaviours)

    def section(self, family: str) -> Section:
        """A family's section. Raises EditRefusedError when the release has none of that name."""
        for section in self._sections:
            if family in (section.family, section.model_type):
                return section
        family_names = ", ".join(self.families)
        raise EditRefusedError(
            f"Pipelex {self.behaviours.release} has no `{family}` section in its deck.",
            did_you_mean(family, self.families) or f"There are: {family_names}.",
        )

    def space(self, family: str) -> str:
        """The family whose aliases and waterfalls a family sees: its own, or up to 0.17 the one space of all."""
        if not self.behaviours.sigils:
            return GLOBAL
        return self.section(family).family

    def names(self, kind: Kind, family: str) -> Path:
        """The table of aliases or of waterfalls. Raises EditRefusedError for waterfalls where there are none."""
        if kind is Kind.PRESET:
            return self.presets(family)
        if kind is Kind.WATERFALL and not self.behaviours.waterfalls:
            raise EditRefusedError(
                f"Pipelex {self.behaviours.release} has no waterfalls; they came with 0.15.",
                "Make it an alias that is a list: it is tried in order.",
            )
        table = "aliases" if kind is Kind.ALIAS else "waterfalls"
        return (self.space(family), table) if self.behaviours.sigils else (table,)

    def tables(self, kind: Kind) -> dict[Path, str]:
        """Every table of aliases, of waterfalls or of presets, with its family."""
        if kind is Kind.WATERFALL and not self.behaviours.waterfalls:
            return {}
        return {self.names(kind, family): self.home(kind, family) for family in self.families}

    def home(self, kind: Kind, family: str) -> str:
        """The catalog's family of an entry: for aliases and waterfalls up to 0.17 the one space of all."""
        return self.section(family).family if kind is Kind.PRESET else self.space(family)

    def presets(self, family: str) -> Path:
        """The table of a family's presets."""
        section = self.section(family)
        return (_FLAT["presets"],) if self.behaviours.deck_layout == "flat" else (section.family, "presets")

    def choice(self, family: str, kind: str, key: str) -> Path:
        """The key path of a choice; `kind` is `default` or `override`. Raises EditRefusedError if it does not exist."""
        section = self.section(family)
        if kind == "override" and not self.has_overrides(family):
            raise EditRefusedError(
                f"Only LLM choices can be overridden, not those of {section.family}.", "Set the default."
            )
        keys = self.choice_keys(section.family)
        if key not in keys:
            choice_names = ", ".join(keys) if keys != ("",) else "one without a key"
            raise EditRefusedError(
                f"There is no {section.family} choice `{key}`.",
                did_you_mean(key, keys) or f"There are: {choice_names}.",
            )
        if section.choices == "one":
            return (section.family, "choice_default")
        table = f"choice_{kind}s"
        return (_FLAT[kind], key) if self.behaviours.deck_layout == "flat" else (section.family, table, key)

    def has_overrides(self, family: str) -> bool:
        """Whether a family's choices can be overridden."""
        return self.section(family).choices == "text and object"

    def choice_keys(self, family: str) -> tuple[str, ...]:
        """The keys of a family's choices: empty where it has but one."""
        kind = self.section(family).choices
        return {"one": ("",), "formats": DOC_GEN_CHOICES}.get(kind, TEXT_AND_OBJECT)

    def settings(self, family: str) -> dict[Path, Field]:
        """The settings of a family besides its choices, by key path: `default_temperature` and the like."""
        section = self.section(family)
        release = self.behaviours.release
        if section.family == "llm" and _DEFAULT_TEMPERATURE.exists_in(release):
            return {("llm", "choice_defaults", _DEFAULT_TEMPERATURE.name): _DEFAULT_TEMPERATURE}
        return {(section.family, rule.name): rule for rule in section.settings if rule.exists_in(release)}

    def model_key(self, family: str) -> str:
        """The key of a preset's model: `model`; up to 0.11 another for each family."""
        preset_fields = self.section(family).preset.fields_of(self.behaviours.release)
        return next(name for name in preset_fields if name in HANDLE_KEYS)


@dataclass(frozen=True, slots=True)
class DeckEdit:
    """The deck under edit: its files and entries."""

    session: EditSession
    files: LayeredFiles
    places: DeckPaths

    @classmethod
    def of(cls, session: EditSession) -> DeckEdit:
        """The deck of the tree that is under edit."""
        return cls(session, LayeredFiles(session, "deck"), DeckPaths(session.report.catalog.behaviours))

    # ---- families

    def node(self, kind: Kind, family: str, name: str) -> Node:
        """An entry as usage knows it."""
        return Node(kind.value, self.places.home(kind, family), name)

    # ---- entries

    def keys(self, kind: Kind, family: str, name: str) -> Path:
        """The key path of an alias, waterfall or preset."""
        return (*self.places.names(kind, family), name)

    def require(self, kind: Kind, family: str, name: str) -> Entry:
        """An alias, waterfall or preset by name. Raises EditRefusedError if it is missing."""
        return require(self.session, kind, self.places.home(kind, family), name)

    def has(self, kind: Kind, family: str, name: str) -> bool:
        """Whether there is such an entry."""
        return name in entries(self.session, kind, self.places.home(kind, family))

    def alias(self, family: str, name: str) -> Alias:
        """An alias by name. Raises EditRefusedError if it is missing."""
        result = self.require(Kind.ALIAS, family, name)
        assert isinstance(result, Alias)
        return result

    def preset(self, family: str, name: str) -> Preset:
        """A preset by name. Raises EditRefusedError if it is missing."""
        result = self.require(Kind.PRESET, family, name)
        assert isinstance(result, Preset)
        return result

    def waterfall(self, family: str, name: str) -> Waterfall | Alias:
        """A waterfall, or up to 0.14 an alias that is a list, by name. Raises EditRefusedError if it is missing."""
        kind = self.chains
        result = self.require(kind, family, name)
        assert isinstance(result, Waterfall | Alias)
        return result

    @property
    def chains(self) -> Kind:
        """The kind of a list that is tried in order in this release: an alias up to 0.14, then a waterfall."""
        return Kind.WATERFALL if self.places.behaviours.waterfalls else Kind.ALIAS

    def check_new(self, kind: Kind, family: str, name: str) -> None:
        """Raises EditRefusedError when a new entry may not have a name."""
        check_entry_name(self.session, kind, self.places.home(kind, family), name)

    def put(self, kind: Kind, family: str, name: str, value: object) -> None:
        """Give an alias or waterfall another value, or make it, or make a preset."""
        self.files.put(self.keys(kind, family, name), value, family=self.file_family(family))

    def file_family(self, family: str) -> str:
        """The family whose file a new value goes to, from 0.18 on."""
        return self.places.section(family).family if self.places.behaviours.sigils else ""


def put_list(
    deck: DeckEdit,
    keys: Path,
    value: list[str],
    *,
    family: str,
    moved: tuple[int, int] | None = None,
    alternative: Intent | None = None,
) -> None:
    """Set the merged list at a key path.

    Where lists are appended to each other only one file's part is changed. Raises EditRefusedError when no such change
    gives the list; `alternative` is then the alternative. `moved` says that one element goes from an index to another.
    """
    session, files = deck.session, deck.files
    paths = [path for path in files.paths_with(keys) if isinstance(session.get(path, keys), list)]
    if not files.data_lists_add_up or not paths:
        path = files.target(keys, deck.file_family(family), value)
        _write_list(deck, path, keys, value, moved)
        return
    path = _list_owner(deck, paths, family)
    before = [item for file in paths if file < path for item in _list_at(deck, file, keys)]
    after = [item for file in paths if file > path for item in _list_at(deck, file, keys)]
    middle = value[len(before) : len(value) - len(after)]
    if not identical([*before, *middle, *after], list(value)):
        raise _appended_refusal(deck, path, keys, paths, alternative)
    if moved is not None:
        moved = (moved[0] - len(before), moved[1] - len(before))
    files.note_ownership(path)
    if middle:
        _write_list(deck, path, keys, middle, moved)
    else:
        session.drop(path, keys)


def _list_owner(deck: DeckEdit, paths: Sequence[str], family: str) -> str:
    """The file whose part of the list may be changed."""
    if deck.session.layer is EditLayer.BASE:
        return next((path for path in paths if not deck.files.is_own(path)), paths[0])
    own_paths = [path for path in paths if deck.files.is_own(path)]
    if own_paths:
        return own_paths[-1]
    return deck.files.own_deck_file(deck.file_family(family), after=paths[-1])


def _appended_refusal(
    deck: DeckEdit, path: str, keys: Path, paths: Sequence[str], alternative: Intent | None
) -> EditRefusedError:
    first = next((file for file in paths if file != path), path)
    shown = deck.session.shown(first)
    return EditRefusedError(
        f"Pipelex {deck.session.report.release} appends the list `{keys[-1]}` of one file to that of another, so the"
        f" entries of {shown} remain.",
        f"Change it in {shown}, or add a list of your own and point to it.",
        layers=() if deck.session.layer is EditLayer.BASE else (EditLayer.BASE,),
        alternatives=(alternative,) if alternative is not None else (),
    )


def _list_at(deck: DeckEdit, path: str, keys: Path) -> list[object]:
    value = deck.session.get(path, keys)
    return value if isinstance(value, list) else []


def _write_list(deck: DeckEdit, path: str, keys: Path, value: list[str], moved: tuple[int, int] | None) -> None:
    now = _list_at(deck, path, keys)
    if moved is not None and len(now) == len(value) and all(0 <= index < len(now) for index in moved):
        deck.session.edit(path, MoveElement((*keys, moved[0]), moved[1]))
    else:
        deck.session.put(path, keys, value)


@dataclass(frozen=True, slots=True)
class EntryEdit(Edit, ABC):
    """Base of the edits of one entry of the deck: an alias, waterfall, preset or setting."""

    family: str
    name: str

    def apply(self, session: EditSession) -> None:
        self.change(session, DeckEdit.of(session))

    @abstractmethod
    def change(self, session: EditSession, deck: DeckEdit) -> None:
        """Make the edit in the deck under edit."""
