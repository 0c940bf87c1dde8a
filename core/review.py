"""Review of a change in git: the tree at two revisions, or at one and in the work tree, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import field, replace
from functools import cached_property

from core.api import Report, inspect_paths
from core.compare import Changed, Comparison, Outcome, of_revisions
from core.errors import PipedeckError
from core.files.discover import configured_trees
from core.files.git import repository_root
from core.files.git_process import GitError
from core.files.git_view import GitView, branch_point, commit_of, git_view, merge_base
from core.formats import Finding, findings_of
from core.installation import Origin
from core.lives.clock import today
from core.problems import Severity
from core.project_methods import project_methods
from core.records import dataclass
from core.release_diff import resolutions_by_name
from core.repricing import CostChange, cost_change
from core.resolution import Resolution
from core.rules.policy import ignored, index_problem
from core.target import target_release

WORK_TREE = "work tree"


@dataclass(frozen=True, slots=True)
class Lost:
    """Kinds of input or output that the model of a reference took or gave before the change."""

    before: Resolution
    after: Resolution
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lost abilities, as text: `images input, structured output`."""
        parts = [f"{', '.join(names)} {noun}" for names, noun in ((self.inputs, "input"), (self.outputs, "output"))]
        return ", ".join(part for part, names in zip(parts, (self.inputs, self.outputs), strict=True) if names)


@dataclass(frozen=True)
class Review:
    """The differences between two revisions. `added` and `removed` are findings without an equal on the other side.

    Problems that the policy of a side accepts today are none of its findings.
    """

    comparison: Comparison
    added: tuple[Finding, ...] = field(repr=False)
    removed: tuple[Finding, ...] = field(repr=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The added findings that make a run fail."""
        return tuple(item for item in self.added if item.problem.fatal or item.problem.severity is Severity.ERROR)

    @property
    def policy_changes(self) -> bool:
        """Whether the policy of the team was changed or removed, so that the sides are checked by different rules."""
        return _policy(self.comparison.before) != _policy(self.comparison.after)

    @cached_property
    def lost(self) -> tuple[Lost, ...]:
        """The references that lose capabilities, models included."""
        return tuple(_lost(self.comparison.before, self.comparison.after))

    @cached_property
    def dearer(self) -> tuple[Changed, ...]:
        """The references whose input or output price rises."""
        return tuple(item for item in self.comparison.changes if _rises(item))

    @cached_property
    def cost_change(self) -> CostChange | None:
        """The cost of the last 30 days after the change; None without past runs that would be routed differently."""
        return cost_change(self.comparison.before, self.comparison.after)

    @property
    def losses(self) -> bool:
        """Whether a reference dies, is refused, loses a capability or costs more."""
        worse = (Outcome.DIES, Outcome.REFUSED)
        return bool(self.lost or self.dearer) or any(item.outcome in worse for item in self.comparison.changes)


def review_change(now: Report, revision: str = "") -> Review:
    """The review of `REV`, `REV..REV` or `REV...REV`; of one revision up to the work tree, which `now` reports on.

    Without a revision the review begins where the branch left its upstream, or else the main branch. Raises
    PipedeckError when the project is in no repository or a revision does not exist.
    """
    paths, environ = now.catalog.tree.paths, now.catalog.environment.shell
    root = repository_root(paths.project)
    if not root:
        raise PipedeckError(f"{paths.project} is in no git repository")
    with ExitStack() as stack:
        try:
            first, second = _commits(root, environ, revision)
            names = (first[0], second[0] if second is not None else WORK_TREE)
            before = report_at(now, stack.enter_context(git_view(root, environ, first[1])))
            after = now
            if second is not None:
                after = report_at(now, stack.enter_context(git_view(root, environ, second[1])))
            elif now.methods is None:
                after = now.read_methods()
        except GitError as error:
            raise PipedeckError(f"{root}: {error}") from None
    return compare_revisions(of_revisions(*names, before, after))


def compare_revisions(comparison: Comparison) -> Review:
    """The review of two reports on the same paths."""
    sides = [_findings(report) for report in (comparison.before, comparison.after)]
    prints = [{item.fingerprint for item in side} for side in sides]
    added = tuple(item for item in sides[1] if item.fingerprint not in prints[0])
    return Review(comparison, added, tuple(item for item in sides[0] if item.fingerprint not in prints[1]))


def _findings(report: Report) -> tuple[Finding, ...]:
    """The problems that count, and the warnings about ignores that are over."""
    accepted, over = ignored(report.catalog, report.problems, today())
    left_out = set(map(id, accepted))
    return findings_of(report, (*(item for item in report.problems if id(item) not in left_out), *over))


def _policy(report: Report) -> tuple[str | None, str | None] | None:
    source = report.catalog.tree.policy
    return (source.error, source.document.text) if source is not None else None


def without_index(review: Review) -> Review:
    """The review where the index of lives could not be read: an error if the policy limits the end of models."""
    after = review.comparison.after
    return replace(review, added=(*review.added, *findings_of(after, index_problem(after.catalog))))


def report_at(now: Report, view: GitView) -> Report:
    """The report of the same tree in a commit, with its methods, and with the variables, packages and index of `now`.

    It answers for the release that `now` was told to answer for, else for the one that is installed or that the
    commit pins.
    """
    catalog = now.catalog
    paths, environ = catalog.tree.paths, catalog.environment.shell
    if not paths.home_only:
        paths = replace(paths, moved=tuple(configured_trees(paths.project, view)))
    release = str(now.release) if now.detected.named else None
    environment = catalog.installation.environment if catalog.installation is not None else None
    chosen = environment is not None and environment.origin is Origin.OPTION
    python = environment.prefix if environment is not None and chosen else None
    report = inspect_paths(
        paths,
        target_release(paths, release, environ, python, view=view, files=view),
        environ,
        profile=catalog.assumed_profile,
        assume_keys=catalog.environment.assume_set,
        view=view,
    )
    report = report.with_knowledge(now.knowledge).with_runs(now.recent_runs)
    return report.with_methods(project_methods(report.catalog, view=view, listing=view))


Commit = tuple[str, str]
"""The name of a commit as given or abbreviated, and its id."""


def _commits(root: str, environ: Mapping[str, str], revision: str) -> tuple[Commit, Commit | None]:
    """The commits of a revision or range; None is the work tree."""
    if not revision:
        point = branch_point(root, environ)
        if point is None:
            raise PipedeckError("this branch has no upstream and there is no main branch: name a revision, as HEAD~1")
        return (point[:10], point), None
    first, dots, second = revision.partition("..")
    three = second.startswith(".")
    begin = _commit(root, environ, first or "HEAD")
    if not dots:
        return begin, None
    end = _commit(root, environ, second.removeprefix(".") or "HEAD")
    if three:
        base = merge_base(root, environ, begin[1], end[1])
        if base is None:
            raise PipedeckError(f"{revision}: the two have no common ancestor here")
        begin = (base[:10], base)
    return begin, end


def _commit(root: str, environ: Mapping[str, str], name: str) -> Commit:
    commit = commit_of(root, environ, name)
    if commit is None:
        raise PipedeckError(f"there is no revision {name!r} in {root}")
    return name, commit


def _lost(before: Report, after: Report) -> Iterator[Lost]:
    now = resolutions_by_name(after)
    for key, old in resolutions_by_name(before).items():
        new = now.get(key)
        if new is None or new.spec is None or old.spec is None:
            continue
        inputs, outputs = (_gone(old.spec.names(name), new.spec.names(name)) for name in ("inputs", "outputs"))
        if inputs or outputs:
            yield Lost(old, new, inputs, outputs)


def _gone(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in before if name not in after)


def _rises(item: Changed) -> bool:
    old, new = item.prices
    pairs = ((old.input, new.input), (old.output, new.output))
    return any(before is not None and after is not None and after > before for before, after in pairs)
