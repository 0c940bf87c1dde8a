"""Problems found by live checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from core.catalog import Catalog
from core.diagnostics import live_codes
from core.diagnostics.diagnostic import Diagnostic
from core.entities import Backend, ModelSpec, Place
from core.probes.availability import Comparison, Declared, compare
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus
from core.probes.client_call import backend_calls
from core.problems import Check, Problem, Severity
from core.resolution import Resolution
from core.suggest import did_you_mean

_ADDRESS_FAULTS = frozenset(
    {CheckStatus.DNS, CheckStatus.REFUSED, CheckStatus.TLS, CheckStatus.TIMEOUT, CheckStatus.NOT_FOUND}
)
_MAX_NAMES = 2000
"""The maximum number of undeclared models searched for near names."""
_MAX_SUGGESTIONS = 12
"""The maximum number of near names searched per backend; models in use come first."""

Against = Callable[[ModelSpec], Collection[str]]
"""A function that returns the policy violations of a model."""


def live_problems(
    catalog: Catalog,
    resolutions: Sequence[Resolution],
    results: Iterable[CheckResult],
    comparisons: Mapping[str, Comparison] | None = None,
    against: Against | None = None,
) -> tuple[Problem, ...]:
    """The problems of results by backend: first its connection, then its models.

    A problem is an error if a reference of the deck resolves to the backend, else a warning. Problems that offline
    rules report, such as unset variables, are omitted. `comparisons` are the comparisons already made, by backend.
    A listed name is not suggested where `against` says something of the model with that id.
    """
    made = comparisons or {}
    return tuple(
        problem
        for result in results
        for problem in _backend_problems(catalog, resolutions, result, made.get(result.backend), against)
    )


def _backend_problems(
    catalog: Catalog,
    resolutions: Sequence[Resolution],
    result: CheckResult,
    comparison: Comparison | None,
    against: Against | None,
) -> Iterator[Problem]:
    backend = catalog.backends.get(result.backend)
    if backend is None or not backend.enabled or result.finding.status is CheckStatus.CANCELLED:
        return
    used = any(item.spec is not None and item.spec.backend == result.backend for item in resolutions)
    if (result.bad or result.inconclusive) and not _reported_offline(catalog, result):
        yield _connection_problem(backend, result, used=used)
    yield from _models(comparison or compare(catalog, result, resolutions), against)


def _reported_offline(catalog: Catalog, result: CheckResult) -> bool:
    """Whether the rules report what kept a check from being sent."""
    missing = result.finding.status is CheckStatus.MISSING_CREDENTIAL
    if missing and result.variable in catalog.variables_of(result.backend):
        return True
    if result.exchanges or result.http_status is not None:
        return False
    calls = backend_calls(catalog, catalog.parts[result.backend])
    fields = {fault.field for _, call in calls for fault in call.faults if fault.fatal}
    return (result.wrong_field or "endpoint") in fields


def _connection_problem(backend: Backend, result: CheckResult, *, used: bool) -> Problem:
    finding = result.finding
    message, hint = result.texts
    unsent = finding.status is CheckStatus.NOT_CHECKABLE
    return Problem(
        live_codes.BY_STATUS[finding.status.value],
        severity=Severity.ERROR if used and not result.temporary and not unsent else Severity.WARNING,
        check=Check.BACKENDS,
        message=f"backend `{backend.name}`: {message}",
        location=location_of(backend, result).location,
        fix=hint or None,
        subject=backend.name,
    )


def location_of(backend: Backend, result: CheckResult) -> Place:
    """The most likely place of the fault in the tree when a check failed."""
    field = result.wrong_field
    if not field:
        field = "endpoint" if result.finding.status in _ADDRESS_FAULTS else "api_key"
    return backend.place.at(field) if field in backend.fields else backend.place


def _models(comparison: Comparison, against: Against | None) -> Iterator[Problem]:
    names = tuple(model.id for model in comparison.undeclared[:_MAX_NAMES])
    unserved = sorted(comparison.not_served, key=lambda item: not item.users)[:_MAX_SUGGESTIONS]
    suggested = {id(item) for item in unserved}
    for item in comparison.not_served:
        yield _not_served(item, names if id(item) in suggested else (), against)
    for item in comparison.served:
        if item.note:
            message = f"`{item.spec.backend}` serves `{item.spec.model_id}`: {item.note}"
            yield _about(item, live_codes.LIVE_MODEL_NOTICE, Severity.INFO, message)
    for item in comparison.unknown:
        if item.note:
            message = f"`{item.spec.backend}` does not list `{item.spec.model_id}`, but may serve it"
            fix = f"test it: check --model {item.spec.handle}"
            yield _about(item, live_codes.LIVE_MODEL_UNLISTED, Severity.INFO, message, fix)


def _not_served(item: Declared, listed: tuple[str, ...], against: Against | None) -> Problem:
    spec = item.spec
    used = f", and {_some(item.users)} {'needs' if len(item.users) == 1 else 'need'} it" if item.users else ""
    message = f"`{spec.backend}` does not list `{spec.model_id}`{used}" + (f" ({item.note})" if item.note else "")
    if against is not None:
        listed = tuple(name for name in listed if not against(replace(spec, model_id=name)))
    fix = _nearest(spec.model_id, listed) or f"remove `{spec.handle}`, or repoint what uses it"
    return _about(item, live_codes.LIVE_MODEL_NOT_SERVED, Severity.WARNING, message, fix)


def _about(item: Declared, diagnostic: Diagnostic, unused: Severity, message: str, fix: str | None = None) -> Problem:
    """A problem of a declared model, of severity `unused` while no reference ends at it, else of the next one."""
    spec = item.spec
    worse = Severity.ERROR if unused is Severity.WARNING else Severity.WARNING
    return Problem(
        diagnostic,
        severity=worse if item.users else unused,
        check=Check.MODELS,
        message=message,
        location=(spec.origin("model_id") or spec.place).location,
        fix=fix,
        subject=spec.handle,
    )


@lru_cache(maxsize=512)
def _nearest(name: str, listed: tuple[str, ...]) -> str:
    """The suggestion for a name. Cached, because a search of a long list is slow and repeated after each edit."""
    return did_you_mean(name, listed)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
