"""Labels, symbols and tones of statuses, severities, prices, variables and locations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from core.entities import Layer, Location, ModelSpec
from core.formatting import counted
from core.problems import Problem, Severity
from core.resolution import Status
from core.variables import State, Variable
from core.verdict import Verdict
from tui.widgets.runs import Tone

if TYPE_CHECKING:
    from core.lives.lives import Lives

STATUS_SYMBOLS: Mapping[Status, str] = {
    Status.CALLABLE: "+",
    Status.SERVED: "o",
    Status.REFUSED: "/",
    Status.UNKNOWN: "?",
    Status.DEAD: "x",
}
STATUS_TONES: Mapping[Status, Tone] = {
    Status.CALLABLE: "good",
    Status.SERVED: "warn",
    Status.REFUSED: "bad",
    Status.UNKNOWN: "warn",
    Status.DEAD: "bad",
}
STATUS_MEANINGS: Mapping[Status, str] = {
    Status.CALLABLE: "an enabled backend serves it, and its variables are set",
    Status.SERVED: "an enabled backend serves it, but a variable is not set",
    Status.REFUSED: "its model refuses the settings: a call fails",
    Status.UNKNOWN: "unknown: only a server, a plugin or this machine's role can tell",
    Status.DEAD: "no model: a call fails",
}

VERDICT_SYMBOLS: Mapping[Verdict, tuple[str, Tone]] = {
    Verdict.REFUSED: ("x", "bad"),
    Verdict.CANNOT_RUN: ("x", "bad"),
    Verdict.DEGRADED: ("!", "warn"),
    Verdict.WARNINGS: ("!", "warn"),
    Verdict.OK: ("ok", "good"),
    Verdict.UNKNOWN: ("?", "warn"),
}

SEVERITY_SYMBOLS: Mapping[Severity, tuple[str, Tone]] = {
    Severity.ERROR: ("x", "bad"),
    Severity.WARNING: ("!", "warn"),
    Severity.INFO: ("i", "dim"),
}


def problem_symbol(problem: Problem) -> tuple[str, Tone]:
    """The symbol and tone of a problem."""
    return SEVERITY_SYMBOLS[problem.severity]


def plain(text: str) -> str:
    """A sentence of `core` without backticks around names."""
    return text.replace("`", "") if text.count("`") % 2 == 0 else text


def causes_label(errors: int, warnings: int) -> str:
    """`1 error, 2 warnings`, without zero counts."""
    counts = ((errors, counted(errors, "error")), (warnings, counted(warnings, "warning")))
    return ", ".join(label for count, label in counts if count)


def location_text(location: Location | None, folder: str) -> str:
    """File and line of a location, relative to the tree's `folder`; the layer unless it is the project."""
    if location is None:
        return ""
    file = location.file.removeprefix(folder + "/") if folder else location.file
    layer = "" if location.layer is Layer.PROJECT else f" ({location.layer.value})"
    return f"{file}:{location.line}{layer}"


def life_tone(lives: Lives, spec: ModelSpec) -> Tone:
    """The tone of the life of a model: of those that ended, end soon or are deprecated, and of others."""
    tones: tuple[Tone, ...] = ("", "warn", "bad")
    return tones[lives.rank(spec)]


_STATE_LABELS: Final[Mapping[State, tuple[str, Tone]]] = {
    State.SET: ("set", "good"),
    State.EMPTY: ("empty", "bad"),
    State.MISSING: ("missing", "bad"),
    State.PLACEHOLDER: ("a dummy", "warn"),
    State.UNKNOWN: ("unknown", "warn"),
}


def variable_label(variable: Variable) -> tuple[str, Tone]:
    """The label of a variable's state, never its value."""
    return _STATE_LABELS[variable.state]


def variables_label(variables: tuple[Variable, ...]) -> tuple[str, Tone]:
    """The label of the state of a backend's variables, at most seven letters."""
    if not variables:
        return "-", "dim"
    states = {variable.state for variable in variables}
    if State.MISSING in states:
        return "no key", "bad"
    if State.EMPTY in states:
        return "empty", "bad"
    if State.UNKNOWN in states:
        return "unknown", "warn"
    if State.PLACEHOLDER in states:
        return "dummy", "warn"
    return "key set", "good"
