"""Random sessions that end suddenly: the edits, the open screen, and the delay between the last key and the end.

Each session depends on its seed alone, so that a failure can be reproduced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from core.workspace import FoundDraft, Restored, Workspace, find_draft, restore_draft
from tests.core.workspace.support import bytes_of
from tests.support.fake_servers import Server, black_hole, slow_body
from tests.trust.terminal import Terminal
from tui.sample import copy_sample

FIRST_OF_OURS = 5
"""The number of backends above those that the sessions switch."""
OURS = ("silent", "slow", "spare", "other")
"""Unused backends, so that switching adds no error. Live checks of the first two never end."""
MAX_DELAY_S = 0.3
MAX_EDITS = 3
MAX_MOVES = 3
MOVES = ("down", "up", "pagedown", "pageup", "home", "end")
"""Keys that edit nothing in any state."""

Edits = tuple[str, ...]
"""The switched backends, in order."""


@dataclass(frozen=True)
class State:
    """A state of the app: the keys that lead to it, and the texts on its screen."""

    keys: str
    text: str = ""


STATES = {
    "the lists": State("1 2 3"),
    "a form": State("4 enter down", "llm / writing"),
    "a field with typed text": State("4 enter down down enter 1"),
    "the text": State("1 v", "secrets hidden"),
    "the text editor": State("1 v enter x", "editing"),
    "the profiles": State("p", "profile"),
    "use only": State("1 end o"),
    "go to": State(": c l a u"),
    "a page": State("4 e"),
    "the help": State("?", "keys"),
    "the filter": State("2 / m"),
    "the question before quitting": State("q"),
    "the review": State("w", "review:"),
}
CHECK_STATE = State("T", "esc cancels")
TURNS = (*STATES, "the lists", "the lists", "the review", "the review", "the review")
"""The states of consecutive seeds: a few sessions meet all, and most often those whose last key edits or writes."""


@dataclass(frozen=True)
class RandomSession:
    """The actions of a session before it ends."""

    edits: Edits
    checks: bool
    """Whether providers are being asked."""
    state: str
    last: str
    """`w`: all is being written; `space`: one more edit; `u`: one less; else a move of the cursor."""
    moves: tuple[str, ...]
    delay: float

    @property
    def possible_edits(self) -> tuple[Edits, ...]:
        """The possible unwritten edits: the session may end before or after the last key is handled."""
        if self.last == "space":
            return self.edits, (*self.edits, OURS[0])
        return (self.edits, self.edits[:-1]) if self.last == "u" else (self.edits,)


def random_session(seed: int) -> RandomSession:
    """The session of a seed."""
    rng = Random(seed)
    edits = tuple(rng.choice(OURS) for _ in range(rng.randint(0, MAX_EDITS)))
    state = TURNS[seed % len(TURNS)]
    if state in ("the review", "the question before quitting") and not _net(edits):
        edits = (*edits, rng.choice(OURS))
    kinds = {
        "the lists": ("move", "space", "u") if _net(edits) else ("move", "space"),
        "the review": ("w", "w", "w", "move"),
    }
    last = rng.choice(kinds.get(state, ("move",)))
    moves = tuple(rng.choice(MOVES) for _ in range(rng.randint(0, MAX_MOVES))) if last == "move" else ()
    # Writing and evaluation take a few milliseconds.
    delay = rng.random() * (MAX_DELAY_S if last == "move" or rng.random() < 0.3 else 0.03)
    return RandomSession(edits, rng.random() < 0.4, state, last, moves, delay)


def _net(edits: Edits) -> frozenset[str]:
    """The backends that are switched in the end."""
    return frozenset(name for name in edits if edits.count(name) % 2)


def play(session: RandomSession, terminal: Terminal) -> None:
    """Play the session in a started app, up to its end."""
    terminal.wait_for("5 Problems")
    for number, name in enumerate(session.edits):
        terminal.send_at_once("1", "home", *["down"] * (FIRST_OF_OURS + OURS.index(name)), "space")
        terminal.wait_for(f"turn {name} {'on' if session.edits[:number].count(name) % 2 else 'off'}")
    for state in (*([CHECK_STATE] if session.checks else []), STATES[session.state]):
        terminal.send(*state.keys.split(), patience=0.02)
        if state.text:
            terminal.wait_for(state.text)
    if session.last == "space":
        terminal.send_at_once("1", "home", *["down"] * FIRST_OF_OURS)
    terminal.send_at_once(*session.moves, *([session.last] if session.last != "move" else []))
    terminal.listen(session.delay)


@dataclass(frozen=True)
class Shop:
    """A project with a copy of the sample tree and additional backends, and a home."""

    root: Path
    home: Path

    @property
    def file(self) -> Path:
        """The edited file."""
        return self.root / ".pipelex" / "inference" / "backends.toml"

    def check(self, before: Mapping[str, bytes], session: RandomSession) -> None:
        """Check that the tree is all old or all new, and that the next session restores the unwritten edits."""
        after, name = bytes_of(self.root), str(self.file.relative_to(self.root))
        old, there = before[name], after[name]
        new = with_edits(old, session.edits)
        assert {**after, name: old} == before
        assert there in ((old, new) if session.last == "w" else (old,))
        restored = self.draft_content()
        if there == new != old:
            assert restored is None
        else:
            assert (old if restored is None else restored) in [
                with_edits(old, edits) for edits in session.possible_edits
            ]

    def draft_content(self) -> bytes | None:
        """The content of the file after the next session has restored the draft; None without a draft."""
        workspace = Workspace.open(str(self.root), environ={"HOME": str(self.home)})
        draft = find_draft(workspace)
        if draft is None:
            return None
        assert isinstance(draft, FoundDraft), draft
        restored = restore_draft(workspace, draft)
        assert isinstance(restored, Restored), restored
        assert restored.conflicts == ()
        content = workspace.view.content(str(self.file))
        assert isinstance(content, bytes)
        return content


@contextmanager
def providers() -> Iterator[Callable[[Path], Shop]]:
    """Start two servers whose responses never end; yields a function that makes projects with them."""
    with Server({"*": black_hole}) as silent, Server({"*": slow_body}) as slow:

        def make(folder: Path) -> Shop:
            tree = copy_sample(folder / "shop")
            for name, server in zip(OURS, (silent, slow, silent, slow), strict=True):
                with (tree / "backends.toml").open("a") as file:
                    file.write(f'\n[{name}]\nenabled = true\nendpoint = "{server.url}/v1"\n')
                specs = '[defaults]\nsdk = "openai"\nmodel_type = "llm"\n\n[m]\nmodel_id = "m"\n'
                (tree / "backends" / f"{name}.toml").write_text(specs)
            (folder / "home").mkdir()
            return Shop(folder / "shop", folder / "home")

        yield make


def with_edits(before: bytes, edits: Sequence[str]) -> bytes:
    """The text of the file with these backends switched."""
    text = before.decode()
    for name in edits:
        head, table, remainder = text.partition(f"[{name}]\n")
        on = remainder.startswith("enabled = true")
        text = (
            head
            + table
            + f"enabled = {'false' if on else 'true'}"
            + remainder.removeprefix(f"enabled = {'true' if on else 'false'}")
        )
    return text.encode()
