"""The layout of the inspector: fields in columns, locations at the right where there is room, links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.entities import Location
from core.masking import in_backend_file, shown_value
from core.variables import Variable, names_in
from tui.labels import SEVERITY_SYMBOLS, plain, variable_label
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line
from tui.widgets.runs import Run, Runs, Tone, width_of

LABEL = 12
"""Cells for the names of fields."""
MAX_LISTED = 200


def variable_run(view: ViewModel, variable: Variable) -> Run:
    """The label of a variable's state, never its value; `refused` by a provider after a live check."""
    refused = variable.name in view.live.refused_variables(view.catalog)
    return ("refused", "bad") if refused else variable_label(variable)


class Sheet:
    """Title and lines of one item, written from top to bottom."""

    def __init__(self, view: ViewModel, width: int, title: Runs) -> None:
        self.view = view
        self.width = width
        self.title = title
        self.lines: list[Line] = []
        self.home = ""
        """The location already shown: of locations in the same file only the line is shown."""

    def blank(self) -> None:
        """An empty line, unless there is one already."""
        if self.lines and self.lines[-1].spans:
            self.lines.append(Line())

    def heading(self, text: str, note: str = "") -> None:
        """The name of a section."""
        self.blank()
        self.lines.append(Line(((text, "heading"), *(((f"  {note}", "dim"),) if note else ()))))

    def text(self, *runs: Run, link: ItemRef | None = None, hang: int = 2) -> None:
        """Running text."""
        self.lines.append(Line(runs, link.key if link is not None else "", hang))

    def with_place(
        self, runs: Sequence[Run], place: str, *, link: ItemRef | None = None, tone: Tone = "dim", hang: int = 2
    ) -> None:
        """Text at the left and a place at the right; on a line of its own below when both do not fit."""
        key = link.key if link is not None else ""
        room = self.width - width_of(tuple(runs)) - width_of(((place, tone),))
        if not place:
            self.lines.append(Line(tuple(runs), key, hang))
        elif room >= 2:
            self.lines.append(Line((*runs, (" " * room, ""), (place, tone)), key, hang))
        else:
            self.lines.append(Line(tuple(runs), key, hang))
            indent = max(self.width - width_of(((place, tone),)), 0)
            self.lines.append(Line(((" " * indent + place, tone),), "", -1))

    def field(self, name: str, value: str, place: str = "", *, tone: Tone = "", link: ItemRef | None = None) -> None:
        """A name and a value in columns, with its place; a value with a longer word than its column below the name."""
        if max(map(len, value.split()), default=0) > self.width - LABEL - 1 > 0:
            self.text((name, "dim"))
            self.with_place((("  ", ""), (value, tone)), place, link=link, hang=0)
            return
        label = f"{name:<{LABEL}} " if len(name) <= LABEL else f"{name} "
        self.with_place(((label, "dim"), (value, tone)), place, link=link, hang=min(LABEL + 1, self.width // 2))

    def value(self, name: str, value: object, location: Location | None, origin: str = "") -> None:
        """A field of a file: masked, with the state of the variables in it, and its origin."""
        place = f"{origin} {self.near(location)}".strip()
        shown = shown_value(name, value, strict=location is not None and in_backend_file(location.file))
        # A list among fields needs no brackets.
        self.field(name, shown[1:-1] if isinstance(value, list) and value else shown, place)
        for variable_name in names_in((value,)):
            variable = self.view.catalog.environment.variable(variable_name)
            word, tone = variable_run(self.view, variable)
            source = f", from {variable.source}" if variable.source else ""
            self.text((" " * (LABEL + 1), ""), (f"{variable_name} ", ""), (word, tone), (source, "dim"))

    def near(self, location: Location | None) -> str:
        """A location, shortened near `home`: empty for the same line, `:12` in the same file."""
        place = self.view.location_text(location)
        if place == self.home:
            return ""
        file, _, line = place.rpartition(":")
        return f":{line}" if file and file == self.home.rpartition(":")[0] else place

    def links(self, title: str, refs: Sequence[ItemRef], note: str = "") -> None:
        """A section of items to go to."""
        if not refs:
            return
        self.heading(title, note)
        for ref in refs[:MAX_LISTED]:
            resolution = self.view.references.get(ref)
            runs: list[Run] = [(plain(self.view.title(ref)), "accent")]
            if resolution is not None and resolution.fails:
                runs.append(("  x dead" if not resolution.alive else "  / refused", "bad"))
            self.text(*runs, link=ref)
        if len(refs) > MAX_LISTED:
            self.text((f"and {len(refs) - MAX_LISTED} more", "dim"))

    def problems(self, refs: Iterable[ItemRef]) -> None:
        """The problems of an item, each a link to its sheet."""
        listed = list(refs)
        if not listed:
            return
        self.heading("problems")
        for ref in listed[:MAX_LISTED]:
            problem = self.view.problems[ref]
            sign, tone = SEVERITY_SYMBOLS[problem.severity]
            self.text((f"{sign} ", tone), (self.view.sentence(problem.message), ""), link=ref)
            if problem.fix:
                self.text((f"  fix: {self.view.sentence(problem.fix)}", "dim"), hang=5)
