"""A compositor that renders only the changed lines of changed widgets, and the app and screen that use it.

Textual renders every widget that overlaps the box around all changes: with one changed line at the left and one at the
right, that is every widget on screen. Here a line is rendered by its own widget alone where nothing overlaps it;
Textual's compositor does the rest. It shortens the time of a cursor key, by
`python -m tests.benchmarks --only keys.quiet`, also with PIPEDECK_DRIVER=plain.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget


class Span(NamedTuple):
    """Cells of one line, with their position on the screen."""

    y: int
    x: int
    strip: Strip


class SpanUpdate(CompositorUpdate):
    """An update of the terminal that consists of spans."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = sorted(spans, key=lambda span: span[:2])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The segments of all spans, for rich."""
        for y, x, strip in self.spans:
            yield Control.move_to(x, y)
            yield from strip

    def render_segments(self, console: Console) -> str:
        """All spans as text with escape codes."""
        return "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for y, x, strip in self.spans)


class SpanCompositor(Compositor):
    """Textual's compositor, faster where widgets do not overlap."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: set[Widget] = set()
        self._layout_of_cache: object = None
        self._uncovered: dict[Widget, bool] = {}

    def update_widgets(self, widgets: set[Widget]) -> None:
        """Add widgets to the next partial update."""
        self._changed |= widgets
        super().update_widgets(widgets)

    def render_full_update(self, simplify: bool = False) -> CompositorUpdate:  # type: ignore[override]
        """Render the whole screen."""
        self._changed.clear()
        return super().render_full_update(simplify)

    def render_partial_update(self) -> SpanUpdate | ChopsUpdate | None:  # type: ignore[override]
        """Render the changes since the last update; None without any."""
        rows = self._changed_rows()
        self._changed.clear()
        if rows is None:
            return super().render_partial_update()
        self._dirty_regions.clear()
        if not rows:
            return None
        return SpanUpdate(span for widget, columns in rows.items() for span in self._spans(widget, columns))

    def _changed_rows(self) -> dict[Widget, dict[int, tuple[int, int]]] | None:
        """The changed rows of each widget with their first and last column; None if a region is covered."""
        visible, screen = self.visible_widgets, self.size.region
        uncovered = [(widget, visible[widget][0]) for widget in self._changed if self._is_uncovered(widget)]
        rows: dict[Widget, dict[int, tuple[int, int]]] = {}
        for changed in self._dirty_regions:
            for widget, region in uncovered:
                if region.contains_region(changed) and screen.contains_region(changed):
                    columns = rows.setdefault(widget, {})
                    for y in changed.line_range:
                        start, end = columns.get(y, changed.column_span)
                        columns[y] = (min(start, changed.x), max(end, changed.right))
                    break
            else:
                return None
        return rows

    def _is_uncovered(self, widget: Widget) -> bool:
        """Whether all of a widget is on screen with no other widget in front of it."""
        visible = self.visible_widgets
        if visible is not self._layout_of_cache:
            self._layout_of_cache = visible
            self._uncovered.clear()
        uncovered = self._uncovered.get(widget)
        if uncovered is None:
            uncovered = self._uncovered[widget] = widget in visible and not self._is_covered(widget)
        return uncovered

    def _is_covered(self, widget: Widget) -> bool:
        region, clip = self.visible_widgets[widget]
        if not clip.contains_region(region):
            return True
        for covering, (front_region, front_clip) in self.visible_widgets.items():  # from front to back
            if covering is widget:
                break
            if front_region.intersection(front_clip).overlaps(region):
                return True
        return False

    def _spans(self, widget: Widget, columns: dict[int, tuple[int, int]]) -> Iterable[Span]:
        region, _ = self.visible_widgets[widget]
        top, bottom = min(columns), max(columns) + 1
        strips = widget.render_lines(Region(0, top - region.y, region.width, bottom - top))
        for y, (start, end) in columns.items():
            strip = strips[y - top]
            if (start, end) != region.column_span:
                strip = strip.crop(start - region.x, end - region.x)
            yield Span(y, start, strip)


class SpanApp(App[None]):
    """An app whose screens use `SpanCompositor`."""

    uses_spans = True
    """Whether new screens use `SpanCompositor` instead of Textual's."""

    def first_screen(self) -> Screen[Any]:
        """The screen to start with."""
        return super().get_default_screen()

    def get_default_screen(self) -> Screen[Any]:
        """The first screen, with its compositor."""
        return self._with_compositor(self.first_screen())

    def get_screen(self, screen: Any, screen_class: type[Screen[Any]] | None = None) -> Any:
        """A screen to push, with its compositor."""
        return self._with_compositor(super().get_screen(screen, screen_class))

    def _with_compositor(self, screen: Screen[Any]) -> Screen[Any]:
        if self.uses_spans and not screen.is_running:
            screen._compositor = SpanCompositor()
        return screen


class SpanScreen(Screen[None]):
    """A screen that is styled once when it opens, and can send its changes immediately."""

    _is_styled = False

    def update_node_styles(self, animate: bool = True) -> None:
        """Update the styles of the screen, except when it is shown for the first time.

        Textual styles every widget when it is mounted, and all of them again then: 5 of 300 ms of processor time,
        `python -m tests.benchmarks --only start`.
        """
        # A change of classes comes with `animate`: none is lost.
        if not animate and self.stack_updates == 1 and not self._is_styled:
            self._is_styled = True
        else:
            super().update_node_styles(animate)

    def draw_now(self) -> None:
        """Send the effects of a key at once instead of after three rounds of messages."""
        visible = self._compositor.visible_widgets
        if not self.is_current or self._layout_required or any(widget._layout_required for widget in visible):
            return
        changed = {widget for widget in visible if widget._repaint_required}
        for widget in changed:
            widget._repaint_required = False
        self._dirty_widgets |= changed
        self._on_timer_update()
