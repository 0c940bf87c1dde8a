"""Commands that edit the selected item.

Edits need modules that take long to import, so the handlers import them when they run.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tui.command import Command
from tui.commands import availability
from tui.selection import DECK_KINDS, ItemRef

if TYPE_CHECKING:
    from typing import Any

    from core.edits.intent import Intent
    from core.edits.repoint_edits import UseOnly
    from tui.messages import DeletionPrepared, FixesFound, UseOnlyPrepared
    from tui.pages.page_screen import PageScreen
    from tui.screens.file_text import FileTextScreen
    from tui.screens.main import MainScreen
    from tui.view_model import ViewModel


def subject_of(screen: MainScreen) -> tuple[ViewModel | None, ItemRef]:
    """The view model, and the selected item; for a problem the item that it is about."""
    view, ref = screen.session.view, screen.session.selected
    if view is not None and ref.kind == "problem":
        return view, view.subject(view.problems[ref]) or ref
    return view, ref


def toggle_backend(screen: MainScreen) -> None:
    """Turn the selected backend on or off."""
    from core.edits.backend_edits import SwitchBackend

    view, name = screen.session.view, screen.session.selected.name
    if view is not None and name in view.catalog.backends:
        screen.editing.do(SwitchBackend(name, not view.catalog.backends[name].enabled))


def use_only(screen: MainScreen) -> None:
    """Preview the use of one backend only; made as one edit."""
    from core.edits.intent import EditRefused
    from core.edits.repoint_edits import UseOnly
    from core.replacements import replacements
    from tui.messages import EditRejected, UseOnlyPrepared

    workspace, intent = screen.session.workspace, UseOnly(subject_of(screen)[1].name)

    def task() -> UseOnlyPrepared | EditRejected:
        bare = workspace.propose(intent)
        if isinstance(bare, EditRefused):
            return EditRejected(intent, None, bare)
        suggestions = replacements(bare.before, bare.after)
        _ = [suggestion.best for suggestion in suggestions]  # computed here, as it takes long
        return UseOnlyPrepared(intent.backend, bare, suggestions)

    screen.editing.run_task(f"use only {intent.backend}", task)


def ask_about(screen: MainScreen, prepared: UseOnlyPrepared | DeletionPrepared | FixesFound) -> None:
    """Ask about an edit that a task has prepared."""
    from tui import messages
    from tui.commands.fixing import ask_which_fix
    from tui.commands.naming import ask_to_delete

    match prepared:
        case messages.UseOnlyPrepared():
            _preview_use_only(screen, prepared)
        case messages.DeletionPrepared():
            ask_to_delete(screen, prepared)
        case messages.FixesFound():
            ask_which_fix(screen, prepared)


def _preview_use_only(screen: MainScreen, prepared: UseOnlyPrepared) -> None:
    from tui.screens.use_only import UseOnlyScreen

    def apply(intent: UseOnly | None) -> None:
        if intent is not None:
            screen.editing.do(intent)

    preview = UseOnlyScreen(screen, prepared.backend, prepared.bare, prepared.replacements)
    screen.app.push_screen(preview, apply)


def add(screen: MainScreen) -> None:
    """Ask what to add to the current list."""
    from tui.commands.adding import add_to_list

    view, ref = subject_of(screen)
    if view is not None:
        add_to_list(screen, view, ref)


def repoint(screen: MainScreen) -> None:
    """Let the selected name of the deck name another model."""
    from core.edits.refused_settings import WithSettings
    from tui.dialogs.pick import WIDE, PickScreen
    from tui.forms.deck_forms import current_spec, model_family
    from tui.forms.model_choices import model_choices

    view, ref = subject_of(screen)
    if view is None:
        return
    if ref.kind == "pipe" and ref in view.references:
        _repoint_pipe(screen, view, ref)
        return
    if ref.kind not in DECK_KINDS:
        screen.show_status("it names no model; m works on pipes, presets, aliases, waterfalls and choices")
        return
    family, name = model_family(view, ref), view.references[ref].reference

    def repoint_to(key: str | None) -> None:
        if key is not None:
            screen.editing.do(WithSettings(_repointed(view, ref, family, key)))

    choices = model_choices(view, family, current_spec(view, ref), presets=ref.kind == "choice", of=ref)
    screen.app.push_screen(PickScreen(f"point {name} at", choices, free=True, columns=WIDE), repoint_to)


def _repoint_pipe(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    """Let the selected pipe name another model, in its method file."""
    from core.edits.method_updates import RepointPipe
    from tui.dialogs.pick import WIDE, PickScreen
    from tui.forms.deck_forms import current_spec
    from tui.forms.model_choices import model_choices

    call = view.pipes[ref].worst
    key = call.key.key if call.key is not None else ""
    presets = call.key is None or isinstance(call.key.value, str)

    def repoint_to(reference: str | None) -> None:
        if reference is not None:
            screen.editing.do(RepointPipe(ref.family, ref.name, reference, key))

    choices = model_choices(view, view.references[ref].family, current_spec(view, ref), presets=presets)
    screen.app.push_screen(PickScreen(f"point pipe {ref.name} at", choices, free=True, columns=WIDE), repoint_to)


def _repointed(view: ViewModel, ref: ItemRef, family: str, target: str) -> Intent:
    """The edit that points a deck name at another model."""
    from core.edits.alias_edits import InsertEntry, SetTarget
    from core.edits.choice_edits import SetChoiceDefault, SetChoiceOverride
    from core.edits.preset_edits import SetPresetModel

    if ref.kind == "preset":
        return SetPresetModel(family, ref.name, target)
    if ref.kind == "choice":
        kind, _, name = ref.name.partition("/")
        return (SetChoiceOverride if kind == "override" else SetChoiceDefault)(family, name, target)
    if ref.kind == "alias" and not view.catalog.families[ref.family].aliases[ref.name].is_list:
        return SetTarget(family, ref.name, target)
    return InsertEntry(family, ref.name, target, 0)


def move_route(by: int, screen: MainScreen) -> None:
    """Move the selected route down (1) or up (-1)."""
    from core.edits.route_edits import MoveRoute

    view, ref = screen.session.view, screen.session.selected
    if view is None or ref.family not in ("route", "optional"):
        screen.show_status("only routes have an order: enter changes this one")
        return
    screen.editing.do(MoveRoute(view.catalog.active or "", ref.name, "down" if by > 0 else "up"))


def change_name(change: str, screen: MainScreen) -> None:
    """Copy the selected item under another name, rename it with every reference, or delete it."""
    from tui.commands import naming

    view, ref = subject_of(screen)
    if view is not None:
        {"duplicate": naming.duplicate, "rename": naming.rename, "delete": naming.delete}[change](screen, view, ref)


def fix(screen: MainScreen) -> None:
    """Show the fixes of the selected item, on the overview of the cause under the cursor, and make the chosen one."""
    from tui.commands.fixing import offer_fixes
    from tui.screens.main_layout import pointed

    if screen.session.view is not None:
        offer_fixes(screen, screen.session.view, pointed(screen))


def open_file(outside: bool, screen: MainScreen | PageScreen[Any] | FileTextScreen) -> None:
    """Open the file that the selected item is written in, or an external editor on it."""
    from tui.screens.main import MainScreen

    if not isinstance(screen, MainScreen):
        screen.open_text(outside=outside)
        return
    from core.diagnostics.file_codes import SYNTAX
    from tui.editing.file_editing import written_at
    from tui.labels import plain
    from tui.screens.file_text import open_text

    view, ref = subject_of(screen)
    if view is None:
        return
    place = written_at(view, screen.session.selected) or written_at(view, ref)
    if place is None:
        screen.show_status("the selected item has no text in a file")
        return
    problem = view.problems.get(screen.session.selected)
    message = plain(problem.message) if problem is not None and problem.diagnostic is SYNTAX else ""
    open_text(screen, place, message, outside=outside)


named = availability.named
SELECTED = ("pane", "inspector")
FILES = ("pane", "inspector", "page")
on = availability.on

EDITS = (
    Command(
        "toggle",
        ("space",),
        "on/off",
        "enable or disable the backend",
        ("backends", "routes", "deck", "problems", "inspector"),
        2,
        on("backend", sentence="space works on a backend: press 1"),
        toggle_backend,
    ),
    Command(
        "use-only",
        ("o",),
        "only this",
        "use only this backend: disable the others, replace dead names by served models",
        SELECTED,
        3,
        on("backend", sentence="o works on a backend: press 1"),
        use_only,
    ),
    Command(
        "add",
        ("a",),
        "add",
        "add a backend, model, route, profile or deck name",
        ("pane",),
        2,
        availability.addable,
        add,
    ),
    Command(
        "repoint",
        ("m",),
        "repoint",
        "point it at another served model",
        SELECTED,
        3,
        on(*DECK_KINDS, "pipe", "problem", sentence="m works on pipes, in the deck, and on problems of both: press 4"),
        repoint,
    ),
    Command(
        "move-down",
        ("J",),
        "down",
        "move the route down or up: the first matching pattern wins",
        ("routes",),
        3,
        on("route", sentence="there is no route here"),
        partial(move_route, 1),
    ),
    Command(
        "move-up",
        ("K",),
        "up",
        "move the route up",
        ("routes",),
        0,
        on("route", sentence="there is no route here"),
        partial(move_route, -1),
        listed_with="move-down",
    ),
    Command(
        "duplicate",
        ("d",),
        "copy as",
        "copy it to a new name",
        SELECTED,
        0,
        named,
        partial(change_name, "duplicate"),
    ),
    Command(
        "delete",
        ("x",),
        "delete",
        "delete it, after showing who uses it",
        SELECTED,
        0,
        named,
        partial(change_name, "delete"),
    ),
    Command(
        "rename",
        ("r",),
        "rename",
        "rename it, with every reference to it",
        SELECTED,
        0,
        named,
        partial(change_name, "rename"),
    ),
    Command("fix", ("f",), "fix", "show its fixes, and apply one", SELECTED, 2, availability.fixable, fix),
    Command(
        "raw",
        ("v",),
        "text",
        "view and edit the text of its file",
        FILES,
        run=partial(open_file, False),
    ),
    Command(
        "editor",
        ("E",),
        "editor",
        "open its line in your own editor ($VISUAL or $EDITOR)",
        (*FILES, "file"),
        0,
        availability.edit,
        partial(open_file, True),
        dialog_footer=3,
    ),
)

WITH_DIALOGS: Final = frozenset(("open", *(command.id for command in EDITS)))
"""The ids of the commands that need the modules of `import_dialogs`."""


def import_dialogs() -> None:
    """Import the modules that the dialogs of edits use. In a thread, as it takes about 70 ms."""
    import tui.commands.adding
    import tui.commands.fixing
    import tui.commands.naming
    import tui.screens.file_text
    import tui.screens.form
    import tui.screens.review
    import tui.screens.use_only  # noqa: F401
