"""A Python environment on disk: its folders, and the packages in them by their `dist-info`. Nothing is executed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping

from core.installation.requirements import PACKAGE
from core.records import dataclass

KERNEL_PLUGINS = "pipelex.plugins.kernel"
"""The entry point group of Pipelex's plugins (0.92.2; an older group was `pipelex.plugins`)."""
_OLD_PLUGINS = "pipelex.plugins"
_MAX_ENTRY_POINTS_BYTES = 256 * 1024
_MAX_FOLDERS = 50
_MAX_BYTES = 16 * 1024
"""The part of a small file that is read: of a script its head, of a pointer its first lines."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin of Pipelex that an installed package declares: its name, its package and its entry point group."""

    name: str
    distribution: str
    group: str


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of an environment: version by normalized name, each one's metadata folder, and the folders searched.

    `others` are further versions of Pipelex that metadata beside it name.
    """

    versions: Mapping[str, str]
    folders: Mapping[str, str]
    searched: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def has(self, distribution: str) -> bool:
        """Whether a distribution is installed, under any spelling of its name."""
        return normalized(distribution) in self.versions


def normalized(name: str) -> str:
    """A distribution name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_packages(site_packages: Iterable[str]) -> Packages:
    """The packages in some folders, and in those that their path files and links name.

    Of two with one name the first counts, as Python imports it; a metadata folder of Pipelex without its metadata, as
    an interrupted installer leaves it, counts last. The sources of an editable Pipelex tell its version.
    """
    versions: dict[str, str] = {}
    folders: dict[str, str] = {}
    others: list[str] = []
    pending = list(site_packages)
    searched: dict[str, None] = {}
    while pending:
        folder = pending.pop(0)
        if folder in searched or len(searched) > _MAX_FOLDERS:
            continue
        searched[folder] = None
        for entry in entries(folder):
            stem, _, ending = entry.rpartition(".")
            if ending in ("pth", "egg-link"):
                pending += _linked(os.path.join(folder, entry))
            if ending not in ("dist-info", "egg-info"):
                continue
            name, _, version = stem.partition("-")
            key = normalized(name)
            path = os.path.join(folder, entry)
            version = version.partition("-py3")[0] or _metadata_version(path)
            if key not in versions or (key == PACKAGE and not _has_metadata(folders[key]) and _has_metadata(path)):
                versions[key], folders[key] = version, path
            elif key == PACKAGE and version != versions[key] and _has_metadata(path):
                others.append(version)
    if source := _editable_source(folders.get(PACKAGE)):
        searched[source] = None
        versions[PACKAGE] = _source_version(source) or versions[PACKAGE]
    return Packages(versions, folders, tuple(searched), tuple(others))


def _linked(file: str) -> list[str]:
    """The folders that a path file or a link adds to `sys.path`. Lines that Python would run are passed over."""
    parent = os.path.dirname(file)
    lines = (line.strip() for line in text_of(file).splitlines())
    named = (os.path.join(parent, line) for line in lines if line and not line.startswith(("#", "import ", "import\t")))
    return [os.path.normpath(path) for path in named if os.path.isdir(path) and path != os.path.join(parent, ".")]


def _has_metadata(folder: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, name)) for name in ("METADATA", "PKG-INFO"))


def _editable_source(folder: str | None) -> str:
    """The folder with the sources of an editable installation; empty for another."""
    text = text_of(os.path.join(folder, "direct_url.json")) if folder is not None else ""
    url = re.search(r'"url"\s*:\s*"file://([^"]*)"', text)
    if url is None or re.search(r'"editable"\s*:\s*true', text) is None:
        return ""
    from urllib.parse import unquote

    return unquote(url[1])


def _source_version(folder: str) -> str:
    text = text_of(os.path.join(folder, "pyproject.toml"))
    found = re.search(r'(?m)^version\s*=\s*["\']([^"\'\n]+)', text)
    named = re.search(r'(?m)^name\s*=\s*["\']pipelex["\']', text)
    return found[1] if found is not None and named is not None else ""


def _metadata_version(folder: str) -> str:
    """The version in a metadata folder without one in its name, as `setup.py develop` leaves it."""
    lines = text_of(os.path.join(folder, "PKG-INFO")).splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("Version:")), "")


def plugins_of(packages: Packages) -> tuple[Plugin, ...]:
    """The Pipelex plugins that the packages declare as entry points. Their code is not imported."""
    plugins = []
    for distribution, folder in packages.folders.items():
        section = ""
        for line in _entry_point_lines(folder):
            text = line.strip()
            if text.startswith("["):
                section = text.strip("[]").strip()
            elif section in (KERNEL_PLUGINS, _OLD_PLUGINS) and "=" in text and not text.startswith(("#", ";")):
                plugins.append(Plugin(text.partition("=")[0].strip(), distribution, section))
    return tuple(plugins)


def _entry_point_lines(folder: str) -> list[str]:
    try:
        with open(os.path.join(folder, "entry_points.txt"), encoding="utf-8", errors="replace") as stream:
            return stream.read(_MAX_ENTRY_POINTS_BYTES).splitlines()
    except OSError:
        return []


# ---- folders


def entries(folder: str) -> list[str]:
    """The names in a folder; empty where it cannot be listed."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def text_of(file: str) -> str:
    """The beginning of a small file; empty where there is none, or it is no regular file."""
    try:
        if not os.path.isfile(file):  # a pipe would block
            return ""
        with open(file, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read(_MAX_BYTES)
    except OSError:
        return ""


def first_line(file: str) -> str:
    """The first line of a small file; empty where there is none."""
    return text_of(file).partition("\n")[0].strip()


def number(name: str) -> tuple[int, ...]:
    """The order of names with numbers: `python3.9` before `python3.12`."""
    return tuple(map(int, re.findall(r"\d+", name)))


def upward(folder: str, environ: Mapping[str, str]) -> Iterator[str]:
    """A folder and those above it, up to the home directory or the root of the file system."""
    home = environ.get("HOME", "")
    folder = os.path.abspath(folder)
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder or folder == home:
            return
        folder = parent


def pyvenv_config(prefix: str) -> dict[str, str]:
    """The keys of an environment's `pyvenv.cfg`; empty where there is none."""
    pairs = (line.partition("=") for line in text_of(os.path.join(prefix, "pyvenv.cfg")).splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def prefix_of(python: str, cwd: str, environ: Mapping[str, str]) -> str:
    """The environment folder of an interpreter, or of an environment folder itself.

    An interpreter of a virtual environment is a link to the one it was made from, so links are followed only when no
    `pyvenv.cfg` stands beside it.
    """
    path = os.path.expanduser(python)
    if os.sep not in path:
        path = shutil.which(path, path=environ.get("PATH", "")) or path
    path = os.path.join(cwd, path)
    if os.path.isdir(path):
        return path
    for folder in (os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
        if os.path.isfile(os.path.join(folder, "pyvenv.cfg")):
            return folder
    return os.path.dirname(os.path.dirname(os.path.realpath(path)))


def site_packages(prefix: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The folders of an environment that hold packages, in the order of its `sys.path`.

    Folders of another Python than that of the environment, as an upgrade leaves them, are left out. With
    `include-system-site-packages` the packages of the user and those of the Python it was made from follow.
    """
    config = pyvenv_config(prefix)
    version = _python_version(prefix, config)
    yield from _libraries(prefix, version)
    if config.get("include-system-site-packages", "").lower() == "true" and config.get("home"):
        if not environ.get("PYTHONNOUSERSITE"):
            home = os.path.join(environ.get("HOME", ""), ".local")
            yield from _libraries(environ.get("PYTHONUSERBASE") or home, version)
        base = os.path.dirname(os.path.realpath(config["home"]))
        if not os.path.isfile(os.path.join(base, "pyvenv.cfg")):
            yield from _libraries(base, version)


def _libraries(prefix: str, version: str) -> Iterator[str]:
    for library in ("lib", "lib64", "local/lib"):
        names = [name for name in entries(os.path.join(prefix, library)) if name.startswith(("python3", "pypy3"))]
        # `python3` holds the packages of Debian for each Python.
        own = [name for name in names if name in (f"python{version}", f"pypy{version}", "python3")]
        for name in sorted(own or names if version else names, key=number, reverse=True):
            for kind in ("site-packages", "dist-packages"):
                folder = os.path.join(prefix, library, name, kind)
                if os.path.isdir(folder):
                    yield os.path.realpath(folder) if library == "lib64" else folder


def _python_version(prefix: str, config: Mapping[str, str]) -> str:
    """The version of an environment's Python as in `3.12`; empty where neither configuration nor link tells it."""
    stated = re.match(r"3\.\d+", config.get("version") or config.get("version_info") or "")
    if stated is not None:
        return stated[0]
    links = (os.path.realpath(os.path.join(prefix, "bin", name)) for name in ("python3", "python"))
    named = (re.fullmatch(r"(?:python|pypy)(3\.\d+)", os.path.basename(link)) for link in links)
    link = next(filter(None, named), None)
    if link is not None:
        return link[1]
    named = (re.fullmatch(r"(?:python|pypy)(3\.\d+)", name) for name in entries(os.path.join(prefix, "bin")))
    versions = [match[1] for match in named if match is not None]
    return max(versions, key=number, default="")
