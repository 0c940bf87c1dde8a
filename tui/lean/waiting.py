"""The modules that wait: those that Textual, rich and asyncio import without using them for our first screen.

Each stands with the names that are imported from it. A name that is missing here costs time, never more: then the
module is loaded at once.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Final

from tui.lean.later import bind_all, later, take_back

WAITING: Final[Mapping[str, tuple[str, ...]]] = {
    # asyncio: connections with TLS.
    "ssl": (),
    "asyncio.sslproto": (),
    # pathlib: paths as URLs.
    "urllib.parse": ("quote_from_bytes", "urlsplit"),
    # rich and Textual: links, colours, tracebacks, error messages about style sheets.
    "random": ("getrandbits",),
    "pickle": ("dumps", "loads"),
    "tokenize": (),
    "difflib": ("get_close_matches",),
    "rich.table": ("Table",),
    "rich.panel": ("Panel",),
    "rich.tree": ("Tree",),
    "rich.markup": ("render",),
    # Textual: files to deliver, notifications, the test driver, its own command palette.
    "platformdirs": ("user_downloads_path",),
    "uuid": ("uuid4",),
    "mimetypes": (),
    "textual.pilot": ("Pilot",),
    "textual.markup": ("parse_style",),
    # Our own: what keys lead to.
    "tempfile": (),
    "tui.crash": ("crash_words", "given_words", "keep_report"),
    "tui.sample": ("demo_request",),
    "tui.screens.ask": ("AskScreen",),
    "tui.screens.doing": ("DOING",),
    "tui.screens.going": ("go", "open_row"),
    "tui.screens.read": ("ReadScreen",),
    "tui.screens.start": ("StartScreen",),
    "textual.command": ("CommandListItem", "CommandPalette", "SimpleProvider", "DiscoveryHit", "Hit", "Hits"),
}

SAME_AS_IN_TYPING: Final = (
    "Coroutine", "Final", "Literal", "ParamSpec", "Self", "TypeAlias", "TypeGuard", "TYPE_CHECKING", "get_args",
)  # fmt: skip
"""What `typing_extensions` takes from `typing` itself in Python 3.11 and later."""
ENOUGH_FROM_TYPING: Final = ("Protocol", "TypedDict", "runtime_checkable")
"""What it has of its own there, with more than Textual needs: given to Textual only, as pydantic insists on those."""


class NoProvider:
    """In place of a provider of commands for Textual's palette, which the app has switched off."""


def let_wait() -> None:
    """Put all of them in place."""
    for name, promised in WAITING.items():
        given = {"Provider": NoProvider} if name == "textual.command" else {}
        later(name, promised, **given)
    names = (*SAME_AS_IN_TYPING, *ENOUGH_FROM_TYPING)
    later("typing_extensions", **{name: getattr(typing, name) for name in names})


def textual_is_imported() -> None:
    """Give from now on what is the real thing only."""
    bind_all()
    take_back("typing_extensions", ENOUGH_FROM_TYPING)
