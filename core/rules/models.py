"""Rules about model specs: prices, ignored keys, misplaced capabilities, files without a backend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from core.catalog import Catalog, misnamed
from core.diagnostics import backend_codes, model_codes
from core.diagnostics.diagnostic import Diagnostic
from core.dialects.backend_reader import ParsedBackend
from core.dialects.model_schema import MODEL, header_fault
from core.entities import ModelSpec, Place
from core.problems import Problem
from core.providers.table import provider_of_sdk
from core.releases import Behaviours
from core.rules.context import RuleContext, for_each_backend, problem

Priced: TypeAlias = tuple[ModelSpec, Mapping[str, float]]
"""A model and its prices."""
PER_THOUSAND = 0.001
"""USD per million tokens: an LLM price below this is certainly meant per thousand."""
HIGHEST = 1_000
"""USD per million tokens: an LLM price above this is certainly of another unit."""
SUSPECT = 0.2
"""USD per million tokens: in a file with such a price, LLM prices below this are meant per thousand too."""


def meant_per_thousand(catalog: Catalog) -> Iterator[tuple[ModelSpec, tuple[str, ...]]]:
    """The models with prices per thousand tokens, each with the categories of those prices."""
    for part in catalog.parts.values():
        yield from _per_thousand(_priced(part))


def _priced(part: ParsedBackend) -> list[Priced]:
    return [(spec, spec.costs) for spec in part.specs if "costs" in spec.fields]


def _per_thousand(priced: Sequence[Priced]) -> Iterator[tuple[ModelSpec, tuple[str, ...]]]:
    llms = [(spec, costs) for spec, costs in priced if spec.model_type == "llm"]
    if not any(0 < price < PER_THOUSAND for _, costs in llms for price in costs.values()):
        return
    for spec, costs in llms:
        if _all_low(costs.values(), SUSPECT):
            yield spec, tuple(key for key, price in costs.items() if price)


def _all_low(prices: Iterable[float], bound: float) -> bool:
    return all(0 <= price < bound for price in prices) and any(prices)


@for_each_backend
def prices(part: ParsedBackend) -> Iterator[Problem]:
    """Prices are USD per million tokens in every release; the seed document shows them per thousand."""
    priced = _priced(part)
    suspects = {id(spec): low for spec, low in _per_thousand(priced)}
    for spec, costs in priced:
        low = suspects.get(id(spec))
        if low is None and all(0 <= price <= HIGHEST for price in costs.values()):
            continue
        wrong = [(key, price) for key, price in costs.items() if not 0 <= price < math.inf]
        high = [(key, price) for key, price in costs.items() if spec.model_type == "llm" and HIGHEST < price < math.inf]
        if not wrong and not low and not high:
            continue
        location = spec.origin("costs") or spec.place
        for key, price in wrong:
            yield _of(
                spec,
                model_codes.PRICE_NEGATIVE if price < 0 else model_codes.PRICE_NOT_FINITE,
                f"price `{key}` is {'negative' if price < 0 else 'not finite'}",
                location.at(key),
                "write the price in USD per million tokens, or leave it out when it is unknown",
            )
        for key, price in high:
            yield _of(
                spec,
                model_codes.PRICE_TOO_HIGH,
                f"{key} = {price:g} is above {HIGHEST:,} USD per million tokens",
                location.at(key),
                "write the price in USD per million tokens",
            )
        if low:
            prices = ", ".join(f"{key} = {costs[key]:g}" for key in low)
            times = ", ".join(f"{key} = {costs[key] * 1000:g}" for key in low)
            yield _of(
                spec,
                model_codes.PRICE_PER_THOUSAND,
                f"{prices} looks like a price per thousand tokens",
                location.at(low[0]),
                f"prices are USD per million tokens: write {times}",
            )


@for_each_backend
def enabled_key(part: ParsedBackend) -> Iterator[Problem]:
    """`enabled = false` on a model is read and ignored by every release."""
    for spec in part.specs if part.backend.enabled else ():
        if spec.fields.get("enabled") is False:
            yield _of(
                spec,
                model_codes.MODEL_ENABLED_IGNORED,
                "`enabled = false` on a model has no effect: the model is still served",
                spec.origin("enabled") or spec.place,
                "remove the model's table to stop serving it",
            )


@for_each_backend
def capabilities(part: ParsedBackend) -> Iterator[Problem]:
    """`structured` is an output of a model, not an input."""
    for spec in part.specs if part.backend.enabled else ():
        if "structured" in spec.names("inputs"):
            yield _of(
                spec,
                model_codes.CAPABILITY_MISPLACED,
                "`structured` is listed in `inputs`, but it is an output",
                spec.origin("inputs") or spec.place,
                'move it: outputs = ["text", "structured"]',
            )


def orphan_files(context: RuleContext) -> Iterator[Problem]:
    """A file in `backends/` that no table of `backends.toml` names is never read."""
    tree = context.catalog.tree
    for name, source in tree.specs.items():
        if name not in context.catalog.backends and tree.backends.data:
            override = name.endswith("_override")
            told = misnamed(context.catalog, name)
            yield problem(
                backend_codes.BACKEND_FILE_ORPHAN,
                f"{source.shown} is never read: backends.toml has no [{name}]",
                Place(source, ()),
                fix="backend files have no override files; edit the file itself"
                if override
                else told[1]
                if told
                else f"add [{name}] to backends.toml, or remove the file",
                cause=told[0] if told else None,
                subject=name,
            )


def _of(spec: ModelSpec, diagnostic: Diagnostic, message: str, place: Place, fix: str) -> Problem:
    return problem(
        diagnostic,
        f"model `{spec.handle}` of backend `{spec.backend}`: {message}",
        place,
        fix=fix,
        subject=spec.handle,
    )


def unsent_headers(context: RuleContext) -> Iterator[Problem]:
    """The headers of models whose client sends none."""
    rows = [(name, (part, context.catalog.behaviours)) for name, part in context.catalog.parts.items()]
    for problems in context.cache.reuse_each(unsent_headers, rows, _unsent):
        yield from problems


def _unsent(part: ParsedBackend, behaviours: Behaviours) -> tuple[Problem, ...]:
    if not part.backend.enabled or behaviours.unknown_model_keys == "refused":
        return ()
    known = MODEL.fields_of(behaviours.release)
    found: dict[tuple[str | int, ...], Problem] = {}
    for spec in part.specs:
        client = provider_of_sdk(spec.sdk or "")
        for key in spec.fields if client is not None and not client.sends_headers else ():
            place, value = spec.origin(key), spec.fields[key]
            if key in known or place is None or not isinstance(value, str):
                continue
            if header_fault(key, value, "" if "${" in value else value, behaviours) is not None:
                continue  # the release refuses it
            message = f"the header `{key}` has no effect: the client of sdk `{spec.sdk}` sends no headers of models"
            fix = "remove it, or use an sdk whose client sends it, such as `openai`"
            found.setdefault(
                place.path,
                problem(
                    model_codes.UNUSED_BY_CLIENT,
                    f"model `{spec.handle}` of backend `{spec.backend}`: {message}",
                    place,
                    fix=fix,
                    subject=spec.handle,
                ),
            )
    return tuple(found.values())


def unused_endpoints(context: RuleContext) -> Iterator[Problem]:
    """The endpoints of backends whose clients call an address of their own."""
    catalog = context.catalog
    for backend in context.enabled_backends:
        text = catalog.environment.filled(backend.text("endpoint") or "")
        clients = {provider_of_sdk(spec.sdk or ""): spec.sdk for spec in catalog.parts[backend.name].specs}
        host = _host(text)
        if not clients or not host:
            continue
        if all(row is not None and row.ignores_endpoint and not row.calls(host) for row in clients):
            sdks = ", ".join(sorted(f"`{sdk}`" for sdk in clients.values()))
            own = next(row.base for row in clients if row is not None) or "the address of its region"
            yield problem(
                model_codes.UNUSED_BY_CLIENT,
                f"backend `{backend.name}`: the endpoint has no effect: the client of sdk {sdks} calls {own}",
                backend.place.at("endpoint"),
                fix="remove it, or use an sdk whose client calls it, such as `openai`",
                subject=backend.name,
            )


def _host(endpoint: str) -> str:
    """The host of an endpoint; empty for one that is no address."""
    try:
        return urlsplit(endpoint).hostname or ""
    except ValueError:
        return ""


RULES = (prices, enabled_key, capabilities, unsent_headers, unused_endpoints, orphan_files)
