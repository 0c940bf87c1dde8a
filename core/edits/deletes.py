"""Deleting an alias, a waterfall or a preset, once nothing names it any more."""

from __future__ import annotations

from core.edits.deck import Deck
from core.edits.intent import Intent
from core.edits.reference_text import choice_reference, target_text
from core.edits.reference_updates import count_words, repoint_uses, uses_of
from core.edits.refused import EditRefusedError
from core.references import Kind, parse_reference


def delete_entry(
    deck: Deck, kind: Kind, family: str, name: str, instead: str | None, offer: Intent | None = None
) -> None:
    """Delete an entry from every file that sets it; what names it is made to name `instead`.

    Raises EditRefusedError when something names it and `instead` is None (`offer` is then the alternative), or when it
    is in a file managed by Pipelex, unless the layer is `base`.
    """
    session = deck.session
    deck.require(kind, family, name)
    node = deck.node(kind, family, name)
    users = count_words(uses_of(session, node))
    if users and instead is None:
        raise EditRefusedError(
            f"The {kind.value} `{name}` is in use: {users}.",
            "Say what they are to name in its place.",
            others=(offer,) if offer is not None else (),
        )
    if instead is not None:
        repoint_uses(session, node, _instead(deck, kind, family, name, instead))
    deck.files.drop(deck.keys(kind, family, name), f"{kind.value} `{name}`")


def _instead(deck: Deck, kind: Kind, family: str, name: str, instead: str) -> str:
    node = deck.node(kind, family, name)
    if kind is not Kind.PRESET:
        return target_text(deck.session, instead, node)
    text = choice_reference(deck.session, instead, node.family)
    said = parse_reference(text)
    if (said.kind is Kind.PRESET and said.name == name) or text == name:
        raise EditRefusedError(f"`{instead}` is what is to be deleted.", "Name something else.")
    return text
