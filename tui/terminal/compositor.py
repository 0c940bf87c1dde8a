"""Puts together the part of a picture that changed, asking only those widgets for lines that have changed.

Textual asks every widget that overlaps the box around all changes: with one line changed at the left and one at the
right, that is every widget on screen. Here a line is taken from its widget alone, where nothing lies over it; for
anything else Textual's own way is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Span(NamedTuple):
    """Cells of one line, at their place on the screen."""

    y: int
    x: int
    strip: Strip


class SpanUpdate(CompositorUpdate):
    """SpanUpdate of a picture, as Textual takes them for the terminal."""

    def __init__(self, parts: Iterable[Span]) -> None:
        self.parts = sorted(parts, key=lambda part: part[:2])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The same for rich, one segment after the other."""
        for y, x, strip in self.parts:
            yield Control.move_to(x, y)
            yield from strip

    def render_segments(self, console: Console) -> str:
        """The same as one text with its codes."""
        return "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for y, x, strip in self.parts)


class SpanCompositor(Compositor):
    """Textual's compositor, quicker where widgets lie beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: set[Widget] = set()
        self._judged_in: object = None
        self._uncovered: dict[Widget, bool] = {}

    def update_widgets(self, widgets: set[Widget]) -> None:
        """Take note of what has changed in these widgets."""
        self._changed |= widgets
        super().update_widgets(widgets)

    def render_full_update(self, simplify: bool = False) -> CompositorUpdate:  # type: ignore[override]
        """The whole picture."""
        self._changed.clear()
        return super().render_full_update(simplify)

    def render_partial_update(self) -> SpanUpdate | ChopsUpdate | None:  # type: ignore[override]
        """What has changed of the picture; None when nothing has."""
        rows = self._changed_rows()
        self._changed.clear()
        if rows is None:
            return super().render_partial_update()
        self._dirty_regions.clear()
        return (
            SpanUpdate(part for widget, spans in rows.items() for part in self._parts(widget, spans)) if rows else None
        )

    def _changed_rows(self) -> dict[Widget, dict[int, tuple[int, int]]] | None:
        """From where to where each row of each widget has changed; None when that is not the whole of it."""
        visible, screen = self.visible_widgets, self.size.region
        uncovered = [(widget, visible[widget][0]) for widget in self._changed if self._is_uncovered(widget)]
        rows: dict[Widget, dict[int, tuple[int, int]]] = {}
        for changed in self._dirty_regions:
            for widget, region in uncovered:
                if region.contains_region(changed) and screen.contains_region(changed):
                    spans = rows.setdefault(widget, {})
                    for y in changed.line_range:
                        start, end = spans.get(y, changed.column_span)
                        spans[y] = (min(start, changed.x), max(end, changed.right))
                    break
            else:
                return None
        return rows

    def _is_uncovered(self, widget: Widget) -> bool:
        """Whether all of a widget is on screen, with no other before it."""
        visible = self.visible_widgets
        if visible is not self._judged_in:
            self._judged_in = visible
            self._uncovered.clear()
        found = self._uncovered.get(widget)
        if found is None:
            found = self._uncovered[widget] = widget in visible and self._judge(widget)
        return found

    def _judge(self, widget: Widget) -> bool:
        region, clip = self.visible_widgets[widget]
        if not clip.contains_region(region):
            return False
        for other, (place, within) in self.visible_widgets.items():  # the foremost first
            if other is widget:
                break
            if place.intersection(within).overlaps(region):
                return False
        return True

    def _parts(self, widget: Widget, spans: dict[int, tuple[int, int]]) -> Iterable[Span]:
        region, _ = self.visible_widgets[widget]
        top, bottom = min(spans), max(spans) + 1
        strips = widget.render_lines(Region(0, top - region.y, region.width, bottom - top))
        for y, (start, end) in spans.items():
            strip = strips[y - top]
            if (start, end) != region.column_span:
                strip = strip.crop(start - region.x, end - region.x)
            yield Span(y, start, strip)
