"""The files of a tree that a release reads, each from the layer that provides it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace

from core.entities import Layer
from core.files.discover import POLICY_FILE, TREE_ENTRIES, TreePaths
from core.files.environment import home_of
from core.files.first_start import FilledHome, will_fill
from core.files.source import LayeredDocument, Source, layered, read_source
from core.files.unread import UnreadFile, unread_files
from core.files.view import DISK, IS_FILE, IS_FOLDER, MISSING, View, is_unreadable
from core.records import dataclass
from core.releases import Behaviours, Release
from core.toml.toml_0_5 import reread


def settings_files(
    project: str, start: str, home: str, behaviours: Behaviours, environ: Mapping[str, str], view: View = DISK
) -> Iterator[tuple[str, Layer]]:
    """The existing settings files, the last one wins; a dangling link is no file.

    Up to 0.17 the overrides are in the project root (and 0.10 has all there), and a project called `pipelex` is taken
    for Pipelex itself; from 0.18 to 0.27 they are in one folder, the project's `.pipelex` or else the home's; from 0.28
    on the complete set of the home comes first, then the project's. The file of a run mode of tests is in `tests` of
    the start folder instead, and from 0.28 on the last one.
    """
    mode = _run_mode(environ, behaviours)
    stage = environ.get(behaviours.settings_environment_variable) or "dev"
    names = ["pipelex_local.toml", f"pipelex_{stage}.toml"]
    tested = []
    if mode in behaviours.settings_of_tests:
        tested = [(os.path.join(start, "tests", f"pipelex_{mode}.toml"), Layer.PROJECT)]
    else:
        names.append(f"pipelex_{mode}.toml")
    folder = os.path.join(project, ".pipelex")
    if behaviours.settings_layout == "project root":
        base = os.path.join(project if behaviours.release < _BASE_IN_FOLDER_SINCE else folder, "pipelex.toml")
        paths = [(base, Layer.PROJECT)]
        root = project
        if os.path.basename(project) == "pipelex":
            root, paths = os.path.join(project, "pipelex"), []
        paths += [(os.path.join(root, name), Layer.PROJECT) for name in names]
        paths += [*tested, (os.path.join(root, "pipelex_super.toml"), Layer.PROJECT)]
    elif behaviours.settings_layout == "one folder":
        chosen, layer = _one_folder(project, home, behaviours, view)
        paths = [(os.path.join(home, "pipelex.toml"), Layer.HOME)] if behaviours.home_layer else []
        paths.append((os.path.join(folder, "pipelex.toml"), Layer.PROJECT))
        paths += [(os.path.join(chosen, name), layer) for name in names]
        paths += [*tested, (os.path.join(chosen, _LAST[0]), layer)]
    else:
        paths = [
            (os.path.join(base, name), layer)
            for base, layer in ((home, Layer.HOME), (folder, Layer.PROJECT))
            for name in ("pipelex.toml", *names, *_LAST)
        ]
        paths += tested
    return ((path, layer) for path, layer in paths if view.exists(path))


def _run_mode(environ: Mapping[str, str], behaviours: Behaviours) -> str:
    """The run mode: that of `RUN_MODE`, else from 0.16 on `codex_cloud` where `CODEX_CLOUD` is neither false nor 0."""
    cloud = environ.get("CODEX_CLOUD", "0").lower() not in ("false", "0") and "codex_cloud" in behaviours.run_modes
    return environ.get("RUN_MODE") or ("codex_cloud" if cloud else "normal")


def _one_folder(project: str, home: str, behaviours: Behaviours, view: View) -> tuple[str, Layer]:
    """The project's `.pipelex`, or that of the home where the project has none and the release reads the home's."""
    folder = os.path.join(project, ".pipelex")
    if behaviours.home_layer and not _is_folder(folder, view):
        return home, Layer.HOME
    return folder, Layer.PROJECT


_BASE_IN_FOLDER_SINCE = Release(0, 11, 0)


def telemetry_files(project: str, home: str, behaviours: Behaviours, view: View = DISK) -> Iterator[tuple[str, Layer]]:
    """The existing telemetry files, the last one wins; up to 0.17 a start from Python reads none."""
    folder = (os.path.join(project, ".pipelex"), Layer.PROJECT)
    folders = [(home, Layer.HOME), folder]
    if behaviours.settings_layout == "project root":
        folders = []
    elif behaviours.settings_layout == "one folder":
        folders = [_one_folder(project, home, behaviours, view)]
    for base, layer in folders:
        for name in ("telemetry.toml", "telemetry_override.toml"):
            if view.exists(path := os.path.join(base, name)):
                yield path, layer


def terms_files(project: str, home: str, behaviours: Behaviours, view: View = DISK) -> Iterator[tuple[str, Layer]]:
    """The file of consent to the gateway's terms, if it exists: at home, up to 0.20.4 in the project's folder first."""
    folder = (home, Layer.HOME)
    if behaviours.release < _TERMS_AT_HOME_SINCE:
        folder = _one_folder(project, home, behaviours, view)
    path = os.path.join(folder[0], "pipelex_service.toml")
    if behaviours.gateway == "remote" and view.exists(path):
        yield path, folder[1]


_TERMS_AT_HOME_SINCE = Release(0, 20, 5)
_LAST = ("pipelex_override.toml", "pipelex_temporary_override.toml")


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
    """`pipelex.toml` and its layers."""
    telemetry: LayeredDocument
    """`telemetry.toml` and its layers."""
    terms: LayeredDocument
    """The consent to the gateway's terms, in the releases that ask for it."""
    pyproject: Source | None = None
    """The `pyproject.toml` of the start folder, which releases up to 0.14 read."""
    ignored: tuple[Source, ...] = ()
    unread: tuple[UnreadFile, ...] = ()
    specs_fault: str = ""
    """Why the folder `backends` cannot be read; empty: it can, or does not exist."""
    deck_fault: str = ""
    """Why the folder `deck` cannot be read; empty: it can, or does not exist."""
    policy: Source | None = None
    """The file of pipedeck's own beside the project's tree, which no release reads; None where there is none."""
    beneath: Mapping[str, str] = field(default_factory=dict)
    """Files and folders of the home hidden by those of the project: display paths by name."""
    home: str = ""
    """The home configuration directory of the release."""
    filled: tuple[str, ...] = ()
    """The entries of `TREE_ENTRIES` that the first start of the release will copy from its kit into the home."""
    fill_known: bool = True
    """Whether the kit is available, so that `filled` entries have their content."""

    @property
    def incomplete(self) -> bool:
        """Whether files that the first start will copy from the kit are unknown here."""
        return bool(self.filled) and not self.fill_known

    @property
    def sources(self) -> tuple[Source, ...]:
        """All files read, in reading order."""
        return (
            *self.backends.sources,
            *self.specs.values(),
            *self.routing.sources,
            *self.deck.sources,
            *self.settings.sources,
            *self.telemetry.sources,
            *self.terms.sources,
        )

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders in which files of it are, or may be added."""
        folders = (self.paths.root, self.specs_path, self.deck_path)
        return tuple(dict.fromkeys((*folders, *(os.path.dirname(source.path) for source in self.sources))))


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


def read_tree(
    paths: TreePaths,
    behaviours: Behaviours,
    environ: Mapping[str, str],
    view: View = DISK,
    *,
    process: Mapping[str, str] | None = None,
) -> Tree:
    """Read a tree as a release does. Never raises.

    Up to 0.17 only the project counts. From 0.18 on each of `backends.toml`, `backends/`, `routing_profiles.toml` and
    `deck/` comes from the project if it exists there, else from the home, which a first start fills from the kit. From
    0.56 on override files are merged over the base, the home's first. `view` is the file system to read: the disk, or
    an overlay with edits; `process` are the variables after the `.env` files, where these differ from `environ`.
    """
    process = environ if process is None else process
    home = home_of(paths, behaviours, process)
    user_home = environ.get("HOME") or os.path.expanduser("~")
    shown = _DisplayPath(paths, user_home)
    inference = dict(paths.moved).get(behaviours.tree_path_setting, paths.inference)
    home_inference = os.path.join(home, "inference")
    project = paths.project if not paths.home_only else os.devnull
    # Up to 0.17 the start folder is the project, even where it has no tree.
    settled = paths.start if paths.skipped and not paths.named and not behaviours.home_layer else project
    no_home = not paths.home_only and os.path.realpath(home_inference) == os.path.realpath(inference)
    in_project = [e for e in TREE_ENTRIES if not paths.home_only and view.exists(os.path.join(inference, e))]
    filled: tuple[str, ...] = ()
    kit_files: Mapping[str, str] = {}
    if len(in_project) < len(TREE_ENTRIES) and will_fill(home, behaviours, view):
        lacking = [entry for entry in TREE_ENTRIES if entry not in in_project]
        filled = tuple(entry for entry in lacking if paths.kit or not view.exists(os.path.join(home_inference, entry)))
        if paths.kit and filled:
            view = FilledHome(view, home_inference, paths.kit)
            kit_files = view.files
    read = _reader(behaviours, view, kit_files)

    def pick(entry: str) -> tuple[str, Layer]:
        path = os.path.join(inference, entry)
        if behaviours.home_layer and not no_home:
            fallback = os.path.join(home_inference, entry)
            if paths.home_only:
                return fallback, Layer.HOME
            if view.exists(fallback):
                if entry not in in_project:
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
        if not paths.home_only:
            folders.append((inference, Layer.PROJECT_OVERRIDE))
        for folder, override_layer in folders:
            path = os.path.join(folder, override)
            if view.lexists(path):
                source = read(path, shown(path), override_layer)
                # A broken link is ignored, as a missing file is.
                (sources if behaviours.override_files and view.exists(path) else ignored).append(source)
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
        pyproject=_pyproject(paths, behaviours, shown, view),
        specs_fault="" if specs else _folder_fault(specs_folder, view),
        deck_fault="" if deck_sources else _folder_fault(deck_folder, view),
        deck=layered(deck_sources, concatenate=behaviours.merged_lists == "concatenated"),
        deck_folder=shown(deck_folder),
        deck_path=deck_folder,
        settings=_layered_files(settings_files(settled, paths.start, home, behaviours, process, view), shown, read),
        telemetry=_layered_files(telemetry_files(settled, home, behaviours, view), shown, read),
        terms=_layered_files(terms_files(project, home, behaviours, view), shown, read),
        ignored=tuple(ignored),
        unread=tuple(unread_files(paths, inference, behaviours, view, shown)),
        policy=_policy(paths, inference, shown, view),
        beneath=beneath,
        home=home,
        filled=filled,
        fill_known=bool(paths.kit),
    )


def _is_folder(path: str, view: View) -> bool:
    return view.content(path) == IS_FOLDER


def _folder_fault(folder: str, view: View) -> str:
    """Why the files of a folder cannot be read; empty where they can, or where there is no folder."""
    content = view.content(folder) if view.lexists(folder) else MISSING
    if content in (IS_FOLDER, MISSING):
        return ""
    return content if isinstance(content, str) and is_unreadable(content) else IS_FILE


def _policy(paths: TreePaths, inference: str, shown: _DisplayPath, view: View) -> Source | None:
    folder = os.path.dirname(inference)
    if os.path.basename(folder) != ".pipelex":
        folder = os.path.join(paths.project, ".pipelex")
    path = os.path.join(folder, POLICY_FILE)
    return read_source(path, shown(path), Layer.PROJECT, view) if view.lexists(path) else None


FileReader = Callable[[str, str, Layer], Source]


def _reader(behaviours: Behaviours, view: View, kit_files: Mapping[str, str]) -> FileReader:
    """The file reader of a release: 0.10 and 0.11 read TOML with a library of their own. `kit_files` fill the home."""

    def read(path: str, shown: str, layer: Layer) -> Source:
        layer = Layer.KIT if path in kit_files else layer
        source = read_source(path, shown, layer, view)
        if behaviours.toml_reader == "tomli":
            return source
        document, refusal = reread(source.document, trims_lines=behaviours.rewrites_files)
        return replace(source, document=document, refusal=refusal)

    return read


def _pyproject(paths: TreePaths, behaviours: Behaviours, shown: _DisplayPath, view: View) -> Source | None:
    """The `pyproject.toml` that a release reads for packages with settings (`load_inheritance_config`), if it does."""
    path = os.path.join(paths.start, "pyproject.toml")
    if not behaviours.reads_pyproject or not view.exists(path):
        return None
    source = read_source(path, shown(path), Layer.PROJECT, view)
    if behaviours.toml_reader == "tomli":
        return source
    document, refusal = reread(source.document, trims_lines=False)
    return replace(source, document=document, refusal=refusal)


def _specs(
    folder: str, layer: Layer, shown: _DisplayPath, backends: LayeredDocument, read: FileReader, view: View
) -> dict[str, Source]:
    """Backend files by backend name. A name with a slash is a file in a subfolder, or above with `..`."""
    paths = {name[:-5]: os.path.join(folder, name) for name in view.toml_names(folder)}
    for name in backends.data:
        if "/" in name and view.exists(f"{folder}/{name}.toml"):
            paths[name] = os.path.normpath(f"{folder}/{name}.toml")
    return {name: read(path, shown(path), layer) for name, path in paths.items()}


def _layered_files(files: Iterable[tuple[str, Layer]], shown: _DisplayPath, read: FileReader) -> LayeredDocument:
    return layered(tuple(read(path, shown(path), layer) for path, layer in files))
