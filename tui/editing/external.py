"""The person's own editor on a private copy of a text; what comes back is an edit like any other."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tui.shutdown import temporary_folder

if TYPE_CHECKING:
    from tui.base_app import BaseApp

_PLUS = ("vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "joe", "mg", "ne", "kak")
_COLON = ("hx", "helix", "zed", "subl")


def command_of(environ: object, path: str, line: int) -> list[str]:
    """The command that opens a file at a line: $VISUAL, else $EDITOR, else vi. Raises ValueError for a bad one."""
    assert isinstance(environ, os._Environ | dict)
    words = shlex.split(environ.get("VISUAL") or environ.get("EDITOR") or "vi")
    if not words:
        raise ValueError("it is empty")
    name = Path(words[0]).name
    if name in _PLUS:
        return [*words, f"+{line}", path]
    if name in _COLON:
        return [*words, f"{path}:{line}"]
    if name in ("code", "codium", "cursor"):
        return [*words, "--wait", "--goto", f"{path}:{line}"]
    return [*words, path]


def edit_outside(app: BaseApp, text: str, name: str, line: int) -> tuple[str | None, str]:
    """Let the person edit a text in their editor, while the app is away from the terminal.

    Returns the text as they left it, or None, with a word why: the editor failed, or said by its status to drop it.
    """
    with temporary_folder("pipedeck-") as folder:
        path = folder / name
        path.write_bytes(text.encode("utf-8"))
        path.chmod(0o600)
        try:
            command = command_of(os.environ, str(path), line)
            with app.suspend():
                status = subprocess.run(command, check=False).returncode
        except SuspendNotSupported:
            return None, "no editor can be opened on this terminal"
        except (OSError, ValueError) as error:
            return None, f"the editor cannot be started ($VISUAL, $EDITOR): {getattr(error, 'strerror', None) or error}"
        finally:
            app.redraw()
        if status != 0:
            return None, f"dropped: the editor ended with status {status}"
        try:
            return path.read_bytes().decode("utf-8"), ""
        except (OSError, UnicodeDecodeError):
            return None, "dropped: what the editor left is no UTF-8 text"
