"""Adds to the current list: a backend with its files, a model, a route, a profile, a name of the deck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.edits.alias_edits import AddAlias, AddWaterfall
from core.edits.intent import Intent
from core.edits.model_edits import AddModel
from core.edits.preset_edits import AddPreset
from core.edits.profile_edits import DuplicateProfile
from core.edits.route_edits import AddRoute
from core.edits.template_backends import add_from_template, add_server
from core.scaffold import list_offers
from tui.commands.checks import ask_and_browse
from tui.dialogs.ask import AskScreen, Option
from tui.dialogs.pick import WIDE, Choice, PickScreen
from tui.dialogs.prompt import FieldsScreen, InputDialog, InputField, Values
from tui.forms.deck_forms import model_family
from tui.forms.model_choices import backend_choices, model_choices
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

COMPATIBLE = {
    "ollama": ("Ollama", "http://localhost:11434/v1"),
    "lm_studio": ("LM Studio", "http://localhost:1234/v1"),
    "vllm": ("vLLM", "http://localhost:8000/v1"),
    "llama_cpp": ("llama.cpp", "http://localhost:8080/v1"),
    "proxy": ("a proxy, or any other OpenAI-compatible server", ""),
}
"""Servers with an OpenAI-compatible API: title and default address, empty where there is none."""
LOCAL = "local "


def add_to_list(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    """Ask what to add to the current list."""
    adders: dict[str, Callable[[MainScreen, ViewModel, ItemRef], None]] = {
        "backends": _add_backend,
        "models": _add_model,
        "routes": _add_rule,
        "deck": _add_name,
    }
    adders[screen.session.pane](screen, view, ref)


def _ask(
    screen: MainScreen,
    title: str,
    fields: Sequence[InputField],
    make: Callable[[Values], Intent],
    ref: ItemRef | None,
    about: str,
) -> None:
    """Ask for the values of an edit, make it, and go to `ref` with the first value as its name."""

    def ref_of(values: Values) -> ItemRef | None:
        return ref._replace(name=values[fields[0].key]) if ref is not None else None

    screen.app.push_screen(FieldsScreen(title, fields, screen.editing.submit(make, ref_of), intro=about))


# ---- backends


def _add_backend(screen: MainScreen, view: ViewModel, _: ItemRef) -> None:
    offers = [
        Choice(offer.name, offer.title, f"{offer.offers}{'  key set' if offer.ready and offer.variables else ''}")
        for offer in list_offers(view.report.release, view.catalog.environment)
        if offer.name not in view.catalog.backends and offer.name not in COMPATIBLE
    ]
    local = [
        Choice(LOCAL + name, title, f"OpenAI-compatible, {url or 'at your address'}")
        for name, (title, url) in COMPATIBLE.items()
    ]

    def add(key: str | None) -> None:
        if key is None:
            return
        if key.startswith(LOCAL):
            _ask_server(screen, view, key.removeprefix(LOCAL))
        else:
            _add_offered(screen, view, key)

    screen.app.push_screen(PickScreen("add a backend", [*offers, *local], columns=WIDE), add)


def _add_offered(screen: MainScreen, view: ViewModel, name: str) -> None:
    intent = add_from_template(view.report, name)
    if intent is None:
        screen.show_status(f"Pipelex {view.report.release} cannot use {name}")
        return
    screen.editing.do(intent, select=ItemRef("backend", "", name))


def _ask_server(screen: MainScreen, view: ViewModel, kind: str) -> None:
    _, url = COMPATIBLE[kind]
    name = kind
    while name in view.catalog.backends:
        name += "_2"
    fields = [
        InputField("name", "name", name, "the backend's name in the tree"),
        InputField("endpoint", "endpoint", url, "http://localhost:4000/v1"),
        InputField("models", "models", "", "their names, separated by commas; empty: ask the server"),
        InputField("variable", "key variable", "", "the variable that holds its key; empty if none is needed"),
    ]

    def submit(dialog: InputDialog, values: Values) -> None:
        model_ids = [part.strip() for part in values["models"].split(",") if part.strip()]
        variable = values["variable"].removeprefix("${").removesuffix("}") or None
        intent = add_server(view.report, values["name"], values["endpoint"], variable, model_ids)
        ref = ItemRef("backend", "", values["name"])
        screen.editing.do(intent, select=ref, sender=dialog)
        if not model_ids:
            screen.editing.enqueue(partial(ask_and_browse, screen, values["name"]))

    about = (
        "Its table, its file and its routes are written in one step. Without models the server is asked for its list,"
        " to choose from. Prices are unknown until they are set."
    )
    screen.app.push_screen(FieldsScreen(f"add {COMPATIBLE[kind][0]}", fields, submit, intro=about))


# ---- models, routes, profiles


def _add_model(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    spec = view.spec_of(ref) if ref.kind == "model" else None
    scope = screen.session.scopes.get("models")
    backend = spec.backend if spec is not None else scope.name if scope is not None else ""
    fields = [
        InputField("handle", "handle", "", "its name in the deck and in routes"),
        InputField("backend", "backend", backend, "its backend"),
        InputField("model_id", "model id", "", "its id at the provider; empty if equal to the handle"),
        InputField("input", "$ input", "", "USD per million tokens; empty if unknown"),
        InputField("output", "$ output", "", "USD per million tokens"),
    ]

    def make(values: Values) -> Intent:
        spec: list[tuple[str, object]] = [("model_id", values["model_id"])] if values["model_id"] else []
        costs = {key: _price(key, values[key]) for key in ("input", "output") if values[key]}
        if costs:
            spec.append(("costs", costs))
        return AddModel(values["backend"], values["handle"], tuple(spec))

    about = "All other fields are inherited from the defaults of the backend's file."
    _ask(screen, "add a model", fields, make, ItemRef("model", ref.family or "llm"), about)


def _price(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"the price of {key} has to be a number, in USD per million tokens") from None


def _add_rule(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    options = [Option("route", "a route: the backend of some models")]
    if view.catalog.active is not None:
        options.append(Option("profile", f"a profile, from {view.catalog.active}"))

    def answer(key: str | None) -> None:
        if key == "route":
            _ask_route(screen, view, ref)
        elif key == "profile":
            active = str(view.catalog.active)
            fields = [InputField("name", "name", "", "the new profile's name")]
            title, about = f"a profile like {active}", "p switches to it"
            _ask(screen, title, fields, lambda values: DuplicateProfile(active, values["name"]), None, about)

    screen.app.push_screen(AskScreen("add", [], options), answer)


def _ask_route(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    profile = view.catalog.active or ""
    beside = ref.name if ref.kind == "route" and ref.family == "route" else None

    def pick(backend: str | None) -> None:
        if backend is None:
            return
        fields = [InputField("pattern", "models named", "", "a name, or one with * at its beginning or end")]

        def make(values: Values) -> Intent:
            return AddRoute(profile, values["pattern"], backend, before=beside)

        where = f"before {beside}" if beside is not None else "as the last one"
        about = f"It goes {where}; J and K move it. The first pattern that takes a name wins."
        _ask(screen, f"a route to {backend}", fields, make, ItemRef("route", "route"), about)

    screen.app.push_screen(PickScreen("a route to which backend", backend_choices(view), columns=WIDE), pick)


# ---- the deck


def _add_name(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    family = model_family(view, ref) if ref.kind in DECK_KINDS else "llm"
    options = [
        Option("preset", "a preset", f"a model of {family} with its settings"),
        Option("alias", "an alias", "another name for a model"),
        Option("waterfall", "a waterfall", "models tried in order"),
    ]

    def answer(kind: str | None) -> None:
        if kind is not None:
            choices = model_choices(view, family)
            picker = PickScreen(f"the model of the {kind}", choices, free=True, columns=WIDE)
            screen.app.push_screen(picker, partial(_ask_name, screen, family, kind))

    screen.app.push_screen(AskScreen(f"add to {family}", [], options), answer)


def _ask_name(screen: MainScreen, family: str, kind: str, model: str | None) -> None:
    if model is None:
        return

    def make(values: Values) -> Intent:
        if kind == "preset":
            return AddPreset(family, values["name"], model)
        if kind == "alias":
            return AddAlias(family, values["name"], model)
        return AddWaterfall(family, values["name"], (model,))

    fields = [InputField("name", "name", "", f"the name of the {kind}, without a sigil")]
    about = "Enter edits its other fields."
    _ask(screen, f"a {kind} for {model}", fields, make, ItemRef(kind, family), about)
