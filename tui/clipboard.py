"""Copying to the clipboard of the person in front of the terminal, through tmux where that stands between."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from core.formatting import counted

MAX_BYTES: Final = 56_000
"""The longest text to copy: terminals silently drop longer sequences."""

_PATIENCE_S = 2.0
_SCREEN_PIECE = 240
"""GNU screen passes on strings of up to 256 bytes."""


class Copied(NamedTuple):
    """Whether it was sent, and what to say about it."""

    sent: bool
    words: str


def way(wish: str, environ: Mapping[str, str]) -> str:
    """How to copy: `tmux`, `terminal` or `off`. `wish` is the setting, which may be `auto`."""
    if wish != "auto":
        return wish
    return "tmux" if environ.get("TMUX") else "terminal"


def copy(text: str, wish: str, environ: Mapping[str, str], send: Callable[[str], None]) -> Copied:
    """Copy a text. `send` writes to the terminal. May wait for tmux, so call it in a thread. Never raises."""
    count = counted(len(text), "character")
    chosen = way(wish, environ)
    content = text.encode("utf-8", "replace")
    if chosen == "off":
        return Copied(False, "not copied: the setting clipboard is off")
    if len(content) > MAX_BYTES:
        return Copied(False, f"not copied: {count} are more than a terminal takes; Y can write it to a file")
    if chosen == "tmux":
        return _through_tmux(content, count, environ)
    send(sequence(content, environ))
    through = ", through screen" if _in_screen(environ) else ""
    return Copied(True, f"copied {count} to your terminal's clipboard (OSC 52{through})")


def sequence(content: bytes, environ: Mapping[str, str]) -> str:
    """The sequence by which a terminal is asked to take a text into its clipboard."""
    plain = f"\x1b]52;c;{base64.b64encode(content).decode('ascii')}\x07"
    if not _in_screen(environ):
        return plain
    pieces = (plain[at : at + _SCREEN_PIECE] for at in range(0, len(plain), _SCREEN_PIECE))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def _in_screen(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("STY")) and not environ.get("TMUX")


def _through_tmux(content: bytes, count: str, environ: Mapping[str, str]) -> Copied:
    """tmux takes a text for itself, and with `-w` hands it on. What the app writes to the screen it would swallow."""
    told = _tmux(("load-buffer", "-w", "-", ";", "show-options", "-sv", "set-clipboard"), content, environ)
    if told is not None and told.strip() != "off":
        return Copied(True, f"copied {count}, through tmux")
    if told is not None or _tmux(("load-buffer", "-"), content, environ) is not None:
        return Copied(
            True, f"copied {count} into tmux only: paste with its prefix and ] (set-clipboard is off, or old)"
        )
    return Copied(False, 'not copied: tmux did not answer; try the setting clipboard = "terminal"')


def _tmux(command: tuple[str, ...], content: bytes, environ: Mapping[str, str]) -> str | None:
    try:
        done = subprocess.run(
            ["tmux", *command],
            input=content,
            capture_output=True,
            env=dict(environ),
            timeout=_PATIENCE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")
