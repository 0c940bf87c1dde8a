"""Lost connections and signals at random times: the app ends in time, the tree is intact, no edit is lost."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.core.workspace.support import bytes_of
from tests.trust.random_sessions import Shop, play, providers, random_session
from tests.trust.terminal import Terminal

pytestmark = pytest.mark.pty

GONE_WITHIN_S = 20.0
MOMENTS = int(os.environ.get("PIPEDECK_MOMENTS", "20"))
"""The number of sessions, which meet every state; PIPEDECK_MOMENTS=1000 for the long run."""
AT_ONCE = 3
"""Sessions at the same time, as each mostly sleeps."""
HAND = 10
"""The number of sessions per test."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

EndSession = Callable[[Terminal, Random], int]
"""Ends a session with the random numbers of its seed; returns the expected exit status."""


@pytest.fixture(scope="module")
def make_shop() -> Iterator[Callable[[Path], Shop]]:
    """A function that makes projects with servers whose responses never end."""
    with providers() as make:
        yield make


def play_seed(seed: int, shop: Shop, end: EndSession) -> tuple[int, str]:
    """Play and end the session of a seed, and check the result. Returns the seed and the error."""
    now = random_session(seed)
    before = bytes_of(shop.root)
    with Terminal(shop.home, [str(shop.root)]) as terminal:
        try:
            play(now, terminal)
            expected = end(terminal, Random(seed))
            status = terminal.wait(GONE_WITHIN_S)
            assert status == expected, f"ended with {status}"
            shop.check(before, now)
        except (AssertionError, TimeoutError, subprocess.TimeoutExpired) as error:
            return terminal.pid, f"seed {seed}, {now}: {error}"
        return terminal.pid, ""


def left_running(sessions: Iterable[int]) -> list[str]:
    """The processes of sessions that are still running."""
    listed = subprocess.run(["ps", "-eo", "sid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    ours = {str(number) for number in sessions}
    return [line for line in listed.splitlines() if line.split()[0] in ours and line.split()[1][:1] != "Z"]


def play_all(seeds: Iterable[int], make: Callable[[Path], Shop], folder: Path, end: EndSession) -> None:
    """Play the sessions of seeds, some at a time."""
    with ThreadPoolExecutor(AT_ONCE) as executor:
        results = list(executor.map(lambda seed: play_seed(seed, make(folder / str(seed)), end), seeds))
    assert [error for _, error in results if error] == []
    assert left_running(number for number, _ in results) == []


@pytest.mark.parametrize("first", range(0, MOMENTS, HAND))
def test_random_lost_connections(first: int, make_shop: Callable[[Path], Shop], tmp_path: Path) -> None:
    def drop(terminal: Terminal, rng: Random) -> int:
        terminal.drop()
        return 128 + signal.SIGHUP

    play_all(range(first, first + HAND), make_shop, tmp_path, drop)


def test_random_signals(make_shop: Callable[[Path], Shop], tmp_path: Path) -> None:
    def kill(terminal: Terminal, rng: Random) -> int:
        number = rng.choice(SIGNALS)
        if rng.random() < 0.3:
            terminal.kill(signal.SIGSTOP)
            terminal.kill(signal.SIGCONT)
        terminal.kill(number)
        if rng.random() < 0.3:
            terminal.kill(number)
        return 128 + number

    play_all(range(1000, 1000 + max(MOMENTS // 4, 1)), make_shop, tmp_path, kill)
