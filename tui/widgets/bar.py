"""A line that tells something: the header, the titles of panes, the footer."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.line_widget import Palette, RenderedLine, palette_of, render_strip, render_strips
from tui.widgets.runs import Runs, Tone, clip, joined, width_of


class Bar(Widget):
    """One line: text at the left, text at the right, and between them blanks or a rule.

    When both do not fit, the left one is cut: what stands at the right is the shorter and the more important.
    """

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; background: $surface; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._told: tuple[Runs, Runs, str, Tone] = ((), (), "", "dim")
        self._palette: Palette | None = None

    def show(self, left: Runs, right: Runs = (), *, rule: str = "", rule_tone: Tone = "dim") -> None:
        """Tell something else."""
        told = (left, right, rule, rule_tone)
        if told != self._told:
            self._told = told
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line for Textual to put on screen."""
        width = self.size.width
        self._palette = palette_of(self.app)
        return render_strip(RenderedLine(self._runs(width)), width, self._palette, False)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The line, or a part of it."""
        return super().render_lines(crop) if self.styles.gutter else render_strips(self, crop, self.render_line)

    def notify_style_update(self) -> None:
        """Paint the line anew in the colours of another theme."""
        super().notify_style_update()
        if self._palette is not None and self._palette is not palette_of(self.app):
            self.refresh()

    def _runs(self, width: int) -> Runs:
        left, right, rule, tone = self._told
        right = clip(right, width)
        left = clip(left, max(width - width_of(right) - (1 if right else 0), 0))
        room = width - width_of(left) - width_of(right)
        between = " " * room if right else ""
        if rule and room > 1:
            between = " " + rule * (room - (2 if right else 1)) + (" " if right else "")
        return joined([*left, (between, tone if rule else ""), *right])
