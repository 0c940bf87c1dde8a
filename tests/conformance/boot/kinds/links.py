"""Links, pipes and files in the place of the files and folders of a tree."""

from __future__ import annotations

from ..case import PROJECT, Entry, Folder, Link, Pipe
from ..draft import BACKENDS, DECK, ROUTING, SOUTH, TREE, Draft
from ..registry import NEWEST, kind, register

STORE = "store"
LAST_WITHOUT_UNREADABLE_MARKERS = 83
"""From the next release on a start over `.pipelex` that is a link to itself differs from time to time."""

for path in (BACKENDS, ROUTING, SOUTH, DECK):

    def elsewhere(draft: Draft, path: str = path) -> None:
        draft.files[f"{STORE}/real.toml"] = draft.files[path]
        draft.files[path] = Link("../" * path.count("/") + f"{STORE}/real.toml")

    def to_itself(draft: Draft, path: str = path) -> None:
        draft.files[path] = Link(path.rpartition("/")[2])

    def over_links(draft: Draft, path: str = path) -> None:
        name = path.rpartition("/")[2]
        draft.files[f"{path}.2"] = draft.files[path]
        draft.files |= {path: Link(f"{name}.1"), f"{path}.1": Link(f"{name}.2")}

    short = path.removeprefix(TREE)
    register(f"{short} as a link to a file elsewhere", elsewhere)
    register(f"{short} as a link to itself", to_itself)
    register(f"{short} as a link to a link", over_links)


def in_place_of(folder: str, entry: Entry, draft: Draft) -> None:
    """Put something in the place of a folder and its files."""
    for path in [path for path in draft.files if path.startswith(f"{folder}/")]:
        del draft.files[path]
    draft.files[folder] = entry


for folder in (".pipelex", ".pipelex/inference", ".pipelex/inference/backends", ".pipelex/inference/deck"):

    def moved(draft: Draft, folder: str = folder) -> None:
        inside = {path: entry for path, entry in draft.files.items() if path.startswith(f"{folder}/")}
        in_place_of(folder, Link("../" * folder.count("/") + STORE), draft)
        draft.files |= {f"{STORE}{path.removeprefix(folder)}": entry for path, entry in inside.items()}

    register(f"folder {folder} as a link to another", moved)
    others: dict[str, Entry] = {
        "a link to itself": Link(folder.rpartition("/")[2]),
        "a link to nothing": Link("gone"),
        "a file": "x = 1\n",
        "a pipe": Pipe(),
    }
    for label, entry in others.items():

        def replaced(draft: Draft, folder: str = folder, entry: Entry = entry) -> None:
            in_place_of(folder, entry, draft)

        of_marker = folder == ".pipelex" and label == "a link to itself"
        register(f"folder {folder} as {label}", replaced, 0, LAST_WITHOUT_UNREADABLE_MARKERS if of_marker else NEWEST)


@kind()
def folder_of_the_deck_with_a_link_to_its_parent(draft: Draft) -> None:
    draft.files[f"{TREE}deck/more"] = Link("..")


@kind()
def folder_of_the_deck_with_a_link_to_itself(draft: Draft) -> None:
    draft.files[f"{TREE}deck/more"] = Link("more")


@kind()
def folder_of_the_deck_with_a_link_to_more_files(draft: Draft) -> None:
    draft.files[f"{STORE}/x.toml"] = f'[{draft.aliases}]\nnew-name = "s-large"\n'
    draft.files[f"{TREE}deck/more"] = Link(f"../../../{STORE}")


for label, name in {
    "an ending in capitals": "X.TOML",
    "a dot at its beginning": ".x.toml",
    "a hidden folder": ".git/x.toml",
    "a tilde": "base.toml~",
    "a name that is no UTF-8": "\udcff.toml",
    "a new line in its name": "a\nb.toml",
    "three folders": "a/b/c.toml",
}.items():
    for what, text in {"broken": "[[", "used": ""}.items():

        def odd_name(draft: Draft, name: str = name, text: str = text) -> None:
            draft.files[f"{TREE}deck/{name}"] = text or f'[{draft.aliases}]\nnew-name = "s-large"\n'

        register(f"deck file with {label}, {what}", odd_name)


@kind()
def deck_folder_with_the_name_of_a_file(draft: Draft) -> None:
    draft.files[f"{TREE}deck/x.toml"] = Folder()


HOMES: dict[str, Entry] = {
    "a link to itself": Link("conf"),
    "a link to nothing": Link("gone"),
    "a link to a folder": Link("real"),
    "a file": "",
    "an empty folder": Folder(),
}
for label, entry in HOMES.items():

    def named_home(draft: Draft, entry: Entry = entry) -> None:
        draft.files |= {"real/x.txt": "", "conf": entry}
        draft.env["PIPELEX_HOME"] = f"{PROJECT}/conf"

    register(f"PIPELEX_HOME as {label}", named_home, 18)
