"""The plan of an upgrade, its decisions and their file of answers, and the edit that makes it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum

from core.edits.edit_session import EditSession
from core.errors import PipedeckError
from core.records import dataclass
from core.releases import Release
from core.toml.edit.editor import read_data
from core.toml.edit.toml_commands import RawReplace, Refusal
from core.upgrade.origin import Origin
from core.upgrade.rows import Outcome, Row

TAKE, KEEP = "take", "keep"
_SHOWN_USES = 5


class Undecided(StrEnum):
    """The treatment of decisions without an answer."""

    ASK = "ask"
    TAKE = "take"
    KEEP = "keep"


@dataclass(frozen=True)
class Decision:
    """A question of the upgrade: what becomes of a name that is gone.

    `take` uses the `proposal`, `keep` carries the old definition; any other answer is a reference to use instead.
    """

    id: str
    question: str
    proposal: str
    uses: tuple[str, ...] = ()
    answer: str = ""

    @property
    def open(self) -> bool:
        """Whether nobody has answered it."""
        return not self.answer


@dataclass(frozen=True)
class Plan:
    """An upgrade, planned in memory. `contents` are the files by path (None: deleted)."""

    origin: Origin
    stock: str
    target: Release
    kit: str
    rows: tuple[Row, ...] = field(repr=False)
    decisions: tuple[Decision, ...] = field(repr=False)
    gone: tuple[str, ...] = field(repr=False)
    """Names of the origin's kit that the target's does not have, and that nothing here uses."""
    notes: tuple[str, ...]
    contents: Mapping[str, bytes | None] = field(repr=False)

    @property
    def open(self) -> tuple[Decision, ...]:
        """The decisions without an answer."""
        return tuple(decision for decision in self.decisions if decision.open)

    @property
    def counts(self) -> Counter[Outcome]:
        """The number of parts of each outcome."""
        return Counter(row.outcome for row in self.rows)

    @property
    def summary(self) -> str:
        """The plan in one line: `41 unchanged, 6 yours carried, 3 to decide`."""
        counts = self.counts
        carried = counts[Outcome.CARRIED] + counts[Outcome.KEPT] + counts[Outcome.SAME]
        parts = [f"{counts[Outcome.UNCHANGED]} unchanged", f"{carried} yours carried"]
        if counts[Outcome.NOT_CARRIED]:
            parts.append(f"{counts[Outcome.NOT_CARRIED]} not carried")
        return ", ".join((*parts, f"{len(self.open)} to decide"))


@dataclass(frozen=True)
class Upgrade:
    """The edit that writes a plan."""

    plan: Plan

    @property
    def label(self) -> str:
        return f"upgrade {self.plan.origin.release} to {self.plan.target}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        for path, content in self.plan.contents.items():
            if content is None:
                session.delete_file(path)
                continue
            text = content.decode("utf-8")
            if path.endswith((".toml", ".mthds", ".plx")) and session.readable(path) and session.exists(path):
                session.edit(path, RawReplace(text))
            else:
                session.delete_file(path)
                session.create(path, text)
        for note in self.plan.notes:
            session.note(note)


def choices_text(plan: Plan) -> str:
    """The file of the answers to a plan's decisions, to be filled in."""
    lines = [
        f"# Decisions of the upgrade from {plan.origin.release} to {plan.target}.",
        f'# Answers: "{TAKE}", "{KEEP}", or the reference to use instead. An empty one is open.',
    ]
    for decision in plan.decisions:
        lines += ["", f"# {decision.question}."]
        if decision.uses:
            lines.append(f"# Used in {', '.join(decision.uses[:_SHOWN_USES])}")
        lines += [f"# {TAKE}: {decision.proposal}", f"{json.dumps(decision.id)} = {json.dumps(decision.answer)}"]
    return "\n".join(lines) + "\n"


def read_choices(text: str, where: str) -> dict[str, str]:
    """The answers of a file, without the empty ones. Raises PipedeckError for a text that is no such file."""
    data = read_data(text)
    if isinstance(data, Refusal):
        raise PipedeckError(f"{where}: {data.reason}")
    wrong = [key for key, value in data.items() if not isinstance(value, str)]
    if wrong:
        raise PipedeckError(f"{where}: `{wrong[0]}` is no text; write an answer in quotes")
    return {key: value for key, value in data.items() if isinstance(value, str) and value}


def unknown_choices(choices: Mapping[str, str], decisions: Iterable[Decision]) -> tuple[str, ...]:
    """The answers to questions that the plan does not ask."""
    ids = {decision.id for decision in decisions}
    return tuple(key for key in choices if key not in ids)
