"""Following a name: every place of the tree that writes it is rewritten, in the file where that counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from core.edits.desk import Desk
from core.edits.refusals import NotDoneError, Where
from core.edits.shelf import Shelf
from core.mentions import HANDLE_KEYS, Mention, Node, mentions
from core.references import Kind, parse_reference, written
from core.toml.edit.commands import RenameKey, SetValue

DEFINES = "declares"


def uses_of(desk: Desk, node: Node) -> tuple[Mention, ...]:
    """Every place of the tree that names a thing, its own definitions left out."""
    return tuple(
        mention for mention in mentions(desk.report.resolver) if mention.target == node and mention.role != DEFINES
    )


def rename_uses(desk: Desk, node: Node, name: str) -> int:
    """Write another name wherever a thing is named, exact routes included; how many places that are in force there are.

    A place in one of Pipelex's own files gets an override, unless the base is to be edited. Raises NotDoneError where
    that cannot be done. The definitions are left to the caller, and so is every method file.
    """
    found = uses_of(desk, node)
    for mention in found:
        if mention.is_key:
            _rename_route(desk, mention, name)
        else:
            rewrite(desk, mention, renamed_text(desk, mention, name))
    return sum(mention.in_force for mention in found)


def repoint_uses(desk: Desk, node: Node, text: str) -> None:
    """Write another reference wherever the deck names a thing. Raises NotDoneError where that cannot be done."""
    for mention in uses_of(desk, node):
        if not mention.is_key:
            rewrite(desk, mention, text)


def renamed_text(desk: Desk, mention: Mention, name: str) -> str:
    """The text of a mention with another name: its sigil or prefix stays, one is added where a bare name would err."""
    said = mention.text.strip()
    if not said.endswith(mention.target.name):
        return said
    before = said.removesuffix(mention.target.name)
    behaviours = desk.report.catalog.behaviours
    new = before + name
    if not before and behaviours.sigils:
        kind = Kind(mention.target.kind)
        parsed = parse_reference(name)
        if kind is Kind.MODEL:
            new = name if not parsed.explicit else f"handle:{name}"
        elif parsed.explicit or desk.report.resolver.names.model_exists(name, mention.owner.family):
            new = written(kind, name, behaviours)
    return mention.text.replace(said, new)


def rewrite(desk: Desk, mention: Mention, text: str) -> None:
    """Put another reference in the place of a mention in the deck."""
    shelf = Shelf(desk, "deck")
    path, keys = mention.source.path, mention.path
    if desk.where is Where.BASE or shelf.own(path):
        shelf.say_where(path)
        desk.edit(path, SetValue(keys, text))
        return
    if not mention.in_force:
        return
    family = mention.owner.family if desk.report.catalog.behaviours.sigils else ""
    last = keys[-1]
    if isinstance(last, int):
        _override_element(desk, shelf, mention, text)
    elif mention.role in ("model", "choice") and last in HANDLE_KEYS:
        shelf.put_field(keys[:-1], last, text, family=family)
    else:
        shelf.put(keys, text, family=family)


def _override_element(desk: Desk, shelf: Shelf, mention: Mention, text: str) -> None:
    entry = mention.path[:-1]
    if shelf.data_lists_add_up:
        shown, release = desk.shown(mention.source.path), desk.report.release
        raise NotDoneError(
            f"The list `{entry[-1]}` in {shown} names it, and Pipelex {release} appends lists of other files to that.",
            f"Change {shown} itself.",
            offers=(Where.BASE,),
        )
    now = list(cast("Sequence[object]", desk.get(shelf.holders(entry)[-1], entry)))
    now[cast("int", mention.path[-1])] = text
    shelf.put(entry, now, family=mention.owner.family if desk.report.catalog.behaviours.sigils else "")


def _rename_route(desk: Desk, mention: Mention, name: str) -> None:
    """An exact route follows, unless its table has one of the new name already."""
    path, keys = mention.source.path, mention.path
    if not desk.has(path, (*keys[:-1], name)):
        desk.edit(path, RenameKey(keys, name))
        return
    desk.note(f"profile `{mention.owner.name}` has a route `{name}` already: that of `{keys[-1]}` stays as it is")


def count_words(found: Sequence[Mention]) -> str:
    """Users in words: `3 presets and 1 choice`; empty when there are none in force."""
    counts: dict[str, set[Node]] = {}
    for mention in found:
        if mention.in_force:
            kind = "route" if mention.is_key else mention.owner.kind
            counts.setdefault(kind, set()).add(mention.owner)
    parts = [f"{len(owners)} {_plural(kind, len(owners))}" for kind, owners in counts.items()]
    return " and ".join(", ".join(parts).rsplit(", ", 1)) if parts else ""


def _plural(kind: str, count: int) -> str:
    return kind if count == 1 else kind + ("es" if kind.endswith("s") else "s")
