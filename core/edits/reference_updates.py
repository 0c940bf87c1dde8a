"""Updates of all references to an entry, for renames and deletes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from core.edits.deck_entries import DeckEdit
from core.edits.edit_session import EditSession
from core.edits.intent import EditLayer, EditRefusedError, Intent
from core.edits.layered_files import LayeredFiles
from core.edits.method_updates import follow_in_methods, note_followers, note_lost_pipes, pipe_uses
from core.edits.reference_text import choice_reference, target_text
from core.formatting import counted, enumerated
from core.mentions import HANDLE_KEYS, Mention, Node, mentions
from core.references import Kind, parse_reference, written
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import RenameKey, SetValue

DEFINES = "declares"


def uses_of(session: EditSession, node: Node) -> tuple[Mention, ...]:
    """All references to an entry in the tree, except its definitions."""
    return tuple(
        mention for mention in mentions(session.report.resolver) if mention.target == node and mention.role != DEFINES
    )


def rename_uses(session: EditSession, node: Node, name: str) -> int:
    """Rename all references to an entry, exact routes included; return the number of effective ones.

    A reference in a file managed by Pipelex gets an override, unless the layer is `base`. Raises EditRefusedError where
    that cannot be done. The definitions are left to the caller, and so are method files.
    """
    matches = uses_of(session, node)
    for mention in matches:
        if mention.is_key:
            _rename_route(session, mention, name)
        else:
            rewrite(session, mention, renamed_text(session, mention, name))
    return sum(mention.in_force for mention in matches)


def repoint_uses(session: EditSession, node: Node, text: str) -> None:
    """Replace all references of the deck to an entry. Raises EditRefusedError where that is impossible."""
    for mention in uses_of(session, node):
        if not mention.is_key:
            rewrite(session, mention, text, renamed=False)


def renamed_text(session: EditSession, mention: Mention, name: str) -> str:
    """The text of a mention with another name: its sigil or prefix stays, one is added where a bare name would err."""
    text = mention.text.strip()
    if not text.endswith(mention.target.name):
        return text
    before = text.removesuffix(mention.target.name)
    behaviours = session.report.catalog.behaviours
    new = before + name
    if not before and behaviours.sigils:
        kind = Kind(mention.target.kind)
        parsed = parse_reference(name)
        if kind is Kind.MODEL:
            new = name if not parsed.explicit else f"handle:{name}"
        elif parsed.explicit or session.report.resolver.names.model_exists(name, _family(mention)):
            new = written(kind, name, behaviours)
    return mention.text.replace(text, new)


def _family(mention: Mention) -> str:
    """The family in which a reference is looked up; the owner of a pipe's is a file."""
    return mention.target.family if mention.owner.kind == "pipe" else mention.owner.family


def rewrite(session: EditSession, mention: Mention, text: str, *, renamed: bool = True) -> None:
    """Put another reference in the place of a mention in the deck; `renamed` if both mean the same entry."""
    files = LayeredFiles(session, "deck")
    path, keys = mention.source.path, mention.path
    if session.layer is EditLayer.BASE or files.is_own(path):
        files.note_ownership(path)
        if isinstance(keys[-1], int) and not renamed:
            session.put(path, keys[:-1], _with_element(session, path, keys, text))
        else:
            session.edit(path, SetValue(keys, text))
        return
    if not mention.in_force:
        return
    family = mention.owner.family if session.report.catalog.behaviours.sigils else ""
    last = keys[-1]
    if isinstance(last, int):
        _override_element(session, files, mention, text)
    elif mention.role in ("model", "choice") and last in HANDLE_KEYS:
        files.put_field(keys[:-1], last, text, family=family)
    else:
        files.put(keys, text, family=family)


def _override_element(session: EditSession, files: LayeredFiles, mention: Mention, text: str) -> None:
    entry = mention.path[:-1]
    if files.data_lists_add_up:
        shown, release = session.shown(mention.source.path), session.report.release
        raise EditRefusedError(
            f"The list `{entry[-1]}` in {shown} names it, and Pipelex {release} appends lists of other files to that.",
            f"Change {shown} itself.",
            layers=(EditLayer.BASE,),
        )
    now = _with_element(session, files.paths_with(entry)[-1], mention.path, text)
    files.put(entry, now, family=mention.owner.family if session.report.catalog.behaviours.sigils else "")


def _with_element(session: EditSession, path: str, keys: Path, text: str) -> list[object]:
    """The list of a file with another element at the path of one."""
    elements = list(cast("Sequence[object]", session.get(path, keys[:-1])))
    elements[cast("int", keys[-1])] = text
    return elements


def _rename_route(session: EditSession, mention: Mention, name: str) -> None:
    """An exact route follows, unless its table has one of the new name already."""
    path, keys = mention.source.path, mention.path
    if not session.has(path, (*keys[:-1], name)):
        session.edit(path, RenameKey(keys, name))
        return
    session.note(f"profile `{mention.owner.name}` already has a route `{name}`: the route `{keys[-1]}` is unchanged")


def count_words(mentions: Sequence[Mention]) -> str:
    """Users in words: `3 presets and 1 choice`; empty when there are none in force."""
    counts: dict[str, set[Node]] = {}
    for mention in mentions:
        if mention.in_force:
            kind = "route" if mention.is_key else mention.owner.kind
            counts.setdefault(kind, set()).add(mention.owner)
    parts = [counted(len(owners), kind) for kind, owners in counts.items()]
    return enumerated(parts)


def note_users(session: EditSession, mentions: Sequence[Mention]) -> None:
    """Note how many users of a renamed entry are updated."""
    if users := count_words(mentions):
        session.note(f"{users} follow" + ("s" if users.startswith("1 ") and " and " not in users else ""))


def delete_entry(
    deck: DeckEdit, kind: Kind, family: str, name: str, instead: str | None, offer: Intent | None = None
) -> None:
    """Delete an entry from all files that set it, and point its users at `instead`.

    Raises EditRefusedError when something names it and `instead` is None (`offer` is then the alternative), or when it
    is in a file managed by Pipelex, unless the layer is `base`.
    """
    session = deck.session
    deck.require(kind, family, name)
    node = deck.node(kind, family, name)
    used = uses_of(session, node)
    if count_words(used) and instead is None:
        users = count_words((*used, *pipe_uses(session, node)))
        raise EditRefusedError(
            f"The {kind.value} `{name}` is in use: {users}.",
            "Give the reference that replaces it.",
            alternatives=(offer,) if offer is not None else (),
        )
    if instead is not None:
        text = _instead(deck, kind, family, name, instead)
        repoint_uses(session, node, text)
        note_followers(session, follow_in_methods(session, node, lambda _: text))
    else:
        note_lost_pipes(session, node)
    deck.files.drop(deck.keys(kind, family, name), f"{kind.value} `{name}`")


def _instead(deck: DeckEdit, kind: Kind, family: str, name: str, instead: str) -> str:
    node = deck.node(kind, family, name)
    if kind is not Kind.PRESET:
        return target_text(deck.session, instead, node)
    text = choice_reference(deck.session, instead, node.family)
    reference = parse_reference(text)
    if (reference.kind is Kind.PRESET and reference.name == name) or text == name:
        raise EditRefusedError(f"`{instead}` is the entry to delete.", "Give another reference.")
    return text
