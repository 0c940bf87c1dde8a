"""Addresses: the address of a value, in words of the domain, such as `backends.openai.enabled`; read from text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from core.api import Report
from core.dialects.routing_reader import PROFILE
from core.edits.deck_entries import DeckPaths
from core.edits.intent import EditRefused, EditRefusedError
from core.files.outline import dotted
from core.records import dataclass
from core.references import Kind
from core.suggest import did_you_mean
from core.toml.edit.text_layout import Path


class AddressRoot(StrEnum):
    """The documents that addresses begin with, and `active`, which is a value itself."""

    BACKENDS = "backends"
    MODELS = "models"
    PROFILES = "profiles"
    DECK = "deck"
    ACTIVE = "active"


class AddressKind(StrEnum):
    """The kind of entry that an address belongs to."""

    BACKEND = "backend"
    MODEL = "model"
    DEFAULTS = "defaults"
    PROFILE = "profile"
    ACTIVE = "active"
    ALIAS = "alias"
    WATERFALL = "waterfall"
    PRESET = "preset"
    DEFAULT = "default"
    OVERRIDE = "override"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a value.

    `kind` of that `name` is what it belongs to (a choice's name is its key), `field` the way to it below that, empty
    for the whole entry. `keys` is its key path in the document of `root`: `backends.toml`, the file of `backend`,
    `routing_profiles.toml`, or the merged deck.
    """

    root: AddressRoot
    kind: AddressKind
    name: str
    field: Path
    keys: Path
    family: str = ""
    backend: str = ""

    def __str__(self) -> str:
        before: Path = (self.root.value, self.backend) if self.backend else (self.root.value,)
        keys = self.keys[1:] if self.root in (AddressRoot.PROFILES, AddressRoot.ACTIVE) else self.keys
        return dotted((*before, *keys))


_TOKEN: Final = re.compile(r"""\s*(?:"((?:[^"\\]|\\["\\])*)"|'([^']*)'|\[(\d+)\]|([^."'\[]+))""")
_SHOWN = 12
Token = str | int


def parse_address(report: Report, text: str) -> Address | EditRefused:
    """Parse an address, or return why it is invalid. Never raises.

    Names with points may be quoted, as in TOML, and need not be where the tree has such a name.
    """
    try:
        return address_of(report, text)
    except EditRefusedError as refused:
        return refused.refused


def address_of(report: Report, text: str) -> Address:
    """Parse an address. Raises EditRefusedError if it is invalid."""
    tokens = _tokens(text)
    root = tokens[0] if tokens else ""
    readers: dict[Token, Callable[[Report, Sequence[Token]], Address]] = {
        "backends": _backend,
        "models": _model,
        "profiles": _profile,
        "deck": _deck,
    }
    if tokens == ["active"] or tokens == ["routing", "active"]:
        return Address(AddressRoot.ACTIVE, AddressKind.ACTIVE, "", (), ("active",))
    if root in readers:
        return readers[root](report, tokens[1:])
    names = [*map(str, readers), "active"]
    raise EditRefusedError(
        f"`{text}` is not an address: it must begin with one of {', '.join(names)}.",
        did_you_mean(str(root), names) or "Write an address such as `backends.openai.enabled`.",
    )


def _tokens(text: str) -> list[Token]:
    matches: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise EditRefusedError(
                f"`{text}` is not an address.", "Write an address such as `backends.openai.enabled`."
            )
        double, single, index, bare = match.groups()
        matches.append(int(index) if index is not None else _plain(double, single, bare))
        at = match.end()
        if text[at : at + 1] == ".":
            at += 1
            if at == len(text):
                raise EditRefusedError(f"`{text}` ends with a dot.", "Complete the address, or remove the dot.")
        elif at < len(text) and text[at] != "[":
            raise EditRefusedError(f"`{text}` is not an address: a dot is missing.", "Separate the keys by dots.")
    return matches


def _plain(double: str | None, single: str | None, bare: str | None) -> str:
    if double is not None:
        return re.sub(r"\\(.)", r"\1", double)
    return single if single is not None else str(bare)


def take(tokens: Sequence[Token], candidates: Iterable[str]) -> tuple[str, Sequence[Token]]:
    """The longest name that is known and that some of the first tokens make with points between; else the first."""
    names = set(candidates)
    for size in range(len(tokens), 1, -1):
        if all(isinstance(token, str) for token in tokens[:size]):
            joined = ".".join(map(str, tokens[:size]))
            if joined in names:
                return joined, tokens[size:]
    return str(tokens[0]), tokens[1:]


def _whole(tokens: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    """One name of all tokens but an index at the end."""
    texts = [str(token) for token in tokens if isinstance(token, str)]
    return ".".join(texts), [token for token in tokens if isinstance(token, int)]


def _need(tokens: Sequence[Token], noun: str) -> None:
    if not tokens:
        raise EditRefusedError(f"The address names no {noun}.", f"Append a dot and the {noun}.")


def _backend(report: Report, tokens: Sequence[Token]) -> Address:
    _need(tokens, "backend")
    backends = report.catalog.backends
    name, remaining = take(tokens, backends)
    if name not in backends:
        raise EditRefusedError(f"There is no backend `{name}`.", did_you_mean(name, backends) or "Add it first.")
    field = tuple(remaining)
    return Address(AddressRoot.BACKENDS, AddressKind.BACKEND, name, field, (name, *field))


def _model(report: Report, tokens: Sequence[Token]) -> Address:
    _need(tokens, "backend")
    specs = report.catalog.tree.specs
    backend, remaining = take(tokens, specs)
    if backend not in specs:
        raise EditRefusedError(
            f"There is no backend file `{backend}.toml`.", did_you_mean(backend, specs) or "Create it first."
        )
    _need(remaining, "model")
    flat = report.catalog.behaviours.model_defaults == "flat keys"
    if flat and str(remaining[0]).startswith("default_"):
        return Address(
            AddressRoot.MODELS, AddressKind.DEFAULTS, "", tuple(remaining), tuple(remaining), backend=backend
        )
    if not flat and remaining[0] == "defaults":
        field = tuple(remaining[1:])
        return Address(AddressRoot.MODELS, AddressKind.DEFAULTS, "", field, ("defaults", *field), backend=backend)
    matches = [spec for spec in report.catalog.specs if spec.backend == backend]
    places = {spec.handle: spec.place.path for spec in reversed(matches)} | {
        spec.table: spec.place.path for spec in matches
    }
    name, field_tokens = take(remaining, places)
    if name not in places:
        raise EditRefusedError(
            f"Backend `{backend}` declares no model `{name}`.", did_you_mean(name, places) or "Add the model first."
        )
    field = tuple(field_tokens)
    return Address(AddressRoot.MODELS, AddressKind.MODEL, name, field, (*places[name], *field), backend=backend)


def _profile(report: Report, tokens: Sequence[Token]) -> Address:
    _need(tokens, "profile")
    profiles = report.catalog.profiles
    name, remaining = take(tokens, profiles)
    if name not in profiles:
        raise EditRefusedError(f"There is no profile `{name}`.", did_you_mean(name, profiles) or "Add it first.")
    field: Path = tuple(remaining)
    if field and field[0] not in (profile_fields := PROFILE.fields_of(report.release)):
        raise EditRefusedError(
            f"Pipelex {report.release} knows no key `{field[0]}` of profiles.",
            did_you_mean(str(field[0]), profile_fields) or f"The keys are: {', '.join(profile_fields)}.",
        )
    if field[:1] in (("routes",), ("optional_routes",)) and len(field) > 1:
        pattern, more = _whole(field[1:])
        field = (field[0], pattern, *more)
    return Address(AddressRoot.PROFILES, AddressKind.PROFILE, name, field, ("profiles", name, *field))


def _deck(report: Report, tokens: Sequence[Token]) -> Address:
    _need(tokens, "table of the deck")
    places = DeckPaths(report.catalog.behaviours)
    for keys, family in (places.tables(Kind.ALIAS) | places.tables(Kind.WATERFALL)).items():
        if (remaining := _behind(tokens, keys)) is not None:
            return _name(
                report, AddressKind.ALIAS if keys[-1] == "aliases" else AddressKind.WATERFALL, keys, family, remaining
            )
    for keys, family in places.tables(Kind.PRESET).items():
        if (remaining := _behind(tokens, keys)) is not None:
            return _preset(report, keys, family, remaining)
    for family in places.families:
        for path, rule in places.settings(family).items():
            if _behind(tokens, path) == []:
                return Address(AddressRoot.DECK, AddressKind.SETTING, rule.name, (), path, family)
        result = _choice(places, family, tokens)
        if result is not None:
            return result
    raise _nowhere(report, places, tokens)


def _nowhere(report: Report, places: DeckPaths, tokens: Sequence[Token]) -> EditRefusedError:
    candidates = [path for kind in (Kind.ALIAS, Kind.WATERFALL, Kind.PRESET) for path in places.tables(kind)]
    for family in places.families:
        candidates += places.settings(family)
        for kind in ("default", "override") if places.has_overrides(family) else ("default",):
            candidates += [places.choice(family, kind, key) for key in places.choice_keys(family)]
    names = [dotted(("deck", *path)) for path in candidates]
    size = max(map(len, candidates))
    shown_path = dotted(("deck", *tokens[:size]))
    return EditRefusedError(
        f"The deck of Pipelex {report.release} has nothing at `{dotted(('deck', *tokens))}`.",
        did_you_mean(shown_path, names)
        or f"It has: {', '.join(names[:_SHOWN])}{' ...' if len(names) > _SHOWN else ''}",
    )


def _behind(tokens: Sequence[Token], keys: Path) -> list[Token] | None:
    """The tokens behind a key path; None when they do not begin with it."""
    return list(tokens[len(keys) :]) if tuple(tokens[: len(keys)]) == keys else None


def _name(report: Report, kind: AddressKind, keys: Path, family: str, remaining: Sequence[Token]) -> Address:
    _need(remaining, kind.value)
    section = report.catalog.families.get(family)
    names = getattr(section, "aliases" if kind is AddressKind.ALIAS else "waterfalls", {})
    first, more = take(remaining, names)
    name, field = _whole(remaining)
    if name not in names and first in names and any(isinstance(token, str) for token in more):
        raise EditRefusedError(
            f"`{first}` is {'an alias' if kind is AddressKind.ALIAS else 'a waterfall'}, which has no keys.",
            f'Quote the name if it contains a dot: "{name}".',
        )
    return Address(AddressRoot.DECK, kind, name, tuple(field), (*keys, name, *field), family)


def _preset(report: Report, keys: Path, family: str, remaining: Sequence[Token]) -> Address:
    _need(remaining, "preset")
    result = report.catalog.families.get(family)
    presets: Mapping[str, object] = result.presets if result is not None else {}
    name, field = take(remaining, presets)
    if name not in presets:
        raise EditRefusedError(f"There is no {family} preset `{name}`.", did_you_mean(name, presets) or "Add it first.")
    return Address(AddressRoot.DECK, AddressKind.PRESET, name, tuple(field), (*keys, name, *field), family)


def _choice(places: DeckPaths, family: str, tokens: Sequence[Token]) -> Address | None:
    for kind in (AddressKind.DEFAULT, AddressKind.OVERRIDE):
        if kind is AddressKind.OVERRIDE and not places.has_overrides(family):
            continue
        for key in places.choice_keys(family):
            path = places.choice(family, kind.value, key)
            head, last = path[:-1], str(path[-1])
            remaining = _behind(tokens, head)
            if remaining:
                name, field = take(remaining, [last])
                if name == last:
                    return Address(AddressRoot.DECK, kind, key, tuple(field), (*path, *field), family)
    return None
