"""The difference between the disk and the edited tree, line by line, with secrets hidden."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from core.masking import in_backend_file
from core.records import dataclass
from core.safe_text import safe
from core.toml.redaction import redact

CONTEXT_LINES = 3

FileState: TypeAlias = Literal["changed", "created", "deleted"]
Opcode: TypeAlias = tuple[str, int, int, int, int]
"""As difflib has them: the operation, and its ranges in the old and the new lines."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One masked line of a diff: its sign (` `, `-`, `+`), its text, and its number on either side."""

    sign: str
    text: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class FileDiff:
    """How one file differs. `state` is `changed`, `created` or `deleted`; each hunk is a run of lines."""

    path: str
    shown: str
    state: FileState
    hunks: tuple[tuple[DiffLine, ...], ...]

    @property
    def added(self) -> int:
        """How many lines come in."""
        return sum(line.sign == "+" for hunk in self.hunks for line in hunk)

    @property
    def removed(self) -> int:
        """How many lines go."""
        return sum(line.sign == "-" for hunk in self.hunks for line in hunk)

    def unified(self) -> str:
        """The diff as `diff -u` writes it."""
        old = "/dev/null" if self.state == "created" else f"a/{safe(self.shown)}"
        new = "/dev/null" if self.state == "deleted" else f"b/{safe(self.shown)}"
        lines = [f"--- {old}", f"+++ {new}"]
        for hunk in self.hunks:
            olds = [line.old for line in hunk if line.old is not None]
            news = [line.new for line in hunk if line.new is not None]
            lines.append(f"@@ -{_span(olds)} +{_span(news)} @@")
            lines += [line.sign + line.text for line in hunk]
        return "\n".join(lines) + "\n"


def _span(numbers: list[int]) -> str:
    return f"{numbers[0] if numbers else 0},{len(numbers)}"


def file_diff(path: str, shown: str, old: bytes | None, new: bytes | None) -> FileDiff | None:
    """The diff of a file (None: no file); None if there is no difference."""
    if old == new:
        return None
    before, after = _text(old), _text(new)
    state: FileState = "created" if old is None else "deleted" if new is None else "changed"
    return FileDiff(path, shown, state, _hunks(before, after, strict=in_backend_file(path)))


def _text(content: bytes | None) -> str:
    return "" if content is None else content.decode("utf-8", "replace")


def _hunks(old: str, new: str, *, strict: bool) -> tuple[tuple[DiffLine, ...], ...]:
    # Compared as they are, shown as they may be: a secret that changed shows as a change.
    befores, afters = old.splitlines(keepends=True), new.splitlines(keepends=True)
    shown_old, shown_new = _redacted(old, len(befores), strict), _redacted(new, len(afters), strict)
    hunks = []
    for group in _groups(befores, afters):
        lines: list[DiffLine] = []
        for kind, first, last, start, stop in group:
            if kind == "equal":
                pairs = zip(range(first, last), range(start, stop), strict=True)
                lines += [
                    DiffLine(" ", safe(shown_new[new_index]), old_index + 1, new_index + 1)
                    for old_index, new_index in pairs
                ]
                continue
            removed_lines = [
                DiffLine("-", safe(shown_old[old_index]), old_index + 1, None) for old_index in range(first, last)
            ]
            removed_texts = {line.text for line in removed_lines}
            added_lines = [
                DiffLine(
                    "+",
                    _marked(safe(shown_new[new_index]), removed_texts, afters[new_index], befores[first:last]),
                    None,
                    new_index + 1,
                )
                for new_index in range(start, stop)
            ]
            lines += removed_lines + added_lines
        hunks.append(tuple(lines))
    return tuple(hunks)


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
        yield [(kind, a + first, b + first, c + first, d + first) for kind, a, b, c, d in group]


def _redacted(text: str, count: int, strict: bool) -> list[str]:
    lines = redact(text, strict=strict).splitlines()
    # Hiding keeps the lines; where it ever did not, showing nothing is better than showing a secret.
    return lines if len(lines) == count else ["(not shown)"] * count


def _marked(text: str, removed_texts: set[str], raw: str, olds: list[str]) -> str:
    """Mark an added line that looks like a removed one: the difference is masked, or is the line end."""
    if text not in removed_texts:
        return text
    ends = any(raw.rstrip("\r\n") == old.rstrip("\r\n") for old in olds)
    return f"{text}  (its line end changes)" if ends else f"{text}  (changed)"
