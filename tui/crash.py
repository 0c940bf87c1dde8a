"""The crash message and the crash report: neither contains a value of the tree or of the environment.

The error's own text is left out too, as it may quote a file: only its type and its position in our code are shown.
"""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import time
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from core import __version__
from core.errors import PipedeckError
from core.releases import parse_release

_ROOT = Path(__file__).parent.parent
_OUR_FOLDERS = ("core", "tui", "tests")
_MAX_REPORTS = 10
"""Older reports are removed."""
_MAX_CHAIN = 5
"""The number of chained errors in a report: they may form a ring."""
_LIBRARIES = ("textual", "rich", "tomli", "tomlkit", "pydantic", "httpx", "python-dotenv")
_SHOWN_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "NO_COLOR")
"""Variables of the terminal, shown with values that look like such."""
_PRESENT_VARIABLES = ("SSH_CONNECTION", "TMUX", "STY", "MOSH_CONNECTION", "WSL_DISTRO_NAME")
"""Variables of which only the presence is shown."""


def report_crash(error: BaseException, context: Mapping[str, str], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Save a report about an error of pipedeck itself; returns the lines to show. Never raises.

    `context` is information of the caller, such as the command; it must not contain values of the user.
    """
    return crash_message(error, save_report(error, context, environ))


def crash_message(error: BaseException, saved: str = "") -> tuple[str, ...]:
    """The lines to show. `saved` is the result of `save_report`."""
    if isinstance(error, PipedeckError):
        return (str(error),)
    return (
        "pipedeck had to stop: something in it went wrong, not in your files.",
        f"What happened: {type(error).__name__}{_position_of(error)}.",
        "No file is left half written.",
        *((saved,) if saved else ()),
    )


def crash_report(error: BaseException, context: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """The report: versions, platform, terminal, context, and the frames of our own code."""
    entries = {
        "when": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
        "pipedeck": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "libraries": ", ".join(_versions()) or "unknown",
        "terminal": ", ".join(_terminal(environ)) or "unknown",
        **context,
    }
    width = max(map(len, entries)) + 2
    lines = ["# pipedeck crash report", ""]
    lines += [f"{name.ljust(width)}{value}" for name, value in entries.items()]
    for number, link in enumerate(_chain(error)):
        lines += ["", f"{'because of ' if number else ''}{type(link).__name__}", *_frames(link)]
    lines += ["", "The texts of errors, and all contents of files and variables, are left out on purpose."]
    return "\n".join(lines) + "\n"


def save_report(error: BaseException, context: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Write a report below the state folder, readable by this user only.

    Returns a sentence with its path, or with the reason why there is none. Never raises.
    """
    if isinstance(error, PipedeckError):
        return ""
    with contextlib.suppress(Exception):
        text = crash_report(error, context, environ)
        try:
            path = _write(text, environ)
        except OSError as write_error:
            return f"The crash report could not be saved ({(write_error.strerror or 'the disk refused').lower()})."
        return f"A report for an issue, with none of your values in it: {path}"
    return ""


def redacted_command(arguments: Sequence[str], commands: Collection[str]) -> str:
    """A command line without user input: commands, options and releases; the rest as `...`."""
    redacted = []
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        if name.startswith("-"):
            redacted.append(f"{name}=..." if equals else name)
        else:
            redacted.append(argument if argument in commands or parse_release(argument) else "...")
    return " ".join(["pipedeck", *redacted])


def _write(text: str, environ: Mapping[str, str]) -> str:
    from core.files.store import Disk, state_folder
    from core.files.store.disk import make_private_folder

    folder = Path(state_folder(environ)) / "crashes"
    make_private_folder(Disk(), str(folder))
    path = folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.txt"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        stream.write(text)
    for old in sorted(folder.glob("*.txt"))[:-_MAX_REPORTS]:
        with contextlib.suppress(OSError):
            old.unlink()
    return str(path)


def _versions() -> Iterator[str]:
    from importlib.metadata import PackageNotFoundError, version

    for name in _LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


def _terminal(environ: Mapping[str, str]) -> Iterator[str]:
    for name in _SHOWN_VARIABLES:
        value = environ.get(name, "")
        if value and len(value) < 40 and all(letter.isalnum() or letter in "-_.@:" for letter in value):
            yield f"{name}={value}"
    yield from (f"{name} set" for name in _PRESENT_VARIABLES if environ.get(name))
    with contextlib.suppress(OSError, ValueError):
        size = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
        yield f"{size.columns}x{size.lines}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes, the last error first."""
    link: BaseException | None = error
    for _ in range(_MAX_CHAIN):
        if link is None:
            return
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _frames(error: BaseException) -> Iterator[str]:
    """Our own frames, the innermost last; other frames as a count per package."""
    skipped: dict[str, int] = {}
    for frame in traceback.extract_tb(error.__traceback__):
        if _is_ours(frame):
            yield from _flush(skipped)
            yield f"  {_position(frame)}"
        else:
            name = _package(frame.filename)
            skipped[name] = skipped.get(name, 0) + 1
    yield from _flush(skipped)


def _flush(skipped: dict[str, int]) -> Iterator[str]:
    for name, count in skipped.items():
        yield f"  ... {count} in {name}"
    skipped.clear()


def _position_of(error: BaseException) -> str:
    frames = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in frames if _is_ours(frame)]
    return f" in {_position((ours or frames)[-1])}" if frames else ""


def _is_ours(frame: traceback.FrameSummary) -> bool:
    path = Path(frame.filename)
    return path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in _OUR_FOLDERS


def _position(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    shown = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else Path(path.name)
    return f"{shown}:{frame.lineno} ({frame.name})"


def _package(filename: str) -> str:
    """The library of a file; "Python" for all other files."""
    folders = Path(filename).parts
    for marker in ("site-packages", "dist-packages"):
        if marker in folders:
            return folders[folders.index(marker) + 1].removesuffix(".py")
    return "Python"
