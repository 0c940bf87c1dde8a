"""The text of `backends.toml` and of the files in `backends/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.dialects.model_shape import MODEL
from core.releases import Release
from core.starting.lines import comment, document, header, pairs
from core.starting.lineup import LLM, Lineup
from core.starting.providers import FACTS_OF, INTERNAL, Model, Provider

_DISPLAY_NAMES = Release(0, 14, 0)
_PDF_INPUT = Release(0, 18, 0)
_VALUED_CONSTRAINTS = Release(0, 18, 0)
_FLAT = {"sdk": "default_sdk", "prompting_target": "default_prompting_target"}

_BACKENDS = """\
The backends: the providers that Pipelex may ask.

One table for each. `enabled = false` turns a backend off: its models are then served by nobody. Pipelex refuses to
start while a variable of a backend that is on is missing or empty, so turn off what you have no key for.

A key is never written here: ${NAME} is filled from the environment, or from a line NAME=... in the file .env beside
the folder .pipelex. Keep .env out of version control.
"""

_SPECS = """\
The models of {title}: {offers}.

Each table is one model. Its name is the handle: what routes match on, and what the deck refers to. `model_id` is how
the provider itself calls it. To add a model, copy a table and change both.
"""
_COSTS = """
`costs` are USD per million tokens, as known in {facts_of}: providers change them, and nothing here notices.
"""
_INTERNAL = """\
What Pipelex does itself, on your own machine: no key, no network, no costs.
"""


def backends_text(lineup: Lineup) -> str:
    """The text of `backends.toml`."""
    return document(comment(_BACKENDS), *(_backend(provider, lineup.release) for provider in lineup.providers))


def specs_text(provider: Provider, lineup: Lineup) -> str:
    """The text of a provider's file in `backends/`."""
    if provider.name == INTERNAL:
        head = _INTERNAL
    else:
        head = _SPECS.format(title=provider.title, offers=provider.offers)
        if any("costs" in model.fields for model in provider.models):
            head += _COSTS.format(facts_of=FACTS_OF)
        if provider.note:
            head += f"\n{provider.note}\n"
    return document(comment(head), *_specs(provider, lineup))


def _backend(provider: Provider, release: Release) -> list[str]:
    fields: dict[str, object] = {}
    if release >= _DISPLAY_NAMES and provider.name != INTERNAL:
        fields["display_name"] = provider.title
    fields |= {"enabled": True, **provider.backend}
    head = comment("Runs inside Pipelex itself, so it needs no key.") if provider.name == INTERNAL else []
    return [*head, header(provider.name), *pairs(fields)]


def _specs(provider: Provider, lineup: Lineup) -> Iterator[list[str]]:
    shared = _known(provider.defaults, lineup.release)
    flat = lineup.behaviours.model_defaults == "flat keys"
    if flat:
        top = {_FLAT[name]: value for name, value in shared.items() if name in _FLAT}
        shared = {name: value for name, value in shared.items() if name not in _FLAT}
        yield pairs(top)
    elif shared:
        yield [*comment("For every model below, unless it says otherwise."), header("defaults"), *pairs(shared)]
    for model in provider.models:
        yield from _spec(model, lineup, shared if flat else {})


def _spec(model: Model, lineup: Lineup, shared: Mapping[str, object]) -> Iterator[list[str]]:
    fields: dict[str, object] = {} if model.model_type == LLM else {"model_type": model.model_type}
    first = {name: model.fields[name] for name in ("model_id", "sdk") if name in model.fields}
    fields |= _known({**first, **shared, **model.fields}, lineup.release)
    if lineup.behaviours.model_id_required:
        fields.setdefault("costs", {})
    fields |= _temperature(model, lineup.release)
    rules = fields.pop("rules", None)
    yield [header(model.handle), *pairs(fields)]
    if isinstance(rules, Mapping):
        yield [header(model.handle, "rules"), *pairs(rules)]


def _temperature(model: Model, release: Release) -> dict[str, object]:
    """What a release is told of a model that does not take every temperature."""
    if model.temperature == "fixed" and release < _VALUED_CONSTRAINTS:
        return {"constraints": ["temperature_must_be_1"]}
    if model.temperature == "fixed":
        return {"valued_constraints": {"fixed_temperature": 1}}
    if model.temperature == "ignored":
        listed = model.fields.get("listed_constraints")
        return {"listed_constraints": [*(listed if isinstance(listed, list) else []), "temperature_unsupported"]}
    return {}


def _known(fields: Mapping[str, object], release: Release) -> dict[str, object]:
    """The fields that a release knows; PDFs are an input from 0.18 on."""
    known = MODEL.known(release)
    out = {name: value for name, value in fields.items() if name in known}
    inputs = out.get("inputs")
    if isinstance(inputs, list) and release < _PDF_INPUT and "text" in inputs:
        out["inputs"] = [name for name in inputs if name != "pdf"]
    return out
