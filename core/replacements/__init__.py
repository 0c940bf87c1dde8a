"""Replacements: served models for each dead reference, nearest first."""

from __future__ import annotations

from core.candidates import Candidate, Need
from core.replacements.replacement import Cut, Replacement, cuts, replacements, settings_through

__all__ = ["Candidate", "Cut", "Need", "Replacement", "cuts", "replacements", "settings_through"]
