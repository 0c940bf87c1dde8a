"""Moving values between layers: into the override file and back, and away, so that the one below counts again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.edits.addresses import Address, Root, Thing, address_of
from core.edits.desk import Desk
from core.edits.expected import spec_at
from core.edits.refusals import NotDoneError, Where
from core.edits.shelf import Shelf
from core.edits.values import UnsetAt, kind_of
from core.entities import Place
from core.files.source import LayeredDocument
from core.layers import Layers, layers_at, model_layers
from core.records import dataclass
from core.toml.edit.layout import Path


@dataclass(frozen=True, slots=True)
class MoveToOverride:
    """Move a value into the override file; of the deck, copy it into the person's own file, where it wins."""

    address: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"override {self.address}"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        address = address_of(desk.report, self.address)
        shelf = _shelf(desk, address)
        holders = _holders(shelf, address)
        if address.root is Root.DECK:
            _copy_to_own(desk, shelf, address, holders)
            return
        desk.where = Where.OVERRIDE
        override = shelf.target(address.keys)
        if holders[-1] == override:
            raise NotDoneError(f"`{address}` stands in {desk.shown(override)} already.", "Leave it there.")
        value = desk.get(holders[-1], address.keys)
        for keys, leaf in leaves(address.keys, value):
            _put(desk, override, address, keys, leaf)
            desk.drop(holders[-1], keys, "keep")
        shelf.say_where(holders[-1])
        _check_same(desk, address)


@dataclass(frozen=True, slots=True)
class MoveToBase:
    """Move a value from the override file, or from the person's own deck file, into the base."""

    address: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"move {self.address} to the base"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        address = address_of(desk.report, self.address)
        shelf = _shelf(desk, address)
        holders = _holders(shelf, address)
        base = _base_of(desk, shelf, address, holders)
        if base == holders[-1]:
            raise NotDoneError(f"`{address}` stands in {desk.shown(base)} already.", "Leave it there.")
        between = [path for path in holders if path not in (base, holders[-1])]
        if between:
            shown = desk.shown(between[0])
            raise NotDoneError(f"{shown} sets `{address}` too, and would win over the base.", "Reset it there first.")
        merged = layers_at(desk.report, Place(_document(desk.report, address).outline, address.keys)).value
        for keys, leaf in leaves(address.keys, merged):
            if desk.has(holders[-1], keys):
                _put(desk, base, address, keys, leaf)
        desk.drop(holders[-1], address.keys, "keep")
        shelf.say_where(base)
        _check_same(desk, address)


@dataclass(frozen=True, slots=True)
class ResetToBase:
    """Take away what the top layer says of a value, so that the one below counts again."""

    address: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"reset {self.address}"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        address = address_of(desk.report, self.address)
        layers = layers_of(desk.report, address)
        real = [layer for layer in layers.stack if layer.place is not None]
        if not real:
            raise NotDoneError(f"Nothing is set at `{address}`.", "Look at what there is.")
        if len(real) < 2:
            raise NotDoneError(
                f"Only {desk.shown(real[0].file)} sets `{address}`, so there is nothing below to go back to.",
                "Unset it, or give it another value.",
                others=(UnsetAt(self.address),),
            )
        restores = layers.restores
        if address.root is Root.MODELS:
            if address.thing is not Thing.MODEL or not desk.has(real[-1].file, address.keys):
                raise NotDoneError(f"`{address}` comes from the defaults.", "Change the defaults.")
            desk.drop(real[-1].file, address.keys)
        else:
            Shelf(desk, kind_of(address)).drop_top(address.keys, f"`{address}`")
        if restores is not None:
            desk.note(f"then it is {restores.shown} ({restores.origin})")


def layers_of(report: Report, address: Address) -> Layers:
    """The layers behind the value at an address."""
    if address.thing is Thing.MODEL and address.field:
        return model_layers(report, spec_at(report, address), str(address.field[0]))
    if address.root is Root.MODELS:
        return layers_at(report, Place(report.catalog.tree.specs[address.backend].outline, address.keys))
    return layers_at(report, Place(_document(report, address).outline, address.keys))


def leaves(keys: Path, value: object) -> Iterator[tuple[Path, object]]:
    """Every value below a key path that is no table, with its own key path; of no table, the value itself."""
    if not isinstance(value, Mapping) or not value:
        yield keys, value
        return
    for key, inner in value.items():
        yield from leaves((*keys, str(key)), inner)


def _shelf(desk: Desk, address: Address) -> Shelf:
    if address.root is Root.MODELS:
        raise NotDoneError("A backend's file has no override file.", "Change the file itself.")
    if any(isinstance(key, int) for key in address.keys):
        raise NotDoneError(f"`{address}` is an element of a list.", "Move the whole list.")
    return Shelf(desk, kind_of(address))


def _document(report: Report, address: Address) -> LayeredDocument:
    tree = report.catalog.tree
    return {Root.BACKENDS: tree.backends, Root.DECK: tree.deck}.get(address.root, tree.routing)


def _holders(shelf: Shelf, address: Address) -> list[str]:
    holders = shelf.holders(address.keys)
    if not holders:
        raise NotDoneError(f"Nothing is set at `{address}`.", "Set it.")
    return holders


def _copy_to_own(desk: Desk, shelf: Shelf, address: Address, holders: list[str]) -> None:
    if shelf.own(holders[-1]):
        raise NotDoneError(f"`{address}` stands in {desk.shown(holders[-1])} already, a file of your own.", "Leave it.")
    value = desk.get(holders[-1], address.keys)
    if isinstance(value, list) and shelf.data_lists_add_up:
        release = desk.report.release
        raise NotDoneError(
            f"Pipelex {release} would append a list of your own to this one.", "Leave it, or make one of another name."
        )
    family = address.family if desk.report.catalog.behaviours.sigils else ""
    path = shelf.own_deck_file(family, after=holders[-1])
    _put(desk, path, address, address.keys, value)
    desk.note(f"{desk.shown(holders[-1])} still has its own value, which no longer counts")


def _base_of(desk: Desk, shelf: Shelf, address: Address, holders: list[str]) -> str:
    if address.root is not Root.DECK:
        return shelf.paths[0] if shelf.paths else holders[0]
    managed = [path for path in holders if not shelf.own(path)]
    return managed[-1] if managed else shelf.base_file(address.family)


def _put(desk: Desk, path: str, address: Address, keys: Path, value: object) -> None:
    """Put a leaf into a file; a preset that the file lacks is written inline."""
    entry = keys[:-1]
    if (
        address.thing is Thing.PRESET
        and len(keys) > len(address.keys) - len(address.field)
        and not desk.has(path, entry)
    ):
        desk.put(path, entry, {str(keys[-1]): value})
    else:
        desk.put(path, keys, value)


def _check_same(desk: Desk, address: Address) -> None:
    """Raises NotDoneError when the tree would no longer say what it did: routes and backends count in their order."""
    before, after = _document(desk.report, address), _document(desk.reread(), address)
    if before.data != after.data or _orders(address, before) != _orders(address, after):
        raise NotDoneError(
            f"In another file `{address}` would stand at another place among those beside it, and their order counts.",
            "Leave it where it is.",
        )


def _orders(address: Address, document: LayeredDocument) -> list[list[str]]:
    """The names whose order counts: of backends, and of the routes of each profile."""
    if address.root is Root.BACKENDS:
        return [list(document.data)]
    profiles = document.data.get("profiles")
    found = []
    for profile in profiles.values() if isinstance(profiles, Mapping) else ():
        for key in ("routes", "optional_routes"):
            routes = profile.get(key) if isinstance(profile, Mapping) else None
            found.append(list(routes) if isinstance(routes, Mapping) else [])
    return found
