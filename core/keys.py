"""Keys: every variable that a tree refers to, its state here, which source wins and hides what. Never a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from core.api import Report
from core.masking import shown_name
from core.records import dataclass
from core.variables import Holder, Placeholder, State, in_words

_NAME_OF_A_LINE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
_BAD_FIRST = {State.MISSING: 0, State.EMPTY: 1, State.PLACEHOLDER: 2, State.SET: 3}


@dataclass(frozen=True, slots=True)
class Need:
    """A backend that refers to a variable. `others` are variables that do as well (`${env:A|secret:B}`).

    `filled` says whether its placeholder can be filled here, be it by one of the others.
    """

    backend: str
    on: bool
    filled: bool
    others: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One variable.

    `sources` are those that have it, the one that wins last. `spaced`: there are blanks or line ends around the value.
    `finding` says what is odd, and `fix` what to do about it.
    """

    name: str = field(repr=False)
    state: State
    spaced: bool
    sources: tuple[Holder, ...]
    needs: tuple[Need, ...]
    finding: str = ""
    fix: str = ""

    @property
    def shown(self) -> str:
        """The name as it may be shown: somebody may have put the key itself there."""
        return shown_name(self.name)

    @property
    def source(self) -> str | None:
        """The source that wins."""
        return self.sources[-1].source if self.sources else None

    @property
    def needed(self) -> bool:
        """Whether a backend that is on refers to it."""
        return any(need.on for need in self.needs)

    @property
    def fails(self) -> bool:
        """Whether a backend that is on cannot be used for want of it."""
        return any(need.on and not need.filled for need in self.needs) or (self.needed and self.spaced)

    @property
    def line(self) -> str:
        """The line for `.env`, to which the value is to be added; empty where `name` is no name of a variable."""
        plain = all(character in _NAME_OF_A_LINE for character in self.name) and not self.name[:1].isdigit()
        return f"{self.name}=" if plain and self.name and self.shown == self.name else ""


def keys(report: Report) -> tuple[KeyRow, ...]:
    """Every variable of a tree: what backends that are on need comes first, and of that what is wrong."""
    catalog = report.catalog
    needs: dict[str, dict[str, Need]] = {}
    for name, backend in catalog.backends.items():
        for placeholder in catalog.placeholders_of(name):
            for part in placeholder.parts:
                need = _need(report, name, backend.enabled, placeholder, part.name)
                known = needs.setdefault(part.name, {}).get(name)
                # Of several placeholders for one variable the one that cannot be filled counts.
                if known is None or (known.filled and not need.filled):
                    needs[part.name][name] = need
    rows = [_row(report, name, tuple(found.values())) for name, found in needs.items()]
    return tuple(sorted(rows, key=lambda row: (not row.fails, not row.needed, _BAD_FIRST[row.state], not row.finding)))


def missing_lines(report: Report) -> tuple[str, ...]:
    """The lines for `.env` of the variables that backends which are on need and that no source has.

    Those that are empty or a placeholder have their line somewhere: a second one would only hide the first.
    """
    return tuple(row.line for row in keys(report) if row.fails and row.state is State.MISSING and row.line)


def _need(report: Report, backend: str, on: bool, placeholder: Placeholder, name: str) -> Need:
    state = report.catalog.environment.state(placeholder)
    others = tuple(part.name for part in placeholder.parts if part.name != name)
    return Need(backend, on, state is State.SET, tuple(dict.fromkeys(others)))


def _row(report: Report, name: str, needs: tuple[Need, ...]) -> KeyRow:
    environment = report.catalog.environment
    variable = environment.variable(name)
    holders = environment.holders(name)
    finding, fix = next(_findings(name, variable.state, variable.spaced, holders), ("", ""))
    return KeyRow(name, variable.state, variable.spaced, holders, needs, finding, fix)


def _findings(name: str, state: State, spaced: bool, holders: tuple[Holder, ...]) -> Iterator[tuple[str, str]]:
    """What is odd about a variable, the worst first."""
    if not holders:
        if shown_name(name) != name:
            yield "this is not a variable name: is it the key itself?", "put the key in ./.env under a name"
        elif name != name.strip():
            yield "the name has blanks in it", "write it as ${NAME}"
        return
    winner = holders[-1]
    here = in_words(winner.source)
    beneath = [holder for holder in holders[:-1] if holder.state is State.SET]
    if state is State.EMPTY and beneath:
        yield (
            f"an empty line in {here} overrides the value of {in_words(beneath[-1].source)}",
            f"remove the line from {here}, or give it the value",
        )
    elif state is State.EMPTY:
        yield f"empty in {here}", f"give it a value in {here}"
    elif state is State.PLACEHOLDER:
        yield (
            f"a placeholder in {here}, not a key",
            f"give it its real value in {here}",
        )
    if spaced:
        yield (
            f"blanks or a line end around the value in {here}: providers refuse such a key",
            f"remove them in {here}",
        )
    other = [holder for holder in beneath if not holder.same]
    if state is State.SET and other:
        yield f"{here} hides another value in {in_words(other[-1].source)}", "keep one of the two"
