"""Lists of the deck that several files may set: replaced by the last one, or up to 0.17.0 appended to each other."""

from __future__ import annotations

from collections.abc import Sequence

from core.edits.deck import Deck
from core.edits.intent import Intent
from core.edits.refused import EditLayer, EditRefusedError
from core.toml.edit.plain_data import identical
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import MoveElement


def put_list(
    deck: Deck,
    keys: Path,
    value: list[str],
    *,
    family: str,
    moved: tuple[int, int] | None = None,
    other: Intent | None = None,
) -> None:
    """Make the list at a key path this one, as the release merges it.

    Where lists are appended to each other only one file's part is changed. Raises EditRefusedError when no such change
    gives the list; `other` is then the alternative. `moved` says that one element goes from an index to another.
    """
    session, files = deck.session, deck.files
    holders = [path for path in files.holders(keys) if isinstance(session.get(path, keys), list)]
    if not files.data_lists_add_up or not holders:
        path = files.target(keys, deck.file_family(family), value)
        _write(deck, path, keys, value, moved)
        return
    path = _part(deck, keys, holders, family)
    before = [item for holder in holders if holder < path for item in _list(deck, holder, keys)]
    after = [item for holder in holders if holder > path for item in _list(deck, holder, keys)]
    middle = value[len(before) : len(value) - len(after)]
    if not identical([*before, *middle, *after], list(value)):
        raise _appended(deck, path, keys, holders, other)
    if moved is not None:
        moved = (moved[0] - len(before), moved[1] - len(before))
    files.say_where(path)
    if middle:
        _write(deck, path, keys, middle, moved)
    else:
        session.drop(path, keys)


def _part(deck: Deck, keys: Path, holders: Sequence[str], family: str) -> str:
    """The file whose part of the list may be changed."""
    if deck.session.where is EditLayer.BASE:
        return next((path for path in holders if not deck.files.own(path)), holders[0])
    own = [path for path in holders if deck.files.own(path)]
    if own:
        return own[-1]
    return deck.files.own_deck_file(deck.file_family(family), after=holders[-1])


def _appended(deck: Deck, path: str, keys: Path, holders: Sequence[str], other: Intent | None) -> EditRefusedError:
    first = next((holder for holder in holders if holder != path), path)
    shown = deck.session.shown(first)
    return EditRefusedError(
        f"Pipelex {deck.session.report.release} appends the list `{keys[-1]}` of one file to that of another, so what"
        f" {shown} says stays as it is.",
        f"Change it in {shown}, or make a list of your own and name that.",
        offers=() if deck.session.where is EditLayer.BASE else (EditLayer.BASE,),
        others=(other,) if other is not None else (),
    )


def _list(deck: Deck, path: str, keys: Path) -> list[object]:
    value = deck.session.get(path, keys)
    return value if isinstance(value, list) else []


def _write(deck: Deck, path: str, keys: Path, value: list[str], moved: tuple[int, int] | None) -> None:
    now = _list(deck, path, keys)
    if moved is not None and len(now) == len(value) and all(0 <= index < len(now) for index in moved):
        deck.session.edit(path, MoveElement((*keys, moved[0]), moved[1]))
    else:
        deck.session.put(path, keys, value)
