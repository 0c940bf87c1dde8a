"""The document of `uses`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from core.json.shared import LocationDocument, TreeDocument, location_document, tree_document
from core.masking import shown_name
from core.mentions import Node
from core.usage import Usage, Use, Uses


class NodeDocument(TypedDict):
    """Anything that has a name. `label` is its written form: a reference with its sigil."""

    kind: str
    family: str
    name: str
    label: str


class UseDocument(LocationDocument):
    """A use of a name. `via`: the names in between, nearest to the user first; empty when it is direct.

    `now`: the trail of the user passes here today. `in_force`: no other file hides it. `is_key`: the name is the last
    part of `key`, else it is in the value.
    """

    user: NodeDocument
    role: str
    text: str
    is_key: bool
    direct: bool
    via: list[str]
    in_force: bool
    now: bool
    note: str | None


class UsedDocument(NodeDocument):
    """A name with everything that uses it. `serves`: for a backend, the references that end there."""

    declared: list[UseDocument]
    uses: list[UseDocument]
    serves: list[str]


class UnreadDocument(TypedDict):
    """A method file that cannot be read."""

    file: str
    why: str


class MethodsDocument(TypedDict):
    """The method files of the project. `dead`: uses of names that end at nothing."""

    files: int
    unread: list[UnreadDocument]
    cut_short: str | None
    dead: list[UseDocument]


class UsesDocument(TreeDocument):
    """Printed by `pipedeck uses --json`."""

    names: list[UsedDocument]
    methods: MethodsDocument
    unused: list[NodeDocument]


def uses_document(usage: Usage, uses: Iterable[Uses]) -> UsesDocument:
    """Build the document of some names with their uses; without any, of the dead names that methods use."""
    return {
        **tree_document(usage.report),
        "names": [
            {
                **_node(usage, item.node),
                "declared": [_use(usage, use) for use in item.declared],
                "uses": [_use(usage, use) for use in item.all],
                "serves": [usage.label(node) for node in item.served],
            }
            for item in uses
        ],
        "methods": {
            "files": usage.methods.files,
            "unread": [{"file": file, "why": why} for file, why in usage.methods.unread],
            "cut_short": usage.methods.cut_short or None,
            "dead": [_use(usage, use) for use in usage.undefined],
        },
        "unused": [_node(usage, node) for node in usage.idle()],
    }


def _node(usage: Usage, node: Node) -> NodeDocument:
    label = usage.label(node)
    name = label if node.kind == "variable" else node.name
    return {"kind": node.kind, "family": node.family, "name": name, "label": label}


def _use(usage: Usage, use: Use) -> UseDocument:
    return {
        "user": _node(usage, use.user),
        "role": use.role,
        "text": shown_name(use.text) if use.role == "placeholder" else use.text,
        **location_document(use.location),
        "is_key": use.is_key,
        "direct": use.direct,
        "via": [usage.label(node) for node in use.via],
        "in_force": use.in_force,
        "now": use.now,
        "note": use.note or None,
    }
