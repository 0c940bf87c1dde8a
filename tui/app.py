"""The app: opens a tree, shows the main screen or the one for no tree, and leaves no mark on the terminal."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Console
from rich.text import Text
from textual import constants
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from core.errors import NoTreeError, PipedeckError
from core.files.state_folder import results_file, state_folder
from core.safe_text import safe
from tui.editing.work import Worked
from tui.faces.app import AppFace
from tui.screens.keyed import Keyed
from tui.screens.main import MainScreen
from tui.screens.view_state_store import ViewStateStore
from tui.session import Loaded, Request, Session, load, scaffold
from tui.settings import LoadedSettings, read_settings
from tui.settings.keymap import read_keymap
from tui.shutdown import install_signal_handlers
from tui.startup import resume_collection
from tui.styles.themes import ANSI, THEMES, many_colours, theme_for
from tui.terminal.driver import ScreenDiffDriver, with_screen_diff
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from core.scaffold import Scaffold

PATIENCE_S = 0.25
"""How long the first screen waits for the tree, rather than being painted twice."""
WATCH_EVERY_S = 2.0
"""How often the disk is looked at for what somebody else wrote; 0 never."""


class PipedeckApp(AppFace):
    """Reading a tree on a terminal."""

    TITLE = "pipedeck"
    CSS_PATH = Path(__file__).parent / "styles" / "app.tcss"
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
        self.keymap = read_keymap(loaded)
        self.colourless = bool(os.environ.get("NO_COLOR"))
        # The filter for NO_COLOR is chosen once, here: with colours of the terminal it can keep text styles apart.
        super().__init__(ansi_color=True if self.colourless else None)
        self.uses_spans = self.settings.driver == "diff"
        if self.uses_spans:
            self.driver_class = with_screen_diff(self.driver_class)
        self.set_keymap(dict(self.keymap.table.list_keys))
        self._limit_colours()
        self.animation_level = "none"
        self.session = Session(request)
        self.session.tokens = (self.settings.tokens_in, self.settings.tokens_out)
        self.demo_folders = ExitStack()
        self.watch_every_s = WATCH_EVERY_S
        self.on_focus_back: Callable[[], None] | None = None
        self._loading = loading
        self._request = request
        self._said = ""
        self.view_state_store = ViewStateStore(os.environ, restore=self.settings.restore)
        problems = (*loaded.problems, *self.keymap.problems)
        self.misunderstood = len(problems)
        self.session.hint = bool(problems) or (self.view_state_store.first_time and request.label is None)
        for problem in problems:
            self.session.log.note(problem)
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

    def _limit_colours(self) -> None:
        """Send colours by their number in the palette of 256, of which the themes are made: shorter, and the same in
        terminals that know no others. TEXTUAL_COLOR_SYSTEM overrides it.
        """
        if constants.COLOR_SYSTEM == "auto" and self.console.color_system and many_colours(os.environ):
            self.console = Console(
                color_system="256",
                file=io.StringIO(),
                markup=False,
                highlight=False,
                emoji=False,
                force_terminal=True,
                legacy_windows=False,
                safe_box=False,
            )

    # Starting.

    def first_screen(self) -> Screen[Any]:
        """The first screen: with the tree when it is there in time, else saying that it is being read."""
        try:
            future = self._loading
            loaded = future.result(timeout=PATIENCE_S) if future is not None else load(self._request)
        except TimeoutError:
            return MainScreen(self.session, self.keymap.table)
        except NoTreeError as error:
            return self._start_screen(error)
        self._loading = None
        self._opened(self._request, loaded)
        return MainScreen(self.session, self.keymap.table)

    def _start_screen(self, error: NoTreeError) -> Screen[Any]:
        from tui.screens.start import StartScreen

        return StartScreen(str(error), self.keymap.table)

    def _opened(self, request: Request, loaded: Loaded) -> None:
        """A tree is shown for the first time: come back to where it was left."""
        self.session.open(request, loaded)
        self.session.view_state = self.view_state_store.view_for(request, loaded.view)

    def on_ready(self) -> None:
        """A tree that takes its time is waited for in a thread; what editing needs is imported while nobody waits."""
        resume_collection()
        install_signal_handlers(self)
        self._accompany()
        if self._loading is not None and self.session.view is None and isinstance(self.screen, MainScreen):
            self._work(self._loading.result)

    def _accompany(self) -> None:
        """Do in a thread what goes with a tree that is shown now, if one is, and import what edits need."""
        with_tree = self.session.view is not None
        shown = [screen for screen in self.screen_stack if isinstance(screen, MainScreen) and with_tree]
        self.run_worker(partial(self._warm_up, shown), thread=True, group="warm", exit_on_error=False)

    def _warm_up(self, shown: Sequence[MainScreen]) -> None:
        """Import what edits need. On what is shown settle what was cut off, ask what was left unwritten, and watch."""
        import_module("tui.editing.deeds")
        offer = import_module("tui.editing.drafts").offer_draft
        whole = import_module("tui.editing.interrupted").settle_interrupted
        for screen in shown:
            screen.post_message(Worked(partial(whole, screen, then=partial(offer, screen))))
            screen.post_message(Worked(partial(self._watch, screen)))
            self._remember(screen)

    def _remember(self, screen: MainScreen) -> None:
        """Show what providers said in earlier sessions; nothing is sent for it."""
        view, request = self.session.view, self.session.request
        if view is None or request.stand_ins is not None:
            return
        environ = os.environ if request.environ is None else request.environ
        if results_file(view.catalog.tree.paths.inference, state_folder(environ)).exists():
            stored_results = import_module("tui.checks.stored_results")
            results = stored_results.stored_results(screen, view)
            screen.post_message(Worked(partial(stored_results.show_stored_results, screen, results)))

    def _watch(self, screen: MainScreen) -> None:
        watch = import_module("tui.editing.watching").Watch(screen)
        self.on_focus_back = watch.look
        if self.watch_every_s:
            watch.start(self.watch_every_s)

    def on_app_focus(self) -> None:
        """The terminal has the focus again: somebody may have written in another one meanwhile."""
        if self.on_focus_back is not None and self.watch_every_s:
            self.on_focus_back()

    # Loading.

    def load(self, request: Request, say: str = "") -> None:
        """Read a tree in a thread and then show it."""
        self._request, self._said = request, say
        self._work(partial(load, request))

    def _work(self, read: object) -> None:
        self.run_worker(read, thread=True, exclusive=True, group="load", exit_on_error=False)  # type: ignore[arg-type]

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The tree was read, or could not be."""
        if event.worker.group == "copy" and event.worker.result is not None:
            self.say(event.worker.result.words)
        if event.worker.group != "load":
            return
        if event.state is WorkerState.SUCCESS and isinstance(event.worker.result, Loaded):
            if self.session.view is None:
                self._opened(self._request, event.worker.result)
                self._accompany()
            else:
                self.session.accept(self._request, event.worker.result)
            for screen in self.screen_stack:
                if isinstance(screen, MainScreen):
                    screen.show_view()
                    if self._said:
                        screen.tell(self._said)
        elif event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say_failure(event.worker.error)

    def say_failure(self, error: BaseException) -> None:
        """Say on a page what went wrong in a thread; the app goes on when it has something to show."""
        from tui.dialogs.read import ReadScreen

        nothing_to_show = self.session.view is None
        if nothing_to_show and isinstance(error, NoTreeError):
            self.push_screen(self._start_screen(error))
            return
        lines = [Line(((words, ""),)) for words in self._report_crash(error)]
        title = "it cannot be read" if isinstance(error, PipedeckError) else "something went wrong"
        self.push_screen(ReadScreen(title, lines, quits=nothing_to_show))

    # From the screen for no tree.

    def open_demo(self) -> None:
        """Open the sample in a throw-away copy."""
        from tui.sample import demo_request

        self._open(demo_request(self.demo_folders))

    def open_path(self, path: str) -> str:
        """Open another folder. Returns what is wrong with it, or nothing."""
        request = replace(self._request, path=path, label=None)
        try:
            self._open(request)
        except PipedeckError as error:
            return str(error)
        return ""

    def scaffold(self, release: str | None = None) -> Scaffold:
        """What is known before a tree is made where one was looked for. Raises UnknownReleaseError and NoTreeError."""
        return scaffold(self._request, release)

    def open_created(self, made: Scaffold) -> str:
        """Open the tree that was just made, for the release it is for. Returns what is wrong with it, or nothing."""
        release = str(made.behaviours.release)
        try:
            self._open(replace(self._request, path=made.location.inference, release=release, profile=None, label=None))
        except PipedeckError as error:
            return str(error)
        return ""

    def _open(self, request: Request) -> None:
        loaded = load(request)
        self._keep()
        self._request = request
        self._opened(request, loaded)
        self.push_screen(MainScreen(self.session, self.keymap.table))
        self._accompany()

    # Copying, looks and leaving.

    def say(self, words: str) -> None:
        """Say something where one is."""
        if isinstance(self.screen, Keyed):
            self.screen.tell(words)
        else:
            self.session.log.note(words)

    def copy(self, text: str) -> None:
        """Copy a text to the clipboard of the person in front of the terminal, and say which way it went."""
        from tui.clipboard import copy, way

        def send(sequence: str) -> None:
            if self._driver is not None:
                self._driver.write(sequence)
                self._driver.flush()

        wish = self.settings.clipboard
        work = partial(copy, text, wish, os.environ, send)
        if way(wish, os.environ) == "tmux":
            self.run_worker(work, thread=True, group="copy", exit_on_error=False)
        else:
            self.say(work().words)

    def exit(self, *arguments: object, **options: object) -> None:
        """Leave, and remember where that was, and what is typed there."""
        self._keep()
        self.session.keep_typed()
        super().exit(*arguments, **options)  # type: ignore[arg-type]

    def _keep(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, MainScreen):
                self.view_state_store.keep(screen)

    def next_theme(self) -> str:
        """Change to the next theme; returns its name."""
        names = [theme.name for theme in THEMES.values()]
        at = (names.index(self.theme) + 1) % len(names) if self.theme in names else 0
        self.theme = names[at]
        return list(THEMES)[at]

    def pause(self) -> str:
        """Give the terminal to the shell until its `fg`; returns why not, or nothing."""
        from tui.terminal.jobs import pause

        return pause(self)

    def redraw(self) -> None:
        """Paint everything anew."""
        if isinstance(self._driver, ScreenDiffDriver):
            self._driver.forget()
        self.refresh(layout=True)

    async def action_quit(self) -> None:
        """Leave, asking first when something would be lost."""
        main = next((screen for screen in self.screen_stack if isinstance(screen, MainScreen)), None)
        if main is None or not (main.busy or self.session.unwritten):
            self.exit(return_code=0)
            return
        from tui.dialogs.ask import AskScreen

        if not isinstance(self.screen, AskScreen):
            main.do(main.table.by_id["quit"])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc stops what is asked of providers, wherever one is; with nothing to stop it means what it does there."""
        if action != "stop_checks":
            return super().check_action(action, parameters)
        return any(isinstance(screen, MainScreen) and screen.can_stop_checks for screen in self.screen_stack)

    def action_stop_checks(self) -> None:
        """Stop asking providers; what has answered stays."""
        for screen in self.screen_stack:
            if isinstance(screen, MainScreen) and screen.checking is not None:
                screen.checking.cancel()

    def action_help_quit(self) -> None:
        """Ctrl+C: say how to leave."""
        if isinstance(self.screen, MainScreen):
            self.screen.tell("q leaves pipedeck")

    def _fatal_error(self) -> None:
        """An error that nobody caught: say so in plain words, as a trace with its values may show secrets."""
        error = self._exception
        if not self._exit_renderables:  # the first error is the one that matters
            words = self._report_crash(error) if error is not None else ("pipedeck had to stop.",)
            self._exit_renderables.append(Text("\n".join(safe(line) for line in (*words, *self._save_work()))))
        self._close_messages_no_wait()

    def _report_crash(self, error: BaseException) -> tuple[str, ...]:
        """Save a report about an error of pipedeck itself; returns the lines to show."""
        from tui.crash import redacted_command, report_crash

        view = self.session.view
        context = {
            "command": redacted_command(sys.argv[1:]),
            "screens": " > ".join(type(screen).__name__ for screen in self.screen_stack),
        }
        if view is not None:
            context["answering for"] = f"{view.report.release} ({view.catalog.dialect})"
        return report_crash(error, context, os.environ)

    def _save_work(self) -> tuple[str, ...]:
        """Keep what is not written, as far as that still works; says so."""
        with contextlib.suppress(Exception):
            if (self.session.unwritten or self.session.typed()) and not self.session.keep():
                return ("What you edited is kept: opening the tree again offers it.",)
        return ()
