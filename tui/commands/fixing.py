"""Fixes of a problem: shows them with their impact, and makes the chosen one as an edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.cause_groups import KEYS
from core.diagnostics.live_codes import LIVE_MODEL_NOT_SERVED
from core.edits.backend_edits import SwitchBackend
from core.edits.batch import Batch
from core.edits.cause_fixes import fixes_of_cause, fixes_of_model
from core.edits.fixes import Fix, better_fixes, fixes_for, follows_from_file, is_better
from core.edits.model_edits import ChangeModelField
from core.formatting import counted
from core.impact import Impact
from core.problems import Problem
from core.resolution import Status
from core.rules.policy import policy_check
from core.suggest import near
from core.workspace import Proposal, Workspace
from tui.dialogs.ask import AskScreen, Option
from tui.editing.review_lines import diff_line
from tui.labels import plain, problem_symbol
from tui.messages import FixesFound
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

MAX_FIXES = 6
MAX_LINES = 10
"""The number of changed lines shown for a file of a fix; equal lines count once."""
MAX_ERRORS = 3
"""The number of causes of new errors shown for a fix."""
MAX_NAMED = 8
"""The number of dying names that are listed for a fix."""
MAX_NAMES = 2000
"""The number of undeclared served models that are searched for a near name."""


def offer_fixes(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    """Show the fixes of the selected item, and make the chosen one."""
    fixes = _fixes(view, ref)
    cause = _cause(view, ref)
    if not fixes and not cause:
        _show_no_fix(screen, _no_fix_reason(view, ref, found=False))
        return
    workspace = screen.session.workspace

    def task() -> FixesFound:
        options: list[tuple[str, str, str, Sequence[Line]]] = []
        of_cause = [(fix, None) for fix in fixes_of_cause(view.report, workspace.view, cause)]
        found = [*fixes, *of_cause] if cause != KEYS else [*of_cause, *fixes]
        for number, (fix, problem) in enumerate(found):
            if len(options) == MAX_FIXES:
                break
            proposal = workspace.propose(fix.intent, fix.layer)
            if isinstance(proposal, Proposal) and (
                is_better(proposal.impact, problem) or (_enables_backend(fix) and proposal.impact.revived)
            ):
                note = "; ".join(part for part in (proposal.impact.summary(), plain(fix.note)) if part)
                options.append((str(number), plain(fix.sentence), note, _preview(proposal)))
        none = _no_fix_reason(view, ref, found=bool(found))
        return FixesFound([fix for fix, _ in found], options, _best_fixes(workspace, view, ref), none)

    screen.editing.run_task("looking for fixes", task)


def ask_which_fix(screen: MainScreen, found: FixesFound) -> None:
    """Ask which fix to make."""
    options, every = [Option(*option) for option in found.options], found.every
    if len(every) > 1:
        options.append(Option("all", f"fix all of it: {counted(len(every), 'edit')} in one step"))
    if not options:
        _show_no_fix(screen, found.none)
        return

    def answer(key: str | None) -> None:
        if key == "all":
            label = f"fix {counted(len(every), 'problem')}"
            screen.editing.do(Batch(label, tuple((fix.intent, fix.layer) for fix in every)), slow=True)
        elif key:
            fix = found.fixes[int(key)]
            screen.editing.do(fix.intent, fix.layer)

    screen.app.push_screen(AskScreen("fix", [], [*options, Option("", "keep it unchanged")]), answer)


def _show_no_fix(screen: MainScreen, reason: str) -> None:
    """Show why there is no fix: in the last line, or in a dialog where it is longer."""
    if len(reason) < screen.app.size.width - 1:
        screen.show_status(reason)
        return
    heading, _, advice = reason.partition("; ")
    lines = [Line(((text, ""),)) for text in (heading, advice) if text]
    screen.app.push_screen(AskScreen("fix", lines, [Option("", "close")]))


def _preview(proposal: Proposal) -> list[Line]:
    """The effects of a fix that need a name, then the lines that it changes."""
    impact = proposal.impact
    lines = list(_new_errors(impact))
    if impact.died:
        names = [change.shown.reference for change in impact.died]
        more = f" and {len(names) - MAX_NAMED:,} more" if len(names) > MAX_NAMED else ""
        lines.append(Line((("die: ", "bad"), (plain(", ".join(names[:MAX_NAMED]) + more), "")), "", 5))
    for diff in proposal.diffs:
        lines_of_file = [line for hunk in diff.hunks for line in hunk if line.sign != " "]
        # The banner of a new file would take the room of what matters.
        changed = [line for line in lines_of_file if line.text.strip()[:1] not in ("", "#")] or lines_of_file
        note = f"  {counted(len(changed), 'line')}" if len(changed) > MAX_LINES else ""
        lines.append(Line(((diff.shown, "heading"), (note, "dim"))))
        times = Counter((line.sign, line.text) for line in changed)
        for line in list({(line.sign, line.text): line for line in changed}.values())[:MAX_LINES]:
            shown, count = diff_line(line), times[line.sign, line.text]
            lines.append(Line((*shown.spans, (f"  x{count}", "dim")), "", shown.hang) if count > 1 else shown)
    return lines


def _new_errors(impact: Impact) -> Iterator[Line]:
    """The causes of the errors that a fix would add, the one with the most of them first."""
    causes = {cause.key: cause for cause in impact.after.causes}
    grouped: dict[str, list[Problem]] = {}
    for error in impact.errors_added:
        grouped.setdefault(error.cause or error.message, []).append(error)
    groups = sorted(grouped.items(), key=lambda group: -len(group[1]))
    for key, errors in groups[:MAX_ERRORS]:
        title, count = errors[0].message, ""
        if len(errors) > 1 and key in causes:
            title, count = causes[key].title, f": {counted(len(errors), 'error')}"
        yield Line((problem_symbol(errors[0]), (f" new: {plain(title)}{count}", "bad")), "", 2)
    if len(groups) > MAX_ERRORS:
        yield Line(((f"and {counted(len(groups) - MAX_ERRORS, 'more cause')} of new errors", "bad"),), "", 2)


def _cause(view: ViewModel, ref: ItemRef) -> str:
    """The key of the cause that an item is or belongs to."""
    if ref.kind == "cause":
        return ref.name
    return view.problems[ref].cause or "" if ref in view.problems else ""


def _enables_backend(fix: Fix) -> bool:
    """Whether a fix turns a backend on, which is offered with what else it breaks."""
    return isinstance(fix.intent, SwitchBackend) and fix.intent.on


def _no_fix_reason(view: ViewModel, ref: ItemRef, *, found: bool) -> str:
    """Why an item has no automatic fix, and what to do instead; `found`: fixes were found, but leave other errors."""
    problem = next((view.problems[item] for item in _problems(view, ref)), None)
    reason = problem.diagnostic.no_fix if problem is not None else ""
    if found or not reason:
        reason = "each one would make names die or add errors" if found else "none is safe to make"
    advice = plain(problem.fix) if problem is not None and problem.fix else ""
    return "; ".join(filter(None, (f"no automatic fix: {reason}", advice)))


def _problems(view: ViewModel, ref: ItemRef) -> tuple[ItemRef, ...]:
    """The problems to fix for an item: its own; for a name that cannot be called without any, those of its backend.

    In place of one that follows from an unread file the problem of that file.
    """
    if ref.kind == "problem":
        own: tuple[ItemRef, ...] = (ref,)
    elif ref.kind == "cause":
        own = view.problems_behind(view.causes[ref])
    else:
        own = view.problems_of(ref)
        spec = view.references[ref].spec if ref in view.references else None
        if not own and spec is not None and view.references[ref].status is Status.SERVED:
            own = view.problems_of(ItemRef("backend", "", spec.backend))
    result: dict[ItemRef, None] = {}
    for item in own:
        problem = view.problems[item]
        if follows_from_file(problem):
            of_file = view.problems_behind(view.causes[ItemRef("cause", "", str(problem.cause))])
            result.update(dict.fromkeys(other for other in of_file if not follows_from_file(view.problems[other])))
        else:
            result[item] = None
    return tuple(result)


def _fixes(view: ViewModel, ref: ItemRef) -> list[tuple[Fix, Problem | None]]:
    """The fixes of an item with the problem of each, None for that of a cause; each edit once, not judged yet."""
    fixes: dict[object, tuple[Fix, Problem | None]] = {}
    for problem in (view.problems[ref] for ref in _problems(view, ref)):
        for fix in (*fixes_for(view.listed_report, problem), *_live_fixes(view, problem)):
            fixes.setdefault((fix.intent, fix.layer), (fix, problem))
        if len(fixes) >= MAX_FIXES:
            break
    if ref.kind == "model" and ref in view.references and view.references[ref].status is Status.DEAD:
        for fix in fixes_of_model(view.listed_report, ref.name):
            fixes.setdefault((fix.intent, fix.layer), (fix, None))
    return list(fixes.values())


def _best_fixes(workspace: Workspace, view: ViewModel, ref: ItemRef) -> list[Fix]:
    """The best fix of every problem behind a cause, of those that the tree is better after."""
    if ref.kind != "cause":
        return []
    best: dict[object, Fix] = {}
    for problem in _problems(view, ref):
        for fix in better_fixes(view.listed_report, workspace.view, view.problems[problem]):
            best.setdefault((fix.intent, fix.layer), fix)
            break
    return list(best.values())


def _live_fixes(view: ViewModel, problem: Problem) -> Iterator[Fix]:
    """Fixes of a problem found by a live check: the nearest names that the provider serves and the policy allows."""
    result, index = view.live_results.of(problem), view.live_results.index
    if result is None or index is None or problem.diagnostic is not LIVE_MODEL_NOT_SERVED:
        return
    comparison = index.comparisons[result.backend]
    names = [model.id for model in comparison.undeclared[:MAX_NAMES]]
    against = policy_check(view.catalog, view.lives)
    for item in comparison.not_served:
        spec = item.spec
        if spec.handle != problem.subject or (spec.origin("model_id") or spec.place).location != problem.location:
            continue
        for name in near(spec.model_id, (name for name in names if not against(replace(spec, model_id=name)))):
            intent = ChangeModelField(spec.backend, spec.handle, "model_id", name, spec.model_type)
            yield Fix(intent, f"ask {spec.backend} for `{name}`, which it lists")
