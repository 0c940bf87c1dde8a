"""Copies text to the user's clipboard by an OSC 52 escape sequence, or through tmux."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from core.formatting import counted

MAX_BYTES: Final = 56_000
"""The maximum length of a text: terminals silently drop longer sequences."""

_TMUX_TIMEOUT_S = 2.0
_SCREEN_CHUNK = 240
"""The bytes of one sequence through GNU screen, which forwards at most 256."""


class Copied(NamedTuple):
    """The result of copying: whether the text was sent, and a message for the user."""

    sent: bool
    message: str


def clipboard_method(setting: str, environ: Mapping[str, str]) -> str:
    """The method to copy by: `tmux`, `terminal` or `off`. `setting` may also be `auto`."""
    if setting != "auto":
        return setting
    return "tmux" if environ.get("TMUX") else "terminal"


def copy(text: str, setting: str, environ: Mapping[str, str], send: Callable[[str], None]) -> Copied:
    """Copy a text; `send` writes to the terminal. Call it in a thread, as it may wait for tmux. Never raises."""
    count = counted(len(text), "character")
    method = clipboard_method(setting, environ)
    content = text.encode("utf-8", "replace")
    if method == "off":
        return Copied(False, "not copied: the setting clipboard is off")
    if len(content) > MAX_BYTES:
        return Copied(False, f"not copied: {count} exceed the limit of terminals; Y writes to a file")
    if method == "tmux":
        return _through_tmux(content, count, environ)
    send(sequence(content, environ))
    through = ", through screen" if _in_screen(environ) else ""
    return Copied(True, f"copied {count} to your terminal's clipboard (OSC 52{through})")


def sequence(content: bytes, environ: Mapping[str, str]) -> str:
    """The escape sequence that sets the terminal's clipboard."""
    osc = f"\x1b]52;c;{base64.b64encode(content).decode('ascii')}\x07"
    if not _in_screen(environ):
        return osc
    chunks = (osc[at : at + _SCREEN_CHUNK] for at in range(0, len(osc), _SCREEN_CHUNK))
    return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)


def _in_screen(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("STY")) and not environ.get("TMUX")


def _through_tmux(content: bytes, count: str, environ: Mapping[str, str]) -> Copied:
    """Load the text into tmux, which forwards it with `-w`; tmux would drop an escape sequence of the app."""
    setting = _tmux(("load-buffer", "-w", "-", ";", "show-options", "-sv", "set-clipboard"), content, environ)
    if setting is not None and setting.strip() != "off":
        return Copied(True, f"copied {count}, through tmux")
    if setting is not None or _tmux(("load-buffer", "-"), content, environ) is not None:
        return Copied(
            True, f"copied {count} into tmux only: paste with its prefix and ] (set-clipboard is off, or old)"
        )
    return Copied(False, 'not copied: tmux did not answer; try the setting clipboard = "terminal"')


def _tmux(command: tuple[str, ...], content: bytes, environ: Mapping[str, str]) -> str | None:
    try:
        process = subprocess.run(
            ["tmux", *command],
            input=content,
            capture_output=True,
            env=dict(environ),
            timeout=_TMUX_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return process.stdout.decode("utf-8", "replace")
