"""The table of all internals of Textual on which the app depends.

Each row has the qualified name of an internal, the module that uses it, and the digest of its reviewed source.
`test_textual_internals.py` fails when an internal has moved or changed, when another private name of Textual is used,
and when an attribute of ours shadows one of Textual's. After an upgrade of Textual, review each row that fails and
write the new digest: `python -m tests.tui.textual_internals` prints them.
"""

from __future__ import annotations

import hashlib
import inspect
from importlib import import_module
from typing import Final, NamedTuple

TEXTUAL: Final = "8.2.8"
"""The reviewed version of Textual."""


class Internal(NamedTuple):
    """One internal. `name` is `module:Class.member`; `digest` is empty for an attribute, which has no source."""

    name: str
    user: str
    why: str
    digest: str = ""


INTERNALS: Final = (
    # The report of a crash.
    Internal("textual.app:App._exception", "tui.app", "the error that ended the app"),
    Internal("textual.app:App._exit_renderables", "tui.app", "printed after the terminal is restored"),
    Internal("textual.app:App._close_messages_no_wait", "tui.app", "ends the app after an error", "f5db7e8fd40a"),
    Internal(
        "textual.app:App._fatal_error",
        "tui.app",
        "replaced: its traceback may show secrets",
        "2474616cec7f",
    ),
    Internal("textual.app:App._refresh_truecolor_filter", "tui.app", "applies the theme of the start", "de78b5ae8901"),
    # The driver.
    Internal("textual.app:App._driver", "tui.app", "writes to the clipboard, repaints"),
    Internal(
        "textual.app:App.run_async",
        "tui.terminal.driver",
        "starts and stops the driver in the event loop",
        "821674591dfc",
    ),
    Internal(
        "textual.driver:Driver.process_message",
        "tui.terminal.driver",
        "converts mouse and key events",
        "af9cb0baaf15",
    ),
    Internal("textual.driver:Driver.__init__", "tui.terminal.driver", "app, debug, mouse and size", "045ee24b9ab0"),
    Internal("textual.driver:Driver._app", "tui.terminal.driver", "whom events are for"),
    Internal("textual.driver:Driver._debug", "tui.terminal.driver", "handed on to the parser"),
    Internal("textual.driver:Driver._mouse", "tui.terminal.driver", "whether the mouse is enabled"),
    Internal("textual.driver:Driver._size", "tui.terminal.driver", "the size that the app begins with"),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver.__init__", "tui.terminal.driver", "fileno, input_tty", "671887bbf938"
    ),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver.start_application_mode",
        "tui.terminal.driver",
        "replaced: it starts threads, and asks for reports of mouse moves and sizes",
        "7c41f5ba11a8",
    ),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver.stop_application_mode",
        "tui.terminal.driver",
        "replaced: it leaves pixels of the mouse on",
        "9a7e99c8d4bd",
    ),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver.disable_input", "tui.terminal.driver", "replaced", "6154c5a7c174"
    ),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver.write",
        "tui.terminal.driver",
        "replaced: all passes here",
        "b78a34033db5",
    ),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver._get_terminal_size", "tui.terminal.driver", "replaced", "7e80e59356c6"
    ),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver._patch_lflag", "tui.terminal.driver", "raw keys", "724b63b5ce23"
    ),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver._patch_iflag", "tui.terminal.driver", "raw keys", "e70a9724d90c"
    ),
    Internal(
        "textual.drivers.linux_driver:LinuxDriver._must_signal_resume",
        "tui.terminal.driver",
        "whether the process was suspended",
    ),
    Internal(
        "textual._xterm_parser:XTermParser.parse", "tui.terminal.driver", "converts bytes into events", "a5834ad1def8"
    ),
    Internal("textual._parser:Parser.feed", "tui.terminal.driver", "takes what was typed", "390106cde019"),
    Internal("textual._parser:Parser.tick", "tui.terminal.driver", "ends what nothing follows", "44606084ad3b"),
    Internal("textual._parser:Parser._timeout_time", "tui.terminal.driver", "whether it waits for more"),
    # The output: `ScreenDiff` parses moves, colours and text, and forwards everything else.
    Internal(
        "textual._compositor:LayoutUpdate.render_segments",
        "tui.terminal.screen_diff",
        "a whole picture",
        "ff329c722506",
    ),
    Internal(
        "textual._compositor:ChopsUpdate.render_segments",
        "tui.terminal.screen_diff",
        "parts of a picture",
        "4c1cdb567e0b",
    ),
    Internal("textual.app:App._display", "tui.terminal.screen_diff", "marks around each frame", "4b78dff6669a"),
    # Composition of partial updates.
    Internal("textual.screen:Screen._compositor", "tui.terminal.compositor", "replaced before the screen is shown"),
    Internal(
        "textual._compositor:Compositor.update_widgets", "tui.terminal.compositor", "called first", "86c02b2f8d6d"
    ),
    Internal(
        "textual._compositor:Compositor.render_update",
        "tui.terminal.compositor",
        "asks for a part or the whole",
        "772c6b21953a",
    ),
    Internal(
        "textual._compositor:Compositor.render_partial_update",
        "tui.terminal.compositor",
        "replaced, or called",
        "888dccc892d8",
    ),
    Internal(
        "textual._compositor:Compositor.render_full_update", "tui.terminal.compositor", "called by ours", "ce99ccda4d24"
    ),
    Internal(
        "textual._compositor:Compositor.visible_widgets",
        "tui.terminal.compositor",
        "what is on screen, the foremost first; another object after each layout",
    ),
    Internal("textual._compositor:Compositor._dirty_regions", "tui.terminal.compositor", "the changes"),
    Internal("textual.screen:Screen._on_timer_update", "tui.terminal.compositor", "sends changes", "421401660de1"),
    Internal("textual.screen:Screen._dirty_widgets", "tui.terminal.compositor", "the changes"),
    Internal("textual.widget:Widget._check_refresh", "tui.terminal.compositor", "done by `draw_now`", "ad1c8196be97"),
    Internal("textual.widget:Widget._repaint_required", "tui.terminal.compositor", "whether a widget has changed"),
    Internal("textual.widget:Widget._layout_required", "tui.terminal.compositor", "whether a layout is due"),
    Internal(
        "textual.widget:Widget.render_lines",
        "tui.widgets.line_widget",
        "replaced where nothing is around them",
        "1f2a11f3d518",
    ),
    # The definition of subclasses.
    Internal(
        "textual.dom:DOMNode.__init_subclass__",
        "tui.subclasses",
        "replaced by one with the same results",
        "d3f27c3cafec",
    ),
    Internal("textual.dom:DOMNode._reactives", "tui.subclasses", "set"),
    Internal("textual.dom:DOMNode._inherit_css", "tui.subclasses", "set"),
    Internal("textual.dom:DOMNode._inherit_bindings", "tui.subclasses", "set"),
    Internal("textual.dom:DOMNode._inherit_component_classes", "tui.subclasses", "set"),
    Internal("textual.dom:DOMNode._css_bases", "tui.subclasses", "called"),
    Internal("textual.dom:DOMNode._css_type_name", "tui.subclasses", "set"),
    Internal("textual.dom:DOMNode._css_type_names", "tui.subclasses", "set"),
    Internal("textual.dom:DOMNode._merged_bindings", "tui.subclasses", "set"),
    Internal("textual.dom:DOMNode._merge_bindings", "tui.subclasses", "called", "33314a4fcf09"),
    Internal("textual.widget:Widget._computes", "tui.subclasses", "set"),
    # Keys and lines.
    Internal("textual.dom:DOMNode._bindings", "tui.base_app", "keys of an instance"),
    Internal("textual.app:App.on_event", "tui.key_queue", "hands a key on", "3dbf14d69491"),
    Internal("textual.scroll_view:ScrollView.watch_scroll_y", "tui.widgets.line_widget", "replaced", "5bf45265b7c9"),
    Internal("textual.widgets:Input._value", "tui.widgets.safe_input", "replaced: what is typed, in a safe form"),
    Internal("textual.widget:Widget.watch_has_focus", "tui.widgets.line_widget", "replaced", "387d9eae398b"),
    Internal("textual.widget:Widget.notify_style_update", "tui.widgets.line_widget", "called first", "dc1b4bcc33b2"),
)


def source_of(name: str) -> str | None:
    """The source of an internal; empty for an attribute, None when it does not exist."""
    module, _, path = name.partition(":")
    owner_name, _, member = path.rpartition(".")
    owner = getattr(import_module(module), owner_name, None)
    if owner is None:
        return None
    function = inspect.getattr_static(owner, member, None)
    function = getattr(function, "__func__", function)
    if inspect.isfunction(function):
        return inspect.getsource(function)
    named = (f"self.{member}:", f"self.{member} ")
    sources = (inspect.getsource(one) for one in owner.__mro__ if one is not object and one.__module__ != "builtins")
    return "" if function is not None or any(one in source for source in sources for one in named) else None


def digest_of(name: str) -> str:
    """The digest of the source of an internal; empty for an attribute."""
    source = source_of(name)
    return hashlib.sha256(source.encode()).hexdigest()[:12] if source else ""


if __name__ == "__main__":
    for internal in INTERNALS:
        print(f"{digest_of(internal.name):<14}{internal.name}")
