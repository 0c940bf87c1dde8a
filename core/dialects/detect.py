"""Detection of a tree's dialect, and of the release to assume when none is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter

from core.dialects.deck_schema import FLAT_SECTIONS
from core.dialects.model_schema import is_seed_dialect
from core.files.tree_reader import Tree
from core.records import dataclass
from core.releases import NEWEST_RELEASE, Release, behaviours_of, parse_release

SEED = "seed"
_FAMILIES = ("llm", "extract", "img_gen", "search", "doc_gen", "judgment")


@dataclass(frozen=True, slots=True)
class Detection:
    """A dialect, the last release that reads it, and the evidence in the tree.

    `named`: the release to answer for was named, by option or setting. `notes` are sentences about environments that
    were passed over in the search for the release.
    """

    dialect: str
    release: Release
    reason: str
    named: bool = False
    notes: tuple[str, ...] = ()


def detect(tree: Tree) -> Detection:
    """Detect the dialect from the merged deck, then from the backend files.

    Trees for 0.18 and newer have one layout: there the result is the last release that knows every key in use.
    """
    seed = any(is_seed_dialect(source.data) for source in tree.specs.values())
    detection = _from_deck(tree) or _from_specs(tree)
    if seed and (detection is None or detection.dialect in ("G1", "G1.1")):
        return Detection(SEED, _release("0.10.2"), "backend files keep their models under [models.NAME]")
    if detection is not None:
        return detection
    return Detection(
        behaviours_of(_release(NEWEST_RELEASE)).generation,
        _release(NEWEST_RELEASE),
        "the tree has no key of an older release; the newest is assumed",
    )


def _release(text: str) -> Release:
    release = parse_release(text)
    assert release is not None
    return release


def _from_deck(tree: Tree) -> Detection | None:
    deck = tree.deck.data
    flat = next((key for key in FLAT_SECTIONS if key in deck), None)
    if flat is not None:
        return Detection("G1", _release("0.10.2"), f"the deck has [{flat}]")
    llm = _table(deck.get("llm"))
    presets = _table(llm.get("presets"))
    if "ocr" in deck or any("llm_handle" in _table(preset) for preset in presets.values()):
        return Detection("G1.1", _release("0.11.0"), "the deck has [ocr] or presets with llm_handle")
    families = [name for name in _FAMILIES if {"aliases", "waterfalls"} & _table(deck.get(name)).keys()]
    modern = (
        families
        or "default_temperature" in _table(llm.get("choice_defaults"))
        or "default_quality" in _table(deck.get("img_gen"))
        or any(name in deck for name in ("search", "doc_gen", "judgment"))
        or _has_sigil(deck)
    )
    if modern:
        return _families(
            tree, f"the deck has [{families[0]}.aliases]" if families else "the deck's keys are of 0.18 or newer"
        )
    if "waterfalls" in deck:
        return _waterfalls(tree)
    lists = any(isinstance(target, list) for target in _table(deck.get("aliases")).values())
    if "extract" in deck or presets:
        newer_key = _unknown_to_g2(tree)
        if newer_key:
            return Detection("G2.1", _release("0.17.6"), newer_key)
        reason = "the deck has [extract] and aliases that are lists" if lists else "the deck has [extract]"
        return Detection("G2", _release("0.14.3"), reason)
    if lists:
        return Detection("G1", _release("0.10.2"), "the deck has top-level [aliases] with lists and no sections")
    return None


def _waterfalls(tree: Tree) -> Detection:
    """Distinguish 0.15.4 from the rest of 0.15 to 0.17 by a prompting target that only 0.15.4 knows."""
    for source in tree.specs.values():
        if any(_table(table).get("prompting_target") == "groq" for table in source.data.values()):
            return Detection("G2.1", _release("0.15.4"), f'{source.shown} has prompting_target "groq", of 0.15.4 only')
    return Detection("G2.1", _release("0.17.6"), "the deck has [waterfalls]")


def _unknown_to_g2(tree: Tree) -> str | None:
    """A phrase for a key that 0.14 refuses and 0.15 knows; None if the tree has none."""
    for profile in _table(tree.routing.data.get("profiles")).values():
        for key in ("fallback_order", "optional_routes"):
            if key in _table(profile):
                return f"a routing profile has {key}, known from 0.15 on"
    for source in tree.specs.values():
        if any("structure_method" in _table(table) for table in source.data.values()):
            return f"{source.shown} has structure_method, known from 0.15.6 on"
    return None


def _families(tree: Tree, reason: str) -> Detection:
    """The last release from 0.18 on that knows every key of the tree."""
    limits = [(_release(NEWEST_RELEASE), reason), *_limits(tree)]
    latest, reason = min(limits, key=itemgetter(0))
    return Detection(behaviours_of(latest).generation, latest, reason)


def _limits(tree: Tree) -> Iterator[tuple[Release, str]]:
    """The last release that reads each key of the tree that newer releases refuse, with a phrase for the key."""
    deck = tree.deck.data
    if "pipelex_gateway" in tree.backends.data:
        yield _release("0.72.0"), "backends.toml has [pipelex_gateway], gone in 0.73"
    if any("model_specs_section" in _table(table) for table in tree.backends.data.values()):
        yield _release("0.72.0"), "backends.toml has model_specs_section, gone in 0.73"
    is_complete = all(source.readable for source in tree.deck.sources)  # an unreadable file may have [search]
    if "search" not in deck and deck and is_complete:
        yield _release("0.18.6"), "the deck has no [search], required from 0.19 on"
    presets = [_table(preset) for preset in _table(_table(deck.get("search")).get("presets")).values()]
    if any("depth" in preset for preset in presets) or "default_depth" in _table(deck.get("search")):
        yield _release("0.19.0"), "the search section has a depth, known to 0.19 only"
    for source in tree.specs.values():
        for table in source.data.values():
            fields = _table(table)
            if "prompting_target" in fields:
                yield _release("0.45.0"), f"{source.shown} has prompting_target, gone in 0.46"
            if "model_name" in _table(fields.get("rules")):
                yield _release("0.24.1"), f"{source.shown} has rules with model_name, gone in 0.25"


def _from_specs(tree: Tree) -> Detection | None:
    for source in tree.specs.values():
        data = source.data
        if isinstance(data.get("default_sdk"), str) or isinstance(data.get("default_prompting_target"), str):
            return Detection("G1", _release("0.10.2"), f"{source.shown} has default_sdk")
        for table in data.values():
            fields = _table(table)
            if "constraints" in fields:
                return Detection("G2.1", _release("0.17.6"), f"{source.shown} has constraints")
            if "listed_constraints" in fields or "valued_constraints" in fields or "handle" in fields:
                return _families(tree, f"{source.shown} has the constraints or handles of 0.18 or newer")
    return None


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _has_sigil(deck: Mapping[str, object]) -> bool:
    for section in deck.values():
        for preset in _table(_table(section).get("presets")).values():
            model = _table(preset).get("model")
            if isinstance(model, str) and model[:1] in ("@", "~", "$"):
                return True
    return False
