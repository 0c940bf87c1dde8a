"""Words and signs of the app: one place, so that all panes say the same item the same way."""

from __future__ import annotations

from collections.abc import Mapping

from core.entities import Layer, Location, ModelSpec
from core.problems import Problem, Severity
from core.resolution import Status
from core.variables import State, Variable
from core.verdict import Verdict
from tui.widgets.runs import Tone

STATUS_SIGNS: Mapping[Status, str] = {
    Status.CALLABLE: "+",
    Status.SERVED: "o",
    Status.UNKNOWN: "?",
    Status.DEAD: "x",
}
STATUS_TONES: Mapping[Status, Tone] = {
    Status.CALLABLE: "good",
    Status.SERVED: "warn",
    Status.UNKNOWN: "warn",
    Status.DEAD: "bad",
}
STATUS_MEANINGS: Mapping[Status, str] = {
    Status.CALLABLE: "a backend that is on serves it, and the variables it needs are set here",
    Status.SERVED: "a backend that is on serves it, but a variable it needs is not set here",
    Status.UNKNOWN: "its backend lists its models on a server: not known here",
    Status.DEAD: "it ends at nothing: using it fails",
}

VERDICT_SIGNS: Mapping[Verdict, tuple[str, Tone]] = {
    Verdict.REFUSED: ("x", "bad"),
    Verdict.CANNOT_RUN: ("x", "bad"),
    Verdict.DEGRADED: ("!", "warn"),
    Verdict.WARNINGS: ("!", "warn"),
    Verdict.OK: ("ok", "good"),
}

SEVERITY_SIGNS: Mapping[Severity, tuple[str, Tone]] = {
    Severity.ERROR: ("x", "bad"),
    Severity.WARNING: ("!", "warn"),
    Severity.INFO: ("i", "dim"),
}


def problem_sign(problem: Problem) -> tuple[str, Tone]:
    """The sign of a problem and its tone."""
    return SEVERITY_SIGNS[problem.severity]


def plain(text: str) -> str:
    """A sentence of `core` without the backticks around names: on screen they are noise."""
    return text.replace("`", "") if text.count("`") % 2 == 0 else text


def counted(count: int, one: str, many: str = "") -> str:
    """`1 cause`, `2 causes`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def causes_words(errors: int, warnings: int) -> str:
    """`1 cause, 2 warnings`; what there is none of is not told."""
    told = ((errors, counted(errors, "cause")), (warnings, counted(warnings, "warning")))
    return ", ".join(words for count, words in told if count)


def where(location: Location | None, folder: str) -> str:
    """A place for people: file and line, the file within the tree's `folder`; the layer unless it is the project's."""
    if location is None:
        return ""
    file = location.file.removeprefix(folder + "/") if folder else location.file
    layer = "" if location.layer is Layer.PROJECT else f" ({location.layer.value})"
    return f"{file}:{location.line}{layer}"


def price(value: float | None) -> str:
    """A price in USD per million tokens; `?` when it is unknown, which is not zero."""
    if value is None:
        return "?"
    if abs(value) >= 100:
        return f"{value:.0f}" if abs(value) < 100_000 else f"{value:.0e}"
    text = f"{value:.2f}" if round(value, 2) == value else f"{value:.3g}"
    return text if len(text) <= 5 or abs(value) >= 1 or abs(value) < 0.0001 else f"{value:.4f}".lstrip("0")


def prices(spec: ModelSpec | None) -> tuple[str, str]:
    """Input and output price of a spec."""
    costs = spec.costs if spec is not None else {}
    return _price(costs, "input"), _price(costs, "output")


def _price(costs: Mapping[str, float], key: str) -> str:
    value = costs.get(key)
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return "?" if value is None else str(value)
    return price(value)


def tokens(count: int | None) -> str:
    """A number of tokens, short: `64k`, `1.05M`; `?` when it is unknown."""
    if count is None:
        return "?"
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if abs(count) >= size:
            amount = count / size
            return f"{amount:.0f}{unit}" if amount >= 10 or amount == int(amount) else f"{amount:.1f}{unit}"
    return str(count)


def variable_words(variable: Variable) -> tuple[str, Tone]:
    """The state of a variable in a word; never its value."""
    return {
        State.SET: ("set", "good"),
        State.EMPTY: ("empty", "bad"),
        State.MISSING: ("missing", "bad"),
        State.PLACEHOLDER: ("a dummy", "warn"),
    }[variable.state]  # type: ignore[return-value]


def key_words(variables: tuple[Variable, ...]) -> tuple[str, Tone]:
    """The state of all variables of a backend in at most seven letters."""
    if not variables:
        return "-", "dim"
    states = {variable.state for variable in variables}
    if State.MISSING in states:
        return "no key", "bad"
    if State.EMPTY in states:
        return "empty", "bad"
    if State.PLACEHOLDER in states:
        return "dummy", "warn"
    return "key set", "good"
