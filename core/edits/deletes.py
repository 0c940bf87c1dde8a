"""Deleting an alias, a waterfall or a preset, once nothing names it any more."""

from __future__ import annotations

from core.edits.deck import Deck
from core.edits.follow import count_words, repoint_uses, uses_of
from core.edits.intent import Intent
from core.edits.reference_text import choice_reference, target_text
from core.edits.refusals import NotDoneError
from core.references import Kind, parse_reference


def delete_entry(
    deck: Deck, kind: Kind, family: str, name: str, instead: str | None, offer: Intent | None = None
) -> None:
    """Delete an entry from every file that sets it; what names it is made to name `instead`.

    Raises NotDoneError when something names it and there is no `instead` (`offer` is then what would work), or when it
    stands in one of Pipelex's own files, unless the base is to be edited.
    """
    desk = deck.desk
    deck.require(kind, family, name)
    node = deck.node(kind, family, name)
    users = count_words(uses_of(desk, node))
    if users and instead is None:
        raise NotDoneError(
            f"The {kind.value} `{name}` is in use: {users}.",
            "Say what they are to name in its place.",
            others=(offer,) if offer is not None else (),
        )
    if instead is not None:
        repoint_uses(desk, node, _instead(deck, kind, family, name, instead))
    deck.shelf.drop(deck.keys(kind, family, name), f"{kind.value} `{name}`")


def _instead(deck: Deck, kind: Kind, family: str, name: str, instead: str) -> str:
    node = deck.node(kind, family, name)
    if kind is not Kind.PRESET:
        return target_text(deck.desk, instead, node)
    text = choice_reference(deck.desk, instead, node.family)
    said = parse_reference(text)
    if (said.kind is Kind.PRESET and said.name == name) or text == name:
        raise NotDoneError(f"`{instead}` is what is to be deleted.", "Name something else.")
    return text
