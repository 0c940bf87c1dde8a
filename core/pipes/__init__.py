"""Pipes: the methods of a project answered for in a tree."""

from __future__ import annotations

from core.pipes.answers import (
    GroupAnswers,
    Lack,
    PipeAnswer,
    PipeAnswers,
    PipeCall,
    answer_pipes,
    dead_pipes,
    default_of,
    tally,
)
from core.pipes.needs import STEP, Ability, Needs, PipeNeed, lack_of, needs_of, structure_lack

__all__ = [
    "STEP",
    "Ability",
    "GroupAnswers",
    "Lack",
    "Needs",
    "PipeAnswer",
    "PipeAnswers",
    "PipeCall",
    "PipeNeed",
    "answer_pipes",
    "dead_pipes",
    "default_of",
    "lack_of",
    "needs_of",
    "structure_lack",
    "tally",
]
