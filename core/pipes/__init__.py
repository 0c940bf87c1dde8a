"""Pipes: the methods of a project answered for in a tree."""

from __future__ import annotations

from core.pipes.answers import (
    NO_PIPES,
    Lack,
    PipeAnswer,
    PipeCall,
    PipeTally,
    answer_pipes,
    dead_pipes,
    default_of,
    project_methods,
    readable,
    tally,
)
from core.pipes.needs import Ability, Needs, PipeNeed, lack_of, needs_of

__all__ = [
    "NO_PIPES",
    "Ability",
    "Lack",
    "Needs",
    "PipeAnswer",
    "PipeCall",
    "PipeNeed",
    "PipeTally",
    "answer_pipes",
    "dead_pipes",
    "default_of",
    "lack_of",
    "needs_of",
    "project_methods",
    "readable",
    "tally",
]
