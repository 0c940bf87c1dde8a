"""The folder a boot starts in: the project, a folder in it, one beside it; with every root marker and `.env`."""

from __future__ import annotations

from ..case import HOME, PROJECT, Entry, Folder, Link, Pipe
from ..draft import Draft
from ..registry import kind, register

FOLDERS = {
    "a folder": "src",
    "a deep folder": "src/a/b/c",
    "the tree": ".pipelex/inference",
    "the settings' folder": ".pipelex",
    "the deck": ".pipelex/inference/deck",
    "a hidden folder": ".github",
    "a folder with blanks": "my files",
    "a folder beside": "../beside",
    "the folder above": "..",
}
MARKERS: dict[str, dict[str, Entry]] = {
    "pyproject": {"pyproject.toml": '[project]\nname = "x"\n'},
    "git": {".git": Folder()},
    "a git file": {".git": "gitdir: elsewhere\n"},
    "setup.py": {"setup.py": "raise SystemExit\n"},
    "setup.cfg": {"setup.cfg": ""},
    "package.json": {"package.json": "{}"},
    "mercurial": {".hg": Folder()},
    "subversion": {".svn": Folder()},
    "go.mod": {"go.mod": ""},
    "METHODS.toml": {"METHODS.toml": ""},
    "requirements": {"requirements.txt": ""},
    "uv.lock": {"uv.lock": ""},
    "a link to nothing": {"pyproject.toml": Link("gone")},
    "a folder named pyproject": {"pyproject.toml": Folder()},
    "an empty pyproject": {"pyproject.toml": ""},
    "nothing": {},
}


def _mark(draft: Draft, marker: str) -> None:
    del draft.files["pyproject.toml"]
    draft.files.update(MARKERS[marker])


for marker in MARKERS:
    for label, folder in {"the project": ".", **FOLDERS}.items():
        if marker not in ("pyproject", "nothing") and label not in ("the project", "a deep folder"):
            continue

        def start(draft: Draft, marker: str = marker, folder: str = folder) -> None:
            _mark(draft, marker)
            draft.cwd = folder

        register(f"{marker} started in {label}", start)

for label, folder in FOLDERS.items():

    def own_dotenv(draft: Draft, folder: str = folder) -> None:
        draft.cwd = folder
        draft.files[f"{folder}/.env"] = "SOUTH_KEY=\n"

    def project_dotenv(draft: Draft, folder: str = folder) -> None:
        draft.cwd = folder
        draft.files[".env"] = "SOUTH_KEY=\n"

    def home_tree(draft: Draft, folder: str = folder) -> None:
        draft.cwd = folder
        draft.home.update(draft.take_tree())

    def missing_file(draft: Draft, folder: str = folder) -> None:
        draft.cwd = folder
        del draft.files[".pipelex/inference/backends/south.toml"]

    register(f"dotenv of {label}", own_dotenv)
    register(f"dotenv of the project from {label}", project_dotenv)
    register(f"home tree from {label}", home_tree)
    register(f"spec missing from {label}", missing_file)

for inner in ("pyproject.toml", ".git", "package.json", ".pipelex/x.txt", ".pipelex/inference/x.txt"):

    def nested(draft: Draft, inner: str = inner) -> None:
        draft.files[f"packages/one/{inner}"] = ""
        draft.cwd = "packages/one"

    def nested_below(draft: Draft, inner: str = inner) -> None:
        draft.files[f"packages/one/{inner}"] = ""
        draft.cwd = "packages/one/src"

    register(f"inner project of {inner}", nested)
    register(f"below an inner project of {inner}", nested_below)


ODD_MARKERS: dict[str, Entry] = {
    "a link to itself": Link("@"),
    "a link through itself": Link("@/inside"),
    "a link to nothing": Link("gone"),
    "a link below a file": Link("x.txt/inside"),
    "a link to the folder above": Link(".."),
    "a pipe": Pipe(),
    "a file": "gitdir: gone\n",
}
for marker in (".git", ".hg", "pyproject.toml", "setup.cfg"):
    for label, entry in ODD_MARKERS.items():
        for depth in ("", "/a/b"):

            def odd_marker(draft: Draft, marker: str = marker, entry: Entry = entry, depth: str = depth) -> None:
                made = Link(entry.target.replace("@", marker)) if isinstance(entry, Link) else entry
                draft.files |= {"src/x.txt": "", f"src/{marker}": made}
                draft.cwd = f"src{depth}"

            register(f"{marker} that is {label} below the project{' from below' if depth else ''}", odd_marker)


@kind()
def two_trees_one_above_the_other(draft: Draft) -> None:
    for path, entry in draft.tree().items():
        draft.files[f"packages/one/{path}"] = entry
    draft.swap(".pipelex/inference/routing_profiles.toml", 'default = "north"', 'default = "nobody"')
    draft.cwd = "packages/one"


@kind()
def two_trees_with_a_marker_each(draft: Draft) -> None:
    two_trees_one_above_the_other(draft)
    draft.files["packages/one/pyproject.toml"] = ""


@kind()
def project_is_the_home(draft: Draft) -> None:
    draft.env["HOME"] = PROJECT


@kind()
def project_is_the_home_from_below(draft: Draft) -> None:
    draft.env["HOME"] = PROJECT
    draft.cwd = "work"


@kind()
def project_below_the_home(draft: Draft) -> None:
    draft.env["HOME"] = PROJECT
    draft.files["work/pyproject.toml"] = ""
    draft.cwd = "work"


@kind()
def started_in_the_home(draft: Draft) -> None:
    draft.cwd = "../home"


@kind()
def started_in_the_home_with_a_tree(draft: Draft) -> None:
    draft.home.update(draft.take_tree())
    draft.cwd = "../home"


@kind()
def started_in_the_home_with_a_marker(draft: Draft) -> None:
    draft.home.update(draft.take_tree())
    draft.home["pyproject.toml"] = ""
    draft.cwd = "../home"


@kind()
def home_that_does_not_exist(draft: Draft) -> None:
    draft.env["HOME"] = HOME + "/nowhere"


@kind()
def home_with_a_slash_behind(draft: Draft) -> None:
    draft.env["HOME"] = HOME + "/"
    draft.home.update(draft.take_tree())


@kind()
def project_in_a_linked_folder(draft: Draft) -> None:
    draft.files["../link"] = Link("project/src")
    draft.files["src/x.txt"] = ""
    draft.cwd = "../link"


@kind()
def empty_project(draft: Draft) -> None:
    draft.files.clear()
    draft.files["pyproject.toml"] = ""


@kind()
def empty_folder(draft: Draft) -> None:
    draft.files.clear()


@kind()
def marker_that_is_a_link_to_itself_and_a_home_that_is_a_file(draft: Draft) -> None:
    draft.files["src/.git"] = Link(".git")
    draft.home[".pipelex"] = ""
    draft.cwd = "src"


@kind()
def marker_that_is_a_link_to_itself_and_settings_that_are_none(draft: Draft) -> None:
    draft.files |= {"src/.git": Link(".git"), ".pipelex/pipelex.toml": "["}
    draft.home[".pipelex/pipelex.toml"] = "["
    draft.cwd = "src"


@kind()
def marker_that_is_a_link_to_itself_and_an_unknown_run_mode(draft: Draft) -> None:
    draft.files["src/.git"] = Link(".git")
    draft.env["RUN_MODE"] = "none"
    draft.cwd = "src"


@kind()
def marker_that_is_a_link_to_itself_above_an_inner_project(draft: Draft) -> None:
    draft.files |= {"src/.git": Link(".git"), "src/app/package.json": ""}
    draft.cwd = "src/app"


@kind()
def marker_that_is_a_link_to_itself_in_the_home(draft: Draft) -> None:
    draft.home[".git"] = Link(".git")
    draft.cwd = "../home/work"
