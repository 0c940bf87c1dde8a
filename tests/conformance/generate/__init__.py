"""Deterministic configuration trees: a release and a seed in, the files of a project out."""

from __future__ import annotations

from .build import build, generator_hash
from .case import Case, write_case

__all__ = ["Case", "build", "generator_hash", "write_case"]
