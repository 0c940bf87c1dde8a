"""What the keys of a page do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui.dialogs.read import ReadScreen, help_lines
from tui.pages.export import offer
from tui.pages.sheet import PLACE
from tui.selection import parse_ref

if TYPE_CHECKING:
    from tui.editing.places import Written
    from tui.faces.page import PageFace
    from tui.view_model import ViewModel


def _back(screen: PageFace) -> None:
    screen.dismiss(None)


def _next_part(screen: PageFace) -> None:
    """Scroll to the next heading; after the last one to the top."""
    lines, top = screen.lines, screen.lines.scroll_offset.y
    starts = [
        lines.row_of(index)
        for index, line in enumerate(lines.lines)
        if line.spans[:1] and line.spans[0][1] == "heading"
    ]
    ahead = next((row for row in starts if row > top), 0)
    lines.scroll_to_line(ahead)
    lines.repaint()


def _copy(screen: PageFace) -> None:
    """Copy what the line under the cursor is: a text of the page's own, a place, a name."""
    page, link = screen.page, screen.link
    if page is None:
        return
    if link in page.copies:
        screen.app.copy(page.copies[link])
    elif link.startswith(PLACE):
        screen.app.copy(link.removeprefix(PLACE))
    else:
        from tui.copying import copied_text

        ref = parse_ref(link) if link else screen.main.session.selected
        screen.app.copy(copied_text(page.sheet.view, ref))


def _export(screen: PageFace) -> None:
    if screen.page is not None and screen.page.export is not None:
        offer(screen.app, screen.page.export)


def _explain(screen: PageFace) -> None:
    screen.explain()


def _layers(screen: PageFace) -> None:
    screen.main.open_page("layers", screen.ref, screen.tell)


def _compare(screen: PageFace) -> None:
    screen.main.open_page("compare", screen.ref, screen.tell)


def _what_if(screen: PageFace) -> None:
    screen.what_if()


def _drop(screen: PageFace) -> None:
    screen.drop()


def _tokens(screen: PageFace) -> None:
    from tui.pages.tokens import ask_tokens

    ask_tokens(screen.main, lambda: screen.show(keep_place=True))


def _text(*, outside: bool) -> Callable[[PageFace], None]:
    return lambda screen: open_text_of(screen, outside=outside)


def open_text_of(screen: PageFace, *, outside: bool = False) -> None:
    """The text of the file at the line that is under the cursor, or of what the page is about."""
    from tui.editing.places import written_at

    view = screen.view
    if view is None:
        return
    found = _place_under_cursor(screen, view) or written_at(view, screen.ref)
    if found is None:
        screen.tell("it is written in no file of the tree")
        return
    from tui.screens.raw import open_text

    open_text(screen.main, found, outside=outside)


def _place_under_cursor(screen: PageFace, view: ViewModel) -> Written | None:
    from tui.editing.places import Written, written_there

    cursor, page = screen.lines.cursor, screen.page
    place = page.sheet.places.get(cursor, "") if page is not None and cursor is not None else ""
    if not place or page is None:
        return None
    path = page.sheet.files.get(place)
    if path is None:
        return written_there(view, place)
    shown, _, line = place.rpartition(":")
    return Written(path, shown, int(line)) if line.isdecimal() else None


def _undo(screen: PageFace) -> None:
    screen.main.editing.undo(screen.say_of_edit)


def _redo(screen: PageFace) -> None:
    screen.main.editing.redo(screen.say_of_edit)


def _help(screen: PageFace) -> None:
    screen.app.push_screen(ReadScreen("keys of this page", help_lines(screen.context(), screen.table)))


def _theme(screen: PageFace) -> None:
    screen.tell(f"colours: {screen.app.next_theme()}")


def _redraw(screen: PageFace) -> None:
    screen.app.redraw()


def _pause(screen: PageFace) -> None:
    screen.tell(screen.app.pause())


ON_PAGES: Mapping[str, Callable[[PageFace], None]] = {
    "page-back": _back,
    "page-next": _next_part,
    "copy": _copy,
    "export": _export,
    "explain": _explain,
    "layers": _layers,
    "compare": _compare,
    "what-if": _what_if,
    "drop": _drop,
    "tokens": _tokens,
    "raw": _text(outside=False),
    "editor": _text(outside=True),
    "undo": _undo,
    "redo": _redo,
    "help": _help,
    "theme": _theme,
    "redraw": _redraw,
    "pause": _pause,
}
"""By the names of the commands. All others leave the pages, and are done on the main screen."""
