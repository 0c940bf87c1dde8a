"""The map of a tree as lines of text, and as SVG: one layout for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from core.formatting import counted
from core.resolution import Resolution
from core.secret_texts import display_text
from core.tree_map import MapBackend, MapRow, is_heavy, map_rows
from tui.labels import STATUS_SYMBOLS, STATUS_TONES
from tui.widgets.runs import Run, Runs, Tone, fit

_JOINT = 3
_MIN = 4


def mark_of(resolution: Resolution) -> Run:
    """The symbol of a name, by what the tree says of it."""
    return STATUS_SYMBOLS[resolution.status], STATUS_TONES[resolution.status]


def map_lines(
    backends: Sequence[MapBackend],
    width: int,
    lit: Resolution | None = None,
    mark: Callable[[Resolution], Run] = mark_of,
) -> Iterator[tuple[MapRow, Runs]]:
    """The lines of a map in so many columns; the way of the name `lit` has the accent."""
    rows = map_rows(backends)
    names, models, rest = _columns(rows, width - 2 * _JOINT - 5)
    way = next((row for row in rows if lit is not None and row.name is lit), None)
    for row in rows:
        on_way = way is not None and row.model is way.model
        near: Tone = "accent" if row is way else ""
        symbol, tone = mark(row.name)
        runs: list[Run] = [(f"{symbol} ", tone), (_cut(row.name.reference, names), near), (" ", "")]
        runs.append((row.joint, "accent" if on_way and (row is way or row.shows_model) else "dim"))
        model = _cut(_model(row), models) if row.shows_model else " " * models
        runs += [(" ", ""), (model, "bad" if row.model.dead else "accent" if on_way else ""), (" ", "")]
        if row.backend.name:
            lit_far = (
                way is not None and row.backend is way.backend and ((on_way and row.shows_model) or row.shows_backend)
            )
            runs.append((row.far_joint, "accent" if lit_far else "dim"))
            if row.shows_backend:
                runs.append((_cut(_backend(row), rest).rstrip(), "accent" if lit_far else ""))
        yield row, tuple(runs)


def _model(row: MapRow) -> str:
    mark = "x " if row.model.dead else "? " if row.model.unknown else ""
    count = f" x{len(row.model.names)}" if len(row.model.names) > 1 else ""
    return f"{mark}{row.model.handle}{count}"


def _columns(rows: Sequence[MapRow], room: int) -> tuple[int, int, int]:
    """The columns of names, models and backends: what each needs; where that is too much, the longer ones give."""
    needed = [
        max(map(len, texts), default=0) or _MIN
        for texts in (
            [row.name.reference for row in rows],
            [_model(row) for row in rows],
            [_backend(row) for row in rows if row.backend.name],
        )
    ]
    while sum(needed) > room and max(needed) > _MIN:
        needed[needed.index(max(needed))] -= 1
    return needed[0], needed[1], needed[2]


def _backend(row: MapRow) -> str:
    return f" {row.backend.name}  {row.backend.names}"


def _cut(text: str, width: int) -> str:
    """A text in so many columns; a long one keeps its end. A part of a secret no longer looks like one."""
    text = display_text(text)
    return fit(text, width, "left") if len(text) <= width else "…" + text[len(text) - width + 1 :]


def map_summary(backends: Sequence[MapBackend]) -> str:
    """`42 names, 11 models, 3 backends, 4 dead, 2 unknown`."""
    served = [backend for backend in backends if backend.name]
    ends = [model for backend in backends if not backend.name for model in backend.models]
    dead = sum(len(model.names) for model in ends if model.dead)
    unknown = sum(len(model.names) for model in ends if model.unknown)
    models = sum(len(backend.models) for backend in served)
    names = sum(backend.names for backend in backends)
    parts = [counted(names, "name"), counted(models, "model"), counted(len(served), "backend")]
    return ", ".join([*parts, *([f"{dead} dead"] if dead else []), *([f"{unknown} unknown"] if unknown else [])])


_LINE, _X = 18, (10, 330, 430, 730, 830)
_HEIGHT_ABOVE = 30


def map_svg(backends: Sequence[MapBackend]) -> str:
    """The map as a picture: curves from names over models to backends, thicker where many names go."""
    rows = map_rows(backends)
    total = len(rows)
    model_y = {id(row.model): _y(number) for number, row in enumerate(rows) if row.shows_model}
    backend_y = {id(row.backend): _y(number) for number, row in enumerate(rows) if row.shows_backend}
    curves: list[str] = []
    texts: list[str] = []
    for number, row in enumerate(rows):
        tone = "#c0392b" if row.model.dead else "#7f8c8d"
        y, end = _y(number), model_y[id(row.model)]
        curves.append(_curve(_X[1], y, _X[2], end, tone, 1.2))
        texts.append(_text(_X[0], y, row.name.reference, "#c0392b" if row.model.dead else "#2c3e50"))
        if row.shows_model:
            texts.append(_text(_X[2] + 6, y, _model(row), tone if row.model.dead else "#2c3e50"))
            if row.backend.name:
                thick = 1.2 + min(len(row.model.names), 12) / 3
                curves.append(_curve(_X[3], y, _X[4], backend_y[id(row.backend)], "#2980b9", thick))
        if row.shows_backend and row.backend.name:
            weight = "bold" if is_heavy(row.backend.names, total) else "normal"
            texts.append(_text(_X[4] + 6, y, f"{row.backend.name}  {row.backend.names}", "#2980b9", weight))
    height = _y(len(rows)) + _LINE
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="1040" height="{height}"'
        ' font-family="monospace" font-size="12">'
        f'<title>{escape(map_summary(backends))}</title><rect width="100%" height="100%" fill="#fff"/>'
    )
    return "\n".join([head, *curves, *texts, "</svg>\n"])


def _y(number: int) -> int:
    return _HEIGHT_ABOVE + number * _LINE


def _curve(x1: int, y1: int, x2: int, y2: int, tone: str, thick: float) -> str:
    middle = (x1 + x2) // 2
    path = f"M{x1} {y1 - 4} C{middle} {y1 - 4} {middle} {y2 - 4} {x2} {y2 - 4}"
    return f'<path d="{path}" fill="none" stroke="{tone}" stroke-width="{thick:.1f}"/>'


def _text(x: int, y: int, text: str, tone: str, weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" fill="{tone}" font-weight="{weight}">{escape(_cut(text, 42).rstrip())}</text>'
