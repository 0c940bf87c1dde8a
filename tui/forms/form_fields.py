"""Fields of a form as data: the value, its origin, the values it takes, and the edits that change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from core.dialects.field_values import ANY, ValueKind, ValueSpec, value_spec
from core.dialects.table_schema import Field as FieldRule
from core.dialects.table_schema import Validator, anything
from core.edits.intent import Intent
from core.layers import Layers
from core.masking import has_secret, shown_value
from core.records import dataclass
from core.secret_texts import is_secret_key
from tui.dialogs.pick import Choice
from tui.view_model import ViewModel
from tui.widgets.runs import Runs

Choices = Callable[[], Sequence[Choice]]


@dataclass(frozen=True)
class Field:
    """A field of a form.

    `set` makes the edit that gives it a value, `unset` is the edit that removes the value. `choices` lists the values
    to pick from. `move` makes the edit that moves it up (-1) or down (1) in its list, None at the ends.
    """

    key: str
    label: str
    set: Callable[[object], Intent]
    value: object = None
    origin: str = ""
    note: str = ""
    spec: ValueSpec = ANY
    validator: Validator = anything
    unset: Intent | None = None
    choices: Choices | None = None
    move: Callable[[int], Intent | None] | None = None
    display: str = ""
    """Text shown in place of the value."""
    removal: str = ""
    """The value after its top layer is removed."""
    strict: bool = False
    """Whether it is in a file of backends, where only what is known to be harmless is shown."""

    @property
    def shown(self) -> str:
        """The value for display, secrets masked."""
        if self.display or not self._hides:
            return self.display or _text(self.value)
        return shown_value(self._path, self.value, strict=self.strict)

    @property
    def text(self) -> str:
        """The initial text of the input line; empty for a secret."""
        return "" if self._hides else _text(self.value)

    @property
    def is_secret(self) -> bool:
        """Whether the value is not shown, or its key names a secret: it is typed without echo."""
        return self._hides or (is_secret_key(self._path[-1]) and not self.is_boolean)

    @property
    def _hides(self) -> bool:
        return has_secret(self._path, self.value, strict=self.strict)

    @property
    def _path(self) -> tuple[str, ...]:
        return tuple(self.key.split(".", 1))

    @property
    def is_boolean(self) -> bool:
        """Whether the field is true or false."""
        return self.spec.kind is ValueKind.FLAG


@dataclass(frozen=True)
class Form:
    """The fields of an item with a title and a line about the item."""

    title: Runs
    fields: Sequence[Field]
    intro: Runs


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} = {item}" for name, item in value.items())
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)


def value_origin(view: ViewModel, layers: Layers | None) -> str:
    """The file and line of a value, and the layer that it hides."""
    winner = layers.winner if layers is not None else None
    if layers is None or winner is None:
        return ""
    place = view.location_text(winner.place.location) if winner.place is not None else ""
    hidden = layers.stack[-2] if len(layers.stack) > 1 and layers.stack[-2].place is not None else None
    return f"{place or winner.origin}{f', over {hidden.origin}' if hidden is not None else ''}"


def _removal(layers: Layers) -> str:
    restores = layers.restores
    if restores is None:
        return ""
    return "required by Pipelex" if restores.refused else f"when removed: {restores.shown} ({restores.origin})"


def file_layers(layers: Layers | None) -> int:
    """The number of layers of a value that files set."""
    return sum(1 for layer in layers.stack if layer.place is not None) if layers is not None else 0


def entry_fields(
    entries: Sequence[str],
    label: str,
    origin: str,
    choices: Choices,
    replace: Callable[[int, str], Intent],
    remove: Callable[[int], Intent],
    move: Callable[[int, int], Intent],
) -> list[Field]:
    """A field for each entry of an ordered list."""

    def field(index: int, entry: str) -> Field:
        return Field(
            f"{index}",
            f"{label}{index + 1}",
            lambda value: replace(index, str(value)),
            entry,
            origin,
            "tried in this order: J and K move it, x removes it",
            unset=remove(index),
            choices=choices,
            move=lambda delta: move(index, index + delta) if 0 <= index + delta < len(entries) else None,
        )

    return [field(index, entry) for index, entry in enumerate(entries)]


@dataclass(frozen=True)
class FieldFactory:
    """Makes the fields of one table from its values, their layers and the rules of the release.

    `set` and `unset` make the edits of a key.
    """

    view: ViewModel
    values: Mapping[str, object]
    layers: Mapping[str, Layers]
    set: Callable[[str, object], Intent]
    unset: Callable[[str], Intent]
    strict: bool = False
    """As of a `Field`."""

    def field(
        self,
        key: str,
        rule: FieldRule | None,
        *,
        choices: Choices | None = None,
        default: object = None,
        note: str = "",
    ) -> Field:
        """The field of a key; without a rule it takes any value."""
        value = self.values.get(key, default)
        spec = value_spec(rule.test) if rule is not None else _similar(value)
        layers = self.layers.get(key)
        is_set = layers is not None and file_layers(layers) > 0
        return Field(
            key,
            key,
            lambda value: self.set(key, value),
            value,
            value_origin(self.view, layers),
            FIELDS.get(key, note),
            spec,
            rule.test if rule is not None else anything,
            self.unset(key) if is_set else None,
            choices or _words(key, spec),
            removal=_removal(layers) if layers is not None and is_set else "",
            strict=self.strict,
        )

    def table(
        self,
        key: str,
        values: Mapping[str, object],
        *,
        prefix: str | None = None,
        spec: ValueSpec | None = None,
        validator: Validator = anything,
    ) -> Iterator[Field]:
        """A field for each key of an inner table, without tables inside it."""

        def field(name: str, value: object) -> Field:
            path = f"{key}.{name}"
            return Field(
                path,
                path if prefix is None else f"{prefix}{name}",
                lambda value: self.set(path, value),
                value,
                value_origin(self.view, self.layers.get(key)),
                FIELDS.get(key, ""),
                spec or _similar(value),
                validator,
                self.unset(path) if value is not None else None,
                strict=self.strict,
            )

        return (field(name, value) for name, value in values.items())


def _similar(value: object) -> ValueSpec:
    """The spec of values of the same type."""
    if isinstance(value, bool):
        return ValueSpec(ValueKind.FLAG, "true or false")
    if isinstance(value, int | float):
        return ValueSpec(ValueKind.NUMBER, "a number")
    return ValueSpec(ValueKind.LIST, "a list, separated by commas") if isinstance(value, list) else ANY


def _words(key: str, spec: ValueSpec) -> Choices | None:
    if spec.kind is not ValueKind.WORD:
        return None
    return lambda: [Choice(word, word, value_description(key, word)) for word in spec.choices]


_CONSTRAINTS = "constraints of the model on every request"

FIELDS: Mapping[str, str] = {
    "api_key": "the key, as a variable: ${NAME} keeps the secret out of the file",
    "constraints": _CONSTRAINTS,
    "costs": "USD per million tokens; unknown is not 0",
    "default": "the backend for names that no route matches",
    "depth": "depth of the search",
    "description": "a description for readers",
    "display_name": "the name for display",
    "enabled": "whether the backend is used",
    "endpoint": "the base URL, up to the version: https://.../v1",
    "endpoint_path": "the path after the endpoint of the backend",
    "extra_config": "settings of this provider besides the key",
    "fallback_order": "the backends to try when the default does not have the model",
    "guidance_scale": "how closely a picture follows its prompt",
    "handle": "the name for the deck and routes, if not the table's",
    "image_detail": "detail in which pictures are read",
    "image_min_size": "smallest size of a picture, in pixels; smaller ones are skipped",
    "include_images": "whether results include pictures",
    "include_inline_citations": "whether the text cites its sources",
    "inputs": "supported inputs: text, images, pdf ...",
    "is_moderated": "whether pictures are moderated",
    "listed_constraints": _CONSTRAINTS,
    "max_nb_images": "maximum number of pictures of a document",
    "max_prompt_images": "maximum number of pictures in a prompt",
    "max_results": "maximum number of results",
    "max_tokens": "maximum number of output tokens",
    "model": "the model, alias or waterfall to call",
    "model_id": "the model's name at the provider, if not the handle",
    "model_type": "the kind of work",
    "nb_steps": "number of steps in making a picture",
    "outputs": "supported outputs: text, structured, image, pages ...",
    "prompting_target": "style of the prompts",
    "quality": "quality and cost of a picture",
    "reasoning_budget": "maximum number of reasoning tokens",
    "reasoning_effort": "how long it may reason",
    "safety_tolerance": "tolerance of the safety filter for pictures",
    "sdk": "the library for its API",
    "structure_method": "method for structured output",
    "temperature": "0 is deterministic, 1 is varied",
    "thinking_mode": "how reasoning is requested",
    "valued_constraints": "constraints with a value: fixed_temperature",
    "variant": "API variant of the library",
}

VALUES: Mapping[str, Mapping[str, str]] = {
    "model_type": {
        "llm": "writes text and structures",
        "text_extractor": "reads pages and pictures",
        "img_gen": "makes pictures",
        "search": "searches and answers",
        "doc_gen": "makes documents",
        "judgment": "judges",
    },
    "thinking_mode": {
        "none": "no reasoning",
        "manual": "a budget of tokens",
        "adaptive": "the model decides",
    },
    "reasoning_effort": {
        "none": "no reasoning",
        "minimal": "minimum",
        "low": "fast and cheap",
        "medium": "default",
        "high": "long, for hard questions",
        "xhigh": "longer",
        "max": "maximum",
    },
    "quality": {"low": "fast and cheap", "medium": "default", "high": "slow and expensive"},
    "image_detail": {"low": "few tokens", "high": "every detail, more tokens", "auto": "the provider decides"},
    "depth": {"standard": "one round", "deep": "several rounds"},
    "listed_constraints": {
        "temperature_must_be_multiplied_by_2": "its scale is 0 to 2",
        "max_tokens_must_be_high_enough": "fails with a low limit",
        "temperature_unsupported": "accepts no temperature",
        "thinking_cannot_be_disabled": "always reasons",
    },
    "prompting_target": {
        "openai": "style for GPT",
        "anthropic": "style for Claude",
        "mistral": "style for Mistral",
        "gemini": "style for Gemini",
        "fal": "style for picture models",
    },
}


def value_description(key: str, value: str) -> str:
    """The description of a known value of a key; empty when the value says it."""
    if key == "structure_method":
        library, _, mode = value.partition("/")
        return f"{library}: {mode.replace('_', ' ')}"
    return VALUES.get(key.rpartition(".")[2], {}).get(value, "")
