"""What is known of each provider: the files in `providers/`, as one release can use them.

The facts (ids, prices in USD per million tokens, limits, sdk names by release) are those that the provider's own pages
and the releases of Pipelex up to 0.92.2 agree on, as of November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.records import dataclass
from core.releases import Release, parse_release
from core.variables import names_in

FACTS_OF = "November 2026"
"""When ids and prices were last compared."""

INTERNAL = "internal"
ORDER = (
    "anthropic",
    "openai",
    "google",
    "mistral",
    "xai",
    "groq",
    "azure_openai",
    "bedrock",
    "vertexai",
    "openrouter",
    "blackboxai",
    "scaleway",
    "minimax",
    "ollama",
    "fal",
    "huggingface",
    "linkup",
    "typesafe",
    INTERNAL,
)
"""Every provider, in the order in which they are offered and asked: makers first, then those that resell."""

_OWN_KEYS = ("handle", "model_type", "since", "until", "tiers", "temperature")


@dataclass(frozen=True)
class Model:
    """One model of a provider, as a release declares it. `temperature` is "fixed", "ignored" or empty."""

    handle: str
    model_type: str
    tiers: tuple[str, ...]
    fields: Mapping[str, object]
    temperature: str = ""


@dataclass(frozen=True)
class Provider:
    """A provider as one release can use it: the table of its backend, what its models share, its models."""

    name: str
    title: str
    offers: str
    note: str
    signs: tuple[str, ...]
    backend: Mapping[str, object]
    defaults: Mapping[str, object]
    models: tuple[Model, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that its backend's table names."""
        return names_in((self.backend,))

    @property
    def speaks(self) -> bool:
        """Whether it serves language models."""
        return any(model.model_type == "llm" for model in self.models)


def provider(name: str, release: Release) -> Provider | None:
    """A provider for a release, or None when that release cannot use it. Raises KeyError for an unknown name."""
    facts = _facts(name)
    if first_release(name) > release:
        return None
    models = tuple(_model(table, release) for table in _tables(facts["models"]) if _known(table, release))
    if not models:
        return None
    return Provider(
        name=name,
        title=str(facts["title"]),
        offers=str(facts["offers"]),
        note=str(facts.get("note", "")),
        signs=tuple(map(str, _list(facts.get("signs")))),
        backend=_fields(_table(facts["backend"]), release),
        defaults=_fields(_table(facts["defaults"]), release),
        models=models,
    )


def providers(release: Release) -> tuple[Provider, ...]:
    """Every provider that a release can use, in order."""
    return tuple(found for name in ORDER if (found := provider(name, release)) is not None)


def first_release(name: str) -> Release:
    """The first release that can use a provider. Raises KeyError for an unknown name."""
    return _release(_facts(name)["since"])


@cache
def _facts(name: str) -> Mapping[str, object]:
    import tomli

    if name not in ORDER:
        raise KeyError(name)
    text = (Path(__file__).parent / "providers" / f"{name}.toml").read_text(encoding="utf-8")
    return tomli.loads(text)


def _model(table: Mapping[str, object], release: Release) -> Model:
    fields = {key: value for key, value in table.items() if key not in _OWN_KEYS}
    return Model(
        handle=str(table["handle"]),
        model_type=str(table.get("model_type", "llm")),
        tiers=tuple(map(str, _list(table["tiers"]))),
        fields=_fields(fields, release),
        temperature=str(table.get("temperature", "")),
    )


def _known(table: Mapping[str, object], release: Release) -> bool:
    since, until = table.get("since"), table.get("until")
    if since is not None and release < _release(since):
        return False
    # `until` names a minor series: all its patches count.
    return until is None or (release.major, release.minor) <= (_release(until).major, _release(until).minor)


def _fields(table: Mapping[str, object], release: Release) -> dict[str, object]:
    """The fields as they are in a release: those without a value there are left out."""
    fields = {key: _in_force(value, release) for key, value in table.items()}
    return {key: value for key, value in fields.items() if value not in (None, "")}


def _in_force(value: object, release: Release) -> object:
    """A value, or of a table by release the value of the last that is not newer."""
    if not isinstance(value, Mapping) or not all(parse_release(str(key)) for key in value) or not value:
        return value
    due = [(first, item) for key, item in value.items() if (first := _release(key)) <= release]
    return max(due, key=lambda pair: pair[0])[1] if due else None


def _release(text: object) -> Release:
    release = parse_release(str(text))
    assert release is not None, text
    return release


def _table(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value


def _tables(value: object) -> tuple[Mapping[str, object], ...]:
    return tuple(map(_table, _list(value)))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
