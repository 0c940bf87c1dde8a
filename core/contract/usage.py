"""The document of `uses`."""

from __future__ import annotations

from core.contract.document import Document


class NodeDocument(Document):
    """A thing that has a name. `label` is how it is written: a reference with its sigil."""

    kind: str
    family: str
    name: str
    label: str


class UseDocument(Document):
    """One use. `via` are the names between user and thing, nearest to the user first; empty when it is direct.

    `now`: the user's trail passes here today. `in_force`: no later file hides this place. `is_key`: the name is the
    last part of `key`, else it is in the value.
    """

    user: NodeDocument
    role: str
    text: str
    file: str | None
    line: int | None
    column: int | None
    key: str | None
    is_key: bool
    direct: bool
    via: list[str]
    in_force: bool
    now: bool
    note: str | None


class ThingDocument(NodeDocument):
    """A thing with everything that uses it. `serves`: for a backend, the references that end there."""

    declared: list[UseDocument]
    uses: list[UseDocument]
    serves: list[str]


class UnreadDocument(Document):
    """A method file that cannot be read."""

    file: str
    why: str


class MethodsDocument(Document):
    """What was read of the project's methods. `dead`: uses of names that end at nothing."""

    files: int
    unread: list[UnreadDocument]
    cut_short: str | None
    dead: list[UseDocument]


class UsesDocument(Document):
    """What `pipedeck uses --json` prints."""

    tree: str
    release: str
    profile: str | None
    things: list[ThingDocument]
    methods: MethodsDocument
    unused: list[NodeDocument]
