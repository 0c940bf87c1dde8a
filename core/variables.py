"""Variables: the placeholders of a tree, and the state of each variable. Values are never shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from enum import StrEnum
from typing import Literal

from core.entities import Layer, Location
from core.records import dataclass

PLACEHOLDER = re.compile(r"\$\{([^}\n\"'$]+)\}")


class State(StrEnum):
    """The state of a variable on this machine."""

    SET = "set"
    EMPTY = "empty"
    MISSING = "missing"
    PLACEHOLDER = "placeholder"
    UNKNOWN = "unknown"
    """A secret that a plugin provides: its value is not readable here."""


@dataclass(frozen=True, slots=True)
class Part:
    """One alternative of a placeholder: `prefix` is `env`, `secret` or unknown."""

    prefix: str
    name: str

    @property
    def is_known(self) -> bool:
        return self.prefix in ("env", "secret")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One `${...}` of a text, with its alternatives in order."""

    text: str
    parts: tuple[Part, ...]
    is_list: bool


def source_text(source: str | None) -> str:
    """A source as words of a sentence: `the shell`, or the path of a file."""
    return "the shell" if source == "shell" else source or "nothing"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's state, its winning source and the hidden ones. It never holds the value."""

    name: str
    state: State
    source: str | None
    hidden: tuple[str, ...] = ()
    spaced: bool = False
    """Whether blanks or line ends surround the value; providers read them as part of the key."""


@dataclass(frozen=True, slots=True)
class VariableSource:
    """A variable in one source; `same`: it has the winning value. It never holds the value."""

    source: str
    state: State
    spaced: bool
    same: bool


def _source(source: str, value: str, winning: str) -> VariableSource:
    dummy = value.lower().startswith("placeholder")
    state = State.PLACEHOLDER if dummy else State.SET if value else State.EMPTY
    return VariableSource(source, state, value != value.strip(), value == winning)


@dataclass(frozen=True, slots=True)
class VariableFile:
    """A file of variables: its path, its display name, and the line of each variable that it sets."""

    path: str
    shown: str
    lines: Mapping[str, int]

    def locate(self, name: str) -> Location:
        """The location of a variable; the first line where the file does not set it."""
        return line_of(self.shown, self.lines.get(name, 1), name if name in self.lines else "")


def line_of(shown: str, line: int, name: str = "") -> Location:
    """A location in a file of variables, or at a line of any file without keys."""
    return Location(shown, line, 1, name, Layer.PROJECT)


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line of a `.env` file that cannot be read; `name` is the variable that it seems to set, if any."""

    location: Location
    name: str


FaultKind = Literal["encoding", "nul", "name", "forbidden", "unreadable"]


@dataclass(frozen=True, slots=True)
class EnvironmentFault:
    """A fault of a `.env` file that stops a start.

    `kind`: its `encoding`, a `nul`, a `name` that no variable can have, or that it is `forbidden` or `unreadable`.
    """

    location: Location
    kind: FaultKind


@dataclass(frozen=True)
class Environment:
    """The variables as a release reads them. Values stay inside: no repr and no message has them."""

    sources: tuple[tuple[str, Mapping[str, str]], ...] = field(repr=False)
    assume_set: bool = False
    unread: tuple[UnreadLine, ...] = ()
    """The lines of its files that set nothing, because they cannot be read."""
    files: tuple[VariableFile, ...] = ()
    """The `.env` files that the release reads, in order, and those of the project that the start folder hides."""
    elsewhere: tuple[VariableFile, ...] = ()
    """The files of the project that set variables and that the release does not read."""
    dotenv: str = "./.env"
    """The display name of the `.env` file of the start folder, existing or not: the one to write variables into."""
    lost: frozenset[str] = frozenset()
    """Variables treated as missing, whatever the sources contain."""
    faults: tuple[EnvironmentFault, ...] = ()
    """The faults of the `.env` files that stop the start."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    """The path of a `.env` of the project that is not read from the start folder, by the variables that it sets."""
    secrets_elsewhere: bool = False
    """Whether a plugin provides the secrets (`${secret:NAME}`), so that no variable does."""
    unknown: frozenset[str] = frozenset()
    """The names of such secrets, without those that are set as variables and wanted as such too."""

    def without(self, names: Iterable[str]) -> Environment:
        """The same environment with some variables unset."""
        return replace(self, lost=self.lost | frozenset(names))

    def with_secrets_elsewhere(self, items: Iterable[Placeholder]) -> Environment:
        """The same environment where a plugin provides the secrets among some placeholders."""
        parts = [part for item in items for part in item.parts]
        wanted = {part.name for part in parts if part.prefix == "env" and self.sources_of(part.name)}
        unknown = frozenset(part.name for part in parts if part.prefix == "secret") - wanted
        if self.secrets_elsewhere and self.unknown == unknown:
            return self
        return replace(self, secrets_elsewhere=True, unknown=unknown)

    def without_secrets_elsewhere(self) -> Environment:
        """The same environment where the variables are the secrets."""
        return replace(self, secrets_elsewhere=False, unknown=frozenset())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all variables that are set, those of files first."""
        return tuple(dict.fromkeys(name for _, values in reversed(self.sources) for name in values))

    @property
    def shell(self) -> Mapping[str, str]:
        """The variables of the process, without those of `.env` files."""
        return self.sources[0][1] if self.sources else {}

    def file(self, shown: str | None) -> VariableFile | None:
        """The file of variables with this display name; None for the shell."""
        return next((file for file in (*self.files, *self.elsewhere) if file.shown == shown), None)

    def locate(self, name: str) -> Location | None:
        """The line that sets a variable; None where none does, or the shell."""
        file = self.file(self.variable(name).source)
        return file.locate(name) if file is not None else None

    def variable(self, name: str) -> Variable:
        """The state of a variable. The last source that sets it wins, even with an empty value."""
        if self._is_unknown(name) and name in self.unknown:
            return Variable(name, State.UNKNOWN, None)
        sources = self.sources_of(name)
        if not sources:
            assumed = self.assume_set and name not in self.lost
            return Variable(name, State.SET if assumed else State.MISSING, None)
        winner = sources[-1]
        hidden = tuple(item.source for item in sources[:-1])
        if self.assume_set:
            return Variable(name, State.SET, winner.source, hidden)
        return Variable(name, winner.state, winner.source, hidden, winner.spaced)

    def sources_of(self, name: str) -> tuple[VariableSource, ...]:
        """The sources of a variable, the winning one last."""
        if name in self.lost:
            return ()
        values = [(label, values[name]) for label, values in self.sources if name in values]
        return tuple(_source(label, value, values[-1][1]) for label, value in values)

    def _value(self, name: str) -> str | None:
        if name in self.lost:
            return None
        for _, values in reversed(self.sources):
            if name in values:
                return values[name]
        return "assumed" if self.assume_set else None

    def _is_unknown(self, name: str) -> bool:
        """Whether the value of a secret is unknown here."""
        return self.secrets_elsewhere and not self.assume_set and name not in self.lost

    def available(self, part: Part, *, in_list: bool) -> bool:
        """Whether an alternative has a value here. In a list an empty variable counts for `env:`, not for secrets."""
        if part.prefix == "secret" and self._is_unknown(part.name):
            return False
        value = self._value(part.name)
        if value is None:
            return False
        if value == "" and not self.assume_set:
            return in_list and part.prefix == "env"
        return True

    def state(self, placeholder: Placeholder) -> State:
        """The state of a placeholder: of its first available alternative, else unknown if one is, else of its last."""
        state = State.MISSING
        for part in placeholder.parts:
            state = self.variable(part.name).state if part.is_known else State.MISSING
            if not part.is_known or self.available(part, in_list=placeholder.is_list):
                return state
        return State.UNKNOWN if self.is_unknown(placeholder) else state

    def is_unknown(self, placeholder: Placeholder) -> bool:
        """Whether an alternative of a placeholder is a secret whose value is unknown here."""
        return any(part.prefix == "secret" and self._is_unknown(part.name) for part in placeholder.parts)

    def filled(self, text: str) -> str:
        """A text with its placeholders replaced, to validate its shape; the result must never be shown."""
        if "${" not in text:
            return text

        def replace(match: re.Match[str]) -> str:
            placeholder = parse_placeholder(match[1])
            for part in placeholder.parts:
                if part.is_known and self.available(part, in_list=placeholder.is_list):
                    return self._value(part.name) or ""
            return match[0]

        return PLACEHOLDER.sub(replace, text)


def parse_placeholder(inside: str) -> Placeholder:
    """Parse the text between `${` and `}`.

    White space counts in a bare name (`${ X }` reads ` X `); prefixes and the parts of a list are stripped.
    """
    pieces = inside.split("|")
    is_list = len(pieces) > 1
    parts = []
    for piece in pieces:
        text = piece.strip() if is_list else piece
        prefix, colon, name = text.partition(":")
        parts.append(Part(prefix.strip(), name) if colon else Part("secret", text))
    return Placeholder("${" + inside + "}", tuple(parts), is_list)


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Every placeholder of a text, in order."""
    if "${" not in text:
        return ()
    return tuple(parse_placeholder(match[1]) for match in PLACEHOLDER.finditer(text))


def texts(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text inside a value (tables and lists at any depth, not keys), with its path, in document order."""
    stack: list[tuple[tuple[str | int, ...], object]] = [(path, value)]
    while stack:
        at, node = stack.pop()
        if isinstance(node, str):
            yield at, node
        elif isinstance(node, Mapping):
            stack.extend(((*at, str(key)), item) for key, item in reversed(list(node.items())))
        elif isinstance(node, list):
            stack.extend(((*at, index), item) for index, item in reversed(list(enumerate(node))))


def placeholders_in(items: Iterable[object]) -> tuple[Placeholder, ...]:
    """Every placeholder in the texts of some values, in order."""
    return tuple(item for value in items for _, text in texts(value) for item in placeholders(text))


def names_in(items: Iterable[object]) -> tuple[str, ...]:
    """The names of all variables that the texts of some values refer to, each once, in order."""
    return tuple(dict.fromkeys(part.name for placeholder in placeholders_in(items) for part in placeholder.parts))
