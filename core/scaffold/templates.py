"""The provider templates in `templates/` as a release reads them, and the selection of them for a new tree.

Ids, prices in USD per million tokens, limits and sdk names by release are those of the providers' own pages and of the
releases of Pipelex up to 0.92.2, as of November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from core.providers.provider import Endpoint
from core.providers.table import BY_BACKEND
from core.records import dataclass
from core.releases import Behaviours, Release, behaviours_of, parse_release
from core.variables import names_in

DATA_MONTH = "November 2026"
"""The month of the last comparison of ids and prices."""

INTERNAL = "internal"
_FOLDER = Path(__file__).parent / "templates"
_FILES = frozenset(path.stem for path in _FOLDER.glob("*.toml"))
TEMPLATE_NAMES = tuple(name for name in BY_BACKEND if name in _FILES)
"""The providers with a template, in the order of the provider table."""

LLM, IMAGES, PAGES, SEARCH, DOCUMENTS, JUDGMENTS = "llm", "img_gen", "text_extractor", "search", "doc_gen", "judgment"

_OWN_KEYS = ("handle", "model_type", "since", "until", "tiers", "temperature")


@dataclass(frozen=True)
class ModelTemplate:
    """A model of a provider for a release. `temperature` is "fixed", "ignored" or empty."""

    handle: str
    model_type: str
    tiers: tuple[str, ...]
    fields: Mapping[str, object]
    temperature: str = ""


@dataclass(frozen=True)
class ProviderTemplate:
    """A provider for a release: the fields of its backend, the defaults of its models, its models."""

    name: str
    title: str
    offers: str
    note: str
    confirmed_by: tuple[str, ...]
    """Variables of which one must be set, where other programs set the variables of the backend too."""
    backend: Mapping[str, object]
    defaults: Mapping[str, object]
    models: tuple[ModelTemplate, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables in the fields of its backend."""
        return names_in((self.backend,))

    @property
    def has_language_models(self) -> bool:
        """Whether it has language models."""
        return any(model.model_type == "llm" for model in self.models)


def template_for(name: str, release: Release) -> ProviderTemplate | None:
    """A provider for a release, or None if the release does not support it. Raises KeyError for an unknown name."""
    data = _data(name)
    if first_release(name) > release:
        return None
    models = tuple(_model(table, release) for table in _tables(data["models"]) if _known(table, release))
    if not models:
        return None
    return ProviderTemplate(
        name=name,
        title=BY_BACKEND[name].title,
        offers=str(data["offers"]),
        note=str(data.get("note", "")),
        confirmed_by=tuple(map(str, _list(data.get("confirmed_by")))),
        backend=_backend_fields(name, _fields(_table(data.get("backend", {})), release), release),
        defaults=_fields(_table(data["defaults"]), release),
        models=models,
    )


def templates(release: Release) -> tuple[ProviderTemplate, ...]:
    """Every provider that a release supports, in order of preference."""
    return tuple(template for name in TEMPLATE_NAMES if (template := template_for(name, release)) is not None)


def first_release(name: str) -> Release:
    """The first release that supports a provider. Raises KeyError for an unknown name."""
    return _release(_data(name)["since"])


def _backend_fields(name: str, fields: Mapping[str, object], release: Release) -> Mapping[str, object]:
    """The fields of a backend: endpoint and key variable of its provider row, unless the template differs.

    Up to 0.26.2 the client of a server without keys is not built without one, so that it gets a dummy.
    """
    row = BY_BACKEND[name]
    derived: dict[str, object] = {}
    if row.protocol and name != row.protocol and row.base and row.endpoint is Endpoint.HONOURED:
        derived["endpoint"] = row.base
    if row.key is not None and not row.key_optional:
        derived["api_key"] = "${" + row.kit_variables[0] + "}"
    elif row.key_optional and behaviours_of(release).keyless_openai != "dummy":
        derived["api_key"] = "none"
    merged = {**derived, **fields}
    return {key: merged[key] for key in sorted(merged, key=lambda key: ("endpoint", "api_key", key).index(key))}


@cache
def _data(name: str) -> Mapping[str, object]:
    import tomli

    if name not in TEMPLATE_NAMES:
        raise KeyError(name)
    text = (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    return tomli.loads(text)


def _model(table: Mapping[str, object], release: Release) -> ModelTemplate:
    fields = {key: value for key, value in table.items() if key not in _OWN_KEYS}
    return ModelTemplate(
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
    """The fields with their values in a release; fields without a value are omitted."""
    fields = {key: _in_force(value, release) for key, value in table.items()}
    return {key: value for key, value in fields.items() if value not in (None, "")}


def _in_force(value: object, release: Release) -> object:
    """A value; from a table by release, the value of the newest key up to this release."""
    if not isinstance(value, Mapping) or not all(parse_release(str(key)) for key in value) or not value:
        return value
    applicable = [(first, item) for key, item in value.items() if (first := _release(key)) <= release]
    return max(applicable, key=lambda pair: pair[0])[1] if applicable else None


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


# ---- the selection


@dataclass(frozen=True)
class BackendSelection:
    """The providers of a new tree. Every handle is declared by one backend only."""

    behaviours: Behaviours
    providers: tuple[ProviderTemplate, ...]

    @property
    def release(self) -> Release:
        return self.behaviours.release

    @property
    def language_providers(self) -> tuple[ProviderTemplate, ...]:
        """The providers with language models."""
        return tuple(provider for provider in self.providers if provider.has_language_models)

    def models(self, model_type: str) -> Iterator[tuple[ProviderTemplate, ModelTemplate]]:
        """The models of a type, each with its provider, in order."""
        for provider in self.providers:
            for model in provider.models:
                if model.model_type == model_type:
                    yield provider, model

    def tier(self, model_type: str, name: str) -> tuple[ModelTemplate, ...]:
        """The models of a tier, in the order of their providers."""
        return tuple(model for _, model in self.models(model_type) if name in model.tiers)


def select_backends(chosen: Sequence[ProviderTemplate], behaviours: Behaviours) -> BackendSelection:
    """The selection of these providers. A handle of a previous provider gets the backend's name as a suffix.

    Without it the second backend would never be called, as a handle is routed to one backend only.
    """
    handles: set[str] = set()
    renamed = []
    for provider in chosen:
        models = []
        for model in provider.models:
            handle = model.handle
            if handle in handles:
                handle = f"{handle}-{provider.name.replace('_', '-')}"
            models.append(replace(model, handle=handle))
        handles.update(model.handle for model in models)
        renamed.append(replace(provider, models=tuple(models)))
    return BackendSelection(behaviours, tuple(renamed))
