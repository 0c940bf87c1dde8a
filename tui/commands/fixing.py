"""Fixing a problem: the fixes that exist, what each would change, and the chosen one made as an edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.diagnostics.live_codes import LIVE_MODEL_NOT_SERVED
from core.edits.backend_edits import SwitchBackend
from core.edits.edit_session import Batch
from core.edits.fixes import Fix, fixes_for
from core.edits.model_edits import ChangeModelField
from core.formatting import counted
from core.problems import Problem
from core.suggest import near
from core.workspace import Proposal
from tui.dialogs.ask import AskScreen, Option
from tui.labels import plain
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line
from tui.widgets.runs import Tone

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

MAX_FIXES = 6
MAX_NAMES = 2000
"""Served models that are not declared, searched for a near name."""
OFF = "off "
"""What the name of a cause begins with that is a backend which is off."""
_TONES: dict[str, Tone] = {"+": "good", "-": "bad", " ": "dim"}


def offer_fixes(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    """Show the fixes of what is selected, and make the one that is chosen."""
    found = _fixes(view, ref)
    if not found:
        problems = _problems(view, ref)
        said = view.problems[problems[0]].fix if problems else ""
        screen.show_status(
            f"no fix that is safe to make: {plain(said)}" if said else "there is no fix for this that is safe to make"
        )
        return
    workspace = screen.session.workspace

    def work() -> tuple[list[Option], list[Line], list[Fix]]:
        options: list[Option] = []
        lines: list[Line] = []
        for number, fix in enumerate(found[:MAX_FIXES]):
            proposal = workspace.propose(fix.intent, fix.layer)
            if isinstance(proposal, Proposal):
                told = "; ".join(part for part in (proposal.impact.summary(), plain(fix.about)) if part)
                options.append(Option(str(number), plain(fix.sentence), told))
                lines = lines or _preview(proposal)
        return options, lines, _all_of(view, ref)

    screen.editing.work("looking for fixes", work, lambda result: _offer(screen, found, *result))


def _offer(screen: MainScreen, found: list[Fix], options: list[Option], lines: list[Line], every: list[Fix]) -> None:
    """Let one of the fixes be chosen."""
    if len(every) > 1:
        options.append(Option("all", f"fix all of it: {counted(len(every), 'edit')} in one step"))
    if not options:
        screen.show_status("the fix does not fit the tree as it is now")
        return

    def answer(key: str | None) -> None:
        if key == "all":
            label = f"fix {counted(len(every), 'problem')}"
            screen.editing.do(Batch(label, tuple((fix.intent, fix.layer) for fix in every)), slow=True)
        elif key:
            fix = found[int(key)]
            screen.editing.do(fix.intent, fix.layer)

    screen.app.push_screen(AskScreen("fix", lines, [*options, Option("", "leave it as it is")]), answer)


def _preview(proposal: Proposal) -> list[Line]:
    """The lines that the first fix would change."""
    lines = []
    for diff in proposal.diffs:
        lines.append(Line(((diff.shown, "heading"),)))
        lines += [
            Line(((f"{line.sign} {line.text}", _TONES[line.sign]),), "", 4)
            for hunk in diff.hunks
            for line in hunk
            if line.sign != " "
        ]
    return lines


def _problems(view: ViewModel, ref: ItemRef) -> tuple[ItemRef, ...]:
    if ref.kind == "problem":
        return (ref,)
    if ref.kind == "cause":
        return view.problems_behind(view.causes[ref])
    return view.problems_of(ref)


def _fixes(view: ViewModel, ref: ItemRef) -> list[Fix]:
    """The fixes of the first problem that has any; then those of the others behind the same cause, each edit once."""
    found: dict[object, Fix] = {}
    for problem in _problems(view, ref):
        told = view.problems[problem]
        for fix in (*fixes_for(view.report, told), *_live_fixes(view, told)):
            found.setdefault((fix.intent, fix.layer), fix)
        if len(found) >= MAX_FIXES:
            break
    cause = ref.name if ref.kind == "cause" else view.problems[ref].cause or "" if ref in view.problems else ""
    if (name := cause.removeprefix(OFF)) != cause and name in view.catalog.backends:
        found.setdefault(name, Fix("", SwitchBackend(name, True), f"turn {name} on"))
    return list(found.values())


def _all_of(view: ViewModel, ref: ItemRef) -> list[Fix]:
    """The best fix of every problem behind a cause."""
    if ref.kind != "cause":
        return []
    best: dict[object, Fix] = {}
    for problem in _problems(view, ref):
        for fix in fixes_for(view.report, view.problems[problem])[:1]:
            best.setdefault((fix.intent, fix.layer), fix)
    return list(best.values())


def _live_fixes(view: ViewModel, problem: Problem) -> Iterator[Fix]:
    """Fixes of a problem found by asking a provider: the nearest names that it does serve."""
    result, index = view.live_results.of(problem), view.live_results.index
    if result is None or index is None or problem.diagnostic is not LIVE_MODEL_NOT_SERVED:
        return
    found = index.comparisons[result.backend]
    names = [model.id for model in found.undeclared[:MAX_NAMES]]
    for item in found.not_served:
        spec = item.spec
        if spec.handle != problem.subject or (spec.origin("model_id") or spec.place).location != problem.location:
            continue
        for name in near(spec.model_id, names):
            intent = ChangeModelField(spec.backend, spec.handle, "model_id", name, spec.model_type)
            yield Fix(problem.code, intent, f"ask {spec.backend} for `{name}`, which it lists")
