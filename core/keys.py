"""Keys: every variable of a tree with its state, its winning source and the hidden ones. Never a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from core.api import Report
from core.records import dataclass
from core.secret_texts import shown_name
from core.variables import Placeholder, State, VariableSource, source_text

_NAME_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
_STATE_ORDER = {State.MISSING: 0, State.EMPTY: 1, State.UNKNOWN: 2, State.PLACEHOLDER: 3, State.SET: 4}


@dataclass(frozen=True, slots=True)
class BackendNeed:
    """A backend that refers to a variable. `others`: alternatives in its placeholder (`${env:A|secret:B}`).

    `filled`: the placeholder has a value here, from this variable or an alternative. `unknown`: it may have one, from
    the secrets of a plugin.
    """

    backend: str
    on: bool
    filled: bool
    others: tuple[str, ...] = field(default=(), repr=False)
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One variable with its sources, the winning one last.

    `spaced`: blanks or line ends surround the value. `finding`: its fault, with `fix`.
    """

    name: str = field(repr=False)
    state: State
    spaced: bool
    sources: tuple[VariableSource, ...]
    needs: tuple[BackendNeed, ...]
    finding: str = ""
    fix: str = ""

    @property
    def shown(self) -> str:
        """The name, masked when it looks like a key."""
        return shown_name(self.name)

    @property
    def source(self) -> str | None:
        """The winning source."""
        return self.sources[-1].source if self.sources else None

    @property
    def needed(self) -> bool:
        """Whether an enabled backend refers to it."""
        return any(need.on for need in self.needs)

    @property
    def fails(self) -> bool:
        """Whether an enabled backend cannot be used because of it."""
        lacking = any(need.on and _lacks(need) for need in self.needs)
        return lacking or (self.needed and self.spaced)

    @property
    def unknown(self) -> bool:
        """Whether it cannot be checked here that an enabled backend has the value that it needs."""
        return not self.fails and any(need.on and need.unknown for need in self.needs)

    @property
    def line(self) -> str:
        """The line for `.env`, without the value; empty if `name` is not a valid variable name."""
        plain = all(character in _NAME_CHARACTERS for character in self.name) and not self.name[:1].isdigit()
        return f"{self.name}=" if plain and self.name and self.shown == self.name else ""


def keys(report: Report) -> tuple[KeyRow, ...]:
    """Every variable of a tree: failing ones first, then those of enabled backends."""
    catalog = report.catalog
    needs: dict[str, dict[str, BackendNeed]] = {}
    for name, backend in catalog.backends.items():
        for placeholder in catalog.placeholders_of(name):
            for part in placeholder.parts:
                need = _need(report, name, backend.enabled, placeholder, part.name)
                existing = needs.setdefault(part.name, {}).get(name)
                # Of several placeholders for one variable the one that cannot be filled counts.
                if existing is None or (existing.filled and not need.filled) or (existing.unknown and _lacks(need)):
                    needs[part.name][name] = need
    rows = [_row(report, name, tuple(found.values())) for name, found in needs.items()]
    return tuple(
        sorted(
            rows,
            key=lambda row: (not row.fails, not row.unknown, not row.needed, _STATE_ORDER[row.state], not row.finding),
        )
    )


def missing_lines(report: Report) -> tuple[str, ...]:
    """The lines for `.env` of the variables of enabled backends that no source sets.

    Empty variables and placeholders have a line already; a second one would only hide it.
    """
    return tuple(row.line for row in keys(report) if row.fails and row.state is State.MISSING and row.line)


def _lacks(need: BackendNeed) -> bool:
    return not need.filled and not need.unknown


def _need(report: Report, backend: str, on: bool, placeholder: Placeholder, name: str) -> BackendNeed:
    state = report.catalog.environment.state(placeholder)
    other_names = tuple(part.name for part in placeholder.parts if part.name != name)
    return BackendNeed(
        backend, on, state is State.SET, tuple(dict.fromkeys(other_names)), unknown=state is State.UNKNOWN
    )


def _row(report: Report, name: str, needs: tuple[BackendNeed, ...]) -> KeyRow:
    environment = report.catalog.environment
    variable = environment.variable(name)
    sources = environment.sources_of(name) if variable.state is not State.UNKNOWN else ()
    findings = _findings(name, variable.state, variable.spaced, sources, environment.dotenv)
    finding, fix = next(findings, ("", ""))
    return KeyRow(name, variable.state, variable.spaced, sources, needs, finding, fix)


def _findings(
    name: str, state: State, spaced: bool, sources: tuple[VariableSource, ...], dotenv: str
) -> Iterator[tuple[str, str]]:
    """The faults of a variable with their fixes, the worst first."""
    if not sources:
        if shown_name(name) != name:
            yield "this is not a variable name: is it the key itself?", f"put the key in {dotenv} under a name"
        elif name != name.strip():
            yield "the name has blanks in it", "write it as ${NAME}"
        return
    winner = sources[-1]
    location = source_text(winner.source)
    beneath = [source for source in sources[:-1] if source.state is State.SET]
    if state is State.EMPTY and beneath:
        yield (
            f"an empty line in {location} overrides the value of {source_text(beneath[-1].source)}",
            f"remove the line from {location}, or give it the value",
        )
    elif state is State.EMPTY:
        yield f"empty in {location}", f"give it a value in {location}"
    elif state is State.PLACEHOLDER:
        yield (
            f"a placeholder in {location}, not a key",
            f"give it its real value in {location}",
        )
    if spaced:
        yield (
            f"blanks or a line end around the value in {location}: providers refuse such a key",
            f"remove them in {location}",
        )
    different = [source for source in beneath if not source.same]
    if state is State.SET and different:
        yield f"{location} hides another value in {source_text(different[-1].source)}", "keep one of the two"
