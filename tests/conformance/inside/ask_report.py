"""Put into plain values what a release's model manager resolved."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from typing import Any

import ask_boot

Entry = dict[str, Any]

# family -> (member of ModelType, prefix of the deck's attributes); the getter is get_<prefix>_setting.
FAMILIES = {
    "llm": ("LLM", "llm"),
    "ocr": ("TEXT_EXTRACTOR", "ocr"),
    "extract": ("TEXT_EXTRACTOR", "extract"),
    "img_gen": ("IMG_GEN", "img_gen"),
    "search": ("SEARCH", "search"),
    "doc_gen": ("DOC_GEN", "doc_gen"),
    "judgment": ("JUDGMENT", "judgment"),
}
SINGLE_CHOICE = ("ocr", "extract", "img_gen", "search", "judgment")
HANDLE_ATTRIBUTES = ("model", "llm_handle", "ocr_handle", "img_gen_handle")
SPEC_FACTS = ("model_id", "sdk", "model_type", "max_tokens", "costs")
CHAIN_LIMIT = 8


def plain(value: Any) -> Any:
    """A JSON value for anything Pipelex holds: enums, sets, models, parsed references."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(getattr(value, "value", value))
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "raw") and hasattr(value, "kind"):
        return str(value.raw)
    if hasattr(value, "model_dump"):
        return plain(value.model_dump())
    return str(value)


def error_entry(exc: BaseException, scrub: Callable[[str], str]) -> Entry:
    """The class and the message of an exception."""
    if isinstance(exc, RecursionError):
        # Where in the recursion Python gave up is chance.
        return {"error": "RecursionError", "message": "maximum recursion depth exceeded"}
    return {"error": type(exc).__name__, "message": scrub(str(exc))}


def error_chain(exc: BaseException) -> list[str]:
    """The class names from the raised exception down its causes."""
    chain: list[str] = []
    current: BaseException | None = exc
    while current is not None and len(chain) < CHAIN_LIMIT:
        chain.append(type(current).__name__)
        current = current.__cause__
    return chain


def backends_report(manager: Any) -> tuple[str | None, list[str]]:
    """The active profile's name, when it got that far, and the enabled backends in order."""
    backends = getattr(manager.inference_backend_library, "root", None) or {}
    enabled = [name for name, backend in backends.items() if getattr(backend, "enabled", True)]
    if hasattr(manager, "routing_profile_library"):
        active = getattr(manager.routing_profile_library, "_active_config", None)
    else:
        active = getattr(getattr(manager, "_routing_profile", None), "name", None)
    return active if isinstance(active, str) else None, enabled


def deck_report(manager: Any, scrub: Callable[[str], str]) -> Entry:
    """Every model, alias, waterfall, preset and choice of the deck, resolved by the release itself."""
    deck = manager.get_model_deck() if hasattr(manager, "get_model_deck") else manager.get_llm_deck()
    return {"models": models_report(manager, deck), **References(deck, scrub).report()}


def models_report(manager: Any, deck: Any) -> Entry:
    """The served models by handle, or by `type:handle` where two types share a handle."""
    held = deck.inference_models
    specs = list(held.all_specs()) if hasattr(held, "all_specs") else list(held.values())
    _, enabled = backends_report(manager)
    counts = Counter(spec.name for spec in specs)
    report: Entry = {}
    for spec in specs:
        key = spec.name if counts[spec.name] == 1 else f"{plain(spec.model_type)}:{spec.name}"
        entry: Entry = {"backend": spec.backend_name}
        entry.update({fact: plain(getattr(spec, fact, None)) for fact in SPEC_FACTS})
        # 0.10.0 and 0.10.1 have language models only.
        entry["model_type"] = entry["model_type"] or "llm"
        entry["match"] = match_report(manager, enabled, spec.name)
        report[key] = entry
    return report


def match_report(manager: Any, enabled: list[str], name: str) -> Entry | None:
    """How the active profile matches a name: method, pattern, backend."""
    if hasattr(manager, "routing_profile_library"):
        match = manager.routing_profile_library.get_backend_match_for_model_from_active_routing_profile(model_name=name)
    else:
        match = manager.routing_profile.get_backend_match_for_model(enabled_backends=enabled, model_name=name)
    if match is None:
        return None
    return {"method": plain(match.matching_method), "pattern": match.matched_pattern, "backend": match.backend_name}


class References:
    """Asks a deck for each of its references."""

    def __init__(self, deck: Any, scrub: Callable[[str], str]) -> None:
        self.deck = deck
        self.scrub = scrub
        parameters = inspect.signature(deck.get_required_inference_model).parameters
        self.typed = "model_type" in parameters
        self.handle = next(iter(parameters))
        self.types: Any = None
        if self.typed:
            self.types = ask_boot.first_importable("pipelex.cogt.model_backends.model_type:ModelType")

    def report(self) -> Entry:
        """Aliases and waterfalls (`global/x` up to 0.17, `family/x` since), presets and choices."""
        aliases: Entry = {}
        waterfalls: Entry = {}
        presets: Entry = {}
        for name in getattr(self.deck, "aliases", None) or {}:
            aliases[f"global/{name}"] = self.model(name, "llm")
        for name in getattr(self.deck, "waterfalls", None) or {}:
            waterfalls[f"global/{name}"] = self.model(name, "llm")
        for family, (_, prefix) in FAMILIES.items():
            for name in getattr(self.deck, f"{prefix}_aliases", None) or {}:
                aliases[f"{family}/{name}"] = self.model(f"alias:{name}", family)
            for name in getattr(self.deck, f"{prefix}_waterfalls", None) or {}:
                waterfalls[f"{family}/{name}"] = self.model(f"waterfall:{name}", family)
            for name, setting in (getattr(self.deck, f"{prefix}_presets", None) or {}).items():
                presets[f"{family}/{name}"] = self.preset(setting, family)
        return {"aliases": aliases, "waterfalls": waterfalls, "presets": presets, "choices": self.choices()}

    def model(self, reference: str, family: str, *, required: bool = False) -> Entry | None:
        """The model and backend a reference reaches, null, or the error asking raised."""
        ask = self.deck.get_required_inference_model if required else self.deck.get_optional_inference_model
        arguments: Entry = {self.handle: reference}
        if self.typed:
            arguments["model_type"] = getattr(self.types, FAMILIES[family][0])
        try:
            spec = ask(**arguments)
        except Exception as exc:
            return error_entry(exc, self.scrub)
        return None if spec is None else {"model": spec.name, "backend": spec.backend_name}

    def preset(self, setting: Any, family: str) -> Entry:
        """The handle a preset names and what it reaches."""
        handle = handle_of(setting)
        return {"handle": handle, **(self.model(handle, family, required=True) or {})}

    def choices(self) -> Entry:
        """The defaults, overrides and effective choices, each followed to its model."""
        report: Entry = {}
        defaults = getattr(self.deck, "llm_choice_defaults", None)
        overrides = getattr(self.deck, "llm_choice_overrides", None)
        for use in ("for_text", "for_object"):
            default, override = getattr(defaults, use, None), getattr(overrides, use, None)
            report[f"llm/default/{use}"] = self.choice(default, "llm")
            report[f"llm/override/{use}"] = self.choice(override, "llm")
            report[f"llm/effective/{use}"] = self.choice(override or default, "llm")
        for family in SINGLE_CHOICE:
            attribute = f"{FAMILIES[family][1]}_choice_default"
            if hasattr(self.deck, attribute):
                report[f"{family}/default"] = self.choice(getattr(self.deck, attribute), family)
        for kind, choice in (getattr(self.deck, "doc_gen_choice_defaults", None) or {}).items():
            report[f"doc_gen/default/{kind}"] = self.choice(choice, "doc_gen")
        return report

    def choice(self, choice: Any, family: str) -> Entry | None:
        """One choice: as written, the handle it leads to, and what that reaches."""
        if choice is None:
            return None
        entry: Entry = {"choice": plain(choice)}
        getter = getattr(self.deck, f"get_{FAMILIES[family][1]}_setting")
        parameter = next(iter(inspect.signature(getter).parameters))
        try:
            setting = getter(**{parameter: choice})
        except Exception as exc:
            return {**entry, **error_entry(exc, self.scrub)}
        return {**entry, **self.preset(setting, family)}


def handle_of(setting: Any) -> str:
    """What a preset names, under whichever key its release calls it."""
    for attribute in HANDLE_ATTRIBUTES:
        if hasattr(setting, attribute):
            return str(plain(getattr(setting, attribute)))
    raise AttributeError(f"no handle on {type(setting).__name__}")
