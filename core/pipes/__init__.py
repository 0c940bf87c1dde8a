"""Pipes: the methods of a project answered for in a tree."""

from __future__ import annotations

from core.pipes.answers import (
    Lack,
    PipeAnswer,
    PipeCall,
    answer_pipes,
    dead_pipes,
    default_of,
    project_methods,
    readable,
    tally,
)
from core.pipes.needs import Ability, Needs, PipeNeed, lack_of, needs_of, structure_lack

__all__ = [
    "Ability",
    "Lack",
    "Needs",
    "PipeAnswer",
    "PipeCall",
    "PipeNeed",
    "answer_pipes",
    "dead_pipes",
    "default_of",
    "lack_of",
    "needs_of",
    "project_methods",
    "readable",
    "structure_lack",
    "tally",
]
