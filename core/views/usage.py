"""The JSON document of `uses`."""

from __future__ import annotations

from collections.abc import Iterable

from core.masking import shown_name
from core.mentions import Node
from core.usage import Usage, Use, Uses
from core.views.parts import Json, place_document


def uses_document(usage: Usage, found: Iterable[Uses]) -> Json:
    """Everything that `uses --json` says: who uses some things, or without a name what methods use."""
    report = usage.report
    return {
        "tree": report.catalog.tree.found.inference,
        "release": str(report.release),
        "profile": report.catalog.active,
        "things": [_thing(usage, uses) for uses in found],
        "methods": {
            "files": usage.methods.files,
            "unread": [{"file": file, "why": why} for file, why in usage.methods.unread],
            "cut_short": usage.methods.cut_short or None,
            "dead": [_use(usage, use) for use in usage.undefined],
        },
        "unused": [_node(usage, node) for node in usage.idle()],
    }


def _thing(usage: Usage, uses: Uses) -> Json:
    return {
        **_node(usage, uses.node),
        "declared": [_use(usage, use) for use in uses.declared],
        "uses": [_use(usage, use) for use in uses.all],
        "serves": [usage.label(node) for node in uses.served],
    }


def _node(usage: Usage, node: Node) -> Json:
    label = usage.label(node)
    name = label if node.kind == "variable" else node.name
    return {"kind": node.kind, "family": node.family, "name": name, "label": label}


def _use(usage: Usage, use: Use) -> Json:
    return {
        "user": _node(usage, use.user),
        "role": use.role,
        "text": shown_name(use.text) if use.role == "placeholder" else use.text,
        **place_document(use.location),
        "is_key": use.is_key,
        "direct": use.direct,
        "via": [usage.label(node) for node in use.via],
        "in_force": use.in_force,
        "now": use.now,
        "note": use.note or None,
    }
