"""The input of a rule, and the helpers that rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, wraps

from core.catalog import Catalog
from core.diagnostics.diagnostic import Diagnostic
from core.dialects.backend_reader import ParsedBackend
from core.entities import Backend, Location, Place
from core.incremental import Cache
from core.problems import Problem, Severity
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Resolver, Status
from core.serving import Serving
from core.suggest import near


@dataclass(frozen=True)
class RuleContext:
    """The input of rules: the catalog, the resolver, all resolutions, and the cache of previous findings."""

    catalog: Catalog
    serving: Serving
    resolver: Resolver
    resolutions: tuple[Resolution, ...]
    cache: Cache

    @cached_property
    def deck_resolutions(self) -> Sequence[Resolution]:
        """The references of the deck, which follow the models."""
        return self.resolutions[len(self.catalog.models) :]

    @cached_property
    def dead(self) -> tuple[Resolution, ...]:
        """The dead references of the deck."""
        return tuple(item for item in self.deck_resolutions if item.status is Status.DEAD and item.unresolved)

    @cached_property
    def used_backends(self) -> frozenset[str]:
        """The backends that serve a reference."""
        return frozenset(item.spec.backend for item in self.resolutions if item.spec is not None)

    @cached_property
    def refused(self) -> tuple[Resolution, ...]:
        """The presets and choices of the deck that end at a model which refuses their settings."""
        named = (Kind.PRESET, Kind.CHOICE)
        return tuple(item for item in self.deck_resolutions if item.status is Status.REFUSED and item.kind in named)

    @property
    def enabled_backends(self) -> Iterator[Backend]:
        return (backend for backend in self.catalog.backends.values() if backend.enabled)


Rule = Callable[[RuleContext], Iterator[Problem]]


def depends_on(inputs: Callable[[RuleContext], tuple[object, ...]]) -> Callable[[Rule], Rule]:
    """A rule that runs only when one of these inputs is another object than before."""

    def decorate(rule: Rule) -> Rule:
        @wraps(rule)
        def run(context: RuleContext) -> Iterator[Problem]:
            yield from context.cache.reuse(rule, inputs(context), lambda: tuple(rule(context)))

        return run

    return decorate


def for_each_backend(check: Callable[[ParsedBackend], Iterator[Problem]]) -> Rule:
    """A rule that depends on one backend's table and file: it runs for those that have changed."""

    @wraps(check)
    def run(context: RuleContext) -> Iterator[Problem]:
        rows = [(name, (part,)) for name, part in context.catalog.parts.items()]
        for problems in context.cache.reuse_each(check, rows, lambda part: tuple(check(part))):
            yield from problems

    return run


def problem(
    diagnostic: Diagnostic,
    message: str,
    place: Place | Location | None,
    *,
    severity: Severity | None = None,
    fix: str | None = None,
    cause: str | None = None,
    error_type: str | None = None,
    subject: str | None = None,
    reference: tuple[str, str, str] | None = None,
    calls: int = 0,
) -> Problem:
    """A finding of a rule, over which no release refuses to start."""
    return Problem(
        diagnostic,
        severity=severity or diagnostic.severity,
        check=diagnostic.check,
        message=message,
        error_type=error_type,
        location=place.location if isinstance(place, Place) else place,
        fix=fix,
        cause=cause,
        subject=subject,
        reference=reference,
        calls=calls,
    )


KNOWN_KEYS = (
    "enabled",
    "endpoint",
    "api_key",
    "extra_config",
    "listed_constraints",
    "valued_constraints",
    "display_name",
    "api_version",
    "aws_region",
    "gcp_project_id",
    "gcp_location",
    "gcp_credentials_file_path",
)


def mistyped(backend: Backend) -> Mapping[str, str]:
    """The keys of a backend that look like a known one which it lacks, with that one."""
    found: dict[str, str] = {}
    for key in backend.fields:
        names = near(key, KNOWN_KEYS) if key not in KNOWN_KEYS else ()
        if meant := next((name for name in names if name not in backend.fields), ""):
            found[key] = meant
    return found
