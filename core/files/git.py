"""Which branch a folder is on, as git keeps it: read from its files, no program is started and nothing is written."""

from __future__ import annotations

import os

from core.files.view import DISK

_UNDER_WAY = (
    ("MERGE_HEAD", "merging"),
    ("rebase-merge", "rebasing"),
    ("rebase-apply", "rebasing"),
    ("CHERRY_PICK_HEAD", "picking"),
    ("REVERT_HEAD", "reverting"),
)


def branch_of(folder: str) -> str:
    """The branch that is checked out around a folder, or the commit where there is none; empty outside of git.

    What is under way, such as a merge, is added in parentheses. Never raises.
    """
    git = _git_folder(folder)
    head = _text(os.path.join(git, "HEAD")) if git else ""
    if not head:
        return ""
    name = head.removeprefix("ref: refs/heads/") if head.startswith("ref:") else head[:10]
    doing = next((words for mark, words in _UNDER_WAY if DISK.lexists(os.path.join(git, mark))), "")
    return f"{name} ({doing})" if doing else name


def _git_folder(folder: str) -> str:
    """The folder of git's own files: `.git`, or what a file of that name points to, as in a second work tree."""
    here = os.path.abspath(folder)
    while True:
        path = os.path.join(here, ".git")
        if os.path.isdir(path):
            return path
        pointed = _text(path).removeprefix("gitdir:").strip() if os.path.isfile(path) else ""
        if pointed:
            return os.path.join(here, pointed)
        above = os.path.dirname(here)
        if above == here:
            return ""
        here = above


def _text(path: str) -> str:
    content = DISK.content(path)
    return content[:4096].decode("utf-8", "replace").strip() if isinstance(content, bytes) else ""
