"""Resolution: the target of each reference, the steps to it, and the reason why a reference is dead."""

from __future__ import annotations

from core.resolution.resolution import Hop, Resolution, Status, Unresolved
from core.resolution.resolver import Resolver, find_references
from core.resolution.walk import switched_off

__all__ = ["Hop", "Resolution", "Resolver", "Status", "Unresolved", "find_references", "switched_off"]
