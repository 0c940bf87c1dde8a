"""Replacements: what each dead reference could name in the place of what is not served, nearest first."""

from __future__ import annotations

from core.replacements.candidates import Candidate, Need
from core.replacements.replacement import Cut, Replacement, cuts, replacements

__all__ = ["Candidate", "Cut", "Need", "Replacement", "cuts", "replacements"]
