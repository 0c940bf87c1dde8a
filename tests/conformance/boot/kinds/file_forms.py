"""Files: encodings, links, folders in place of files, missing and empty ones, names and their case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..case import Entry, Folder, Link, Pipe
from ..draft import (
    BACKENDS,
    BACKENDS_OVERRIDE,
    DECK,
    INTERNAL,
    LATER,
    NORTH,
    ROUTING,
    ROUTING_OVERRIDE,
    SHUT,
    SOUTH,
    TREE,
    Draft,
)
from ..registry import Change, added, kind, register

FILES = {
    "backends": BACKENDS,
    "routing": ROUTING,
    "spec": SOUTH,
    "spec not read": SHUT,
    "spec of internal": INTERNAL,
    "deck": DECK,
}


def _named(name: str) -> Callable[[Change], Change]:
    def keep(change: Change) -> Change:
        register(name, change)
        return change

    return keep


def _forms(name: str, path: str) -> None:
    """Every form of one file."""

    def text(label: str, value: str | bytes) -> None:
        def apply(draft: Draft) -> None:
            draft.files[path] = value

        register(f"{name} {label}", apply)

    def encoded(label: str, encoding: str, prefix: bytes = b"", comment: str = "") -> None:
        def apply(draft: Draft) -> None:
            draft.add(path, comment)
            draft.recode(path, encoding, prefix)

        register(f"{name} {label}", apply)

    text("empty", "")
    text("only blanks", "  \n\t\n")
    text("only a comment", "# nothing\n")
    text("of one NUL", b"\x00")
    text("of random bytes", bytes(range(256)))
    text("not TOML", "{ this is not TOML")
    text("JSON", '{"a": 1}\n')
    text("a bare list", "[]\n")
    text("one key", "x = 1\n")
    text("of an archive", b"\x1f\x8b\x08\x00" + b"\x00" * 20)
    encoded("with a mark", "utf-8", b"\xef\xbb\xbf")
    encoded("with two marks", "utf-8", b"\xef\xbb\xbf\xef\xbb\xbf")
    encoded("in UTF-16", "utf-16")
    encoded("in UTF-32", "utf-32")
    encoded("in Latin-1", "latin-1", comment="# caf\xe9\n")
    encoded("in UTF-8", "utf-8", comment="# café\n")

    @_named(f"{name} with a NUL in a comment")
    def _(draft: Draft) -> None:
        draft.add(path, "# \x00\n")

    @_named(f"{name} cut inside a character")
    def _(draft: Draft) -> None:
        draft.files[path] = (draft.text(path) + "# é").encode()[:-1]

    @_named(f"{name} missing")
    def _(draft: Draft) -> None:
        del draft.files[path]

    @_named(f"{name} a folder")
    def _(draft: Draft) -> None:
        draft.files[path] = Folder()

    @_named(f"{name} a link")
    def _(draft: Draft) -> None:
        draft.files["aside/real.toml"] = draft.files[path]
        draft.files[path] = Link("../" * path.count("/") + "aside/real.toml")

    @_named(f"{name} a link to nothing")
    def _(draft: Draft) -> None:
        draft.files[path] = Link("gone.toml")

    @_named(f"{name} a link to itself")
    def _(draft: Draft) -> None:
        draft.files[path] = Link(path.rpartition("/")[2])

    @_named(f"{name} a link to a folder")
    def _(draft: Draft) -> None:
        draft.files["aside/x.txt"] = ""
        draft.files[path] = Link("../" * path.count("/") + "aside")

    @_named(f"{name} with a name in capitals")
    def _(draft: Draft) -> None:
        folder, _, file = path.rpartition("/")
        draft.files[f"{folder}/{file.upper()}"] = draft.files.pop(path)

    @_named(f"{name} with an ending in capitals")
    def _(draft: Draft) -> None:
        draft.files[path.replace(".toml", ".TOML")] = draft.files.pop(path)

    @_named(f"{name} with a second ending")
    def _(draft: Draft) -> None:
        draft.files[path + ".bak"] = draft.files.pop(path)

    @_named(f"{name} with a copy beside")
    def _(draft: Draft) -> None:
        draft.files[path.replace(".toml", " copy.toml")] = draft.files[path]


for label, file in FILES.items():
    _forms(label, file)

added("deck file of a comment beside", LATER, "# nothing here\n")
added("deck file empty beside", LATER, "")
added("deck file not TOML beside", LATER, "nothing here\n")
added("deck file of another ending", TREE + "deck/later.txt", "nothing here\n")
added("deck file named by its ending", TREE + "deck/.toml", "[nonsense]\n")
added("deck file of an editor", TREE + "deck/base.toml~", "nothing\n")
added("deck file of a swap", TREE + "deck/.base.toml.swp", "nothing\n")
added("deck file hidden", TREE + "deck/.hidden.toml", "[nonsense]\nx = 1\n")
added("spec of no backend", TREE + "backends/stranger.toml", "not TOML\n")
added("spec with an override beside", TREE + "backends/south_override.toml", "not TOML\n")
added("file of another use in the tree", TREE + "notes.toml", "not TOML\n")


def _deck_alias(draft: Draft, path: str) -> None:
    draft.add(path, f'[{draft.aliases}]\nbest = "s-large"\n')


PLACES = {
    "before": "deck/a.toml",
    "before by a dot": "deck/.a.toml",
    "before by capitals": "deck/Z.toml",
    "before by a digit": "deck/00.toml",
    "before by a dash": "deck/base-2.toml",
    "behind": "deck/base2.toml",
    "behind by an underscore": "deck/base_more.toml",
    "in a folder": "deck/more/a.toml",
    "in a folder before": "deck/a/z.toml",
    "in a folder of the base's name": "deck/base/a.toml",
    "in a hidden folder": "deck/.cache/a.toml",
    "in a folder named toml": "deck/more.toml/a.toml",
    "deep": "deck/a/b/c/d/e.toml",
    "with blanks": "deck/my own.toml",
    "with umlaut": "deck/über.toml",
    "named as an override": "deck/base_override.toml",
    "named overrides": "deck/overrides.toml",
    "custom": "deck/x_custom_llm_deck.toml",
    "with brackets": "deck/[x].toml",
    "with a star": "deck/x*.toml",
}
for label, file in PLACES.items():
    register(f"deck file {label}", partial(_deck_alias, path=TREE + file))


@kind()
def deck_file_linked(draft: Draft) -> None:
    _deck_alias(draft, "aside/own.toml")
    draft.files[LATER] = Link("../../../aside/own.toml")


@kind()
def deck_folder_linked_inside(draft: Draft) -> None:
    _deck_alias(draft, "aside/own.toml")
    draft.files[TREE + "deck/more"] = Link("../../../aside")


@kind()
def deck_folder_linked_as_toml(draft: Draft) -> None:
    _deck_alias(draft, "aside/own.toml")
    draft.files[TREE + "deck/more.toml"] = Link("../../../aside")


@kind()
def deck_file_linked_to_nothing(draft: Draft) -> None:
    draft.files[LATER] = Link("gone.toml")


@kind()
def deck_file_linked_to_a_deck_file(draft: Draft) -> None:
    draft.files[LATER] = Link("base.toml")


@kind()
def deck_folder_linked_to_itself(draft: Draft) -> None:
    draft.files[TREE + "deck/loop"] = Link(".")


@kind()
def deck_folder_named_as_a_file(draft: Draft) -> None:
    draft.files[TREE + "deck/empty.toml"] = Folder()


@kind()
def deck_with_a_pipe_of_another_ending(draft: Draft) -> None:
    draft.files[TREE + "deck/pipe.txt"] = Pipe()


@kind()
def deck_folder_a_file(draft: Draft) -> None:
    del draft.files[DECK]
    draft.files[TREE + "deck"] = "x = 1\n"


@kind()
def deck_folder_empty(draft: Draft) -> None:
    del draft.files[DECK]
    draft.files[TREE + "deck"] = Folder()


@kind()
def deck_folder_a_link(draft: Draft) -> None:
    draft.files["aside/base.toml"] = draft.files.pop(DECK)
    draft.files[TREE + "deck"] = Link("../../aside")


@kind()
def deck_folder_a_link_to_nothing(draft: Draft) -> None:
    del draft.files[DECK]
    draft.files[TREE + "deck"] = Link("gone")


@kind()
def deck_folder_in_capitals(draft: Draft) -> None:
    draft.files[TREE + "Deck/base.toml"] = draft.files.pop(DECK)


@kind()
def specs_folder_missing(draft: Draft) -> None:
    for path in (NORTH, SOUTH, SHUT, INTERNAL):
        del draft.files[path]


@kind()
def specs_folder_a_file(draft: Draft) -> None:
    specs_folder_missing(draft)
    draft.files[TREE + "backends"] = "x = 1\n"


@kind()
def specs_folder_empty(draft: Draft) -> None:
    specs_folder_missing(draft)
    draft.files[TREE + "backends"] = Folder()


@kind()
def specs_folder_a_link(draft: Draft) -> None:
    for path in (NORTH, SOUTH, SHUT, INTERNAL):
        draft.files[path.replace(TREE + "backends", "aside")] = draft.files.pop(path)
    draft.files[TREE + "backends"] = Link("../../aside")


@kind()
def dot_pipelex_a_link(draft: Draft) -> None:
    for path, entry in draft.take_tree().items():
        draft.files[path.replace(".pipelex/", "shared/")] = entry
    draft.files[".pipelex"] = Link("shared")


@kind()
def dot_pipelex_a_link_to_nothing(draft: Draft) -> None:
    draft.take_tree()
    draft.files[".pipelex"] = Link("gone")


@kind()
def dot_pipelex_a_file(draft: Draft) -> None:
    draft.take_tree()
    draft.files[".pipelex"] = "x = 1\n"


@kind()
def dot_pipelex_empty(draft: Draft) -> None:
    draft.take_tree()
    draft.files[".pipelex"] = Folder()


@kind()
def inference_a_file(draft: Draft) -> None:
    draft.take_tree()
    draft.files[".pipelex/inference"] = "x = 1\n"


@kind()
def inference_empty(draft: Draft) -> None:
    draft.take_tree()
    draft.files[".pipelex/inference"] = Folder()


@kind()
def inference_in_capitals(draft: Draft) -> None:
    for path, entry in draft.take_tree().items():
        draft.files[path.replace("inference", "Inference")] = entry


@kind()
def tree_missing(draft: Draft) -> None:
    draft.take_tree()


OVERRIDES = {"backends": BACKENDS_OVERRIDE, "routing": ROUTING_OVERRIDE}
FORMS: dict[str, Entry] = {
    "empty": "",
    "a comment": "# nothing\n",
    "not TOML": "nothing\n",
    "with a mark": "\ufeff# nothing\n",
    "not UTF-8": b"# \xe9\n",
    "with a NUL": b"# \x00\n",
    "a folder": Folder(),
    "a link to nothing": Link("gone.toml"),
    "a link to itself": Link("self.toml"),
    "one key": "x = 1\n",
    "one table": "[x]\ny = 1\n",
    "an array of tables": "[[x]]\ny = 1\n",
}
for name, path in OVERRIDES.items():
    for label, entry in FORMS.items():

        def override(draft: Draft, path: str = path, entry: Entry = entry) -> None:
            draft.files[path] = entry

        register(f"override of {name} {label}", override)
