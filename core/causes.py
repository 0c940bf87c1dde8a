"""Causes: the few faults behind many problems, each with the references it kills and its fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from core.catalog import Catalog
from core.cause_groups import group_causes, group_fix, group_title
from core.diagnostics import deck_codes, method_codes
from core.diagnostics.unresolved import EXHAUSTED, UnresolvedCode
from core.entities import Location
from core.formatting import counted
from core.problems import Problem, Severity, first_fatal
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution
from core.variables import State, source_text

MAX_CAUSES = 5
"""The number of causes shown at first; lists of problems have all."""
DEAD_KINDS = (Kind.PIPE, Kind.PRESET, Kind.ALIAS, Kind.WATERFALL, Kind.CHOICE)
"""The kinds of references that can be dead, in the order in which they are counted."""
_KIND_ORDER = {"pipe": 0, "preset": 1, "choice": 2, "waterfall": 3, "alias": 4}
_REFUSED = (
    deck_codes.SETTING_REFUSED,
    method_codes.PIPE_REFUSED,
    method_codes.PIPE_CAPABILITY,
    method_codes.PIPE_KEY,
)
_SERVED_BY_OTHERS = EXHAUSTED | {UnresolvedCode.BACKEND_OFF, UnresolvedCode.FALLBACK_OFF}


@dataclass(frozen=True, slots=True)
class Cause:
    """One fault, with the references that are dead because of it."""

    key: str
    title: str
    severity: Severity
    fatal: bool
    dead: Mapping[str, int]
    fix: str | None
    location: Location | None
    problems: int
    references: tuple[tuple[str, str, str], ...] = ()
    """The dead and the refused references."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Counts of the refused references, by kind."""
    code: str = ""
    """The code of the problem that stands for the cause: the one that stops the release, or the first error."""
    excerpt: tuple[str, str] | None = None
    calls: int = 0
    """The recent calls of past runs that it concerns; then it comes first."""

    @property
    def effect(self) -> str:
        """The dead and refused references in words: `24 presets, 11 aliases dead`."""
        return "; ".join(filter(None, (dead_words(self.dead), dead_words(self.refused, "refused"))))

    @property
    def effect_after_title(self) -> str:
        """The effect behind the title: `: 1 preset dead`; after a title with a colon `; 1 preset dead`."""
        return f"{';' if ': ' in self.title else ':'} {self.effect}" if self.effect else ""


def dead_words(dead: Mapping[str, int], word: str = "dead") -> str:
    """Counts of dead (or refused) references in words, empty when there are none."""
    parts = [counted(dead[kind.value], kind.value) for kind in DEAD_KINDS if dead.get(kind.value)]
    return f"{', '.join(parts)} {word}" if parts else ""


Reference = tuple[str, str, str]
"""The kind, family and name of a reference."""


def _blame(catalog: Catalog, dead: Sequence[Resolution], reported: frozenset[str]) -> dict[Reference, str]:
    """The cause of each dead reference, by (kind, family, name).

    References that disabled backends would serve are shared out so that few backends explain them all: repeatedly
    the backend that would revive the most; among equals one with its variables set, then with the fewest.
    """
    blamed: dict[Reference, str] = {}
    pending: dict[Reference, frozenset[str]] = {}
    unread_file = _unread_file(catalog, reported)
    for resolution in dead:
        key = (resolution.kind.value, resolution.family, resolution.name)
        reviving = _reviving(catalog, resolution)
        if reviving:
            pending[key] = reviving
        else:
            blamed[key] = _own_cause(catalog, resolution, reported, unread_file)
    counts = Counter(backend for backends in pending.values() for backend in backends)
    while pending:
        best = min(counts, key=lambda name: (-counts[name], *_readiness(catalog, name)))
        for key in [key for key, backends in pending.items() if best in backends]:
            blamed[key] = f"off {best}"
            for backend in pending.pop(key):
                counts[backend] -= 1
        counts = +counts
    return blamed


def _reviving(catalog: Catalog, resolution: Resolution) -> frozenset[str]:
    """The disabled backends any of which would serve a dead reference."""
    unresolved = resolution.unresolved
    if unresolved is None or unresolved.code not in _SERVED_BY_OTHERS:
        return frozenset()
    return frozenset(
        spec.backend
        for name in unresolved.names
        for spec in catalog.declared.get(name, ())
        if not catalog.backends[spec.backend].enabled
    )


def _readiness(catalog: Catalog, backend: str) -> tuple[int, int, int]:
    names = catalog.variables_of(backend)
    missing = sum(1 for name in names if catalog.environment.variable(name).state is not State.SET)
    return (1 if missing else 0, len(names), catalog.backends[backend].position if backend in catalog.backends else 0)


def _own_cause(catalog: Catalog, resolution: Resolution, reported: frozenset[str], unread_file: str) -> str:
    unresolved = resolution.unresolved
    assert unresolved is not None
    leaf = unresolved.names[-1] if unresolved.names else ""
    if catalog.backends_unread is not None:
        return _key_of(catalog.backends_unread)
    if catalog.profile is None and unresolved.code in _SERVED_BY_OTHERS | {UnresolvedCode.MODEL_DROPPED}:
        # Without a profile nothing is served: the problem in reading it is the cause.
        causes = (problem.cause for problem in catalog.routing_problems if problem.cause)
        return next(causes, f"profile {catalog.active}")
    if catalog.tree.specs_fault:
        return f"folder {catalog.tree.specs_folder}"
    if unresolved.code == UnresolvedCode.MODEL_DROPPED:
        match = catalog.routes.match(leaf) if catalog.routes is not None else None
        if match is None:
            return f"profile {catalog.active}"
        return f"route {match.pattern}" if match.pattern is not None else f"default of profile {catalog.active}"
    if unresolved.code == UnresolvedCode.CYCLE:
        return unresolved.message.split(";")[0]
    if leaf and unread_file and leaf not in catalog.declared:
        return unread_file
    if leaf:
        return f"unquoted {leaf}" if f"unquoted {leaf}" in reported else f"name {leaf}"
    return f"{resolution.kind.value} {resolution.name}"


def _unread_file(catalog: Catalog, reported: frozenset[str]) -> str:
    """The cause of the first file of the deck or of a model of an enabled backend that could not be read.

    A name that is defined nowhere may stand there. Empty without such a file.
    """
    specs = (catalog.tree.specs[name] for name in catalog.enabled if name in catalog.tree.specs)
    keys = (f"file {source.shown}" for source in (*catalog.tree.deck.sources, *specs) if not source.readable)
    return next((key for key in keys if key in reported), "")


def title_of(key: str, catalog: Catalog) -> str:
    """The title of a cause by its key."""
    kind, _, name = key.partition(" ")
    if kind == "off":
        return f"backend `{name}` is off"
    if kind == "variable":
        variable = catalog.environment.variable(name)
        source = f" in {source_text(variable.source)}" if variable.state is State.EMPTY and variable.source else ""
        state = {State.EMPTY: "is empty", State.PLACEHOLDER: "is a placeholder"}.get(variable.state, "is not set")
        users = [backend for backend in catalog.enabled if name in catalog.variables_of(backend)]
        needs = f", needed by {', '.join(users)}" if users else ""
        return f"variable `{name}` {state}{source}{needs}"
    if kind == "name":
        return f"no model, alias or waterfall `{name}` is served"
    if kind == "route":
        return f"route `{name}` sends models to a backend that does not declare them"
    if kind == "default":
        return f"the default of {name.removeprefix('of ')} does not declare some models"
    if kind == "backend":
        state = "is off" if name in catalog.backends else "does not exist"
        return f"backend `{name}` {state}, but models are routed to it"
    if kind == "folder":
        tree = catalog.tree
        return f"{name} {tree.specs_fault if name == tree.specs_folder else tree.deck_fault}"
    if kind == "said":
        return name
    if kind == "profile" and name == "None":
        return "there is no active routing profile"
    if kind == "profile":
        return f"profile `{name}` {'routes them nowhere' if name in catalog.profiles else 'does not exist'}"
    return key


def file_under_causes(
    catalog: Catalog, dead: Sequence[Resolution], problems: Sequence[Problem]
) -> tuple[tuple[Problem, ...], tuple[Cause, ...]]:
    """The problems, each with its cause, and the causes: the one at which the release stops first,
    then other fatal ones, then by recent calls and dead references."""
    reported = frozenset(problem.cause for problem in problems if problem.cause is not None)
    blamed = _blame(catalog, dead, reported)
    filed: list[Problem] = []
    groups: dict[str, list[Problem]] = {}
    for problem in problems:
        cause = blamed.get(problem.reference) if problem.reference is not None else None
        if cause is not None:
            problem = problem.with_cause(cause)
        filed.append(problem)
        if problem.severity is not Severity.INFO:
            groups.setdefault(_key_of(problem), []).append(problem)
    joined = group_causes(catalog, groups, frozenset(blamed.values()))
    if joined:
        filed = [_joined(problem, joined) for problem in filed]
        members, groups = groups, {}
        for key, group in members.items():
            groups.setdefault(joined.get(key, key), []).extend(group)
    references: dict[str, list[Reference]] = {}
    for reference, key in blamed.items():
        references.setdefault(key, []).append(reference)
    causes = [_cause(key, group, references.get(key, []), catalog) for key, group in groups.items()]
    stop = first_fatal(filed)
    first = _key_of(stop) if stop is not None else ""
    return tuple(filed), tuple(sorted(causes, key=lambda cause: (cause.key != first, *_rank(cause))))


def _joined(problem: Problem, groups: Mapping[str, str]) -> Problem:
    """A problem, filed under the group of its cause."""
    group = groups.get(_key_of(problem)) if problem.severity is not Severity.INFO else None
    return problem.with_cause(group) if group is not None else problem


def _key_of(problem: Problem) -> str:
    return problem.cause or f"{problem.code} {problem.message}"


def _cause(key: str, group: Sequence[Problem], references: Sequence[tuple[str, str, str]], catalog: Catalog) -> Cause:
    first = group[0]
    if len(group) > 1:
        first = min(group, key=lambda problem: (not problem.fatal, problem.severity is not Severity.ERROR))
    refused = [
        problem.reference
        for problem in group
        if problem.diagnostic in _REFUSED and problem.reference and problem.reference not in references
    ]
    own_title = first.cause is None or key.startswith(("file ", "unquoted ")) or _is_on(key, catalog)
    several = len(group) > 1 or key.startswith(("off ", "variable "))
    title = group_title(key, catalog, group)
    if title is None:
        title = title_of(key, catalog) if several and not own_title else first.message
    fix, location = group_fix(key, catalog) or first.fix, first.location
    if key.startswith("off "):
        name = key.removeprefix("off ")
        backend = catalog.backends.get(name)
        location = backend.place.location if backend is not None else location
        fix = f"turn `{name}` on and route to it, or point them at models that are served"
    affected = list(dict.fromkeys((*references, *refused)))
    kinds = {kind for kind, _, _ in affected}
    return Cause(
        key=key,
        title=title,
        severity=first.severity,
        fatal=first.fatal,
        dead=_by_kind(references),
        fix=fix,
        location=location,
        problems=len(group),
        references=tuple(affected if len(kinds) < 2 else sorted(affected, key=lambda item: _KIND_ORDER[item[0]])),
        refused=_by_kind(dict.fromkeys(refused)),
        code=first.code,
        excerpt=first.excerpt,
        calls=sum(problem.calls for problem in group),
    )


def _is_on(key: str, catalog: Catalog) -> bool:
    """Whether a key is that of a backend that is on: its problem is another one."""
    kind, _, name = key.partition(" ")
    return kind == "backend" and name in catalog.backends and catalog.backends[name].enabled


def _by_kind(references: Iterable[Reference]) -> Mapping[str, int]:
    """The number of references of each kind. A `Counter` takes five times as long, for one reference a cause."""
    counts: dict[str, int] = {}
    for kind, _, _ in references:
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def _rank(cause: Cause) -> tuple[bool, int, bool, int, int]:
    counted = [counts for counts in (cause.dead, cause.refused) if counts]
    weight = sum(counts.get(kind, 0) for counts in counted for kind in ("pipe", "preset", "choice"))
    return (not cause.fatal, -cause.calls, cause.severity is not Severity.ERROR, -weight, -cause.problems)
