"""Backends and routes on the way to another kit: the user's choice of backends, and routes that name only those."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping

from core.api import Report
from core.dialects.backend_reader import INTERNAL
from core.edits.edit_session import EditSession
from core.mentions import Mention, mentions
from core.references import Kind
from core.releases import Behaviours, Release
from core.resolution import Status
from core.toml.edit.plain_data import Data, has, value_at
from core.toml.edit.text_layout import Path
from core.upgrade.kit import Kit
from core.upgrade.origin import data_of
from core.variables import Environment, State, placeholders_in, texts

BACKENDS_FILE, ROUTING_FILE = "inference/backends.toml", "inference/routing_profiles.toml"
RETIRED = ("pipelex_gateway", "pipelex_inference")
"""Backends of Pipelex's own whose service has ended."""


def choose_backends(session: EditSession, path: str, mine: Data) -> None:
    """Turn off the backends of the kit that are not on in the tree, unless no backend of the tree is left."""
    tables = {name: table for name, table in session.data(path).items() if isinstance(table, Mapping)}
    own = {name: is_on(mine[name]) for name in tables if name in mine}
    if not any(on for name, on in own.items() if name != INTERNAL):
        return
    for name, table in tables.items():
        on = own.get(name, name == INTERNAL and is_on(table))
        if is_on(table) != on:
            session.put(path, (name, "enabled"), on)


def switch_off_without_keys(session: EditSession, path: str, environment: Environment) -> None:
    """Switch off the backends of a kit whose variables are not set here, if those of any are."""
    unset, ready = [], False
    for name, table in session.data(path).items():
        variables = placeholders_in(text for _, text in texts(table))
        if not is_on(table) or not variables:
            continue
        if all(environment.state(variable) in (State.SET, State.PLACEHOLDER) for variable in variables):
            ready = True
        else:
            unset.append(name)
    if ready and unset:
        for name in unset:
            session.put(path, (name, "enabled"), False)
        session.note(f"off, as their variables are not set here: {', '.join(unset)}")


def repair_routes(
    session: EditSession, folder: str, kit: Kit, behaviours: Behaviours
) -> Iterator[tuple[Path, object, str]]:
    """Make the active profile name enabled backends only, as the target requires; yield the parts left out, and why."""
    path, backends = os.path.join(folder, ROUTING_FILE), os.path.join(folder, BACKENDS_FILE)
    data = session.data(path)
    active = data.get("active")
    at: Path = ("profiles", str(active))
    if not has(data, at):
        instead = data_of(kit.files.get(ROUTING_FILE, b"")).get("active")
        if not isinstance(instead, str) or not has(data, ("profiles", instead)):
            return
        yield ("active",), active, f"there is no such profile; `{instead}` is active instead"
        session.put(path, ("active",), instead)
        at = ("profiles", instead)
    profile = value_at(data, at)
    tables = session.data(backends) if session.exists(backends) else {}
    on = [name for name, table in tables.items() if is_on(table)]
    if not isinstance(profile, Mapping) or not tables or behaviours.routes_to_disabled != "refused":
        return
    default = profile.get("default")
    if isinstance(default, str) and default not in on:
        yield (*at, "default"), default, "this backend is not on"
        session.drop(path, (*at, "default"))
        if not profile.get("fallback_order") and behaviours.fallback_order:
            session.put(path, (*at, "fallback_order"), on)
    routes = profile.get("routes")
    for pattern, backend in routes.items() if isinstance(routes, Mapping) else ():
        if backend in on:
            continue
        session.drop(path, (*at, "routes", pattern))
        if backend in tables and behaviours.optional_routes == "live":
            session.put(path, (*at, "optional_routes", pattern), backend)
        else:
            yield (*at, "routes", pattern), backend, "this backend is not on"


_LISTED_SINCE = Release(0, 25, 0)
"""Seen in 0.32.1: it does not start where the deck names a model that the gateway does not have; 0.24.1 does."""
_NAMING = ("model", "target", "entry", "choice")
"""The roles of mentions that name a model."""


def unlisted(
    report: Report, kit: Kit, behaviours: Behaviours, carried: Container[tuple[str, Path]], folder: str
) -> dict[str, list[tuple[str, Path, Mention]]]:
    """The models that carried parts name, and that only the gateway could have but does not list, by name.

    Each with the file and key path of the parts, and where they name it.
    """
    if behaviours.gateway != "remote" or behaviours.release < _LISTED_SINCE or not kit.gateway:
        return {}
    found: dict[str, list[tuple[str, Path, Mention]]] = {}
    known = {*kit.gateway, *(handle for _, handle in report.serving.served)}
    for mention in mentions(report.resolver):
        name, family, file = mention.target.name, mention.target.family, os.path.relpath(mention.source.path, folder)
        is_defined = any(report.resolver.names.defines(kind, name, family) for kind in (Kind.ALIAS, Kind.WATERFALL))
        if mention.is_key or mention.role not in _NAMING or mention.target.kind == Kind.PRESET.value or is_defined:
            continue
        at = next(
            (at for depth in range(len(mention.path), 0, -1) if (file, at := mention.path[:depth]) in carried), ()
        )
        if not at:
            known.add(name)
        elif report.resolver.text(name, family).status is Status.UNKNOWN:
            found.setdefault(name, []).append((file, at, mention))
    return {name: places for name, places in found.items() if name not in known}


def is_on(table: object) -> bool:
    """Whether a backend's table has it on."""
    return isinstance(table, Mapping) and bool(table.get("enabled", True))
