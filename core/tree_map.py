"""The map of a tree: deck names, the models where they end, and their backends, laid out in lines that never cross."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.api import Report
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Status

_HEAVY = 3
"""Names from which a line may be heavy: with at least a quarter of all names."""
_LIGHT_JOINTS = {
    "l": "╴", "r": "╶", "lr": "─", "ud": "│", "dr": "┌", "ld": "┐", "ur": "└", "lu": "┘",
    "udr": "├", "lud": "┤", "ldr": "┬", "lur": "┴", "ludr": "┼",
}  # fmt: skip
_HEAVY_JOINTS = {
    "l": "╸", "r": "╺", "lr": "━", "ud": "┃", "dr": "┏", "ld": "┓", "ur": "┗", "lu": "┛",
    "udr": "┣", "lud": "┫", "ldr": "┳", "lur": "┻", "ludr": "╋",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapModel:
    """A model with the names that end at it; of a dead or an unknown end `handle` is the name that nothing serves."""

    handle: str
    names: tuple[Resolution, ...]
    dead: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class MapBackend:
    """A backend with the models that names end at; dead and unknown ends have none, and an empty name."""

    name: str
    models: tuple[MapModel, ...]

    @property
    def names(self) -> int:
        """The number of names that end there."""
        return sum(len(model.names) for model in self.models)


@dataclass(frozen=True, slots=True)
class MapRow:
    """One line: a name, its joint, the model on the middle line of its names, its joint, the backend likewise."""

    name: Resolution
    joint: str
    model: MapModel
    shows_model: bool
    far_joint: str
    backend: MapBackend
    shows_backend: bool


def map_families(report: Report) -> tuple[str, ...]:
    """The families that have deck names, in the order of the deck."""
    return tuple(dict.fromkeys(item.family for item in _names(report)))


def tree_map(
    report: Report, family: str | None = None, backend: str | None = None, words: str = ""
) -> tuple[MapBackend, ...]:
    """The backends by the number of names that end there, the dead ends last; of one family, or one backend.

    `words`: only names whose line contains each of these words: in the name, the model or the backend.
    """
    ends: dict[str, dict[tuple[str, bool], list[Resolution]]] = {}
    wanted = words.casefold().split()
    for item in _names(report):
        if family is not None and item.family != family:
            continue
        spec = item.spec
        handle = spec.handle if spec is not None else _dead_end(item)
        line = f"{item.reference} {handle} {spec.backend if spec is not None else ''}".casefold()
        if not all(word in line for word in wanted):
            continue
        ends.setdefault(spec.backend if spec is not None else "", {}).setdefault(
            (handle, item.status is Status.UNKNOWN), []
        ).append(item)
    backends = [
        MapBackend(
            name,
            tuple(
                MapModel(handle, tuple(names), dead=not name and not unknown, unknown=not name and unknown)
                for (handle, unknown), names in sorted(models.items(), key=lambda pair: -len(pair[1]))
            ),
        )
        for name, models in ends.items()
        if backend is None or name == backend
    ]
    return tuple(sorted(backends, key=lambda one: (not one.name, -one.names)))


def _names(report: Report) -> Iterator[Resolution]:
    return (item for item in report.resolutions if item.kind is not Kind.MODEL)


def _dead_end(item: Resolution) -> str:
    unresolved = item.unresolved
    return unresolved.names[-1] if unresolved is not None and unresolved.names else item.lookup or item.name


def map_rows(backends: Sequence[MapBackend]) -> tuple[MapRow, ...]:
    """The lines of a map, with the joints in box characters; heavy where many names go."""
    total = sum(backend.names for backend in backends)
    return tuple(row for backend in backends for row in _backend_rows(backend, total))


def _backend_rows(backend: MapBackend, total: int) -> Iterator[MapRow]:
    middles, start = [], 0
    for model in backend.models:
        middles.append(start + (len(model.names) - 1) // 2)
        start += len(model.names)
    end = (middles[0] + middles[-1]) // 2
    heavy_backend = is_heavy(backend.names, total)
    line = 0
    for model, middle in zip(backend.models, middles, strict=True):
        heavy, first, last = is_heavy(len(model.names), total), line, line + len(model.names) - 1
        for name in model.names:
            arms = "l" + "u" * (line > first) + "d" * (line < last) + "r" * (line == middle)
            far = "l" * (line == middle) + "u" * (middles[0] < line <= middles[-1])
            far += "d" * (middles[0] <= line < middles[-1]) + "r" * (line == end)
            yield MapRow(
                name, _joint(arms, heavy), model, line == middle, _joint(far, heavy_backend), backend, line == end
            )
            line += 1


def is_heavy(names: int, total: int) -> bool:
    """Whether so many names are a good part of all."""
    return names >= _HEAVY and 4 * names >= total


def _joint(arms: str, heavy: bool) -> str:
    joints = _HEAVY_JOINTS if heavy else _LIGHT_JOINTS
    left, right = ("━" if heavy else "─") if "l" in arms else " ", ("━" if heavy else "─") if "r" in arms else " "
    return f"{left}{joints.get(arms, ' ')}{right}"
