"""Arrays and inline tables in a text: the offsets of their items and comments, and splices that edit them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from core.records import dataclass
from core.toml.edit.ownership import count_owned, mentions
from core.toml.edit.text_layout import Layout, Part, Span, key_parts, value_end
from core.toml.edit.toml_commands import BY_HAND, RefusalError, Splice
from core.toml.scanner import space_end

NO_PARTS: tuple[Part, ...] = ()
_SKIP = re.compile(r"[ \t\r\n]*+")
_COMMENT = re.compile(r"\#[^\r\n]*+")


class Item(NamedTuple):
    """An array element, or an entry of an inline table, which alone has `parts`.

    `start` is the offset of the key or element, `comma` that of the comma behind it, or -1.
    """

    start: int
    parts: tuple[Part, ...]
    value_start: int
    end: int
    comma: int


class Container(NamedTuple):
    """The content of an array or inline table. `open` and `close` are the offsets of its brackets."""

    open: int
    close: int
    table: bool
    items: tuple[Item, ...]
    comments: tuple[Span, ...]


def parse_container(text: str, pos: int) -> Container | None:
    """The array or inline table at an offset, without nested ones; None for any other value."""
    opening = text[pos : pos + 1]
    if opening not in ("[", "{"):
        return None
    table = opening == "{"
    items: list[Item] = []
    comments: list[Span] = []
    at = _skip(text, pos + 1, comments)
    while at < len(text) and text[at] not in "]}":
        start, parts = at, NO_PARTS
        if table:
            after, parts = key_parts(text, at)
            at = space_end(text, after + 1)
        end = value_end(text, at)
        if end == at:
            break
        value = at
        at = _skip(text, end, comments)
        comma = -1
        if text.startswith(",", at):
            comma = at
            at = _skip(text, at + 1, comments)
        items.append(Item(start, parts, value, end, comma))
    return Container(pos, at, table, tuple(items), tuple(comments))


def _skip(text: str, pos: int, comments: list[Span]) -> int:
    while True:
        result = _SKIP.match(text, pos)
        pos = result.end() if result else pos
        comment = _COMMENT.match(text, pos)
        if comment is None:
            return pos
        comments.append(Span(pos, comment.end()))
        pos = comment.end()


def comment_spans(layout: Layout) -> list[Span]:
    """The spans of all comments in order, including those inside of values; line ends excluded."""
    text = layout.text
    spans: list[Span] = []
    for statement in layout.statements:
        if statement.kind == "pair" and "\n" in text[statement.value_start : statement.value_end]:
            pending = [statement.value_start]
            while pending:
                container = parse_container(text, pending.pop())
                if container:
                    spans += container.comments
                    pending += [item.value_start for item in container.items]
        if statement.comment >= 0:
            result = _COMMENT.match(text, statement.comment)
            spans.append(Span(statement.comment, result.end() if result else statement.comment))
    return sorted(spans)


@dataclass(frozen=True, slots=True)
class ContainerText:
    """An array or inline table within its text. `newline` is the line end in use."""

    text: str
    container: Container
    newline: str

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end + 1

    def last_offset(self, item: Item) -> int:
        """The offset behind an item and its comma."""
        return item.comma + 1 if item.comma >= 0 else item.end

    @property
    def one_per_line(self) -> bool:
        """Whether each item has its own lines, followed by its comma."""
        starts = [item.start for item in self.container.items]
        return (
            bool(starts)
            and all(
                self.line_start(start) > self.container.open and not self.text[self.line_start(start) : start].strip()
                for start in (*starts, self.container.close)
            )
            and all(self.line_start(item.comma) <= item.end for item in self.container.items if item.comma >= 0)
        )

    @property
    def comma_first(self) -> bool:
        """Whether each item except the first has its own lines, preceded by a comma."""
        items = self.container.items
        return len(items) > 1 and all(
            self.line_start(item.start) <= before.comma and self.line_start(item.start) >= before.end
            for before, item in pairwise(items)
        )

    def row(self, index: int) -> Span:
        """The lines of an item and of its own comments."""
        item = self.container.items[index]
        start, end = self.line_start(item.start), self.line_end(self.last_offset(item))
        follower = self.text[end : self.line_end(end)].strip()
        grouped = bool(follower) and not follower.startswith(("#", "]", "}"))
        above = self.text[self.above(start) : start].splitlines(keepends=True)
        owned = count_owned(above, self.name(item), self.text[start : item.start], grouped=grouped)
        return Span(start - sum(map(len, above[len(above) - owned :])), end)

    def name(self, item: Item) -> str:
        """The key of an entry, or an element as it is written, without quotes."""
        return item.parts[-1].name if item.parts else self.text[item.value_start : item.end].strip("\"'")

    def above(self, start: int) -> int:
        """The start of the comment lines right above a line."""
        opening = self.line_end(self.container.open)
        while start > opening and self.text[self.line_start(start - 1) : start].lstrip().startswith("#"):
            start = self.line_start(start - 1)
        return start


def container_at(text: str, pos: int, newline: str) -> ContainerText:
    """The array or inline table at an offset. Raises `RefusalError` for another value."""
    container = parse_container(text, pos)
    if container is None:
        raise RefusalError("kind", "The value is neither an array nor an inline table.", BY_HAND)
    return ContainerText(text, container, newline)


def replace_item(items: ContainerText, index: int, written: str) -> list[Splice]:
    """Splices that put another item in the place of one, whose comments go where they name it."""
    item, text = items.container.items[index], items.text
    splices = [Splice(item.value_start, item.end, written)]
    name, start = items.name(item), items.line_start(item.start)
    if not items.one_per_line and not items.comma_first:
        return splices
    row = items.row(index) if items.one_per_line else Span(start, start)
    if mentions(text[row.start : start], name):
        splices.insert(0, Splice(row.start, start, ""))
    for comment in items.container.comments:
        line = text[items.last_offset(item) : comment.start]
        if comment.start >= items.last_offset(item) and not line.strip(" \t") and mentions(text[slice(*comment)], name):
            splices.append(Splice(items.last_offset(item), comment.end, ""))
    return splices


def insert_item(items: ContainerText, index: int, written: str) -> list[Splice]:
    """Splices that insert an item at `index`."""
    container, text = items.container, items.text
    if not container.items:
        return _insert_first(items, written)
    if items.one_per_line:
        neighbour = container.items[max(index - 1, 0)]
        offset = items.line_end(items.last_offset(neighbour) if index else container.open)
        indent = text[items.line_start(neighbour.start) : neighbour.start]
        if index == len(container.items) and neighbour.comma < 0:
            return [Splice(neighbour.end, neighbour.end, ","), Splice(offset, offset, indent + written + items.newline)]
        return [Splice(offset, offset, indent + written + "," + items.newline)]
    if items.comma_first and index:
        last = container.items[-1]
        if index == len(container.items) and last.comma < 0 and items.line_start(container.close) > last.end:
            prefix = text[items.line_start(last.start) : last.start]
            offset = items.line_end(last.end)
            return [Splice(offset, offset, prefix + written + items.newline)]
        if index < len(container.items):
            follower = container.items[index]
            offset = items.line_start(follower.start)
            return [Splice(offset, offset, text[offset : follower.start] + written + items.newline)]
    space = _space(items)
    if index == 0:
        return [Splice(container.items[0].start, container.items[0].start, written + "," + space)]
    offset = container.items[index - 1].end
    return [Splice(offset, offset, "," + space + written)]


def _insert_first(items: ContainerText, written: str) -> list[Splice]:
    container, text = items.container, items.text
    if "\n" not in text[container.open : container.close]:
        pad = " " if container.table else ""
        return [Splice(container.open + 1, container.close, pad + written + pad)]
    start = items.line_start(container.close)
    line = text[start : container.close] + "  " + written + "," + items.newline
    return [Splice(start, start, line)]


def _space(items: ContainerText) -> str:
    """The white space between a comma and the next item on the same line."""
    for item, follower in pairwise(items.container.items):
        between = items.text[item.comma + 1 : follower.start]
        if not between.strip(" \t"):
            return between
    return " "


def remove_item(items: ContainerText, index: int, *, attached: bool) -> list[Splice]:
    """Splices that remove an item with the comment at the end of its line.

    With `attached` also its own comment lines above.
    """
    container, text = items.container, items.text
    item, count = container.items[index], len(container.items)
    if items.one_per_line:
        row = items.row(index) if attached else Span(items.line_start(item.start), items.row(index).end)
        cut = [Splice(row.start, row.end, "")]
        before = container.items[index - 1]
        if index and index == count - 1 and item.comma < 0:
            cut.insert(0, Splice(before.comma, before.comma + 1, ""))
        return cut
    if items.comma_first and index:
        last_line = index == count - 1 and items.line_start(container.close) <= item.end
        if (not last_line and item.comma < 0) or index < count - 1:
            return [Splice(items.line_start(item.start), items.line_end(item.end), "")]
    if count == 1:
        start, end = item.start, items.last_offset(item)
        if "\n" not in text[container.open : container.close]:
            start, end = container.open + 1, container.close
    elif index < count - 1:
        start, end = item.start, container.items[index + 1].start
    else:
        start, end = container.items[index - 1].end, item.end
    outside = [comment for comment in container.comments if start <= comment.start < end]
    if outside:
        raise RefusalError("shape", "A comment separates this item from the next.", BY_HAND)
    return [Splice(start, end, "")]


def move_item(items: ContainerText, index: int, to: int) -> list[Splice]:
    """Splices that move an item to the index `to`, counted without it."""
    container, text = items.container, items.text
    if index == to:
        return []
    if items.one_per_line:
        return _move_row(items, index, to)
    low, high = min(index, to), max(index, to)
    span = Span(container.items[low].start, container.items[high].end)
    if any(span.start <= comment.start < span.end for comment in container.comments):
        raise RefusalError("shape", "The comments between these items would no longer fit.", BY_HAND)
    order = list(range(low, high + 1))
    order.insert(to - low, order.pop(index - low))
    texts = [text[container.items[place].start : container.items[place].end] for place in order]
    pieces: list[str] = []
    for place, written in zip(range(low, high + 1), texts, strict=True):
        end = container.items[place + 1].start if place < high else span.end
        pieces += (written, text[container.items[place].end : end])
    return [Splice(span.start, span.end, "".join(pieces))]


def _move_row(items: ContainerText, index: int, to: int) -> list[Splice]:
    container, text = items.container, items.text
    last = len(container.items) - 1
    item, row = container.items[index], items.row(index)
    # The item before its new position.
    previous = to if to > index else to - 1
    offset = items.line_end(items.last_offset(container.items[previous]) if previous >= 0 else container.open)
    moved = text[row.start : row.end]
    splices = [Splice(row.start, row.end, "")]
    if container.items[last].comma < 0 and last in (index, previous):
        at = item.end - row.start
        if index == last:
            moved = moved[:at] + "," + moved[at:]
            before = container.items[last - 1]
            splices.append(Splice(before.comma, before.comma + 1, ""))
        else:
            at = item.comma - row.start
            moved = moved[:at] + moved[at + 1 :]
            end = container.items[last].end
            splices.append(Splice(end, end, ","))
    return sorted([*splices, Splice(offset, offset, moved)])
