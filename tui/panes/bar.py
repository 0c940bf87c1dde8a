"""A line that tells something: the header, the titles of panes, the footer. It repaints only when its text changes."""

from __future__ import annotations

from tui.panes.thrifty import Thrifty
from tui.widgets.painted import Painted
from tui.widgets.runs import Runs, Tone, clip, joined, width_of


class Bar(Thrifty, can_focus=False):
    """One line: text at the left, text at the right, and between them blanks or a rule.

    When both do not fit, the left one is cut: what stands at the right is the shorter and the more important.
    """

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; overflow-y: hidden; }
    """

    def __init__(self, *, fill: Tone = "", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: Runs = ()
        self._right: Runs = ()
        self._rule = ""
        self._rule_tone: Tone = "dim"
        self._fill: Tone = fill

    def show(self, left: Runs, right: Runs = (), *, rule: str = "", rule_tone: Tone = "dim") -> None:
        """Tell something else."""
        self._left, self._right, self._rule, self._rule_tone = left, right, rule, rule_tone
        self.repaint()

    def line_at(self, y: int, width: int) -> Painted:
        """The line, for the only `y` there is."""
        if y:
            return Painted((), self._fill)
        right = clip(self._right, width)
        left = clip(self._left, max(width - width_of(right) - (1 if right else 0), 0))
        room = width - width_of(left) - width_of(right)
        between = " " * room if right else ""
        if self._rule and room > 1:
            between = " " + self._rule * (room - (2 if right else 1)) + (" " if right else "")
        runs = joined([*left, (between, self._rule_tone if self._rule else self._fill), *right])
        if self._fill:
            runs = joined((text, self._fill if tone == "" else tone) for text, tone in runs)
        return Painted(runs, self._fill)

    def step(self, lines: int) -> None:
        """Nothing moves here."""

    def choose(self) -> None:
        """Nothing is chosen here."""
