"""What each editing command does to the item that is selected on the main screen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.diagnostics.file_codes import SYNTAX
from core.edits.alias_edits import InsertEntry, SetTarget
from core.edits.backend_edits import SwitchBackend
from core.edits.choice_edits import SetChoiceDefault, SetChoiceOverride
from core.edits.intent import EditLayer, EditRefused, Intent
from core.edits.preset_edits import SetPresetModel
from core.edits.profile_edits import SwitchProfile
from core.edits.repoint_edits import UseOnly
from core.edits.route_edits import MoveRoute, Step
from core.formatting import counted
from core.replacements import Replacement, replacements
from core.workspace import Proposal, Workspace
from tui.dialogs.ask import AskScreen, Option
from tui.dialogs.pick import WIDE, Choice, PickScreen
from tui.editing.adding import add
from tui.editing.mending import mend
from tui.editing.naming import delete, duplicate, rename
from tui.editing.places import written_at
from tui.editing.work import Worked
from tui.forms.deck import now_at, space
from tui.forms.models import model_choices
from tui.forms.of import form_of
from tui.screens.form import FormScreen
from tui.screens.profiles import LOOK, ProfilesScreen
from tui.screens.raw import open_text
from tui.screens.review import ReviewScreen
from tui.screens.use_only import UseOnlyScreen
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line
from tui.words import plain

if TYPE_CHECKING:
    from tui.faces.main import MainFace


TELL_EVERY_S = 0.3


def _toggle(screen: MainFace) -> None:
    view, name = screen.session.view, screen.session.selected.name
    if view is not None and name in view.catalog.backends:
        screen.editing.do(SwitchBackend(name, not view.catalog.backends[name].enabled))


def edit(screen: MainFace, ref: ItemRef) -> None:
    """Open the form of an item."""
    view = screen.session.view
    if view is None or form_of(view, ref) is None:
        screen.tell("there is nothing to edit here")
        return
    screen.app.push_screen(FormScreen(screen, lambda now: form_of(now, ref), ref))


def _with_facts(do: Callable[[MainFace, ViewModel, ItemRef], None]) -> Callable[[MainFace], None]:
    """A deed that is done to the item that is selected, or that the selected problem is about."""

    def deed(screen: MainFace) -> None:
        view = screen.session.view
        if view is not None:
            do(screen, view, _meant(view, screen.session.selected))

    return deed


def _meant(view: ViewModel, ref: ItemRef) -> ItemRef:
    """The item itself; of a problem what it is about."""
    if ref.kind == "problem":
        return view.subject(view.problems[ref]) or ref
    return ref


def _repoint(screen: MainFace, view: ViewModel, ref: ItemRef) -> None:
    if ref.kind not in DECK_KINDS:
        screen.tell("it names no model; m works on presets, aliases, waterfalls and choices")
        return
    family = space(view, ref)

    def take(key: str | None) -> None:
        if key is not None:
            screen.editing.do(_pointed(view, ref, family, key))

    choices = model_choices(
        view,
        family,
        now_at(view, ref),
        presets=ref.kind == "choice",
        without=view.references[ref].reference,
    )
    name = view.references[ref].reference
    screen.app.push_screen(PickScreen(f"{name} is to name", choices, free=True, columns=WIDE), take)


def _pointed(view: ViewModel, ref: ItemRef, family: str, key: str) -> Intent:
    """The edit that lets an item name something else."""
    if ref.kind == "preset":
        return SetPresetModel(family, ref.name, key)
    if ref.kind == "choice":
        kind, _, name = ref.name.partition("/")
        return (SetChoiceOverride if kind == "override" else SetChoiceDefault)(family, name, key)
    if ref.kind == "alias" and not view.catalog.families[ref.family].aliases[ref.name].is_list:
        return SetTarget(family, ref.name, key)
    return InsertEntry(family, ref.name, key, 0)


def _profile(screen: MainFace) -> None:
    view = screen.session.view
    if view is None:
        return
    session, catalog = screen.session, view.catalog
    where = EditLayer.OVERRIDE if catalog.behaviours.override_files else EditLayer.AUTO

    def answer(key: str | None) -> None:
        if key is None:
            return
        if session.locked or key.startswith(LOOK):
            screen.editing.look_at(key.removeprefix(LOOK))
        elif key != view.active:
            screen.editing.look_at(None)
            screen.editing.do(SwitchProfile(key), where)
        else:
            screen.editing.look_at(None)

    choices = [
        Choice(name, name + (" (active)" if name == view.active else ""), profile.description)
        for name, profile in catalog.profiles.items()
    ]
    picker = ProfilesScreen(choices, current=catalog.active, locked=bool(session.locked))
    screen.app.push_screen(picker, answer)
    names = [name for name in catalog.profiles if name != view.active]
    if not session.locked:
        work = partial(_impacts, screen, picker, session.workspace, names, where)
        screen.run_worker(work, thread=True, group="profiles", exit_on_error=False)


def _impacts(
    screen: MainFace, picker: ProfilesScreen, workspace: Workspace, names: Sequence[str], where: EditLayer
) -> None:
    """Tell what switching to each profile would change, for as long as that can be read anywhere."""
    found: dict[str, str] = {}
    told = time.monotonic()
    for name in names:
        if not picker.is_attached:
            return
        proposal = workspace.propose(SwitchProfile(name), where)
        if isinstance(proposal, Proposal):
            found[name] = proposal.impact.summary()
        if found and (name == names[-1] or time.monotonic() - told > TELL_EVERY_S):
            screen.post_message(Worked(partial(picker.tell_impacts, dict(found))))
            told = time.monotonic()


def _use_only(screen: MainFace, _: ViewModel, ref: ItemRef) -> None:
    """Preview what using one backend only means; done as one edit, then reviewed."""
    workspace, backend = screen.session.workspace, ref.name

    def work() -> tuple[Proposal | EditRefused, tuple[Replacement, ...]]:
        bare = workspace.propose(UseOnly(backend))
        found = replacements(bare.before, bare.after) if isinstance(bare, Proposal) else ()
        _ = [one.best for one in found]  # worked out here, as it takes its time
        return bare, found

    def then(result: tuple[Proposal | EditRefused, tuple[Replacement, ...]]) -> None:
        bare, found = result
        if isinstance(bare, EditRefused):
            screen.editing.refuse(UseOnly(backend), None, bare)
            return
        screen.app.push_screen(UseOnlyScreen(screen, backend, bare, found), take)

    def take(intent: UseOnly | None) -> None:
        if intent is not None:
            screen.editing.do(intent)

    screen.editing.work(f"use only {backend}", work, then)


def _raw(screen: MainFace, view: ViewModel, ref: ItemRef, *, outside: bool = False) -> None:
    place = written_at(view, screen.session.selected) or written_at(view, ref)
    if place is None:
        screen.tell("it is written in no file that can be shown")
        return
    problem = view.problems.get(screen.session.selected)
    words = plain(problem.message) if problem is not None and problem.diagnostic is SYNTAX else ""
    open_text(screen, place, words, outside=outside)


def _editor(screen: MainFace, view: ViewModel, ref: ItemRef) -> None:
    _raw(screen, view, ref, outside=True)


def _fix(screen: MainFace, view: ViewModel, _: ItemRef) -> None:
    mend(screen, view, screen.session.selected)


def _move(by: int) -> Callable[[MainFace], None]:
    def deed(screen: MainFace) -> None:
        view, ref = screen.session.view, screen.session.selected
        if view is None or ref.family not in ("route", "optional"):
            screen.tell("its place is not that of a route: enter changes it")
            return
        step: Step = "down" if by > 0 else "up"
        screen.editing.do(MoveRoute(view.catalog.active or "", ref.name, step))

    return deed


def _undo(screen: MainFace) -> None:
    screen.editing.undo()


def _redo(screen: MainFace) -> None:
    screen.editing.redo()


def _review(screen: MainFace) -> None:
    def show() -> None:
        screen.app.push_screen(ReviewScreen(screen))

    screen.editing.turn(show)


def _refresh(screen: MainFace) -> None:
    screen.editing.refresh()


def _quit(screen: MainFace) -> None:
    count = len(screen.session.workspace.pending)

    def answer(key: str | None) -> None:
        if key == "write":
            _review(screen)
        elif key == "leave":
            screen.session.forget()
            screen.app.exit(return_code=0)

    lines = [
        Line(((f"Your edits of {counted(count, 'file')} are not written.", "heading"),)),
        Line(((screen.session.workspace.impact.summary(), ""),)),
    ]
    options = [
        Option("", "stay here"),
        Option("write", "look at them and write them"),
        Option("leave", "leave, and lose them"),
    ]
    screen.app.push_screen(AskScreen("leave pipedeck?", lines, options), answer)


DEEDS: Mapping[str, Callable[[MainFace], None]] = {
    "toggle": _toggle,
    "repoint": _with_facts(_repoint),
    "duplicate": _with_facts(duplicate),
    "delete": _with_facts(delete),
    "rename": _with_facts(rename),
    "profile": _profile,
    "use-only": _with_facts(_use_only),
    "add": _with_facts(add),
    "raw": _with_facts(_raw),
    "editor": _with_facts(_editor),
    "fix": _with_facts(_fix),
    "move-down": _move(1),
    "move-up": _move(-1),
    "undo": _undo,
    "redo": _redo,
    "review": _review,
    "refresh": _refresh,
    "quit": _quit,
}
