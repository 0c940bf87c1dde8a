"""The app: opens a tree, and shows the main screen or the start screen when there is none."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from core.errors import NoTreeError, PipedeckError
from tui.base_app import BaseApp
from tui.commands import DEFAULT
from tui.commands.editing import WITH_DIALOGS, import_dialogs
from tui.loading import Loaded, Request, load
from tui.messages import (
    DeletionPrepared,
    DemoRequested,
    EditMade,
    EditRejected,
    FixesFound,
    IndexRead,
    OpenRequested,
    ReloadRequested,
    TreeCreated,
    TreeSettled,
    UseOnlyPrepared,
)
from tui.screens.main import MainScreen
from tui.screens.navigation import view_state_of
from tui.session import Session
from tui.settings import LoadedSettings, read_settings
from tui.settings.keymap import read_keymap
from tui.shutdown import install_signal_handlers
from tui.startup import resume_collection
from tui.styles import DIALOGS, FIRST
from tui.styles.themes import ANSI, THEMES, theme_for, with_256_colours
from tui.terminal.driver import with_screen_diff
from tui.view_state import ViewStateStore
from tui.widgets.line_widget import LineWidget

LOAD_TIMEOUT_S = 0.25
"""The longest wait of the first screen for the tree, so that it is rendered only once."""
WATCH_EVERY_S = 2.0
"""The interval in seconds at which the disk is polled for changes by other programs; 0: never."""


class PipedeckApp(BaseApp):
    """The app of `pipedeck`."""

    TITLE = "pipedeck"
    CSS_PATH = FIRST
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", show=False, priority=True),
        Binding("escape", "stop_checks", show=False, priority=True),
    ]

    def __init__(
        self, request: Request, loading: Future[Loaded] | None = None, settings: LoadedSettings | None = None
    ) -> None:
        loaded = settings if settings is not None else read_settings(os.environ)
        self.settings = loaded.values
        self.keymap = read_keymap(loaded, DEFAULT)
        self.colourless = bool(os.environ.get("NO_COLOR"))
        # Textual chooses its filter for NO_COLOR here: with colours of the terminal, it keeps text styles apart.
        super().__init__(ansi_color=True if self.colourless else None)
        self.uses_spans = self.settings.driver == "diff"
        if self.uses_spans:
            self.driver_class = with_screen_diff(self.driver_class)
        self.set_keymap(dict(self.keymap.table.list_keys))
        self.console = with_256_colours(self.console, os.environ)
        self.animation_level = "none"
        self.session = Session(request)
        self.session.tokens = (self.settings.tokens_in, self.settings.tokens_out)
        self.demo_folders = ExitStack()
        self.watch_every_s = WATCH_EVERY_S
        self._loading = loading
        self._request = request
        self._reloading = False
        self._dialogs_imported: bool | None = None
        """Whether the modules of the dialogs of edits are imported; None before the first key that needs them."""
        self.view_states = ViewStateStore(os.environ, restore=self.settings.restore)
        problems = (*loaded.problems, *self.keymap.problems)
        self.invalid_settings = len(problems)
        self.session.hint = bool(problems) or (self.view_states.first_start and request.label is None)
        for problem in problems:
            self.session.log.add(problem)
        for theme in THEMES.values():
            self.register_theme(theme)
        self._start_with((ANSI if self.colourless else theme_for(self.settings.theme, os.environ)).name)

    def _start_with(self, theme: str) -> None:
        """Use a theme from the first style sheet on.

        Setting `theme` would apply Textual's theme first and then this one: about 40 ms of processor time,
        `python -m tests.benchmarks --only start`.
        """
        self.set_reactive(App.theme, theme)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def first_screen(self) -> Screen[Any]:
        """The first screen: with the tree if it is loaded in time, else with a message that it is being read."""
        try:
            future = self._loading
            loaded = future.result(timeout=LOAD_TIMEOUT_S) if future is not None else load(self._request)
        except TimeoutError:
            return MainScreen(self.session, self.keymap.table)
        except NoTreeError as error:
            return self._start_screen(error)
        self._loading = None
        self._show_tree(self._request, loaded)
        return MainScreen(self.session, self.keymap.table)

    def _start_screen(self, error: NoTreeError) -> Screen[Any]:
        from tui.screens.start import StartScreen

        return StartScreen(str(error), self.keymap.table)

    def _show_tree(self, request: Request, loaded: Loaded) -> None:
        """Open a tree in the session, with its stored view state."""
        self.session.open(request, loaded)
        if request.label is None:
            self.session.view_state = self.view_states.load(loaded.view.catalog.tree.paths.inference)

    def on_ready(self) -> None:
        """Wait for a slow tree in a thread; import the workspace in the background."""
        resume_collection()
        install_signal_handlers(self)
        self.stylesheet.read(DIALOGS)
        self.stylesheet.parse()  # now, not at the first key
        self._start_background()
        if self._loading is not None and self.session.view is None and isinstance(self.screen, MainScreen):
            self._load(self._loading.result)

    def holds(self, key: str) -> bool:
        """Whether a key waits for the tree that is being read: all but those that quit."""
        if self._is_reading:
            return not self._quits(key)
        return self._dialogs_imported is not True and self._needs_dialogs(key)

    def ends_waiting(self, key: str) -> bool:
        """Whether a key quits while the tree is being read."""
        return self._is_reading and self._quits(key)

    @property
    def _is_reading(self) -> bool:
        return self.session.view is None and isinstance(self.screen, MainScreen)

    def _quits(self, key: str) -> bool:
        return key in ("ctrl+c", "ctrl+q", *self.keymap.table.by_id["quit"].keys)

    def _needs_dialogs(self, key: str) -> bool:
        """Whether a key opens a dialog of edits: their modules, 4 MiB, are imported at the first such key."""
        screen, table = self.screen, self.keymap.table
        if not isinstance(screen, MainScreen) or not isinstance(self.focused, LineWidget):
            return False
        command = table.by_id["open"] if key in table.by_id["open"].keys else table.command_for(key, screen.context())
        if command is None or command.id not in WITH_DIALOGS:
            return False
        if self._dialogs_imported is None:
            self._dialogs_imported = False
            self.run_worker(import_dialogs, thread=True, group="dialogs", exit_on_error=False)
        return True

    @property
    def main(self) -> MainScreen | None:
        """The main screen that was opened last."""
        return next(reversed(self._main_screens), None)

    @property
    def _main_screens(self) -> list[MainScreen]:
        """The main screens of all trees that were opened, the last one at the end."""
        return [screen for screen in self.screen_stack if isinstance(screen, MainScreen)]

    def _start_background(self) -> None:
        """Import and read in a thread what the first screen does not need."""
        main = self.main if self.session.view is not None else None

        def task() -> None:
            from tui.background import prepare

            if main is not None:
                prepare(main)

        self.run_worker(task, thread=True, group="background", exit_on_error=False)

    @on(IndexRead)
    def show_lives(self, event: IndexRead) -> None:
        """Show what the index of lives and prices says about the tree."""
        self.session.know(event.knowledge, event.view)
        for note in event.notes:
            self.session.log.add(note)
        if self.main is not None:
            self.main.show_live_results()
            self.main.traces.start_if_any()

    @on(TreeSettled)
    def offer_draft(self) -> None:
        """Offer unwritten edits of a previous session."""
        from tui.screens.drafts import offer_draft

        if self.main is not None:
            offer_draft(self.main)

    def on_app_focus(self) -> None:
        """Check the disk when the terminal gets the focus: files may have been written in another one."""
        if self.main is not None and self.main.disk_watch is not None and self.watch_every_s:
            self.main.disk_watch.look()

    @on(EditMade)
    @on(EditRejected)
    def show_edit_result(self, event: EditMade | EditRejected) -> None:
        """Show the result of an edit whose dialog is closed on the main screen."""
        if self.main is not None:
            self.main.post_message(event)

    @on(UseOnlyPrepared)
    @on(DeletionPrepared)
    @on(FixesFound)
    def ask_about_edit(self, event: UseOnlyPrepared | DeletionPrepared | FixesFound) -> None:
        """Ask about a prepared edit."""
        from tui.commands.editing import ask_about

        if self.main is not None:
            ask_about(self.main, event)

    @on(ReloadRequested)
    def reload(self) -> None:
        """Reload the tree in a thread, and show it."""
        self._request, self._reloading = self.session.request, True
        self._load(partial(load, self._request, self.session.knowledge, self.session.runs))

    def _load(self, read: Callable[[], Loaded]) -> None:
        self.run_worker(read, thread=True, exclusive=True, group="load", exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show a tree that was read, or the error."""
        if event.worker.group == "copy" and event.worker.result is not None:
            self.say(event.worker.result.message)
        if event.worker.group == "dialogs" and event.worker.is_finished:
            self._dialogs_imported = True
            self.resume_keys()
        if event.worker.group != "load":
            return
        if event.state is WorkerState.SUCCESS and isinstance(event.worker.result, Loaded):
            if self.session.view is None:
                self._show_tree(self._request, event.worker.result)
                self._start_background()
            else:
                self.session.accept(self._request, event.worker.result)
            for screen in self._main_screens:
                screen.show_view()
                if self._reloading:
                    screen.read_methods()
                    screen.traces.start_if_any()
                    screen.show_status("tree reloaded")
            self.resume_keys()
        elif event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say_failure(event.worker.error)
            self.resume_keys()

    def say_failure(self, error: BaseException) -> None:
        """Show an error of a thread; the start screen when there is no tree."""
        if self.session.view is None and isinstance(error, NoTreeError):
            self.push_screen(self._start_screen(error))
        else:
            super().say_failure(error)

    @on(DemoRequested)
    def open_demo(self) -> None:
        """Open a temporary copy of the sample."""
        from tui.sample import demo_request

        self._open(demo_request(self.demo_folders))

    @on(OpenRequested)
    def open_path(self, event: OpenRequested) -> None:
        """Open another folder."""
        self._open(replace(self._request, path=event.path, label=None))

    @on(TreeCreated)
    def open_created(self, event: TreeCreated) -> None:
        """Open a new tree, for the release that it was made for."""
        path, release = event.scaffold.location.inference, str(event.scaffold.behaviours.release)
        self._open(replace(self._request, path=path, release=release, profile=None, label=None))

    def _open(self, request: Request) -> None:
        """Open another tree, or show why it cannot be opened."""
        try:
            loaded = load(request)
        except PipedeckError as error:
            self.say(str(error))
            return
        self._save_view_states()
        self._request = request
        self._show_tree(request, loaded)
        self.push_screen(MainScreen(self.session, self.keymap.table))
        self._start_background()

    def exit(self, *arguments: object, **options: object) -> None:
        """Exit; store the view state and unfinished text."""
        self._save_view_states()
        self.session.keep_typed()
        super().exit(*arguments, **options)  # type: ignore[arg-type]

    def _save_view_states(self) -> None:
        for screen in self._main_screens:
            view = screen.session.view
            if view is not None and screen.session.request.label is None:
                self.view_states.save(view.catalog.tree.paths.inference, view_state_of(screen, view))

    async def action_quit(self) -> None:
        """Quit, after a question when edits are unwritten or running."""
        main = self.main
        if main is None or not (main.busy or self.session.unwritten):
            self.exit(return_code=0)
            return
        from tui.dialogs.ask import AskScreen

        if not isinstance(self.screen, AskScreen):
            main.run_command(main.table.by_id["quit"])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Esc stop live checks on every screen; without any it has its other meanings."""
        if action != "stop_checks":
            return super().check_action(action, parameters)
        return any(screen.can_stop_checks for screen in self._main_screens)

    def action_stop_checks(self) -> None:
        """Stop the live checks; results so far stay."""
        for screen in self._main_screens:
            if screen.checking is not None:
                screen.checking.cancel()

    def action_help_quit(self) -> None:
        """Show how to quit, on Ctrl+C."""
        if isinstance(self.screen, MainScreen):
            self.screen.show_status("press q to quit")
