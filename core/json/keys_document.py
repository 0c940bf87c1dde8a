"""The JSON of `pipedeck keys`: the variables of a tree and their states, never their values."""

from __future__ import annotations

from core.api import Report
from core.json.document import Document
from core.keys import BackendNeed, KeyRow, keys
from core.secret_texts import shown_name
from core.variables import State, VariableSource


class SourceDocument(Document):
    """A variable in one source. `spaced`: blanks around its value."""

    def __init__(self, item: VariableSource, *, wins: bool) -> None:
        self.source: str = item.source
        self.state: State = item.state
        self.spaced: bool = item.spaced
        self.wins: bool = wins


class NeedDocument(Document):
    """A backend that refers to a variable. `others` do as well; `filled`: it has all it needs; `unknown`: perhaps."""

    def __init__(self, need: BackendNeed) -> None:
        self.name: str = need.backend
        self.enabled: bool = need.on
        self.filled: bool = need.filled
        self.unknown: bool = need.unknown
        self.others: list[str] = [shown_name(name) for name in need.others]


class KeyDocument(Document):
    """A variable, never its value. `line` is the line for `.env`, without the value."""

    def __init__(self, row: KeyRow) -> None:
        self.name: str = row.shown
        self.state: State = row.state
        self.spaced: bool = row.spaced
        self.source: str | None = row.source
        self.sources: list[SourceDocument] = [
            SourceDocument(item, wins=item is row.sources[-1]) for item in row.sources
        ]
        self.needed: bool = row.needed
        self.fails: bool = row.fails
        self.backends: list[NeedDocument] = [NeedDocument(need) for need in row.needs]
        self.line: str | None = row.line or None
        self.finding: str | None = row.finding or None
        self.fix: str | None = row.fix or None


class KeysDocument(Document):
    """Printed by `pipedeck keys --json`. `sources`: the last one with a value wins."""

    def __init__(self, report: Report) -> None:
        rows = keys(report)
        self.tree: str = report.catalog.tree.paths.inference
        self.release: str = str(report.release)
        self.sources: list[str] = [label for label, _ in report.catalog.environment.sources]
        self.fails: int = sum(row.fails for row in rows)
        self.variables: list[KeyDocument] = [KeyDocument(row) for row in rows]
