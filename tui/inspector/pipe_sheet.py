"""The sheet of a pipe: status, the trail of each call, and what its model does not do."""

from __future__ import annotations

from core.diagnostics import method_codes
from core.resolution import Resolution, Status
from tui.inspector.live import ran_line, tried_line
from tui.inspector.reference import draw_trail, status_lines
from tui.inspector.sheet import Sheet
from tui.labels import STATUS_SYMBOLS, STATUS_TONES
from tui.panes.pane_spec import pipe_status
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Tone

_SAID = (method_codes.PIPE_DEAD, method_codes.PIPE_REFUSED)


def pipe_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A pipe of a method file."""
    answer = view.pipes[ref]
    sheet = Sheet(view, width, (("pipe  ", "dim"), (f"{answer.pipe.domain} / {answer.pipe.code}", "heading")))
    _status(sheet, view, ref)
    runs = view.report.runs
    ran_line(sheet, runs.of_pipe(answer.pipe.code, answer.specs) if runs is not None else None)
    sheet.value("type", answer.pipe.type, answer.pipe.location)
    for call in answer.calls:
        sheet.blank()
        resolution = view.followed(call)
        if resolution is None:
            sheet.text(("it names no model, and the deck has no default for it", "bad"))
            continue
        draw_trail(sheet, resolution)
        for lack in call.lacks:
            tone: Tone = "bad" if lack.need.certain else "warn"
            sheet.text((f"x {lack.need.ability.value} ({lack.need.source}): the model {lack.why}", tone), hang=2)
    problems = (item for item in view.problems_of(ref) if view.problems[item].diagnostic not in _SAID)
    sheet.problems(problems)
    return sheet


def _status(sheet: Sheet, view: ViewModel, ref: ItemRef) -> None:
    answer = view.pipes[ref]
    resolution: Resolution | None = view.followed(pipe_status(view, answer)[1])
    if resolution is not None and resolution.status is answer.status:
        status_lines(sheet, resolution)
        tried_line(sheet, resolution.spec)
        return
    status = answer.status
    if answer.foreign:
        why = f"Pipelex {view.report.release} does not know {', '.join(key.key for key in answer.foreign)}"
    elif status is Status.UNKNOWN:
        why = "only Python code knows which of these is called"
    else:
        why = "its model cannot do what it needs" if resolution is not None else "it has no model"
    sheet.text((f"{STATUS_SYMBOLS[status]} {status.value.upper()}", STATUS_TONES[status]), (f"  {why}", ""), hang=2)
