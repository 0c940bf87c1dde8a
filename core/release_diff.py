"""What changes for one tree between two Pipelex releases, behaviour by behaviour."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from core.api import Report, current_directory, inspect_paths, target_release
from core.causes import DEAD_KINDS
from core.files.discover import find_tree
from core.formatting import counted
from core.records import dataclass
from core.references import Kind
from core.releases import TABLE, Behaviour, Behaviours
from core.resolution import Resolution


@dataclass(frozen=True, slots=True)
class Difference:
    """One behaviour that differs, in words, and what it alone changes for the tree."""

    behaviour: Behaviour
    first: str
    second: str
    effect: str


@dataclass(frozen=True, slots=True)
class Change:
    """One reference that ends elsewhere."""

    reference: str
    kind: str
    family: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """Everything that differs between two releases for one tree."""

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
    """Answer for a tree as two releases would, and say which behaviour changes what.

    The effect of a behaviour is measured: the tree is read once more as the first release with that one behaviour of
    the second. What only the shape of files changes (keys that one of the two refuses) shows in the verdicts.
    Raises NoTreeError and UnknownReleaseError as `inspect_tree` does.
    """
    variables = os.environ if environ is None else environ
    found = find_tree(path, cwd=cwd or current_directory(), environ=variables)
    old, detected, _parsed = target_release(found, first, variables)
    new, _, _ = target_release(found, second, variables)

    def read(behaviours: Behaviours) -> Report:
        return inspect_paths(found, behaviours, detected, variables, profile=profile, assume_keys=assume_keys)

    before, after = read(old), read(new)
    differences = []
    for behaviour in TABLE:
        here, there = behaviour.step(old.release), behaviour.step(new.release)
        if here.value != there.value:
            alone = read(replace(old, **{behaviour.name: there.value})) if hasattr(old, behaviour.name) else before
            differences.append(Difference(behaviour, here.words, there.words, _effect(before, alone)))
    return ReleaseDiff(before, after, tuple(differences), _changes(before, after))


def _ends(report: Report) -> dict[tuple[str, str, str], Resolution]:
    return {(item.kind.value, item.family, item.name): item for item in report.resolutions}


def _end(resolution: Resolution | None) -> str:
    if resolution is None:
        return "not there"
    if resolution.spec is None:
        return resolution.status.value
    return f"{resolution.spec.backend} / {resolution.spec.handle}"


def _changes(before: Report, after: Report) -> tuple[Change, ...]:
    old, new = _ends(before), _ends(after)
    out = []
    for key in {**old, **new}:
        was, now = old.get(key), new.get(key)
        if _end(was) != _end(now):
            known = now or was
            assert known is not None
            out.append(Change(known.reference, known.kind.value, known.family, _end(was), _end(now)))
    return tuple(out)


def _effect(before: Report, alone: Report) -> str:
    """What one behaviour changes, in words; empty when it changes nothing."""
    if before.boots and not alone.boots:
        stop = alone.stops_at
        assert stop is not None
        return f"would not start: {stop.message}"
    counts = Counter(change.kind for change in _changes(before, alone))
    parts = [counted(counts[kind.value], kind.value) for kind in (Kind.MODEL, *DEAD_KINDS) if counts[kind.value]]
    text = f"{', '.join(parts)} of yours change" if parts else ""
    if not before.boots and alone.boots:
        return "; ".join(part for part in ("would start", text) if part)
    return text
