"""When pipedeck itself fails: what is said, and a report to attach to an issue, without anything that the tree holds.

Not even the error's own text, which may quote a file: only its kind, and where in our code it came from.
"""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from core import __version__
from core.errors import PipedeckError
from core.releases import parse_release

_HOME = Path(__file__).parent.parent
_OURS = ("core", "tui")
_KEPT = 10
"""So many reports are kept; older ones are removed."""
_LIBRARIES = ("textual", "rich", "tomli", "tomlkit", "pydantic", "httpx", "python-dotenv")
_TOLD_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "NO_COLOR")
"""What a terminal says of itself: told as it is, when it looks like that."""
_PRESENT_VARIABLES = ("SSH_CONNECTION", "TMUX", "STY", "MOSH_CONNECTION", "WSL_DISTRO_NAME")
"""Told by their presence only."""


def crash_words(error: BaseException, kept: str = "") -> tuple[str, ...]:
    """The lines to show. Values never. `kept` is what `keep_report` gave."""
    if isinstance(error, PipedeckError):
        return (str(error),)
    return (
        "pipedeck had to stop: something in it went wrong, not in your files.",
        f"What happened: {type(error).__name__}{_place_words(error)}.",
        "No file is left half written.",
        *((kept,) if kept else ()),
    )


def crash_report(error: BaseException, doing: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """The report: versions, platform, terminal, what was being done, and the frames of our own code.

    `doing` are facts of whoever calls, such as the command; they must hold no value of the user's.
    """
    facts = {
        "when": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
        "pipedeck": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "libraries": ", ".join(_versions()) or "unknown",
        "terminal": ", ".join(_terminal(environ)) or "unknown",
        **doing,
    }
    width = max(map(len, facts)) + 2
    lines = ["# pipedeck crash report", ""]
    lines += [f"{name.ljust(width)}{value}" for name, value in facts.items()]
    for number, link in enumerate(_chain(error)):
        lines += ["", f"{'because of ' if number else ''}{type(link).__name__}", *_frames(link)]
    lines += ["", "The texts of errors, and everything that files or variables hold, are left out on purpose."]
    return "\n".join(lines) + "\n"


def keep_report(error: BaseException, doing: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Write a report below the state folder, for this user only. Returns a sentence that says where, or why not.

    Never raises: it is called when everything else has failed.
    """
    if isinstance(error, PipedeckError):
        return ""
    with contextlib.suppress(Exception):
        text = crash_report(error, doing, environ)
        try:
            path = _write(text, environ)
        except OSError as trouble:
            return f"A report could not be kept ({(trouble.strerror or 'the disk refused').lower()})."
        return f"A report for an issue, with none of your values in it: {path}"
    return ""


def given_words(arguments: Sequence[str]) -> str:
    """A command line without what its user wrote into it: commands, options and releases; the rest as `...`."""
    from tui.cli.commands import COMMANDS

    words = []
    for word in arguments:
        name, equals, _ = word.partition("=")
        if name.startswith("-"):
            words.append(f"{name}=..." if equals else name)
        else:
            words.append(word if word in COMMANDS or parse_release(word) else "...")
    return " ".join(["pipedeck", *words])


def _write(text: str, environ: Mapping[str, str]) -> str:
    from core.files.store import Disk, state_folder
    from core.files.store.disk import make_private_folder

    folder = Path(state_folder(environ)) / "crashes"
    make_private_folder(Disk(), str(folder))
    path = folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.txt"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        stream.write(text)
    for old in sorted(folder.glob("*.txt"))[:-_KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
    return str(path)


def _versions() -> Iterator[str]:
    from importlib.metadata import PackageNotFoundError, version

    for name in _LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


def _terminal(environ: Mapping[str, str]) -> Iterator[str]:
    for name in _TOLD_VARIABLES:
        value = environ.get(name, "")
        if value and len(value) < 40 and all(letter.isalnum() or letter in "-_.@:" for letter in value):
            yield f"{name}={value}"
    yield from (f"{name} set" for name in _PRESENT_VARIABLES if environ.get(name))
    with contextlib.suppress(OSError, ValueError):
        size = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
        yield f"{size.columns}x{size.lines}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those behind it, the last one first; a handful, as they may form a ring."""
    link: BaseException | None = error
    for _ in range(5):
        if link is None:
            return
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _frames(error: BaseException) -> Iterator[str]:
    """Our own frames, the innermost last; others by the name of their package and their number."""
    others: dict[str, int] = {}
    for frame in traceback.extract_tb(error.__traceback__):
        if _is_ours(frame):
            yield from _passed(others)
            yield f"  {_place(frame)}"
        else:
            name = _package(frame.filename)
            others[name] = others.get(name, 0) + 1
    yield from _passed(others)


def _passed(others: dict[str, int]) -> Iterator[str]:
    for name, count in others.items():
        yield f"  ... {count} in {name}"
    others.clear()


def _place_words(error: BaseException) -> str:
    frames = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in frames if _is_ours(frame)]
    return f" in {_place((ours or frames)[-1])}" if frames else ""


def _is_ours(frame: traceback.FrameSummary) -> bool:
    path = Path(frame.filename)
    return path.is_relative_to(_HOME) and path.relative_to(_HOME).parts[0] in (*_OURS, "tests")


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    shown = path.relative_to(_HOME) if path.is_relative_to(_HOME) else Path(path.name)
    return f"{shown}:{frame.lineno} ({frame.name})"


def _package(filename: str) -> str:
    """The library that a file belongs to; everything else is Python's own."""
    parts = Path(filename).parts
    for marker in ("site-packages", "dist-packages"):
        if marker in parts:
            return parts[parts.index(marker) + 1].removesuffix(".py")
    return "Python"
