"""The current git branch of a folder, read from git's own files without running git."""

from __future__ import annotations

import os

from core.files.view import DISK

_OPERATIONS = (
    ("MERGE_HEAD", "merging"),
    ("rebase-merge", "rebasing"),
    ("rebase-apply", "rebasing"),
    ("CHERRY_PICK_HEAD", "picking"),
    ("REVERT_HEAD", "reverting"),
)


def branch_of(folder: str) -> str:
    """The checked-out branch of a folder, or the commit when detached; empty outside of a repository.

    An operation in progress, such as a merge, follows in parentheses. Never raises.
    """
    git = _git_folder(folder)
    head = _text(os.path.join(git, "HEAD")) if git else ""
    if not head:
        return ""
    name = head.removeprefix("ref: refs/heads/") if head.startswith("ref:") else head[:10]
    operation = next((verb for entry, verb in _OPERATIONS if DISK.lexists(os.path.join(git, entry))), "")
    return f"{name} ({operation})" if operation else name


def is_in_repository(folder: str) -> bool:
    """Whether a folder is in the work tree of a git repository."""
    return bool(_git_folder(folder))


def repository_root(folder: str) -> str:
    """The work tree that a folder is in; empty outside of a repository. Never raises."""
    return _repository(folder)[0]


def _git_folder(folder: str) -> str:
    return _repository(folder)[1]


def _repository(folder: str) -> tuple[str, str]:
    """The work tree and the git directory: `.git`, or the target of a `.git` file as in a second work tree."""
    current = os.path.abspath(folder)
    while True:
        path = os.path.join(current, ".git")
        if os.path.isdir(path):
            return current, path
        target = _text(path).removeprefix("gitdir:").strip() if os.path.isfile(path) else ""
        if target:
            return current, os.path.join(current, target)
        parent = os.path.dirname(current)
        if parent == current:
            return "", ""
        current = parent


def _text(path: str) -> str:
    content = DISK.content(path)
    return content[:4096].decode("utf-8", "replace").strip() if isinstance(content, bytes) else ""
