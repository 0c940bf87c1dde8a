"""A light start: what waits becomes the real thing when it is asked for, and the app is the same with and without."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.benchmarks.pty_session import PtySession
from tests.support.environment import fenced
from tui.lean.later import Later, Promised, later, take_back
from tui.lean.waiting import WAITING

CHECKOUT = Path(__file__).resolve().parents[2]
NAME = "module_that_waits"
MODULE = """
import sys
VALUE = 5
LOADED.append(1) if "LOADED" in globals() else None
class Thing:
    KIND = "thing"
    def __init__(self, number=1): self.number = number
def double(number): return 2 * number
"""


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module on the path, of which nothing is loaded."""
    (tmp_path / f"{NAME}.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    later(NAME, ("Thing", "double"))
    return tmp_path


def waits() -> bool:
    """Whether it still waits."""
    return isinstance(sys.modules[NAME], Later)


def test_importing_and_promises_load_nothing(waiting: Path) -> None:
    module = importlib.import_module(NAME)
    assert isinstance(module.Thing, Promised)
    assert waits()


def test_a_promise_is_kept_when_called_asked_or_derived_from(waiting: Path) -> None:
    module = importlib.import_module(NAME)
    thing, double = module.Thing, module.double
    assert double(4) == 8
    assert not waits()
    assert thing(3).number == 3
    assert thing.KIND == "thing"
    assert isinstance(module.Thing(), thing)
    assert not isinstance(5, thing)

    class Derived(thing):  # type: ignore[misc, valid-type]
        """Derived from what was promised."""

    assert issubclass(Derived, module.Thing)
    assert Derived(7).number == 7


def test_any_other_name_loads_the_module_in_place(waiting: Path) -> None:
    module = importlib.import_module(NAME)
    assert module.VALUE == 5
    assert module is sys.modules[NAME]
    assert not waits()
    assert str(module.__file__).endswith(f"{NAME}.py")
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = module.nothing_of_the_kind


def test_a_name_that_is_missing_is_an_attribute_error(waiting: Path) -> None:
    with pytest.raises(AttributeError, match="no attribute 'missing'"):
        _ = importlib.import_module(NAME).missing


def test_what_was_given_can_be_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"{NAME}.py").write_text("Thing = 'the real one'\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    later(NAME, Thing="another")
    module = importlib.import_module(NAME)
    assert module.Thing == "another"
    take_back(NAME, ("Thing",))
    assert module.Thing == "the real one"


def test_threads_that_ask_at_once_all_get_it(waiting: Path) -> None:
    module = importlib.import_module(NAME)
    got: list[object] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        got.append(module.VALUE)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [5] * 8


def test_a_module_that_is_not_there_is_missed_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "no_such_module_at_all", raising=False)
    later("no_such_module_at_all", ("thing",))
    module = importlib.import_module("no_such_module_at_all")
    with pytest.raises(ModuleNotFoundError):
        module.thing()


REALLY = """
import json, sys
from tui.lean import start_light, textual_is_imported, wait_early
wait_early({})
assert start_light({})
import tui.app
textual_is_imported()
from tui.lean.later import Later
waiting = sorted(name for name, module in sys.modules.items() if isinstance(module, Later))
import ssl, uuid, pickle, random, difflib, platformdirs, mimetypes, tokenize, urllib.parse, typing_extensions
import asyncio.sslproto, textual.command, textual.markup, textual.pilot, rich.table, rich.panel, rich.tree, rich.markup
works = [
    ssl.create_default_context().check_hostname, str(uuid.uuid4()) != "", pickle.loads(pickle.dumps(5)) == 5,
    random.random() < 1, difflib.get_close_matches("ab", ["abc"]) == ["abc"], platformdirs.user_downloads_path() != "",
    mimetypes.guess_type("a.txt")[0] == "text/plain", urllib.parse.quote("a b") == "a%20b", bool(tokenize.TokenInfo),
    typing_extensions.TypedDict is not None, asyncio.sslproto.SSLProtocol is not None,
    issubclass(textual.command.CommandPalette, object), textual.markup.to_content("[b]x").plain == "x",
    rich.table.Table().row_count == 0, rich.panel.Panel("x") is not None, rich.tree.Tree("x") is not None,
    str(rich.markup.render("[b]x")) == "x", textual.pilot.Pilot is not None,
]
print(json.dumps([waiting, works]))
"""


def test_all_that_waits_works_when_it_is_used(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})\n{REALLY}"
    done = subprocess.run(
        [sys.executable, "-c", code], env=fenced(tmp_path), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    waiting, works = json.loads(done.stdout)
    assert all(works)
    # A new release of Textual or rich that uses one of these at once should cross it from the list.
    assert set(WAITING) - set(waiting) <= {"random", "urllib.parse", "inspect"}


@pytest.mark.pty
def test_the_first_screen_is_the_same_without_it(tmp_path: Path) -> None:
    screens = []
    for value in ("1", "0"):
        environment = fenced(tmp_path) | {"PYTHONPATH": str(CHECKOUT), "PIPEDECK_LEAN": value}
        with PtySession([sys.executable, "-m", "tui", "demo"], environment) as session:
            session.wait_for("5 Problems")
            screens.append(session.look)
            session.press("q")
    assert screens[0] == screens[1]
