"""The variables that a release sees: those of the shell, of the home `.env`, and of the `.env` of its start folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from io import StringIO
from typing import TYPE_CHECKING

from core.files.discover import TreePaths, home_directory, pipelex_home
from core.files.view import DISK, FORBIDDEN
from core.records import dataclass
from core.releases import Behaviours
from core.secret_texts import HIDDEN, shown_name
from core.variables import Environment, EnvironmentFault, FaultKind, UnreadLine, VariableFile, line_of

if TYPE_CHECKING:
    from dotenv.parser import Binding


@dataclass(frozen=True, slots=True)
class _Dotenv:
    """One `.env` file as python-dotenv reads it: variables with their values, lines that set nothing, what stops it."""

    values: Mapping[str, str]
    lines: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[UnreadLine, ...] = ()
    fault: EnvironmentFault | None = None


def home_of(paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str]) -> str:
    """The home configuration directory of a release: up to 0.74.0 `PIPELEX_HOME` has no effect."""
    return pipelex_home(environ, cwd=paths.start, honour_variable=behaviours.pipelex_home)


def process_variables(environment: Environment, paths: TreePaths) -> Mapping[str, str]:
    """The variables of the process after the release has loaded the `.env` files: where it looks for files from then.

    `PIPELEX_HOME` is read before, so that no `.env` sets it.
    """
    shell = environment.shell
    merged = {name: value for _, values in environment.sources for name, value in values.items()}
    merged["PIPELEX_HOME"] = pipelex_home(shell, cwd=paths.start) if shell.get("PIPELEX_HOME") else ""
    return merged


def read_environment(
    paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str], *, assume_set: bool = False
) -> Environment:
    """The variables of a release: the shell, the home `.env` (0.18 on), then `.env` of the start folder; the last wins.

    The `.env` of the project is not read from another start folder: `hidden` has the names that it sets.
    """
    sources: list[tuple[str, Mapping[str, str]]] = [("shell", dict(environ))]
    faults: list[EnvironmentFault] = []
    lines: list[UnreadLine] = []
    files: list[VariableFile] = []
    variables = dict(environ)
    read = environment_files(paths, behaviours, environ)
    for path, label in read:
        if os.path.isfile(path):
            dotenv = _read_dotenv(path, label, variables)
            variables.update(dotenv.values)
            sources.append((label, dotenv.values))
            files.append(VariableFile(path, label, dotenv.lines))
            lines += dotenv.unread
            if dotenv.fault is not None:
                faults.append(dotenv.fault)
    hidden: dict[str, str] = {}
    for folder in (paths.project, paths.skipped):
        path = os.path.join(folder, ".env")
        if folder and os.path.isfile(path) and not any(_same(path, other) for other, _ in read):
            dotenv = _read_dotenv(path, path, variables)
            hidden.update(dict.fromkeys(dotenv.values, path))
            files.append(VariableFile(path, path, dotenv.lines))
    return Environment(
        tuple(sources),
        assume_set,
        tuple(lines),
        tuple(files),
        tuple(_elsewhere(paths, behaviours, environ)),
        dotenv=read[-1][1],
        faults=tuple(faults),
        hidden=hidden,
    )


_OTHER_DOTENVS = (
    ".env.local",
    ".env.development",
    ".env.dev",
    ".env.production",
    ".env.prod",
    ".env.txt",
    ".envrc",
    "env",
    ".pipelex/.env",
    ".pipelex/inference/.env",
)
"""Files in which people set variables, and that no release reads."""


def _elsewhere(paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str]) -> Iterator[VariableFile]:
    """The files of the project with variables that the release does not read."""
    read = {os.path.realpath(path) for path, _ in environment_files(paths, behaviours, environ)}
    for name in _OTHER_DOTENVS:
        path = os.path.join(paths.project, name)
        if os.path.isfile(path) and os.path.realpath(path) not in read:
            dotenv = _read_dotenv(path, name, {})
            set_here = {key: dotenv.lines[key] for key, value in dotenv.values.items() if value}
            yield VariableFile(path, f"./{name}", set_here)


def environment_files(
    paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """The `.env` files of a release in order, existing or not: paths and display names."""
    path = os.path.join(paths.start, ".env")
    inside = os.path.relpath(path, paths.project)
    label = f"./{inside}" if not inside.startswith("..") else path
    files = [(path, label)]
    if behaviours.home_dotenv:
        home = home_of(paths, behaviours, environ)
        usual = home == os.path.join(home_directory(environ), ".pipelex")
        files.insert(0, (os.path.join(home, ".env"), "~/.pipelex/.env" if usual else os.path.join(home, ".env")))
    return files


def _same(first: str, second: str) -> bool:
    return os.path.realpath(first) == os.path.realpath(second)


def _read_dotenv(path: str, label: str, environ: Mapping[str, str]) -> _Dotenv:
    """Read one `.env` file, its references resolved from the variables set before, as `load_dotenv` does.

    A file that stops the start sets nothing here.
    """
    # Imported only when the file exists: the import costs more than reading a small tree.
    from dotenv.parser import parse_stream
    from dotenv.variables import parse_variables

    content = DISK.content(path)
    if isinstance(content, str):
        kind: FaultKind = "forbidden" if content == FORBIDDEN else "unreadable"
        return _Dotenv({}, fault=EnvironmentFault(line_of(label, 1), kind))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _Dotenv({}, fault=EnvironmentFault(line_of(label, line), "encoding"))
    bindings = list(parse_stream(StringIO(text, newline=None)))
    values: dict[str, str | None] = {}
    lines: dict[str, int] = {}
    for binding in bindings:
        if binding.key is not None:
            value = binding.value
            if value is not None:
                value = "".join(atom.resolve({**environ, **values}) for atom in parse_variables(value))
            values[binding.key] = value
            lines[binding.key] = _first_line(binding)
    resolved = {name: value for name, value in values.items() if value is not None}
    for name, value in resolved.items():
        if "\0" in name + value:
            return _Dotenv({}, fault=EnvironmentFault(line_of(label, lines[name]), "nul"))
        if not name or "=" in name:
            return _Dotenv({}, fault=EnvironmentFault(line_of(label, lines[name]), "name"))
    unread = tuple(UnreadLine(line_of(label, number, name), name) for number, name in _unread_lines(bindings))
    return _Dotenv(resolved, {name: lines[name] for name in resolved}, unread)


def _unread_lines(bindings: Iterable[Binding]) -> Iterator[tuple[int, str]]:
    """The number of each line that sets nothing, and the name it seems to set."""
    for binding in bindings:
        if binding.error:
            yield _first_line(binding), _name_in(binding.original.string)
        elif binding.key is not None and binding.value is None:
            yield _first_line(binding), binding.key if shown_name(binding.key) == binding.key else ""


def _first_line(binding: Binding) -> int:
    """The number of the line that a binding begins at; the parser counts from the blank lines before it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _name_in(line: str) -> str:
    """The variable that an unreadable line seems to set; empty where that is unclear."""
    words = line.strip().removeprefix("export ").removeprefix("set ").replace(":", "=").partition("=")
    name = words[0].strip()
    plain = name.isidentifier() and name.isascii() and shown_name(name) == name
    return name if words[1] and plain else ""


_ASSIGNMENT = r"(\s*(?:#\s*)?(?:export\s+|set\s+)?([A-Za-z_]\w*)\s*[=:])."


def without_values(text: str) -> str:
    """The text of a file of variables with their names only: every value, comment and other text is masked."""
    return "\n".join(map(_without_value, text.split("\n")))


def _without_value(line: str) -> str:
    if (found := re.match(_ASSIGNMENT, line)) and shown_name(found[2]) == found[2]:
        return found[1] + HIDDEN
    start = "# " if line.lstrip().startswith("#") else ""
    return start + HIDDEN if line.strip(" \t\r#") else line
