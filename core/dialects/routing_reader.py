"""Reader of `routing_profiles.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.diagnostics import routing_codes
from core.dialects.field_values import describe, fault_text
from core.dialects.file_problems import report_document
from core.dialects.table_schema import Field, TableSchema, list_of, table_of, text
from core.dialects.unquoted_keys import refuse_unquoted, unquoted
from core.entities import Place, Profile, Route
from core.errors import Condition
from core.files.tree_reader import Tree
from core.problems import Check, Findings, Problem, Stage
from core.records import dataclass
from core.releases import Behaviours
from core.suggest import did_you_mean, difference


@dataclass(frozen=True, slots=True)
class ParsedRouting:
    """The profiles of a tree, the name of the active one, and the problems in the order Pipelex meets them."""

    profiles: Mapping[str, Profile]
    active: str | None
    active_place: Place | None
    problems: tuple[Problem, ...]


PROFILE = TableSchema(
    "routing profile",
    (
        Field("description", text, required=True),
        Field("default", text),
        Field("routes", table_of(text)),
        Field("optional_routes", table_of(text), since="0.15"),
        Field("fallback_order", list_of(text), since="0.15"),
    ),
)
_TOP = ("active", "profiles")


def read_routing(tree: Tree, behaviours: Behaviours, *, profile: str | None = None) -> ParsedRouting:
    """Read every profile; `profile` replaces the active one."""
    findings = Findings(behaviours.release, Stage.ROUTING, Check.ROUTING, [])
    if not report_document(tree.routing, findings, "routing", "routing profile"):
        return ParsedRouting({}, None, None, tuple(findings.items))
    data = tree.routing.data
    place = Place(tree.routing.outline, ())

    def refuse(key: str, message: str, fix: str) -> None:
        findings.refuse(
            routing_codes.ROUTING_INVALID, Condition.ROUTING_SHAPE, message, place.at(key), fix=fix, subject=key
        )

    active, tables = data.get("active"), data.get("profiles")
    if not isinstance(active, str):
        state = "is missing" if active is None else f"is {describe(active)}, expected a profile's name"
        fix = 'write active = "..." with the name of a profile'
        refuse("active", f"`active` in routing_profiles.toml {state}", fix)
        active = None
    if not isinstance(tables, dict):
        state = "is missing" if tables is None else f"is {describe(tables)}, not a table"
        fix = "write [profiles.NAME] with a description and a default"
        refuse("profiles", f"`profiles` in routing_profiles.toml {state}", fix)
        tables = {}
    for key in data:
        if key not in _TOP:
            fix = did_you_mean(key, _TOP) or "remove it; known keys: active, profiles"
            refuse(key, f"unknown key `{key}` at the top of routing_profiles.toml", fix)
    profiles = {
        name: _profile(name, table, place.at("profiles", name), behaviours, findings, tables)
        for name, table in tables.items()
    }
    if profile is not None:
        active = profile
    nameless = active == "" and behaviours.load_order == "routing first"  # up to 0.14: no active profile
    if active is not None and (active not in profiles or nameless):
        _unknown_active(active, profiles, place.at("active"), behaviours, findings)
    return ParsedRouting(profiles, active, place.at("active"), tuple(findings.items))


def _unknown_active(
    active: str, profiles: Mapping[str, Profile], place: Place, behaviours: Behaviours, findings: Findings
) -> None:
    is_substring = behaviours.active_match == "substring" and active in ", ".join(profiles)
    findings.refuse(
        routing_codes.PROFILE_UNKNOWN,
        Condition.ACTIVE_SUBSTRING if is_substring else Condition.ACTIVE_UNKNOWN,
        f"active profile `{active}` does not exist; there are: {', '.join(profiles) or 'none'}",
        place,
        fix=did_you_mean(active, profiles) or "name one of the profiles",
        cause=f"profile {active}",
        subject=active,
    )


def _profile(
    name: str, table: object, place: Place, behaviours: Behaviours, findings: Findings, names: Iterable[str]
) -> Profile:
    if not isinstance(table, dict):
        findings.refuse(
            routing_codes.ROUTING_INVALID,
            Condition.ROUTING_SHAPE,
            f"profile `{name}` is {describe(table)}, not a table",
            place,
            fix=f"write [profiles.{name}]",
            subject=name,
        )
        return Profile(name, "", None, (), (), None, place)
    dotted = set()
    for key in ("routes", "optional_routes"):
        patterns = table.get(key)
        for pattern, target in patterns.items() if isinstance(patterns, dict) else ():
            for names in unquoted(pattern, target):
                dotted.add(key)
                refuse_unquoted(findings, Condition.ROUTING_SHAPE, names, place.at(key, pattern), header=False)
    for fault in PROFILE.validate(table, behaviours.release):
        if fault.path[0] in dotted:
            continue
        message, fix = fault_text(fault, f"profile `{name}`", PROFILE, behaviours.release)
        if fault.kind == "missing":
            fix = next((hint for other in names if (hint := difference(name, other))), fix)
        key = str(fault.path[0])
        location = place if fault.kind == "missing" else place.at(key)
        findings.refuse(routing_codes.ROUTING_INVALID, Condition.ROUTING_SHAPE, message, location, fix=fix, subject=key)
    routes = _routes(table.get("routes"), place.at("routes"), optional=False)
    optional = _routes(table.get("optional_routes"), place.at("optional_routes"), optional=True)
    if behaviours.optional_routes != "refused":
        patterns = {route.pattern for route in routes}
        for route in optional:
            if route.pattern in patterns:
                findings.refuse(
                    routing_codes.ROUTE_DUPLICATE,
                    Condition.ROUTING_SHAPE,
                    f"profile `{name}`: pattern `{route.pattern}` is in both routes and optional_routes",
                    route.place,
                    fix="keep one of the two",
                    subject=route.pattern,
                )
    description, default, order = table.get("description"), table.get("default"), table.get("fallback_order")
    return Profile(
        name=name,
        description=description if isinstance(description, str) else "",
        default=default if isinstance(default, str) else None,
        routes=routes,
        optional_routes=optional,
        fallback_order=tuple(item for item in order if isinstance(item, str)) if isinstance(order, list) else None,
        place=place,
    )


def _routes(table: object, place: Place, *, optional: bool) -> tuple[Route, ...]:
    if not isinstance(table, dict):
        return ()
    return tuple(
        Route(pattern, backend, optional, place.at(pattern))
        for pattern, backend in table.items()
        if isinstance(backend, str)
    )
