"""The files of a tree that a release reads, each from the layer that provides it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from io import StringIO
from typing import TYPE_CHECKING, Literal

from core.entities import Layer
from core.files.discover import TreePaths, home_directory, pipelex_home
from core.files.source import LayeredDocument, Source, layered, read_source
from core.files.unread import UnreadFile, unread_files
from core.files.view import DISK, IS_FOLDER, View
from core.masking import shown_name
from core.records import dataclass
from core.releases import Behaviours
from core.toml.toml_0_5 import reread
from core.variables import Environment, UnreadLine

if TYPE_CHECKING:
    from dotenv.parser import Binding

Layout = Literal["project root", "one folder", "home then project"]


def settings_files(
    project: str, home: str, layout: Layout, environ: Mapping[str, str], environment_variable: str
) -> Iterator[tuple[str, Layer]]:
    """The existing settings files, the last one wins.

    Up to 0.17 the overrides are in the project root; from 0.18 to 0.27 in one folder, the project's `.pipelex` or else
    the home's; from 0.28 on the complete set of the home comes first, then the project's.
    """
    names = _override_names(environ, environment_variable)
    folder = os.path.join(project, ".pipelex")
    if layout == "project root":
        paths = [(os.path.join(folder, "pipelex.toml"), Layer.PROJECT)]
        paths += [(os.path.join(project, name), Layer.PROJECT) for name in (*names, "pipelex_super.toml")]
    elif layout == "one folder":
        chosen = (folder, Layer.PROJECT) if os.path.isdir(folder) else (home, Layer.HOME)
        paths = [
            (os.path.join(home, "pipelex.toml"), Layer.HOME),
            (os.path.join(folder, "pipelex.toml"), Layer.PROJECT),
        ]
        paths += [(os.path.join(chosen[0], name), chosen[1]) for name in (*names, *_LAST)]
    else:
        paths = [
            (os.path.join(base, name), layer)
            for base, layer in ((home, Layer.HOME), (folder, Layer.PROJECT))
            for name in ("pipelex.toml", *names, *_LAST)
        ]
    return ((path, layer) for path, layer in paths if os.path.lexists(path))


_LAST = ("pipelex_override.toml", "pipelex_temporary_override.toml")


def _override_names(environ: Mapping[str, str], environment_variable: str) -> tuple[str, ...]:
    stage = environ.get(environment_variable) or "dev"
    mode = environ.get("RUN_MODE") or "normal"
    return ("pipelex_local.toml", f"pipelex_{stage}.toml", f"pipelex_{mode}.toml")


@dataclass(frozen=True)
class Tree:
    """The files of a tree as one release reads them. A missing file is a document whose only source has an `error`.

    `specs_folder` and `deck_folder` are display paths, `specs_path` and `deck_path` the absolute ones.
    """

    paths: TreePaths
    backends: LayeredDocument
    routing: LayeredDocument
    specs: Mapping[str, Source]
    specs_folder: str
    specs_path: str
    specs_layer: Layer
    deck: LayeredDocument
    deck_folder: str
    deck_path: str
    settings: LayeredDocument
    ignored: tuple[Source, ...] = ()
    unread: tuple[UnreadFile, ...] = ()
    specs_are_a_file: bool = False
    """Whether a file is in the place of the folder `backends`."""
    beneath: Mapping[str, str] = field(default_factory=dict)
    """Files and folders of the home hidden by those of the project: display paths by name."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """All files read, in reading order."""
        return (
            *self.backends.sources,
            *self.specs.values(),
            *self.routing.sources,
            *self.deck.sources,
            *self.settings.sources,
        )


class _DisplayPath:
    """Display paths: relative to the project, or to the home directory as `~`."""

    def __init__(self, paths: TreePaths, user_home: str) -> None:
        self.project = paths.project
        self.user_home = user_home

    def __call__(self, path: str) -> str:
        for base, prefix in ((self.project, ""), (self.user_home, "~/")):
            if path.startswith(base.rstrip("/") + "/"):
                return prefix + path[len(base.rstrip("/")) + 1 :]
        return path


def read_tree(paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str], view: View = DISK) -> Tree:
    """Read a tree as a release does. Never raises.

    Up to 0.17 only the project counts. From 0.18 on each of `backends.toml`, `backends/`, `routing_profiles.toml` and
    `deck/` comes from the project if it exists there, else from the home. From 0.56 on override files are merged over
    the base, the home's first. `view` is the file system to read: the disk, or an overlay with edits.
    """
    home = _home(paths, behaviours, environ)
    user_home = environ.get("HOME") or os.path.expanduser("~")
    shown = _DisplayPath(paths, user_home)
    read = _reader(behaviours, view)
    inference = dict(paths.moved).get(behaviours.tree_path_setting, paths.inference)
    home_inference = os.path.join(home, "inference")
    no_home = os.path.realpath(home_inference) == os.path.realpath(inference)

    def pick(entry: str) -> tuple[str, Layer]:
        path = os.path.join(inference, entry)
        if behaviours.home_layer and not no_home:
            fallback = os.path.join(home_inference, entry)
            if view.exists(fallback):
                if not view.exists(path):
                    return fallback, Layer.HOME
                beneath[entry] = shown(fallback)
        return path, Layer.PROJECT

    ignored: list[Source] = []
    beneath: dict[str, str] = {}

    def with_overrides(entry: str) -> LayeredDocument:
        path, layer = pick(entry)
        sources = [read(path, shown(path), layer)]
        override = entry.replace(".toml", "_override.toml")
        folders = [(home_inference, Layer.HOME_OVERRIDE)] if behaviours.home_layer and not no_home else []
        for folder, override_layer in (*folders, (inference, Layer.PROJECT_OVERRIDE)):
            path = os.path.join(folder, override)
            if view.lexists(path):
                source = read(path, shown(path), override_layer)
                (sources if behaviours.override_files else ignored).append(source)
        return layered(tuple(sources))

    backends = with_overrides("backends.toml")
    specs_folder, specs_layer = pick("backends")
    deck_folder, deck_layer = pick("deck")
    specs = _specs(specs_folder, specs_layer, shown, backends, read, view)
    deck_sources = tuple(read(path, shown(path), deck_layer) for path in view.toml_below(deck_folder))
    return Tree(
        paths=paths,
        backends=backends,
        routing=with_overrides("routing_profiles.toml"),
        specs=specs,
        specs_folder=shown(specs_folder),
        specs_path=specs_folder,
        specs_layer=specs_layer,
        specs_are_a_file=not specs and view.exists(specs_folder) and view.content(specs_folder) != IS_FOLDER,
        deck=layered(deck_sources, concatenate=behaviours.merged_lists == "concatenated"),
        deck_folder=shown(deck_folder),
        deck_path=deck_folder,
        settings=_settings(paths, home, behaviours, environ, shown, view),
        ignored=tuple(ignored),
        unread=tuple(unread_files(paths, inference, behaviours, view, shown)),
        beneath=beneath,
    )


FileReader = Callable[[str, str, Layer], Source]


def _reader(behaviours: Behaviours, view: View) -> FileReader:
    """The file reader of a release: 0.10 and 0.11 read TOML with a library of their own."""

    def read(path: str, shown: str, layer: Layer) -> Source:
        source = read_source(path, shown, layer, view)
        if behaviours.toml_reader == "tomli":
            return source
        document, refusal = reread(source.document, trims_lines=behaviours.rewrites_files)
        return replace(source, document=document, refusal=refusal)

    return read


def _home(paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str]) -> str:
    """The home configuration directory of a release: up to 0.74.0 `PIPELEX_HOME` has no effect."""
    if behaviours.pipelex_home:
        return paths.home
    return pipelex_home(environ, cwd=paths.project, honour_variable=False)


def _specs(
    folder: str, layer: Layer, shown: _DisplayPath, backends: LayeredDocument, read: FileReader, view: View
) -> dict[str, Source]:
    """Backend files by backend name. A name with a slash is a file in a subfolder, or above with `..`."""
    paths = {name[:-5]: os.path.join(folder, name) for name in view.toml_names(folder)}
    for name in backends.data:
        if "/" in name and view.exists(f"{folder}/{name}.toml"):
            paths[name] = os.path.normpath(f"{folder}/{name}.toml")
    return {name: read(path, shown(path), layer) for name, path in paths.items()}


def _settings(
    paths: TreePaths, home: str, behaviours: Behaviours, environ: Mapping[str, str], shown: _DisplayPath, view: View
) -> LayeredDocument:
    """`pipelex.toml` with its override files."""
    files = settings_files(
        paths.project, home, behaviours.settings_layout, environ, behaviours.settings_environment_variable
    )
    return layered(tuple(read_source(path, shown(path), layer, view) for path, layer in files))


def read_environment(
    paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str], *, assume_set: bool = False
) -> Environment:
    """The variables of a release: the shell, the home `.env` (0.18 on), then `./.env`; the last wins."""
    sources: list[tuple[str, Mapping[str, str]]] = [("shell", dict(environ))]
    unread: list[UnreadLine] = []
    variables = dict(environ)
    for path, label in environment_files(paths, behaviours, environ):
        if os.path.isfile(path):
            values, lines = _dotenv(path, variables)
            variables.update(values)
            sources.append((label, values))
            unread += [UnreadLine(label, number, name) for number, name in lines]
    return Environment(tuple(sources), assume_set, tuple(unread), tuple(_elsewhere(paths, behaviours, environ)))


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


def _elsewhere(
    paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The names of the variables in files that the release does not read, by display name."""
    read = {os.path.realpath(path) for path, _ in environment_files(paths, behaviours, environ)}
    for name in _OTHER_DOTENVS:
        path = os.path.join(paths.project, name)
        if os.path.isfile(path) and os.path.realpath(path) not in read:
            values, _ = _dotenv(path, {})
            yield f"./{name}", frozenset(key for key, value in values.items() if value)


def environment_files(
    paths: TreePaths, behaviours: Behaviours, environ: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """The `.env` files of a release in order, existing or not: paths and display names."""
    files = [(os.path.join(paths.project, ".env"), "./.env")]
    if behaviours.home_dotenv:
        home = _home(paths, behaviours, environ)
        is_default = home == os.path.join(home_directory(environ), ".pipelex")
        files.insert(0, (os.path.join(home, ".env"), "~/.pipelex/.env" if is_default else os.path.join(home, ".env")))
    return files


def _dotenv(path: str, environ: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """The variables of a `.env` file, and its unreadable lines: their numbers and the names they seem to set.

    References are resolved from the variables set before. Both are empty when the file is unreadable.
    """
    # Imported only when the file exists: the import costs more than reading a small tree.
    from dotenv.parser import parse_stream
    from dotenv.variables import parse_variables

    try:
        content = DISK.content(path)
        text = content.decode("utf-8") if isinstance(content, bytes) else ""
        bindings = list(parse_stream(StringIO(text)))
    except (OSError, ValueError):
        return {}, []
    values = {binding.key: binding.value for binding in bindings if binding.key is not None}
    resolved: dict[str, str] = {}
    for name, raw_value in values.items():
        if raw_value is not None:
            resolved[name] = "".join(atom.resolve({**environ, **resolved}) for atom in parse_variables(raw_value))
    return resolved, list(_unread_lines(bindings))


def _unread_lines(bindings: Iterable[Binding]) -> Iterator[tuple[int, str]]:
    """The number of each line that sets nothing, and the name it seems to set."""
    for binding in bindings:
        text = binding.original.string
        blank = text[: len(text) - len(text.lstrip())].count("\n")
        if binding.error:
            yield binding.original.line + blank, _name_in(text)
        elif binding.key is not None and binding.value is None:
            yield binding.original.line + blank, binding.key if shown_name(binding.key) == binding.key else ""


def _name_in(line: str) -> str:
    """The variable that an unreadable line seems to set; empty where that is unclear."""
    words = line.strip().removeprefix("export ").removeprefix("set ").replace(":", "=").partition("=")
    name = words[0].strip()
    plain = name.isidentifier() and name.isascii() and shown_name(name) == name
    return name if words[1] and plain else ""
