"""Repairs: for each problem that has a fix which is safe to make, the edit that makes it."""

from __future__ import annotations

from core.edits.fixes.fix_base import Fix
from core.edits.fixes.fix_table import fix_for, fixes, fixes_for

__all__ = ["Fix", "fix_for", "fixes", "fixes_for"]
