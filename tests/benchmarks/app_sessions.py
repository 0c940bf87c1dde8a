"""Measures sessions of the app, of the floor and of other apps on a terminal: start, keys, idle, exit."""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.benchmarks.bench import Bench, pipedeck, plain, ratio
from tests.benchmarks.goals import Figure
from tests.benchmarks.meter import Idle, Meter, Pressed, Start
from tests.benchmarks.peers import PEERS, Peer, PeerUnavailable, installed
from tests.benchmarks.table_apps import FIRST

READY: Final = (
    "release 0.92.2",
    "warnings",
    "1 Backends",
    "2 Models",
    "3 Routes",
    "4 Deck",
    "5 Problems",
    "? all keys",
)
"""Texts of the first screen: the verdict, every list, and the footer."""
IDLE_S: Final = 10.0
_FILTERS: Final = " ".join(f"/ {' '.join(f'{letter}@filter' for letter in word)} esc" for word in ("claude", "gpt-5"))
_WALK: Final = (
    f"2@pane {_FILTERS} down*12@inspector pagedown*5@page home 3@pane 4@pane 5@pane 1@pane 2@pane"
    " :@palette esc z down*12@list z"
)
_SHORT_WALK: Final = f"2@pane {_FILTERS} down*5@inspector pagedown*2@page 3@pane 2@pane :@palette esc z down*5@list z"


@dataclass
class Session:
    """The figures of a session: its start, the keys by label, and its end."""

    start: Start
    keys: Mapping[str, list[Pressed]] = field(default_factory=dict)
    idle: Idle | None = None
    peak_mib: float = 0.0
    exit_ms: float = 0.0
    left_on: Sequence[str] = ()


@dataclass(frozen=True)
class Subject:
    """A program to measure: its command, the texts of its first screen, and the keys to press."""

    argv: Sequence[str]
    ready: Sequence[str]
    columns: int = 120
    rows: int = 40
    walk: str = ""
    idle_s: float = 0.0
    leaves: bool = True

    def run(self, environment: Mapping[str, str]) -> Session:
        """Start the program, press the keys, measure it idle, and quit."""
        with Meter(self.argv, environment, self.columns, self.rows) as meter:
            session = Session(meter.start(self.ready))
            keys: dict[str, list[Pressed]] = defaultdict(list)
            for key, label in _presses(self.walk):
                keys[label].append(meter.measure(key))
            session.keys = keys
            if self.idle_s:
                meter.idle(1.0)  # background work ends
                session.idle = meter.idle(self.idle_s)
            session.peak_mib = meter.peak_mib()
            if self.leaves:
                session.exit_ms = meter.leave()
                session.left_on = meter.left_on
        return session


def _presses(walk: str) -> Iterator[tuple[str, str]]:
    for word in walk.split():
        press, _, label = word.partition("@")
        key, _, times = press.partition("*")
        for _ in range(int(times or 1)):
            yield key, label or key


def subjects(bench: Bench, groups: Collection[str]) -> dict[str, Subject]:
    """The programs that the groups need, by name."""
    ours, floor = pipedeck(str(bench.project.root)), [sys.executable, "-m", "tests.benchmarks.floor"]
    idle_s = (2.0 if bench.fast else IDLE_S) if "idle" in groups else 0.0
    keys = "keys" in groups
    walk = (_SHORT_WALK if bench.fast else _WALK) if keys else ""
    programs = {
        "floor": Subject(floor, ["model-0003"], walk="down*12@cursor" if keys else "", idle_s=idle_s),
        "ours": Subject(ours, READY, walk=walk, idle_s=idle_s),
    }
    if "start" in groups and not bench.fast:
        programs["floor 80x24"] = Subject(floor, ["model-0003"], 80, 24)
        programs["ours 80x24"] = Subject(ours, READY[1:], 80, 24)
        programs["list"] = Subject([sys.executable, "-m", "tests.benchmarks.table_apps", "ours", "5000"], [FIRST])
    return programs


def measure(bench: Bench, groups: Collection[str]) -> dict[str, Figure]:
    """Run every program once per round, alternately. Raises StockUnavailable and TimeoutError."""
    programs = subjects(bench, groups)
    peers, missing = _peers(bench) if "peers" in groups else ({}, {})
    programs |= {name: Subject(peer.argv, peer.ready, leaves=False) for name, peer in peers.items()}
    runs: dict[str, list[Session]] = defaultdict(list)
    for number in bench.round_numbers():
        for name, subject in programs.items():
            bench.say(f"round {number} of {bench.rounds}: {name}")
            environment = bench.environment()
            if name in peers:
                environment = {k: v for k, v in environment.items() if not k.startswith("PYTHON")}
                if f"peers.{name}" in missing:
                    continue
            try:
                runs[name].append(subject.run(environment))
            except TimeoutError:
                if name not in peers:
                    raise
                missing[f"peers.{name}"] = Figure(None, why="it did not start here")
    complete = {name: sessions for name, sessions in runs.items() if f"peers.{name}" not in missing}
    return _figures(complete, groups) | missing


def _peers(bench: Bench) -> tuple[dict[str, Peer], dict[str, Figure]]:
    peers: dict[str, Peer] = {}
    missing: dict[str, Figure] = {}
    for peer in PEERS:
        bench.say(f"installing {peer.name}")
        try:
            peers[peer.name] = installed(peer)
        except PeerUnavailable as error:
            missing[f"peers.{peer.name}"] = Figure(None, why=str(error))
    return peers, missing


def _figures(runs: Mapping[str, list[Session]], groups: Collection[str]) -> dict[str, Figure]:
    ours, floor = runs["ours"], runs["floor"]
    figures: dict[str, Figure] = {}
    if "start" in groups:
        figures |= _start(runs)
    for name in runs:
        if name in {peer.name for peer in PEERS}:
            figures[f"peers.{name}"] = _ready(ours, runs[name])
    if "keys" in groups:
        figures |= _keys(ours, floor)
    if "idle" in groups:
        figures |= _idle([s.idle for s in ours if s.idle is not None], [s.idle for s in floor if s.idle is not None])
    if "exit" in groups:
        figures["exit.time"] = ratio([s.exit_ms for s in ours], [s.exit_ms for s in floor])
        modes = {mode for session in ours for mode in session.left_on}
        figures["exit.modes"] = Figure(len(modes), ours=" ".join(sorted(modes)))
    return figures


def _ready(ours: Sequence[Session], base: Sequence[Session]) -> Figure:
    return ratio([s.start.ready.at * 1000 for s in ours], [s.start.ready.at * 1000 for s in base])


def _start(runs: Mapping[str, list[Session]]) -> dict[str, Figure]:
    ours, floor = runs["ours"], runs["floor"]
    figures = {
        "start.120x40": _ready(ours, floor),
        "start.instructions": _instructions(
            [s.start.ready.millions for s in ours], [s.start.ready.millions for s in floor]
        ),
        "start.cpu": ratio([s.start.ready.cpu_ms for s in ours], [s.start.ready.cpu_ms for s in floor]),
        "start.bytes": plain([s.start.size for s in ours]),
        "start.after": plain([s.start.changed for s in ours]),
        "start.memory": ratio([s.peak_mib for s in ours], [s.peak_mib for s in floor], "MiB"),
    }
    if "ours 80x24" in runs:
        figures["start.80x24"] = _ready(runs["ours 80x24"], runs["floor 80x24"])
        figures["start.list"] = _ready(runs["list"], floor)
    return figures


def _instructions(ours: Sequence[float | None], base: Sequence[float | None]) -> Figure:
    if any(count is None for count in (*ours, *base)):
        return Figure(None, why="this machine does not count instructions")
    return ratio([count or 0 for count in ours], [count or 0 for count in base], "M")


def _keys(ours: Sequence[Session], floor: Sequence[Session]) -> dict[str, Figure]:
    def mean(label: str) -> Figure:
        return plain([statistics.fmean(press.size for press in session.keys[label]) for session in ours])

    def middle(sessions: Sequence[Session], label: str, attribute: str) -> list[float]:
        return [statistics.median(getattr(press, attribute) for press in session.keys[label]) for session in sessions]

    def millions(sessions: Sequence[Session], label: str) -> list[float | None]:
        return [
            None
            if any(press.millions is None for press in session.keys[label])
            else statistics.median(press.millions or 0 for press in session.keys[label])
            for session in sessions
        ]

    figures = {f"keys.{label}": mean(label) for label in ("list", "inspector", "page", "filter", "pane", "palette")}
    figures["keys.writes"] = plain(middle(ours, "inspector", "writes"))
    figures["keys.quiet"] = ratio(middle(ours, "inspector", "quiet_ms"), middle(floor, "cursor", "quiet_ms"))
    figures["keys.cpu"] = ratio(middle(ours, "inspector", "cpu_ms"), middle(floor, "cursor", "cpu_ms"))
    figures["keys.instructions"] = _instructions(millions(ours, "inspector"), millions(floor, "cursor"))
    return figures


def _idle(ours: Sequence[Idle], floor: Sequence[Idle]) -> dict[str, Figure]:
    millions = [idle.millions for idle in ours]
    present = [count for count in millions if count is not None]
    return {
        "idle.bytes": plain([idle.size for idle in ours]),
        "idle.instructions": plain(present)
        if present
        else Figure(None, why="this machine does not count instructions"),
        "idle.cpu": ratio([idle.cpu_ms for idle in ours], [idle.cpu_ms for idle in floor], "ms/s"),
        "idle.wakeups": plain([idle.wakeups for idle in ours]),
    }
