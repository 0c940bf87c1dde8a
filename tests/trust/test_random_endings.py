"""The line drops, or a signal comes, at random moments: gone in time, the tree whole, and the same edits are left."""

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
from tests.trust.random_sessions import Shop, moment, play, providers
from tests.trust.terminal import Terminal

pytestmark = pytest.mark.pty

GONE_WITHIN_S = 2.0
MOMENTS = int(os.environ.get("PIPEDECK_MOMENTS", "50"))
"""How many there are; PIPEDECK_MOMENTS=1000 for the long run."""
AT_ONCE = 3
"""Most of a session is waiting."""
HAND = 10
"""So many moments are a test."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

End = Callable[[Terminal, Random], int]
"""Ends a session, at a moment whose seed gave the numbers; tells the exit status there must be."""


@pytest.fixture(scope="module")
def make_shop() -> Iterator[Callable[[Path], Shop]]:
    """Makes projects that ask servers which never come to an end."""
    with providers() as make:
        yield make


def session(seed: int, shop: Shop, end: End) -> tuple[int, str]:
    """Play the moment of a seed, end the session and look at what is left. Returns its number, and what was wrong."""
    now = moment(seed)
    before = bytes_of(shop.root)
    with Terminal(shop.home, [str(shop.root)]) as terminal:
        try:
            play(now, terminal)
            wanted = end(terminal, Random(seed))
            status = terminal.wait(GONE_WITHIN_S)
            assert status == wanted, f"ended with {status}"
            shop.look(before, now)
        except (AssertionError, TimeoutError, subprocess.TimeoutExpired) as error:
            return terminal.pid, f"seed {seed}, {now}: {error}"
        return terminal.pid, ""


def left_running(sessions: Iterable[int]) -> list[str]:
    """The processes of sessions that still run."""
    listed = subprocess.run(["ps", "-eo", "sid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    ours = {str(number) for number in sessions}
    return [line for line in listed.splitlines() if line.split()[0] in ours and line.split()[1][:1] != "Z"]


def end_at(seeds: Iterable[int], make: Callable[[Path], Shop], folder: Path, end: End) -> None:
    """Play the moments of seeds, some at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda seed: session(seed, make(folder / str(seed)), end), seeds))
    assert [wrong for _, wrong in found if wrong] == []
    assert left_running(number for number, _ in found) == []


@pytest.mark.parametrize("first", range(0, MOMENTS, HAND))
def test_the_line_drops(first: int, make_shop: Callable[[Path], Shop], tmp_path: Path) -> None:
    def drop(terminal: Terminal, rng: Random) -> int:
        terminal.drop()
        return 128 + signal.SIGHUP

    end_at(range(first, first + HAND), make_shop, tmp_path, drop)


def test_a_signal_comes(make_shop: Callable[[Path], Shop], tmp_path: Path) -> None:
    def kill(terminal: Terminal, rng: Random) -> int:
        number = rng.choice(SIGNALS)
        if rng.random() < 0.3:
            terminal.kill(signal.SIGSTOP)
            terminal.kill(signal.SIGCONT)
        terminal.kill(number)
        return 128 + number

    end_at(range(1000, 1000 + max(MOMENTS // 4, 1)), make_shop, tmp_path, kill)
