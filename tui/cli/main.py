"""The entry point of `pipedeck`: opens the app or runs a command."""

from __future__ import annotations

import codecs
import contextlib
import errno
import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli.commands import COMMANDS, command_at
from tui.startup import finish_imports, start_light

if TYPE_CHECKING:
    import argparse

    from tui.settings import LoadedSettings


_USAGE, _INTERRUPTED = 2, 130
_CRASHED, _OUTPUT = 70, 74
"""Exit statuses of sysexits.h: pipedeck itself failed (EX_SOFTWARE), the output could not be written (EX_IOERR)."""


def has_terminal() -> bool:
    """Whether keys come from a terminal and the screen goes to one."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def need_terminal() -> None:
    """The app draws a screen and waits for keys: without a terminal it would do neither. Raises PipedeckError."""
    if not has_terminal():
        from core.errors import PipedeckError

        raise PipedeckError(
            "the app needs a terminal for its screen and keys; for scripts there are `pipedeck validate` and"
            " `pipedeck resolve`"
        )


def _open_app(arguments: Sequence[str]) -> int:
    path, cwd, python, settings = _app_arguments(arguments)
    _refuse_mistyped_command(path)
    need_terminal()
    from tui.run import run

    finish_imports()
    return run(path, cwd=cwd, python=python, settings=settings)


def _app_arguments(arguments: Sequence[str]) -> tuple[str | None, str | None, str | None, LoadedSettings]:
    """The path, start folder, Python and settings of a command line. Without options argparse is not imported."""
    if len(arguments) <= 1 and not any(word.startswith("-") for word in arguments):
        from tui.settings import read_settings

        return (arguments[0] if arguments else None), None, None, read_settings(os.environ)
    from tui.cli.parsers import app_parser, app_settings
    from tui.cli.start_options import python_path, start_folder, tree_path

    options = app_parser().parse_args(arguments)
    if options.path is not None:
        options.tree = options.path
    return tree_path(options), start_folder(options), python_path(options), app_settings(options)


def _refuse_mistyped_command(path: str | None) -> None:
    """Raise PipedeckError for a path that does not exist and resembles a command."""
    if path is None or "/" in path:
        return
    from pathlib import Path

    from core.errors import PipedeckError
    from core.suggest import did_you_mean

    if Path(path).expanduser().exists():
        return

    hint = did_you_mean(path, COMMANDS)
    if hint:
        raise PipedeckError(f"there is no command and no folder {path!r}: {hint}")


def _forbid_core_dumps() -> None:
    """A core dump would hold every key that was read."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _open_closed_streams() -> None:
    """Give closed standard streams a descriptor: a file of the tree would take it, and get what is printed.

    Writing to a closed stdout fails, as on a full disk.
    """
    for number, (name, flags, mode) in enumerate(
        (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w"))
    ):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, flags)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


_ASCII = {"\u2022": "*", "\u2014": "-", "\u2026": "...", "\u2500": "-", "\u2501": "-", "\u2502": "|"}


def _write_ascii_only() -> None:
    """In a locale without UTF-8, write ASCII to stdout and stderr: other characters would end the command."""

    def replaced(error: UnicodeError) -> tuple[str | bytes, int]:
        assert isinstance(error, UnicodeEncodeError)
        character = error.object[error.start]
        return _ASCII.get(character) or character.encode("ascii", "backslashreplace").decode(), error.start + 1

    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
        if encoding != "utf8" and isinstance(stream, io.TextIOWrapper):
            codecs.register_error("pipedeck", replaced)
            stream.reconfigure(encoding="ascii", errors="pipedeck")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pipedeck. Returns the exit status; errors are one line on stderr."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    options: argparse.Namespace | None = None
    at = command_at(words)
    opens_app = at is None and not {"-h", "--help", "--version"}.intersection(words)
    if opens_app and has_terminal():
        start_light()  # before anything else is imported
    from core.errors import NoTreeYetError, PipedeckError

    try:
        _forbid_core_dumps()
        _open_closed_streams()
        _write_ascii_only()
        if opens_app:
            return _open_app(words)
        names: Sequence[str] = COMMANDS if "--version" not in words else ()
        if at is not None:
            names = (words[at],)
            words = [words[at], *words[:at], *words[at + 1 :]]
        from tui.cli.parsers import build_parser

        try:
            options = build_parser(names).parse_args(words)
        except SystemExit:
            sys.stdout.flush()
            raise
        # A command reads one tree and ends: collecting cycles takes a third of the time of a large tree, for nothing.
        gc.disable()
        status = int(options.run(options))
        sys.stdout.flush()  # here, where a reader that has gone is caught, and not at exit
        return status
    except NoTreeYetError as error:
        hint = "" if error.obstacle else "; `pipedeck init` makes one, `pipedeck demo` shows a sample"
        _complain(f"{error}{hint}")
        return _USAGE
    except PipedeckError as error:
        _complain(str(error))
        return _USAGE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; the rest of the buffer must not raise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.filename is not None:
            return _failed(error, words)
        # What the disk says of a file of the tree is a problem of the report: this is about the output.
        reason = "stdout is closed" if error.errno == errno.EBADF else (error.strerror or "the disk refused").lower()
        outcome = getattr(options, "outcome", "")
        _complain(f"the output could not be written: {reason}{'; ' if outcome else ''}{outcome}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _OUTPUT
    except Exception as error:  # noqa: BLE001 - reported without a trace, as its values may show secrets
        return _failed(error, words)


def _failed(error: Exception, words: Sequence[str]) -> int:
    """Say that pipedeck itself failed, and where the report is."""
    from tui.crash import redacted_command, report_crash

    for line in report_crash(error, {"command": redacted_command(words, COMMANDS)}, os.environ):
        _complain(line)
    return _CRASHED


def _complain(message: str) -> None:
    from tui.reports.text_output import print_error

    print_error(message)
