"""Edits that move values between layers, or reset them to the layer below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.edits.address_edits import UnsetAt, kind_of, spec_at
from core.edits.addresses import Address, AddressKind, AddressRoot, address_of
from core.edits.edit_session import EditSession
from core.edits.intent import Edit, EditLayer, EditRefusedError
from core.edits.layered_files import LayeredFiles
from core.entities import Place
from core.files.source import LayeredDocument
from core.layers import Layers, layers_at, model_layers
from core.records import dataclass
from core.toml.edit.layout_queries import NO_NOTATION
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import SetValue


@dataclass(frozen=True, slots=True)
class MoveToOverride(Edit, label="override {0.address}"):
    """Move a value to the override file; in the deck, copy it to the user's own file, which wins."""

    address: str

    def apply(self, session: EditSession) -> None:
        address = address_of(session.report, self.address)
        files = _layered_files(session, address)
        paths = _paths_setting(files, address)
        if address.root is AddressRoot.DECK:
            _copy_to_own(session, files, address, paths)
            return
        session.layer = EditLayer.OVERRIDE
        override = files.target(address.keys)
        if paths[-1] == override:
            raise EditRefusedError(f"`{address}` is already in {session.shown(override)}.", "Nothing to do.")
        value = session.get(paths[-1], address.keys)
        for keys, leaf in leaves(address.keys, value):
            _put(session, override, address, keys, leaf, paths[-1])
            session.drop(paths[-1], keys)
        files.note_ownership(paths[-1])
        _check_same(session, address)


@dataclass(frozen=True, slots=True)
class MoveToBase(Edit, label="move {0.address} to the base"):
    """Move a value from the override file, or the user's own deck file, to the base."""

    address: str

    def apply(self, session: EditSession) -> None:
        address = address_of(session.report, self.address)
        files = _layered_files(session, address)
        paths = _paths_setting(files, address)
        base = _base_path(files, address, paths)
        if base == paths[-1]:
            raise EditRefusedError(f"`{address}` is already in {session.shown(base)}.", "Nothing to do.")
        between = [path for path in paths if path not in (base, paths[-1])]
        if between:
            shown = session.shown(between[0])
            raise EditRefusedError(f"{shown} sets `{address}` too and overrides the base.", "Reset it there first.")
        merged = layers_at(session.report, Place(_document(session.report, address).outline, address.keys)).value
        for keys, leaf in leaves(address.keys, merged):
            if session.has(paths[-1], keys):
                _put(session, base, address, keys, leaf, paths[-1])
                session.drop(paths[-1], keys)
        session.drop(paths[-1], address.keys, "keep")
        files.note_ownership(base)
        _check_same(session, address)


@dataclass(frozen=True, slots=True)
class ResetToBase(Edit, label="reset {0.address}"):
    """Remove a value from its top layer, so that the layer below applies."""

    address: str

    def apply(self, session: EditSession) -> None:
        address = address_of(session.report, self.address)
        layers = layers_of(session.report, address)
        real = [layer for layer in layers.stack if layer.place is not None]
        if not real:
            raise EditRefusedError(f"Nothing is set at `{address}`.", "Check the address.")
        if len(real) < 2:
            raise EditRefusedError(
                f"Only {session.shown(real[0].file)} sets `{address}`, so there is no layer below to reset to.",
                "Unset it, or give it another value.",
                alternatives=(UnsetAt(self.address),),
            )
        restores = layers.restores
        if address.root is AddressRoot.MODELS:
            if address.kind is not AddressKind.MODEL or not session.has(real[-1].file, address.keys):
                raise EditRefusedError(f"`{address}` comes from the defaults.", "Change the defaults.")
            session.drop(real[-1].file, address.keys)
        else:
            LayeredFiles(session, kind_of(address)).drop_top(address.keys, f"`{address}`")
        if restores is not None:
            session.note(f"the value is then {restores.shown} ({restores.origin})")


def layers_of(report: Report, address: Address) -> Layers:
    """The layers behind the value at an address."""
    if address.kind is AddressKind.MODEL and address.field:
        return model_layers(report, spec_at(report, address), str(address.field[0]))
    if address.root is AddressRoot.MODELS:
        return layers_at(report, Place(report.catalog.tree.specs[address.backend].outline, address.keys))
    return layers_at(report, Place(_document(report, address).outline, address.keys))


def leaves(keys: Path, value: object) -> Iterator[tuple[Path, object]]:
    """Every value below a key path, except tables, with its key path; of no table, the value itself."""
    if not isinstance(value, Mapping) or not value:
        yield keys, value
        return
    for key, inner in value.items():
        yield from leaves((*keys, str(key)), inner)


def _layered_files(session: EditSession, address: Address) -> LayeredFiles:
    if address.root is AddressRoot.MODELS:
        raise EditRefusedError("A backend's file has no override file.", "Change the file itself.")
    if any(isinstance(key, int) for key in address.keys):
        raise EditRefusedError(f"`{address}` is an element of a list.", "Move the list.")
    return LayeredFiles(session, kind_of(address))


def _document(report: Report, address: Address) -> LayeredDocument:
    tree = report.catalog.tree
    return {AddressRoot.BACKENDS: tree.backends, AddressRoot.DECK: tree.deck}.get(address.root, tree.routing)


def _paths_setting(files: LayeredFiles, address: Address) -> list[str]:
    paths = files.paths_with(address.keys)
    if not paths:
        raise EditRefusedError(f"Nothing is set at `{address}`.", "Set it.")
    return paths


def _copy_to_own(session: EditSession, files: LayeredFiles, address: Address, paths: list[str]) -> None:
    if files.is_own(paths[-1]):
        raise EditRefusedError(f"`{address}` is already in your own {session.shown(paths[-1])}.", "Nothing to do.")
    value = session.get(paths[-1], address.keys)
    if isinstance(value, list) and files.data_lists_add_up:
        release = session.report.release
        raise EditRefusedError(
            f"Pipelex {release} would append a list of your own to this one.",
            "Leave it, or add a list with another name.",
        )
    family = address.family if session.report.catalog.behaviours.sigils else ""
    path = files.own_deck_file(family, after=paths[-1])
    _put(session, path, address, address.keys, value)
    session.note(f"{session.shown(paths[-1])} keeps its own value, which is overridden now")


def _base_path(files: LayeredFiles, address: Address, paths: list[str]) -> str:
    if address.root is not AddressRoot.DECK:
        return files.paths[0] if files.paths else paths[0]
    managed = [path for path in paths if not files.is_own(path)]
    return managed[-1] if managed else files.base_file(address.family)


def _put(
    session: EditSession, path: str, address: Address, keys: Path, value: object, source: str | None = None
) -> None:
    """Put a leaf into a file, with its comments in `source`; a preset that the file lacks is written inline."""
    notation = session.notation(source, keys) if source is not None else NO_NOTATION
    entry = keys[:-1]
    if (
        address.kind is AddressKind.PRESET
        and len(keys) > len(address.keys) - len(address.field)
        and not session.has(path, entry)
    ):
        session.put(path, entry, {str(keys[-1]): value})
        if notation.above or notation.behind:
            session.edit(path, SetValue(entry, session.get(path, entry), notation.above, notation.behind))
    else:
        session.put(path, keys, value, notation=notation)


def _check_same(session: EditSession, address: Address) -> None:
    """Raises EditRefusedError when the merged values would change: routes and backends count in their order."""
    before, after = _document(session.report, address), _document(session.reread(), address)
    if before.data != after.data or _orders(address, before) != _orders(address, after):
        raise EditRefusedError(
            f"In another file `{address}` would change its position among its siblings, and their order counts.",
            "Leave it where it is.",
        )


def _orders(address: Address, document: LayeredDocument) -> list[list[str]]:
    """The names whose order counts: of backends, and of the routes of each profile."""
    if address.root is AddressRoot.BACKENDS:
        return [list(document.data)]
    profiles = document.data.get("profiles")
    matches = []
    for profile in profiles.values() if isinstance(profiles, Mapping) else ():
        for key in ("routes", "optional_routes"):
            routes = profile.get(key) if isinstance(profile, Mapping) else None
            matches.append(list(routes) if isinstance(routes, Mapping) else [])
    return matches
