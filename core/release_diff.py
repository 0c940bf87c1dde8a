"""The differences of two Pipelex releases for one tree, behaviour by behaviour."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from core.api import Report, current_directory, inspect_paths
from core.causes import DEAD_KINDS
from core.files.start_folder import find_tree
from core.formatting import counted
from core.records import dataclass
from core.references import Kind
from core.releases import TABLE, Behaviour
from core.resolution import Resolution
from core.target import Target, target_release


@dataclass(frozen=True, slots=True)
class Difference:
    """One behaviour that differs, in words, and its effect on the tree."""

    behaviour: Behaviour
    first: str
    second: str
    effect: str


@dataclass(frozen=True, slots=True)
class Change:
    """One reference with another target."""

    reference: str
    kind: str
    family: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """The differences between two releases for one tree."""

    first: Report
    second: Report
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]


def compare_releases(
    first: str,
    second: str,
    path: str | None = None,
    *,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: str | None = None,
    assume_keys: bool = False,
) -> ReleaseDiff:
    """Compare the reports of two releases on a tree, and the effect of each behaviour.

    The effect is measured: the tree is reread as the first release with one behaviour of the second. Differences in
    the schema of files (keys that one of the two refuses) appear only in the verdicts.
    Raises NoTreeError and UnknownReleaseError as `inspect_tree` does.
    """
    variables = os.environ if environ is None else environ
    location = find_tree(path, cwd=cwd or current_directory(), environ=variables)
    old = target_release(location, first, variables)
    new = target_release(location, second, variables)

    def read(target: Target) -> Report:
        return inspect_paths(location, target, variables, profile=profile, assume_keys=assume_keys)

    before, after = read(old), read(new)
    differences = []
    for behaviour in TABLE:
        old_step, new_step = behaviour.step(before.release), behaviour.step(after.release)
        if old_step.value != new_step.value:
            alone = before
            if hasattr(old.behaviours, behaviour.name):
                changed = replace(old.behaviours, **{behaviour.name: new_step.value})
                alone = read(old._replace(behaviours=changed))
            differences.append(Difference(behaviour, old_step.text, new_step.text, _effect(before, alone)))
    return ReleaseDiff(before, after, tuple(differences), _changes(before, after))


def resolutions_by_name(report: Report) -> dict[tuple[str, str, str], Resolution]:
    """The resolutions of a report by kind, family and name, in tree order."""
    return {(item.kind.value, item.family, item.name): item for item in report.resolutions}


def _target_text(resolution: Resolution | None) -> str:
    if resolution is None:
        return "not there"
    if resolution.spec is None:
        return resolution.status.value
    return f"{resolution.spec.backend} / {resolution.spec.handle}"


def _changes(before: Report, after: Report) -> tuple[Change, ...]:
    old, new = resolutions_by_name(before), resolutions_by_name(after)
    changes = []
    for key in {**old, **new}:
        old_end, now = old.get(key), new.get(key)
        if _target_text(old_end) != _target_text(now):
            resolution = now or old_end
            assert resolution is not None
            changes.append(
                Change(
                    resolution.reference,
                    resolution.kind.value,
                    resolution.family,
                    _target_text(old_end),
                    _target_text(now),
                )
            )
    return tuple(changes)


def _effect(before: Report, alone: Report) -> str:
    """The effect of one behaviour in words; empty if there is none."""
    if before.boots and not alone.boots:
        stop = alone.stops_at
        assert stop is not None
        return f"would not start: {stop.message}"
    counts = Counter(change.kind for change in _changes(before, alone))
    counted_kinds = [
        counted(counts[kind.value], kind.value) for kind in (Kind.MODEL, *DEAD_KINDS) if counts[kind.value]
    ]
    text = f"{', '.join(counted_kinds)} of yours change" if counted_kinds else ""
    if not before.boots and alone.boots:
        return "; ".join(part for part in ("would start", text) if part)
    return text
