"""Judge of an edit, independent of the planner, its scanner and its gate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import tomli

from core.toml.edit import toml_commands as c
from tests.core.toml.edit.tiles import Path, Tile, tiles

Tree = Any

# A comment line that draws a rule heads what follows it.
_RULE = re.compile("#{3,}|[-=*~_+─═]{3,}")


def at(data: Tree, path: Path) -> Tree:
    for key in path:
        data = data[key]
    return data


def holds(data: Tree, path: Path) -> bool:
    try:
        at(data, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def exactly(one: Tree, other: Tree) -> bool:
    """Equal in type, value and the order of keys."""
    return repr(one) == repr(other)


def _copy(data: Tree) -> Tree:
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list) else data


def faults(old: str, command: c.Command, new: str) -> list[str]:
    """All that is wrong with `new` as `old` after the command."""
    try:
        data = tomli.loads(new)
    except tomli.TOMLDecodeError as error:
        return [f"corrupt: {error}"]
    result = list(_data_faults(tomli.loads(old), command, data))
    result += _statement_faults(old, command, new)
    result += _comment_faults(old, command, new)
    result += _space_faults(old, new)
    return result


def _data_faults(old: Tree, command: c.Command, new: Tree) -> Iterator[str]:
    expected = _copy(old)
    if isinstance(command, c.RawReplace):
        expected = tomli.loads(command.text)
    elif isinstance(command, c.InsertKey):
        yield from _inserted(expected, new, command.path, command.value, command.before, command.after)
        return
    elif isinstance(command, c.AddTable):
        value: Tree = dict(command.items)
        path = command.path
        while not holds(expected, path[:-1]):
            path, value = path[:-1], {path[-1]: value}
        yield from _inserted(expected, new, path, value, command.before, command.after)
        return
    else:
        _alter(expected, command)
    if exactly(expected, new):
        return
    if isinstance(command, c.DeleteKey):
        # A table that only the deleted lines named is gone with them.
        path = command.path[:-1]
        while path and not at(expected, path):
            del at(expected, path[:-1])[path[-1]]
            path = path[:-1]
            if exactly(expected, new):
                return
    yield "corrupt: the data is not what was meant"


def _alter(expected: Tree, command: c.Command) -> None:
    assert not isinstance(command, c.RawReplace | c.InsertKey | c.AddTable)
    holder, key = at(expected, command.path[:-1]), command.path[-1]
    if isinstance(command, c.SetValue):
        holder[key] = command.value
    elif isinstance(command, c.DeleteKey):
        del holder[key]
    elif isinstance(command, c.MoveElement):
        holder.insert(command.to, holder.pop(key))
    else:
        pairs = list(holder.items())
        place = [name for name, _ in pairs].index(key)
        if isinstance(command, c.RenameKey):
            pairs[place] = (command.name, pairs[place][1])
        else:
            pair = pairs.pop(place)
            mark = command.before if command.before is not None else command.after
            place = [name for name, _ in pairs].index(mark) + (command.before is None)
            pairs.insert(place, pair)
        holder.clear()
        holder.update(pairs)


def _inserted(old: Tree, new: Tree, path: Path, value: Tree, before: str | None, after: str | None) -> Iterator[str]:
    if not holds(new, path) or not exactly(at(new, path), value):
        yield "corrupt: what was added is not there"
        return
    holder = at(new, path[:-1])
    names = list(holder)
    place = names.index(path[-1])
    if before is not None and names[place + 1 : place + 2] != [before]:
        yield "corrupt: what was added is not before its mark"
    if after is not None and names[place - 1] != after:
        yield "corrupt: what was added is not behind its mark"
    without = _copy(new)
    del at(without, path[:-1])[path[-1]]
    if not exactly(old, without):
        yield "corrupt: more than what was added has changed"


def _subject(command: c.Command) -> tuple[Path, Path]:
    """The path that a command is about, in the old text and in the new."""
    assert not isinstance(command, c.RawReplace)
    path = command.path
    return path, (*path[:-1], command.name) if isinstance(command, c.RenameKey) else path


def _concerns(tile: Tile, path: Path) -> bool:
    if tile.path[: len(path)] == path:
        return True
    return tile.kind == "pair" and path[: len(tile.path)] == tile.path


def _statement_faults(old: str, command: c.Command, new: str) -> Iterator[str]:
    if isinstance(command, c.RawReplace):
        return
    before, after = _subject(command)
    if isinstance(command, c.DeleteKey) and isinstance(before[-1], int):
        # The tables behind it move up.
        before = after = before[:-1]
    if isinstance(command, c.AddTable):
        while not holds(tomli.loads(old), before[:-1]):
            before = before[:-1]
        after = before
    statements = [tile.text.rstrip("\r\n") for tile in tiles(old) if tile.path and not _concerns(tile, before)]
    left = [tile for tile in tiles(new) if tile.path and not _concerns(tile, after)]
    if isinstance(command, c.InsertKey) and len(left) == len(statements) + 1:
        # The header of a table that had none.
        left = [tile for tile in left if (tile.kind, tile.path) != ("header", before[:-1])]
    if statements != [tile.text.rstrip("\r\n") for tile in left]:
        yield "untouched: a line that it does not concern has changed"


_COMMENTED = re.compile(
    r"""\s*#[#\s]*(?:(?:[\w.-]+\.)?["']?([^"'\s\].=]+)["']?\s*=(?!=)\s*\S|\[+\s*(?:[\w.-]+\.)?["']?([^"'\s\].]+)["']?\s*\])"""
)


def _is_foreign(comment: str, below: Tile) -> bool:
    """Whether a comment line above a key or header is about something else: by its indentation or what it sets."""
    name = _COMMENTED.match(comment)
    if name is not None and below.path and (name[1] or name[2]) not in map(str, below.path[-2:]):
        return True
    indents = [text[: len(text) - len(text.lstrip(" \t"))] for text in (comment, below.text)]
    return indents[0] != indents[1]


def _is_alternative(every: list[Tile], number: int) -> bool:
    """Whether a comment is one of the commented-out lines of the same name right below a key."""
    while every[number].kind == "comment":
        name, number = _COMMENTED.match(every[number].text), number - 1
        above = number
        while above >= 0 and every[above].kind == "comment":
            above -= 1
        if name is None or above < 0 or every[above].kind != "pair":
            return False
        if (name[1] or name[2]) != str(every[above].path[-1]):
            return False
    return True


def _introductions(text: str, command: c.Command | None, *, headed: bool = False) -> list[tuple[str, set[object]]]:
    """Each comment line with the keys it may belong to: the following one, or the one right above.

    With a command these are the places that the comment may have when the command is done; `headed` says that it adds
    a header.
    """
    introduced = []
    every = [*tiles(text), Tile("end", "", ())]
    gone = command.path if isinstance(command, c.DeleteKey | c.MoveKey) else None
    moves = isinstance(command, c.MoveKey)
    for number, tile in enumerate(every):
        if tile.kind != "comment":
            continue
        up = down = number
        while up and every[up - 1].kind == "comment":
            up -= 1
        while every[down].kind == "comment":
            down += 1
        ruled = any(_RULE.search(other.text) for other in every[up:down])
        following = [other.path for other in every[number:] if other.path]
        by: set[object] = {following[0] if following else "end"}
        if gone is not None and following and following[0][: len(gone)] == gone:
            remaining = [path for path in following if path[: len(gone)] != gone]
            foreign = any(_is_foreign(other.text, every[down]) for other in every[number:down])
            own = (
                every[down].path
                and not ruled
                and not foreign
                and (every[down].kind == "header" or not every[down + 1].path)
            )
            single = sum(other.path[: len(gone)] == gone for other in every if other.kind == "pair") == 1
            if not (moves and own and (single or every[down].kind == "header")):
                # It does not go along, as it is no comment on this alone.
                by = {remaining[0] if remaining else "end"} | (by if moves and not ruled else set())
        ends = every[down].kind in ("blank", "end")
        if not up and ends:
            by.add("the whole file")
        if up and every[up - 1].path and ends:
            if headed and not ruled:
                by.clear()
            by.add(("below", every[up - 1].path))
        if _is_alternative(every, number):
            by.add(("below", every[up - 1].path))
        introduced.append((tile.text.strip(), by))
    return introduced


def _renumbered(path: object, command: c.Command) -> object:
    """A path of the old text as it is in the new."""
    if isinstance(path, tuple) and path and path[0] == "below" and isinstance(path[-1], tuple):
        return ("below", _renumbered(path[1], command))
    if not isinstance(path, tuple):
        return path
    if isinstance(command, c.RenameKey):
        size = len(command.path)
        return (*command.path[:-1], command.name, *path[size:]) if path[:size] == command.path else path
    if isinstance(command, c.DeleteKey) and isinstance(command.path[-1], int):
        size = len(command.path)
        if path[: size - 1] == command.path[:-1] and len(path) >= size and path[size - 1] > command.path[-1]:
            return (*path[: size - 1], path[size - 1] - 1, *path[size:])
    return path


def _comment_faults(old: str, command: c.Command, new: str) -> Iterator[str]:
    if isinstance(command, c.RawReplace) or old == new or not any(tile.path for tile in tiles(old)):
        # Comments alone stand by nothing yet.
        return
    headers = [sum(tile.kind == "header" for tile in tiles(text)) for text in (old, new)]
    expected = _introductions(old, command, headed=headers[1] > headers[0])
    have = _introductions(new, None)
    lost, left = _unmatched([(text, {_renumbered(path, command) for path in by}) for text, by in expected], have)
    may_lose = isinstance(command, c.DeleteKey)
    for text in lost:
        if text in left:
            yield f"misplaced: {text}"
        elif not may_lose:
            yield f"untouched: the comment is lost: {text}"
    if isinstance(command, c.DeleteKey) and lost:
        yield from _lost_faults(old, command, lost)


def _unmatched(
    expected: list[tuple[str, set[object]]], have: list[tuple[str, set[object]]]
) -> tuple[list[str], list[str]]:
    """The comments of both sides that remain unpaired by a maximum matching: same text beside the same key."""
    matched: dict[int, int] = {}

    def pair(number: int, tried: set[int]) -> bool:
        text, places = expected[number]
        for place, (other, by) in enumerate(have):
            if other == text and by & places and place not in tried:
                tried.add(place)
                if place not in matched or pair(matched[place], tried):
                    matched[place] = number
                    return True
        return False

    lost = [expected[number][0] for number in range(len(expected)) if not pair(number, set())]
    return lost, [text for place, (text, _) in enumerate(have) if place not in matched]


def _lost_faults(old: str, command: c.DeleteKey, lost: list[str]) -> Iterator[str]:
    """Comments may be removed only between deleted lines or, on request, right above them."""
    every = tiles(old)
    own = [number for number, tile in enumerate(every) if tile.path and _concerns(tile, command.path)]
    if not own:
        return
    may = [every[number].text.strip() for number in range(own[0], own[-1]) if every[number].kind == "comment"]
    above = own[0]
    while command.comments == "attached" and above and every[above - 1].kind == "comment":
        above -= 1
        if _RULE.search(every[above].text):
            break
        may.append(every[above].text.strip())
    below = own[-1] + 1
    while command.comments == "attached" and below < len(every) and every[below].kind == "comment":
        may.append(every[below].text.strip())
        below += 1
    # A pair that holds the path holds comments that are not lines of their own.
    for text in lost:
        if text not in may:
            yield f"untouched: the comment is lost: {text}"


def _space_faults(old: str, new: str) -> Iterator[str]:
    if old and new and old.endswith("\n") != new.endswith("\n"):
        yield "untouched: the end of the last line has changed"
    if "\n" in old:
        pure = old.count("\n") in (old.count("\r\n"), old.count("\n") if "\r\n" not in old else -1)
        if pure and ("\r\n" in old) != (new.count("\r\n") == new.count("\n") and "\n" in new) and "\n" in new:
            yield "untouched: line ends are mixed"
    kinds = [[tile.kind for tile in tiles(text)] for text in (old, new)]
    runs = [max((len(list(run)) for kind, run in groupby(each) if kind == "blank"), default=0) for each in kinds]
    if runs[1] > max(runs[0], 1):
        yield "blank: blank lines have piled up"
    for end in (0, -1):
        if len(kinds[1]) > 1 and kinds[1][end] == "blank" and kinds[0] and kinds[0][end] != "blank":
            yield "blank: the text begins or ends in a blank line"
