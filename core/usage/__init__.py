"""Usage: who uses a thing, directly or through other names; in the tree, and in the method files of the project."""

from __future__ import annotations

from core.mentions import Node
from core.usage.index import Usage, usage
from core.usage.uses import Use, Uses

__all__ = ["Node", "Usage", "Use", "Uses", "usage"]
