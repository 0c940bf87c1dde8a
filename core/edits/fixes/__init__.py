"""Repairs: for each problem that has a fix which is safe to make, the edit that makes it."""

from __future__ import annotations

from core.edits.fixes.fix_base import Fix
from core.edits.fixes.fix_table import fix_for, fixes_for
from core.edits.fixes.judged_fixes import better_fixes, fixes, follows_from_file, is_better

__all__ = ["Fix", "better_fixes", "fix_for", "fixes", "fixes_for", "follows_from_file", "is_better"]
