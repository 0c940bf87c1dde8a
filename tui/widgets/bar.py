"""A one-line widget with text at both ends: the header, pane titles, the footer."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.line_widget import Palette, RenderedLine, palette_of, render_strip, render_strips
from tui.widgets.runs import Runs, Tone, clip, joined, width_of


class Bar(Widget):
    """One line: text at the left, text at the right, and blanks or a rule between them.

    When both do not fit, the left text is cut: the right text is shorter and more important.
    """

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; background: $surface; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content: tuple[Runs, Runs, str, Tone] = ((), (), "", "dim")
        self._palette: Palette | None = None

    def show(self, left: Runs, right: Runs = (), *, rule: str = "", rule_tone: Tone = "dim") -> None:
        """Set the content of the line."""
        content = (left, right, rule, rule_tone)
        if content != self._content:
            self._content = content
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Render the line for Textual."""
        width = self.size.width
        self._palette = palette_of(self.app)
        return render_strip(RenderedLine(self._runs(width)), width, self._palette, False)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render a region of the widget."""
        return super().render_lines(crop) if self.styles.gutter else render_strips(self, crop, self.render_line)

    def notify_style_update(self) -> None:
        """Repaint the line after a change of the theme."""
        super().notify_style_update()
        if self._palette is not None and self._palette is not palette_of(self.app):
            self.refresh()

    def _runs(self, width: int) -> Runs:
        left, right, rule, tone = self._content
        right = clip(right, width)
        left = clip(left, max(width - width_of(right) - (1 if right else 0), 0))
        room = width - width_of(left) - width_of(right)
        between = " " * room if right else ""
        if rule and room > 1:
            between = " " + rule * (room - (2 if right else 1)) + (" " if right else "")
        return joined([*left, (between, tone if rule else ""), *right])
