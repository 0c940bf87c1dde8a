"""The difference between the disk and the edited tree, line by line, with secrets hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from core.masking import in_backend_file
from core.records import dataclass
from core.safe_text import safe
from core.secret_texts import HIDDEN
from core.toml.redaction import redact

CONTEXT_LINES = 3

FileState: TypeAlias = Literal["changed", "created", "deleted"]
Opcode: TypeAlias = tuple[str, int, int, int, int]
"""As difflib has them: the operation, and its ranges in the old and the new lines."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One masked line of a diff: its sign (` `, `-`, `+`), its text, and its number on either side.

    `written` is the line in a patch, with its line end.
    """

    sign: str
    text: str
    old: int | None
    new: int | None
    written: str = ""


@dataclass(frozen=True, slots=True)
class FileDiff:
    """The differences of one file. `state` is `changed`, `created` or `deleted`; each hunk is a run of lines."""

    path: str
    shown: str
    state: FileState
    hunks: tuple[tuple[DiffLine, ...], ...]
    exact: bool = True
    """Whether nothing is hidden or escaped, so that its text is a patch."""

    @property
    def added(self) -> int:
        """The number of added lines."""
        return sum(line.sign == "+" for hunk in self.hunks for line in hunk)

    @property
    def removed(self) -> int:
        """The number of removed lines."""
        return sum(line.sign == "-" for hunk in self.hunks for line in hunk)

    def unified(self) -> str:
        """The diff as a patch for `git apply`; where it is not `exact`, a first line says so."""
        name = safe(self.shown) + ("\t" if " " in self.shown else "")
        old = "/dev/null" if self.state == "created" else f"a/{name}"
        new = "/dev/null" if self.state == "deleted" else f"b/{name}"
        lines = [] if self.exact else ["# not a patch: parts of it are hidden or escaped\n"]
        lines += [f"--- {old}\n", f"+++ {new}\n"]
        for hunk in self.hunks:
            olds = [line.old for line in hunk if line.old is not None]
            news = [line.new for line in hunk if line.new is not None]
            lines.append(f"@@ -{_span(olds)} +{_span(news)} @@\n")
            for line in hunk:
                ended = line.written.endswith("\n")
                lines.append(line.sign + line.written + ("" if ended else "\n\\ No newline at end of file\n"))
        return "".join(lines)


def _span(numbers: list[int]) -> str:
    return f"{numbers[0] if numbers else 0},{len(numbers)}"


def file_diff(path: str, shown: str, old: bytes | None, new: bytes | None) -> FileDiff | None:
    """The diff of a file (None: no file); None if there is no difference."""
    if old == new:
        return None
    before, after = _text(old), _text(new)
    state: FileState = "created" if old is None else "deleted" if new is None else "changed"
    hunks, exact = _hunks(before, after, strict=in_backend_file(path))
    named = safe(shown) == shown and not any(character in shown for character in '"\\')
    utf_8 = all(
        content is None or b"\xef\xbf\xbd" in content or "\ufffd" not in text
        for content, text in ((old, before), (new, after))
    )
    return FileDiff(path, shown, state, hunks, exact and named and utf_8)


def file_diffs(changes: Iterable[tuple[str, str, bytes | None, bytes | None]]) -> tuple[FileDiff, ...]:
    """The diffs of the files that differ, of the arguments of `file_diff`."""
    diffs = (file_diff(*change) for change in changes)
    return tuple(diff for diff in diffs if diff is not None)


def _text(content: bytes | None) -> str:
    return "" if content is None else content.decode("utf-8", "replace")


def _hunks(old: str, new: str, *, strict: bool) -> tuple[tuple[tuple[DiffLine, ...], ...], bool]:
    """The hunks, and whether they show every line as it is."""
    # Compared as they are, shown as they may be: a secret that changed shows as a change.
    befores, afters = _lines(old), _lines(new)
    shown_old, shown_new = _redacted(old, len(befores), strict), _redacted(new, len(afters), strict)
    groups = list(_groups(befores, afters))
    changed = [opcode for group in groups for opcode in group if opcode[0] != "equal"]
    _hide_alike(
        [
            *((befores[at], shown_old, at) for _, first, last, _, _ in changed for at in range(first, last)),
            *((afters[at], shown_new, at) for _, _, _, start, stop in changed for at in range(start, stop)),
        ]
    )
    exact = True

    def line(sign: str, old_index: int | None, new_index: int | None) -> DiffLine:
        nonlocal exact
        is_old = new_index is None
        index = old_index if new_index is None else new_index
        assert index is not None
        raw, shown = (befores[index], shown_old[index]) if is_old else (afters[index], shown_new[index])
        end = raw[len(raw.rstrip("\r\n")) :]
        end = end[-2:] if end.endswith("\r\n") else end[-1:] if end.endswith("\n") else ""
        bare = shown.removesuffix("\r") if end != "\n" else shown
        written = "\t".join(map(safe, bare.split("\t"))) + end
        exact = exact and written == raw
        old_number, new_number = (None if at is None else at + 1 for at in (old_index, new_index))
        return DiffLine(sign, safe(bare), old_number, new_number, written)

    hunks = []
    for group in groups:
        lines: list[DiffLine] = []
        for kind, first, last, start, stop in group:
            if kind == "equal":
                lines += [line(" ", at, at - first + start) for at in range(first, last)]
                continue
            removed = [line("-", at, None) for at in range(first, last)]
            texts = {each.text for each in removed}
            added = [line("+", None, at) for at in range(start, stop)]
            olds = befores[first:last]
            lines += removed
            lines += [
                replace(each, text=_marked(each.text, texts, afters[at], olds))
                for at, each in zip(range(start, stop), added, strict=True)
            ]
        hunks.append(tuple(lines))
    return tuple(hunks), exact


def _lines(text: str) -> list[str]:
    """The lines of a text as patches have them: only a line feed ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _groups(befores: list[str], afters: list[str]) -> Iterator[list[Opcode]]:
    """The changed groups of lines with their context; equal ends are not compared."""
    least = min(len(befores), len(afters))
    head = next((at for at in range(least) if befores[at] != afters[at]), least)
    least -= head
    tail = next((at for at in range(least) if befores[-1 - at] != afters[-1 - at]), least)
    first, last = max(0, head - CONTEXT_LINES), max(0, tail - CONTEXT_LINES)
    matcher = SequenceMatcher(
        None, befores[first : len(befores) - last], afters[first : len(afters) - last], autojunk=False
    )
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        moved = [(kind, a + first, b + first, c + first, d + first) for kind, a, b, c, d in group]
        yield _with_context(moved, len(befores))


def _with_context(group: list[Opcode], count: int) -> list[Opcode]:
    """A group with its full context: one at the equal ends, of which a few lines are compared, may have less of it.

    `patch` takes less context on one side for the beginning or end of the file.
    """
    kind, a, b, c, d = group[0]
    more = min(max(0, CONTEXT_LINES - (b - a if kind == "equal" else 0)), a)
    start = (
        [("equal", a - more, b, c - more, d)] if kind == "equal" else [("equal", a - more, a, c - more, c), group[0]]
    )
    group = [*start, *group[1:]]
    kind, a, b, c, d = group[-1]
    more = min(max(0, CONTEXT_LINES - (b - a if kind == "equal" else 0)), count - b)
    end = [("equal", a, b + more, c, d + more)] if kind == "equal" else [group[-1], ("equal", b, b + more, d, d + more)]
    return [*group[:-1], *end]


def _redacted(text: str, count: int, strict: bool) -> list[str]:
    lines = [line.removesuffix("\n") for line in _lines(redact(text, strict=strict))]
    # Hiding keeps the lines; where it ever did not, showing nothing is better than showing a secret.
    return lines if len(lines) == count else ["(not shown)"] * count


_STRING = re.compile(r"""(?<!\\)(["'])((?:[^"'\\]|\\.|(?!\1)["'])++)\1""")
ChangedLine: TypeAlias = tuple[str, list[str], int]
"""A changed line as it is, the shown lines of its side, and its place among them from 0."""


def _hide_alike(changed: list[ChangedLine]) -> None:
    """Hide each text of the changed lines that is hidden in one of them, as when its key becomes a harmless one."""
    hidden = {
        text
        for raw, shown, at in changed
        if raw.rstrip("\r\n") != shown[at].rstrip("\r")
        for _, text in _STRING.findall(raw)
        if text not in shown[at]
    }
    for _, shown, at in changed if hidden else ():
        shown[at] = _STRING.sub(lambda match: f'"{HIDDEN}"' if match[2] in hidden else match[0], shown[at])


def _marked(text: str, removed_texts: set[str], raw: str, olds: list[str]) -> str:
    """Mark an added line that looks like a removed one: the difference is masked, or is the line end."""
    if text not in removed_texts:
        return text
    ends = any(raw.rstrip("\r\n") == old.rstrip("\r\n") for old in olds)
    return f"{text}  (its line end changes)" if ends else f"{text}  (changed)"
