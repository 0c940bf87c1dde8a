"""Where a deck keeps each thing in a release: the key paths of aliases, waterfalls, presets, choices and settings."""

from __future__ import annotations

from core.dialects.deck_schema import DEFAULT_TEMPERATURE, DOC_GEN_CHOICES, SECTIONS, Section, sections_of
from core.dialects.table_schema import Field
from core.edits.refused import EditRefusedError
from core.entities import GLOBAL
from core.mentions import HANDLE_KEYS
from core.records import dataclass
from core.references import Kind
from core.releases import Behaviours
from core.suggest import did_you_mean
from core.toml.edit.text_layout import Path

TEXT_AND_OBJECT = ("for_text", "for_object")
_FLAT = {"presets": "llm_presets", "default": "llm_choice_defaults", "override": "llm_choice_overrides"}
_DEFAULT_TEMPERATURE = Field("default_temperature", DEFAULT_TEMPERATURE, required=True, since="0.18")


@dataclass(frozen=True, slots=True)
class DeckPlaces:
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
        known = ", ".join(self.families)
        raise EditRefusedError(
            f"Pipelex {self.behaviours.release} has no `{family}` section in its deck.",
            did_you_mean(family, self.families) or f"There are: {known}.",
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
        """Every table of aliases, of waterfalls or of presets, with the family whose it is."""
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
        """Where a choice stands; `kind` is `default` or `override`. Raises EditRefusedError when there is none such."""
        section = self.section(family)
        if kind == "override" and not self.has_overrides(family):
            raise EditRefusedError(
                f"Only the choices of LLMs can be overridden, not those of {section.family}.", "Set the default."
            )
        keys = self.choice_keys(section.family)
        if key not in keys:
            words = ", ".join(keys) if keys != ("",) else "one without a key"
            raise EditRefusedError(
                f"There is no {section.family} choice `{key}`.", did_you_mean(key, keys) or f"There are: {words}."
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
        """The settings of a family that are no choices, by where they stand: `default_temperature` and the like."""
        section = self.section(family)
        release = self.behaviours.release
        if section.family == "llm" and _DEFAULT_TEMPERATURE.exists_in(release):
            return {("llm", "choice_defaults", _DEFAULT_TEMPERATURE.name): _DEFAULT_TEMPERATURE}
        return {(section.family, rule.name): rule for rule in section.settings if rule.exists_in(release)}

    def model_key(self, family: str) -> str:
        """The key under which a preset names its model: `model`, up to 0.11 one for each family."""
        known = self.section(family).preset.fields_of(self.behaviours.release)
        return next(name for name in known if name in HANDLE_KEYS)
