"""The text of `backends.toml`, of the files in `backends/`, and of `routing_profiles.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.dialects.model_schema import known_fields
from core.releases import Behaviours, Release
from core.scaffold.templates import DATA_MONTH, INTERNAL, LLM, BackendSelection, ModelTemplate, ProviderTemplate
from core.scaffold.toml_text import comment, document, header, pairs, table

_DISPLAY_NAMES = Release(0, 14, 0)
_VALUED_CONSTRAINTS = Release(0, 18, 0)
_FLAT = {"sdk": "default_sdk", "prompting_target": "default_prompting_target"}

_BACKENDS = """\
The backends: the providers that Pipelex may call.

One table for each. `enabled = false` disables a backend with its models. Pipelex refuses to start while a variable of
an enabled backend is missing or empty, so disable the backends that you have no key for.

Do not write keys here: ${NAME} is filled from the environment, or from a line NAME=... in the file .env beside the
folder .pipelex. Keep .env out of version control.
"""

_SPECS = """\
The models of {title}: {offers}.

Each table is one model. Its name is the handle, which routes match on and the deck refers to. `model_id` is the
provider's own name of the model. To add a model, copy a table and change both.
"""
_COSTS = """
`costs` are USD per million tokens, as of {month}. They are not updated when a provider changes its prices.
"""
_INTERNAL = """\
The models that run inside Pipelex, on your own machine: no key, no network, no costs.
"""

_ROUTING = """\
Routing: the backend of each model. `active` names the profile in use.

A profile may have routes, under [profiles.NAME.routes]: "pattern" = "backend". For a handle, an exact name is used
first, then the first matching pattern, then the default. `*` is a wildcard as the first or last character only. A
matching pattern applies even if other backends declare the handle: no other backend is then tried.
"""
_ORDER = "A model is called at the first of these backends that declares it."
_FIRST = "A model is called at this backend if it declares it, else at the others, in the order of backends.toml."
_ONLY = "Language models of {title} only. Models of other types keep their backends."


def backends_text(selection: BackendSelection) -> str:
    """The text of `backends.toml`."""
    return document(comment(_BACKENDS), *(_backend(provider, selection.release) for provider in selection.providers))


def specs_text(provider: ProviderTemplate, selection: BackendSelection) -> str:
    """The text of a provider's file in `backends/`."""
    if provider.name == INTERNAL:
        head = _INTERNAL
    else:
        head = _SPECS.format(title=provider.title, offers=provider.offers)
        if any("costs" in model.fields for model in provider.models):
            head += _COSTS.format(month=DATA_MONTH)
        if provider.note:
            head += f"\n{provider.note}\n"
    return document(comment(head), *_specs(provider, selection))


def backend_fields(provider: ProviderTemplate, release: Release) -> dict[str, object]:
    """The fields of a provider's table in `backends.toml`."""
    named = release >= _DISPLAY_NAMES and provider.name != INTERNAL
    return {**({"display_name": provider.title} if named else {}), "enabled": True, **provider.backend}


def _backend(provider: ProviderTemplate, release: Release) -> list[str]:
    head = comment("Runs inside Pipelex, so it needs no key.") if provider.name == INTERNAL else []
    return [*head, header(provider.name), *pairs(backend_fields(provider, release))]


def _specs(provider: ProviderTemplate, selection: BackendSelection) -> Iterator[list[str]]:
    shared, repeated = shared_fields(provider, selection.behaviours)
    if selection.behaviours.model_defaults == "flat keys":
        yield pairs({_FLAT[name]: value for name, value in shared.items()})
    else:
        yield table("defaults", shared, "Defaults of every model below.")
    for model in provider.models:
        yield from _spec(model, selection.behaviours, repeated)


def shared_fields(
    provider: ProviderTemplate, behaviours: Behaviours
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The defaults of a provider's models, and the fields that each model repeats where a release has no default."""
    shared = known_fields(provider.defaults, behaviours.release)
    if behaviours.model_defaults != "flat keys":
        return shared, {}
    defaults = {name: value for name, value in shared.items() if name in _FLAT}
    return defaults, {name: value for name, value in shared.items() if name not in _FLAT}


def model_fields(model: ModelTemplate, behaviours: Behaviours, repeated: Mapping[str, object]) -> dict[str, object]:
    """The fields of a model's table in a release."""
    fields: dict[str, object] = {} if model.model_type == LLM else {"model_type": model.model_type}
    first = {name: model.fields[name] for name in ("model_id", "sdk") if name in model.fields}
    fields |= known_fields({**first, **repeated, **model.fields}, behaviours.release)
    if behaviours.model_id_required:
        fields.setdefault("costs", {})
    return fields | _temperature(model, behaviours.release)


def _spec(model: ModelTemplate, behaviours: Behaviours, repeated: Mapping[str, object]) -> Iterator[list[str]]:
    fields = model_fields(model, behaviours, repeated)
    rules = fields.pop("rules", None)
    yield [header(model.handle), *pairs(fields)]
    if isinstance(rules, Mapping):
        yield [header(model.handle, "rules"), *pairs(rules)]


def _temperature(model: ModelTemplate, release: Release) -> dict[str, object]:
    """The constraints of a model that does not accept every temperature."""
    if model.temperature == "fixed" and release < _VALUED_CONSTRAINTS:
        return {"constraints": ["temperature_must_be_1"]}
    if model.temperature == "fixed":
        return {"valued_constraints": {"fixed_temperature": 1}}
    if model.temperature == "ignored":
        listed = model.fields.get("listed_constraints")
        return {"listed_constraints": [*(listed if isinstance(listed, list) else []), "temperature_unsupported"]}
    return {}


def routing_text(selection: BackendSelection) -> str:
    """The text of `routing_profiles.toml`."""
    return document(
        comment(_ROUTING),
        pairs({"active": active_profile(selection)}),
        _all_backends(selection),
        *_single_providers(selection),
    )


def active_profile(selection: BackendSelection) -> str:
    """The name of the active profile: that of the only called provider, or that of all."""
    called = _called(selection)
    return f"all_{called[0].name}" if len(called) == 1 else "all_enabled_backends"


def _called(selection: BackendSelection) -> list[ProviderTemplate]:
    return [provider for provider in selection.providers if provider.backend or provider.has_language_models]


def _all_backends(selection: BackendSelection) -> list[str]:
    names = [provider.name for provider in selection.providers]
    ordered = selection.behaviours.fallback_order
    called = _called(selection)
    description = f"All models at {called[0].title}" if len(called) == 1 else "All enabled backends"
    target = {"fallback_order": names} if ordered else {"default": names[0]}
    fields = {"description": description, **target}
    return table(f"profiles.{active_profile(selection)}", fields, _ORDER if ordered else _FIRST)


def _single_providers(selection: BackendSelection) -> list[list[str]]:
    """A profile for each provider of language models, if there are several and the release can restrict a profile.

    Up to 0.15 the other backends are tried under every profile.
    """
    everywhere = selection.behaviours.default_miss in ("other backends", "order then others")
    if len(selection.language_providers) < 2 or everywhere:
        return []
    return [lines for provider in selection.language_providers for lines in _only(provider, selection)]


def _only(provider: ProviderTemplate, selection: BackendSelection) -> list[list[str]]:
    fields = {"description": f"Language models of {provider.title} only", "default": provider.name}
    routes = {
        model.handle: owner.name
        for owner in selection.providers
        for model in owner.models
        if model.model_type != LLM and owner.name != provider.name
    }
    name = f"profiles.all_{provider.name}"
    return [table(name, fields, _ONLY.format(title=provider.title)), table(f"{name}.routes", routes)]
