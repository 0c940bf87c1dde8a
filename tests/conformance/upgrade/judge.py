"""What an upgrade must keep: the references that lived, and every change of the person, found again or listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.entities import GLOBAL
from core.references import Kind
from core.upgrade.plan import Plan
from core.upgrade.rows import Outcome

_HANDLES = ("model", "llm_handle", "ocr_handle", "img_gen_handle")


def dead_references(before: Report, after: Report, plan: Plan) -> Iterator[str]:
    """The references that lived before, and neither live after nor are named in the plan."""
    listed = {name.split(" ")[-1] for name in plan.gone}
    listed |= {decision.id.split(" ")[-1] for decision in plan.decisions}
    listed |= {use.rpartition(" ")[2].rpartition("/")[2] for decision in plan.decisions for use in decision.uses}
    questions = " ".join(decision.question for decision in plan.decisions)
    left = " ".join(row.name for row in plan.rows if row.outcome is Outcome.NOT_CARRIED)
    alive = {(item.kind, item.name) for item in after.resolutions if item.alive}
    alive |= {(Kind.WATERFALL, name) for kind, name in alive if kind is Kind.ALIAS}
    for item in before.resolutions:
        if item.kind not in (Kind.ALIAS, Kind.WATERFALL, Kind.PRESET, Kind.CHOICE) or not item.alive:
            continue
        kind = Kind.WATERFALL if item.kind is Kind.ALIAS else item.kind
        key = item.name.rpartition("/")[2] if item.kind is Kind.CHOICE else item.name
        found = (kind, item.name) in alive or (item.kind, item.name) in alive
        if not found and key not in listed and f"`{item.name}`" not in questions and key not in left:
            yield f"{item.kind.value} {item.name}"


def lost_changes(stock: Report, before: Report, after: Report, plan: Plan) -> Iterator[str]:
    """The changes of the person that are neither found in the upgraded tree nor listed."""
    listed = [f"{row.file} {row.name} {row.note}" for row in plan.rows if row.outcome is Outcome.NOT_CARRIED]
    listed += [f"{decision.id} {decision.question}" for decision in plan.decisions]
    listed += [row.name for row in plan.rows if row.note == "deleted"]
    for what, old, mine, new in (
        *_entries(stock, before, after),
        *_backends(stock, before, after),
        *_models(stock, before, after),
        *_profiles(stock, before, after),
    ):
        for key, value in mine.items():
            if value == "":
                continue  # without it the kit's value shows
            found = list(new.values()) if key == GLOBAL else [new.get(key)]
            if old.get(key) != value and not any(_equal(item, value) for item in found):
                name = what.rpartition(" ")[2]
                texts = value if isinstance(value, list) else [value]
                named = (text.lstrip("$@~") for text in texts if isinstance(text, str))
                words = (name.rpartition("/")[2], *(text for text in named if text))
                if not any(word in text for word in words for text in listed):
                    yield f"{what} {key}: {value!r} is {new.get(key)!r}"


def _equal(new: object, mine: object) -> bool:
    if isinstance(new, str) and isinstance(mine, str):
        return new.lstrip("$@~") == mine.lstrip("$@~")
    if isinstance(new, list | tuple) and isinstance(mine, list | tuple):
        return [str(item).lstrip("@~") for item in new] == [str(item).lstrip("@~") for item in mine]
    if isinstance(new, Mapping) and isinstance(mine, Mapping):
        return dict(new) == dict(mine)
    return new == mine


Change = tuple[str, Mapping[str, object], Mapping[str, object], Mapping[str, object]]


def _entries(stock: Report, before: Report, after: Report) -> Iterator[Change]:
    def facts(report: Report) -> dict[str, dict[str, object]]:
        result: dict[str, dict[str, object]] = {}
        for family in report.catalog.families.values():
            for alias in family.aliases.values():
                targets = list(alias.targets)
                result.setdefault(f"name {alias.name}", {})[_family(family.name)] = targets
            for waterfall in family.waterfalls.values():
                # Up to 0.17 an alias hides a waterfall of its name.
                result.setdefault(f"name {waterfall.name}", {}).setdefault(
                    _family(family.name), list(waterfall.entries)
                )
            for preset in family.presets.values():
                fields = {key: value for key, value in preset.fields.items() if key not in _HANDLES}
                name = _family(family.name)
                result[f"preset {name} {preset.name}"] = {**fields, "reference": preset.reference}
            for choice in family.choices:
                name = _family(family.name)
                if family.name != GLOBAL and isinstance(choice.value, str):
                    result[f"choice {name} {choice.name}"] = {choice.key: choice.value}
        return result

    yield from _compared(facts(stock), facts(before), facts(after))


def _family(name: str) -> str:
    return "extract" if name == "ocr" else name


def _backends(stock: Report, before: Report, after: Report) -> Iterator[Change]:
    def facts(report: Report) -> dict[str, dict[str, object]]:
        return {f"backend {name}": dict(item.fields) for name, item in report.catalog.backends.items()}

    yield from _compared(facts(stock), facts(before), facts(after))


def _models(stock: Report, before: Report, after: Report) -> Iterator[Change]:
    skipped = ("constraints", "prompting_target", "default_prompting_target")

    def facts(report: Report) -> dict[str, dict[str, object]]:
        result: dict[str, dict[str, object]] = {}
        for name, source in report.catalog.tree.specs.items():
            for key, table in source.data.items():
                if isinstance(table, Mapping):
                    kept = {field: value for field, value in table.items() if field not in skipped}
                    result[f"model of {name} {key}"] = kept
        return result

    yield from _compared(facts(stock), facts(before), facts(after))


def _profiles(stock: Report, before: Report, after: Report) -> Iterator[Change]:
    def facts(report: Report) -> dict[str, dict[str, object]]:
        result: dict[str, dict[str, object]] = {"routing active": {"active": report.catalog.active}}
        for name, profile in report.catalog.profiles.items():
            routes = {route.pattern: route.backend for route in (*profile.routes, *profile.optional_routes)}
            result[f"profile {name}"] = {"default": profile.default, "routes": routes}
        return result

    yield from _compared(facts(stock), facts(before), facts(after))


def _compared(
    stock: Mapping[str, Mapping[str, object]],
    before: Mapping[str, Mapping[str, object]],
    after: Mapping[str, Mapping[str, object]],
) -> Iterator[Change]:
    for what, facts in before.items():
        if stock.get(what) != facts:
            yield what, stock.get(what, {}), facts, after.get(what, {})
