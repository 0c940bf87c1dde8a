"""The JSON of `pipedeck uses`: everything that uses a name."""

from __future__ import annotations

from collections.abc import Iterable

from core.json.document import Document
from core.json.shared import LocationDocument, TreeDocument
from core.mentions import Node
from core.secret_texts import shown_name
from core.usage import Usage, Use, Uses


class NodeDocument(Document):
    """Anything that has a name. `label` is its written form: a reference with its sigil."""

    def __init__(self, usage: Usage, node: Node) -> None:
        label = usage.label(node)
        self.kind: str = node.kind
        self.family: str = node.family
        self.name: str = label if node.kind == "variable" else node.name
        self.label: str = label


class UseDocument(LocationDocument):
    """A use of a name. `via`: the names in between, nearest to the user first; empty when it is direct.

    `now`: the trail of the user passes here today. `in_force`: no other file hides it. `is_key`: the name is the last
    part of `key`, else it is in the value.
    """

    def __init__(self, usage: Usage, use: Use) -> None:
        self.user: NodeDocument = NodeDocument(usage, use.user)
        self.role: str = use.role
        self.text: str = shown_name(use.text) if use.role == "placeholder" else use.text
        super().__init__(use.location)
        self.is_key: bool = use.is_key
        self.direct: bool = use.direct
        self.via: list[str] = [usage.label(node) for node in use.via]
        self.in_force: bool = use.in_force
        self.now: bool = use.now
        self.note: str | None = use.note or None


class UsedDocument(NodeDocument):
    """A name with everything that uses it. `serves`: for a backend, the references that end there."""

    def __init__(self, usage: Usage, item: Uses) -> None:
        super().__init__(usage, item.node)
        self.declared: list[UseDocument] = [UseDocument(usage, use) for use in item.declared]
        self.uses: list[UseDocument] = [UseDocument(usage, use) for use in item.all]
        self.serves: list[str] = [usage.label(node) for node in item.served]


class UnreadDocument(Document):
    """A method file that cannot be read."""

    def __init__(self, file: str, why: str) -> None:
        self.file: str = file
        self.why: str = why


class MethodsDocument(Document):
    """The method files of the project. `dead`: uses of names that end at nothing."""

    def __init__(self, usage: Usage) -> None:
        self.files: int = len(usage.methods.files)
        self.unread: list[UnreadDocument] = [UnreadDocument(file, why) for file, why in usage.methods.unread]
        self.cut_short: str | None = usage.methods.cut_short or None
        self.dead: list[UseDocument] = [UseDocument(usage, use) for use in usage.undefined]


class UsesDocument(TreeDocument):
    """Printed by `pipedeck uses --json`."""

    def __init__(self, usage: Usage, uses: Iterable[Uses]) -> None:
        super().__init__(usage.report)
        self.names: list[UsedDocument] = [UsedDocument(usage, item) for item in uses]
        self.methods: MethodsDocument = MethodsDocument(usage)
        self.unused: list[NodeDocument] = [NodeDocument(usage, node) for node in usage.idle()]
