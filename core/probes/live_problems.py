"""Problems found by live checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from core.catalog import Catalog
from core.diagnostics import live_codes
from core.entities import Backend, Place
from core.probes.availability import Comparison, Declared, compare
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus, Reason
from core.problems import Check, Problem, Severity
from core.resolution import Resolution
from core.suggest import did_you_mean

_ADDRESS = frozenset(
    {CheckStatus.DNS, CheckStatus.REFUSED, CheckStatus.TLS, CheckStatus.TIMEOUT, CheckStatus.NOT_FOUND}
)
_MOST_NAMES = 2000
"""Of what is served and not declared so many are looked through for near names."""
_MOST_SUGGESTED = 12
"""Near names are looked for of so many models of a backend that are not served: those first that somebody uses."""
_PASSING = frozenset({CheckStatus.RATE_LIMITED, CheckStatus.SERVER_ERROR, CheckStatus.TIMEOUT})
"""What may be otherwise a minute later: a warning, unless it is the money that is missing."""


def live_problems(
    catalog: Catalog,
    resolutions: Sequence[Resolution],
    results: Iterable[CheckResult],
    comparisons: Mapping[str, Comparison] | None = None,
) -> tuple[Problem, ...]:
    """The problems of some results, backend by backend: those of reaching it, then those of its models.

    An error is what bites a reference of the deck that ends at this backend; everything else is a warning. What is
    known without asking, such as a variable that is not set, is not said again. `comparisons` are the lists of each
    backend, when they have been compared already.
    """
    known = comparisons or {}
    return tuple(
        problem for result in results for problem in _of(catalog, resolutions, result, known.get(result.backend))
    )


def _of(
    catalog: Catalog, resolutions: Sequence[Resolution], result: CheckResult, known: Comparison | None
) -> Iterator[Problem]:
    backend = catalog.backends.get(result.backend)
    if backend is None or not backend.enabled or result.finding.status is CheckStatus.CANCELLED:
        return
    used = any(item.spec is not None and item.spec.backend == result.backend for item in resolutions)
    if result.bad and not _known_offline(catalog, result):
        yield _unreached(backend, result, used=used)
    yield from _models(known or compare(catalog, result, resolutions))


def _known_offline(catalog: Catalog, result: CheckResult) -> bool:
    missing = result.finding.status is CheckStatus.MISSING_CREDENTIAL
    return missing and result.variable in catalog.variables_of(result.backend)


def _unreached(backend: Backend, result: CheckResult, *, used: bool) -> Problem:
    finding = result.finding
    said, advice = result.words
    unasked = finding.status is CheckStatus.NOT_CHECKABLE
    passing = finding.status in _PASSING and finding.reason is not Reason.QUOTA
    return Problem(
        live_codes.BY_STATUS[finding.status.value],
        severity=Severity.ERROR if used and not passing and not unasked else Severity.WARNING,
        check=Check.BACKENDS,
        message=f"backend `{backend.name}`: {said}",
        location=location_of(backend, result).location,
        fix=advice or None,
        subject=backend.name,
    )


def location_of(backend: Backend, result: CheckResult) -> Place:
    """Where in the tree to look first when a check failed."""
    field = result.wrong_field
    if not field:
        field = "endpoint" if result.finding.status in _ADDRESS else "api_key"
    return backend.place.at(field) if field in backend.fields else backend.place


def _models(comparison: Comparison) -> Iterator[Problem]:
    names = tuple(model.id for model in comparison.undeclared[:_MOST_NAMES])
    wanting = sorted(comparison.not_served, key=lambda item: not item.users)[:_MOST_SUGGESTED]
    suggested = {id(item) for item in wanting}
    for item in comparison.not_served:
        yield _not_served(item, names if id(item) in suggested else ())
    for item in comparison.served:
        if item.remark:
            yield _remarkable(item)


def _not_served(item: Declared, others: tuple[str, ...]) -> Problem:
    spec = item.spec
    used = f", and {_some(item.users)} need{'s' if len(item.users) == 1 else ''} it" if item.users else ""
    return Problem(
        live_codes.LIVE_MODEL_NOT_SERVED,
        severity=Severity.ERROR if item.users else Severity.WARNING,
        check=Check.MODELS,
        message=f"`{spec.backend}` does not list `{spec.model_id}`{used}"
        + (f" ({item.remark})" if item.remark else ""),
        location=(spec.origin("model_id") or spec.place).location,
        fix=_nearest(spec.model_id, others) or f"remove `{spec.handle}`, or repoint what uses it",
        subject=spec.handle,
    )


@lru_cache(maxsize=512)
def _nearest(name: str, others: tuple[str, ...]) -> str:
    """Kept: to look through a long list takes its time, and an edit of the tree asks the same again."""
    return did_you_mean(name, others)


def _remarkable(item: Declared) -> Problem:
    spec = item.spec
    return Problem(
        live_codes.LIVE_MODEL_REMARK,
        severity=Severity.WARNING if item.users else Severity.INFO,
        check=Check.MODELS,
        message=f"`{spec.backend}` serves `{spec.model_id}`, with a remark: {item.remark}",
        location=(spec.origin("model_id") or spec.place).location,
        subject=spec.handle,
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
