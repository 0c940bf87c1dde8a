"""Resolution: where each reference ends, by which steps, and why a dead one is dead."""

from __future__ import annotations

from core.resolution.choices import switched_off
from core.resolution.ends import Hop, Resolution, Status, Unresolved
from core.resolution.resolver import Resolver

__all__ = ["Hop", "Resolution", "Resolver", "Status", "Unresolved", "switched_off"]
