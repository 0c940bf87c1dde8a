"""Comments of the user that belong to no carried part: they are appended to the user's own files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable

from core.edits.edit_session import EditSession
from core.toml.edit.editor import comments_of
from core.toml.edit.toml_commands import RawReplace
from core.upgrade.origin import Stock


def keep_comments(
    session: EditSession, paths: Iterable[str], files: Iterable[tuple[str, str, str]], stock: Stock, head: str
) -> None:
    """Append to the target of each file what no file of `paths` has and no kit ever had.

    `files` are names, their old texts, and the paths of their targets; `head` begins a new file.
    """
    texts = (session.text(path) for path in sorted(paths) if path.endswith(".toml") and session.exists(path))
    there = Counter(comment for text in texts for comment in comments_of(text))
    for name, old, target in files:
        lost = []
        for comment in comments_of(old):
            if there[comment] > 0:
                there[comment] -= 1
            elif comment.strip("#-= \t") and not stock.has_comment(comment):
                lost.append(comment)
        if not lost:
            continue
        title = "" if target.endswith(f"/{name}") else f"# From {os.path.basename(name)}:\n"
        if session.exists(target):
            text = session.text(target).rstrip("\n")
            session.edit(target, RawReplace(f"{text}\n\n{title}" + "\n".join(lost) + "\n"))
        else:
            session.create(target, head + title + "\n".join(lost) + "\n")
