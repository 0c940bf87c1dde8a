"""Layers: the home's tree, override files, settings files, and what each may not say."""

from __future__ import annotations

from ..case import HOME, PROJECT, Folder, Link
from ..draft import (
    BACKENDS,
    BACKENDS_OVERRIDE,
    DECK,
    INTERNAL,
    NORTH,
    ROUTING,
    ROUTING_OVERRIDE,
    SHUT,
    SOUTH,
    TREE,
    Draft,
)
from ..registry import kind, register


@kind()
def tree_of_the_home_alone(draft: Draft) -> None:
    draft.home.update(draft.take_tree())


@kind()
def tree_of_the_home_too(draft: Draft) -> None:
    for path, entry in draft.tree().items():
        assert isinstance(entry, str)
        draft.home[path] = entry.replace("n-large-id", "of-home").replace('default = "north"', 'default = "south"')


PARTS = {
    "backends": (BACKENDS,),
    "specs": (NORTH, SOUTH, SHUT, INTERNAL),
    "routing": (ROUTING,),
    "deck": (DECK,),
    "backends and specs": (BACKENDS, NORTH, SOUTH, SHUT, INTERNAL),
    "routing and deck": (ROUTING, DECK),
    "one spec": (SOUTH,),
}
for name, paths in PARTS.items():

    def moved(draft: Draft, paths: tuple[str, ...] = paths) -> None:
        for path in paths:
            draft.home[path] = draft.files.pop(path)

    def missing(draft: Draft, paths: tuple[str, ...] = paths) -> None:
        for path in paths:
            del draft.files[path]

    def doubled(draft: Draft, paths: tuple[str, ...] = paths) -> None:
        for path in paths:
            draft.home[path] = "not TOML\n"

    def broken(draft: Draft, paths: tuple[str, ...] = paths) -> None:
        for path in paths:
            del draft.files[path]
            draft.home[path] = "not TOML\n"

    register(f"{name} in the home only", moved)
    register(f"{name} nowhere", missing)
    register(f"{name} broken in the home too", doubled)
    register(f"{name} broken in the home only", broken)


@kind()
def deck_a_file_and_the_home_has_one(draft: Draft) -> None:
    draft.home[DECK] = draft.files.pop(DECK)
    draft.files[TREE + "deck"] = "x = 1\n"


@kind()
def deck_empty_and_the_home_has_one(draft: Draft) -> None:
    draft.home[DECK] = draft.files.pop(DECK)
    draft.files[TREE + "deck"] = Folder()


@kind()
def deck_linked_to_nothing_and_the_home_has_one(draft: Draft) -> None:
    draft.home[DECK] = draft.files.pop(DECK)
    draft.files[TREE + "deck"] = Link("gone")


@kind()
def backends_linked_to_nothing_and_the_home_has_one(draft: Draft) -> None:
    draft.home[BACKENDS] = draft.files.pop(BACKENDS)
    draft.files[BACKENDS] = Link("gone.toml")


@kind()
def home_folder_empty(draft: Draft) -> None:
    draft.home[".pipelex"] = Folder()


@kind()
def home_inference_empty(draft: Draft) -> None:
    draft.home[".pipelex/inference"] = Folder()


@kind()
def home_folder_a_file(draft: Draft) -> None:
    draft.home[".pipelex"] = "x = 1\n"


@kind()
def home_inference_a_file(draft: Draft) -> None:
    draft.home[".pipelex/inference"] = "x = 1\n"


@kind()
def home_folder_linked_to_the_project(draft: Draft) -> None:
    draft.home[".pipelex"] = Link("../project/.pipelex")


OVERRIDES = {
    "off": (BACKENDS_OVERRIDE, "[south]\nenabled = false\n"),
    "on": (BACKENDS_OVERRIDE, "[shut]\nenabled = true\n"),
    "key": (BACKENDS_OVERRIDE, '[south]\napi_key = "${OTHER_KEY}"\n'),
    "key missing": (BACKENDS_OVERRIDE, '[south]\napi_key = "${NOT_SET}"\n'),
    "new backend": (BACKENDS_OVERRIDE, "[fresh]\nenabled = true\n"),
    "new backend off": (BACKENDS_OVERRIDE, "[fresh]\nenabled = false\n"),
    "number": (BACKENDS_OVERRIDE, "south = 5\n"),
    "false": (BACKENDS_OVERRIDE, "south = false\n"),
    "wrong type": (BACKENDS_OVERRIDE, '[south]\nenabled = "yes"\n'),
    "constraints": (BACKENDS_OVERRIDE, '[south]\nlisted_constraints = ["no_such"]\n'),
    "active": (ROUTING_OVERRIDE, 'active = "spare"\n'),
    "active unknown": (ROUTING_OVERRIDE, 'active = "nothing"\n'),
    "route": (ROUTING_OVERRIDE, '[profiles.work.routes]\n"n-large" = "south"\n'),
    "route before": (ROUTING_OVERRIDE, '[profiles.work.routes]\n"s-large" = "north"\n"n-*" = "south"\n'),
    "route to off": (ROUTING_OVERRIDE, '[profiles.work.routes]\n"n-*" = "shut"\n'),
    "default": (ROUTING_OVERRIDE, '[profiles.work]\ndefault = "south"\n'),
    "unknown key": (ROUTING_OVERRIDE, "x = 1\n"),
    "new profile": (ROUTING_OVERRIDE, 'active = "own"\n[profiles.own]\ndescription = "x"\ndefault = "south"\n'),
    "new profile without description": (ROUTING_OVERRIDE, '[profiles.own]\ndefault = "south"\n'),
    "profile number": (ROUTING_OVERRIDE, "profiles = 5\n"),
    "fallback": (ROUTING_OVERRIDE, '[profiles.work]\nfallback_order = ["south"]\n'),
    "routes replaced": (ROUTING_OVERRIDE, "[profiles.work]\nroutes = {}\n"),
}
for name, (path, text) in OVERRIDES.items():

    def in_project(draft: Draft, path: str = path, text: str = text) -> None:
        draft.env["OTHER_KEY"] = "x"
        draft.files[path] = text

    def in_home(draft: Draft, path: str = path, text: str = text) -> None:
        draft.env["OTHER_KEY"] = "x"
        draft.home[path] = text

    def without_base(draft: Draft, path: str = path, text: str = text) -> None:
        draft.env["OTHER_KEY"] = "x"
        draft.home.update(draft.take_tree())
        draft.files[path] = text

    register(f"override {name}", in_project)
    register(f"override {name} of the home", in_home)
    register(f"override {name} over the home's base", without_base)


@kind()
def overrides_of_both_layers(draft: Draft) -> None:
    draft.home[ROUTING_OVERRIDE] = 'active = "spare"\n'
    draft.files[ROUTING_OVERRIDE] = 'active = "work"\n'


@kind()
def override_of_the_home_broken(draft: Draft) -> None:
    draft.home[BACKENDS_OVERRIDE] = "not TOML\n"


@kind()
def override_of_the_home_linked_to_nothing(draft: Draft) -> None:
    draft.home[BACKENDS_OVERRIDE] = Link("gone.toml")


NAMED_HOMES = {
    "absolute": HOME + "/conf",
    "relative": "conf",
    "tilde": "~/conf",
    "empty": "",
    "missing": HOME + "/nowhere",
    "project": PROJECT + "/.pipelex",
    "project relative": ".pipelex",
    "a file": PROJECT + "/pyproject.toml",
    "blank": " ",
    "with slash": HOME + "/conf/",
    "variable": "$HOME/conf",
}
for name, value in NAMED_HOMES.items():

    def named_home(draft: Draft, value: str = value) -> None:
        draft.env["PIPELEX_HOME"] = value
        for path, entry in draft.take_tree().items():
            draft.home[path.replace(".pipelex/", "conf/")] = entry

    def named_home_beside(draft: Draft, value: str = value) -> None:
        draft.env["PIPELEX_HOME"] = value
        draft.home["conf/inference/backends_override.toml"] = "[south]\nenabled = false\n"
        draft.home["conf/.env"] = "NORTH_KEY=\n"

    register(f"home named {name}", named_home)
    register(f"home named {name} beside", named_home_beside)


def moved_home(draft: Draft, text: str, *, whole: bool) -> None:
    """Set another home in a `.env`, with the tree there, or its override of the project's tree."""
    draft.files[".env"] = text
    draft.home["other/.pipelex/.env"] = "SOUTH_KEY=\n"
    if whole:
        draft.home.update({"other/" + path: entry for path, entry in draft.take_tree().items()})
    draft.home["other/.pipelex/inference/backends_override.toml"] = "[south]\nenabled = false\n"
    draft.home["other/.pipelex/pipelex.toml"] = f'[{draft.deck_settings}]\nmissing_presets_reaction = "raise"\n'


MOVED_HOMES = {
    "a folder": "HOME=${HOME}/other\n",
    "a relative folder": "HOME=../home/other\n",
    "a missing folder": "HOME=/dev/null/nowhere\n",
    "the project": "HOME=.\n",
}
for name, text in MOVED_HOMES.items():

    def home_of_dotenv(draft: Draft, text: str = text) -> None:
        moved_home(draft, text, whole=False)

    def home_of_dotenv_with_the_tree(draft: Draft, text: str = text) -> None:
        moved_home(draft, text, whole=True)

    register(f"dotenv with the home {name}", home_of_dotenv)
    register(f"dotenv with the home {name} and its tree", home_of_dotenv_with_the_tree, since=18)


@kind(since=18)
def home_dotenv_with_another_home(draft: Draft) -> None:
    moved_home(draft, "", whole=True)
    draft.home[".pipelex/.env"] = "HOME=${HOME}/other\n"


@kind(since=18)
def dotenv_with_a_home_beside_a_named_one(draft: Draft) -> None:
    moved_home(draft, "HOME=${HOME}/other\n", whole=False)
    draft.env["PIPELEX_HOME"] = "~/conf"
    draft.home["conf/inference/backends_override.toml"] = "[north]\nenabled = false\n"


@kind()
def dotenv_with_a_run_mode_that_has_settings(draft: Draft) -> None:
    draft.files[".env"] = "RUN_MODE=ci_test\nENV=staging\nENVIRONMENT=staging\nPIPELEX_ENV=staging\n"
    text = f'[{draft.deck_settings}]\nmissing_presets_reaction = "raise"\n'
    folder = ".pipelex/" if draft.families else ""
    draft.files[f"{folder}pipelex_ci_test.toml"] = text
    draft.files[f"{folder}pipelex_staging.toml"] = text
