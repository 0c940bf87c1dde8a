"""Random edits of the deck of random trees: `python -m tests.core.edits.intent_campaign --edits 3000`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from core.api import Report, update_report
from core.edits import address_edits, alias_edits, choice_edits, layer_edits, preset_edits, rename_edits
from core.edits.deck_entries import DeckPaths
from core.edits.edit_session import Applied, Intent, apply_intent
from core.edits.intent import EditLayer
from core.edits.layered_files import is_managed
from core.files.view import Overlay, Snapshot, View
from core.references import Kind
from core.toml.edit.plain_data import identical
from core.toml.toml_reader import read_toml
from tests.core.edits.fix_campaign import RELEASES, reports

Path_ = tuple[str, ...]
_NEW = ("zz-new", "zz-new", "a.b", "Über", "x y", "q'\"")
_BAD = ("", "@x", "disabled")
_JUNK = ("nobody", "@nobody", "$nobody", "~", "", "handle:x", "gpt-4o", "no such model")
_FIELDS = ("temperature", "max_tokens", "quality", "nb_steps", "reasoning_effort", "description", "model", "nonsense")
_VALUES: tuple[object, ...] = (0, 0.5, 1, 2.5, True, "auto", "low", "high", "x", 10**6, -1, ["a"], {"a": 1})


@dataclass(frozen=True)
class RandomEdit:
    """An intent, and the key paths of the merged deck that it may change: those that begin with one of these."""

    intent: Intent
    allowed: tuple[tuple[object, ...], ...]
    aim: tuple[Kind, str, str, str] | None = None
    """A kind, family and name that is to end where a text does."""


@dataclass
class Tally:
    """What came of a campaign."""

    edits: int = 0
    refused: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"edits {self.edits}, refused {self.refused}, faults {len(self.faults)}"


def ask(rng: Random, report: Report) -> RandomEdit:
    """An edit of the deck, mostly of something that is there."""
    places = DeckPaths(report.catalog.behaviours)
    family = rng.choice(places.families)
    kind = rng.choice((Kind.ALIAS, Kind.WATERFALL, Kind.PRESET))
    if kind is Kind.WATERFALL and not places.behaviours.waterfalls:
        kind = Kind.ALIAS
    section = report.catalog.families.get(places.home(kind, family))
    names = list(getattr(section, {"alias": "aliases"}.get(kind.value, f"{kind.value}s"), ()))
    name = rng.choice(names) if names and rng.random() < 0.9 else rng.choice(_NEW)
    new = rng.choice(_NEW if rng.random() < 0.85 else (*_BAD, *names[:1]))
    keys = places.names(kind, family)
    text = _reference(rng, report, family)
    lists = places.names(Kind.WATERFALL if places.behaviours.waterfalls else Kind.ALIAS, family)
    at, fresh, everywhere = (*keys, name), (*keys, new), ((),)
    entries = tuple(_reference(rng, report, family) for _ in range(rng.choice((0, 1, 2, 2, 3))))
    index = rng.randrange(3)
    options: list[RandomEdit] = []
    if kind is Kind.ALIAS:
        options = [
            RandomEdit(alias_edits.AddAlias(family, new, text), (fresh,)),
            RandomEdit(alias_edits.SetTarget(family, name, text), (at,)),
            RandomEdit(alias_edits.DeleteAlias(family, name, rng.choice((None, text))), everywhere),
            RandomEdit(rename_edits.RenameAlias(family, name, new), everywhere),
        ]
    elif kind is Kind.PRESET:
        aim = (kind, family, name, text)
        key, value = _setting(rng, family)
        options = [
            RandomEdit(preset_edits.AddPreset(family, new, text, ((key, value),)), (fresh,)),
            RandomEdit(preset_edits.SetPresetField(family, name, key, value), (at,)),
            RandomEdit(preset_edits.UnsetPresetField(family, name, key), (at,)),
            RandomEdit(preset_edits.SetPresetModel(family, name, text), (at,), aim),
            RandomEdit(preset_edits.DuplicatePreset(family, name, new, ((key, value),)), (fresh,)),
            RandomEdit(preset_edits.DeletePreset(family, name, rng.choice((None, text))), everywhere),
            RandomEdit(rename_edits.RenamePreset(family, name, new), everywhere),
        ]
    if kind is Kind.WATERFALL or (kind is Kind.ALIAS and not places.behaviours.waterfalls):
        one = (*lists, name)
        options += [
            RandomEdit(alias_edits.AddWaterfall(family, new, entries), ((*lists, new),)),
            RandomEdit(alias_edits.SetEntries(family, name, entries), (one,)),
            RandomEdit(alias_edits.InsertEntry(family, name, text, rng.choice((None, index))), (one,)),
            RandomEdit(alias_edits.ReplaceEntry(family, name, index, text), (one,)),
            RandomEdit(alias_edits.MoveEntry(family, name, index, rng.randrange(3)), (one,)),
            RandomEdit(alias_edits.RemoveEntry(family, name, index), (one,)),
            RandomEdit(alias_edits.ReplaceWaterfall(family, name, new, entries), everywhere),
            RandomEdit(alias_edits.DeleteWaterfall(family, name, rng.choice((None, text))), everywhere),
            RandomEdit(rename_edits.RenameWaterfall(family, name, new), everywhere),
        ]
    options += [*_choices(rng, report, places, family, text), *_generic(rng, at, name in names)]
    return rng.choice(options)


def _setting(rng: Random, family: str) -> tuple[str, object]:
    """A key of a preset with a value, mostly one that fits."""
    if rng.random() < 0.3:
        return rng.choice(_FIELDS), rng.choice(_VALUES)
    if family == "img_gen":
        return rng.choice((("quality", "low"), ("nb_steps", 4), ("guidance_scale", 2.5), ("is_moderated", True)))
    if family == "llm":
        return rng.choice((("temperature", 0.25), ("max_tokens", 50), ("max_tokens", "auto"), ("temperature", 1)))
    return rng.choice((("max_nb_images", 3), ("max_results", 2), ("description", "mine"), ("image_min_size", 5)))


def _choices(rng: Random, report: Report, places: DeckPaths, family: str, text: str) -> Iterator[RandomEdit]:
    key = rng.choice(places.choice_keys(family))
    path = places.choice(family, "default", key)
    yield RandomEdit(choice_edits.SetChoiceDefault(family, key, text), (path,))
    if places.has_overrides(family):
        over = places.choice(family, "override", key)
        yield RandomEdit(
            choice_edits.SetChoiceOverride(family, key, rng.choice((text, None, "disabled"))), (over[:-1],)
        )
    for setting in places.settings(family):
        value = rng.choice(_VALUES)
        yield RandomEdit(choice_edits.SetDeckSetting(family, str(setting[-1]), value), (setting,))


def _generic(rng: Random, at: Sequence[object], there: bool) -> Iterator[RandomEdit]:
    address = "deck." + ".".join(str(key) for key in at)
    if there and rng.random() < 0.5:
        address += "." + rng.choice(_FIELDS)
    allowed = (tuple(at),)
    yield RandomEdit(address_edits.SetValueAt(address, rng.choice((*_VALUES, *_JUNK))), allowed)
    yield RandomEdit(address_edits.UnsetAt(address), allowed)
    yield RandomEdit(layer_edits.ResetToBase(address), allowed)
    yield RandomEdit(layer_edits.MoveToOverride(address), ())
    yield RandomEdit(layer_edits.MoveToBase(address), ())


def _reference(rng: Random, report: Report, family: str) -> str:
    if rng.random() < 0.15:
        return rng.choice(_JUNK)
    space = report.catalog.families.get(family if report.catalog.behaviours.sigils else "global")
    candidates = [handle for _, handle in report.serving.served][:40]
    sign = {"aliases": "@", "waterfalls": "~"} if report.catalog.behaviours.sigils or rng.random() < 0.1 else {}
    for table in ("aliases", "waterfalls"):
        candidates += [sign.get(table, "") + name for name in getattr(space, table, ())]
    own = report.catalog.families.get(family)
    candidates += ["$" + name for name in list(getattr(own, "presets", ()))[:5]]
    return rng.choice(candidates) if candidates else "nobody"


def faults(report: Report, view: View, edit: RandomEdit, applied: Applied, layer: EditLayer) -> Iterator[str]:
    """The faults of an applied edit."""
    for path, content in applied.contents.items():
        before = view.content(path)
        if content is not None and read_toml(content).parse_error is not None:
            yield f"{path} cannot be read any more"
        if "/deck/" not in path:
            yield f"{path} is no file of the deck"
        in_base = layer is EditLayer.BASE or isinstance(edit.intent, layer_edits.MoveToBase)
        if is_managed(path) and not in_base and isinstance(before, bytes):
            yield f"{path} is Pipelex's own"
        if content == before:
            yield f"{path} is not changed"
    after = update_report(report, Overlay(view, applied.contents))
    old, new = report.catalog.tree.deck.data, after.catalog.tree.deck.data
    for changed in differing(old, new):
        if not any(changed[: len(prefix)] == prefix for prefix in edit.allowed):
            yield f"{'.'.join(map(str, changed))} changed too"
    if edit.aim is not None:
        kind, family, name, text = edit.aim
        ended = next(
            (one for one in after.resolutions if (one.kind, one.family, one.name) == (kind, family, name)), None
        )
        expected = report.resolver.text(text, family).spec
        reached = ended.spec.handle if ended is not None and ended.spec is not None else None
        if expected is not None and reached != expected.handle:
            yield f"it does not end where `{text}` does"
    yield from _repeated(after, view, edit, applied, layer)


def _repeated(after: Report, view: View, edit: RandomEdit, applied: Applied, layer: EditLayer) -> Iterator[str]:
    """An edit that sets a value changes nothing when it is repeated."""
    setting = (
        alias_edits.SetTarget,
        preset_edits.SetPresetField,
        preset_edits.SetPresetModel,
        choice_edits.SetChoiceDefault,
        choice_edits.SetDeckSetting,
        alias_edits.SetEntries,
    )
    if isinstance(edit.intent, setting):
        repeated = apply_intent(after, Overlay(view, applied.contents), edit.intent, layer)
        if not isinstance(repeated, Applied) or repeated.steps:
            yield "repeated it changes something"


def differing(old: object, new: object, at: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The key paths at which two values differ, as deep as both are tables."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            if key not in old or key not in new:
                there = old.get(key, new.get(key))
                yield from _leaves(there, (*at, key))
            else:
                yield from differing(old[key], new[key], (*at, key))
    elif not identical(old, new):
        yield at


def _leaves(value: object, at: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*at, key))
    else:
        yield at


def run(edits: int, seed: int, folder: Path, each: int = 12) -> Tally:
    """Apply this number of edits to several trees, some of them on edited trees."""
    rng = Random(seed)
    tally = Tally()
    trees = reports(RELEASES, edits // each + 1, seed * 100_000, folder)
    for name, report in trees:
        view: View = Snapshot()
        for _ in range(each):
            edit, layer = (
                ask(rng, report),
                rng.choice((EditLayer.AUTO, EditLayer.AUTO, EditLayer.BASE, EditLayer.OVERRIDE)),
            )
            applied = apply_intent(report, view, edit.intent, layer)
            tally.edits += 1
            kind = type(edit.intent).__name__
            if not isinstance(applied, Applied):
                tally.refused += 1
                tally.reasons[f"{kind}: {applied.reason[:60]}"] += 1
                if not applied.reason or not applied.instead:
                    tally.faults.append(f"a refusal without words: {kind}")
                continue
            tally.kinds[kind] += 1
            wrong = list(faults(report, view, edit, applied, layer)) if applied.steps else []
            tally.faults += [f"{fault} | {edit.intent} {layer} | {name}" for fault in wrong]
            if applied.steps and not wrong and rng.random() < 0.4:
                view = Overlay(view, applied.contents)
                report = update_report(report, view)
        if tally.edits >= edits:
            break
    return tally


def main() -> int:
    """Run a campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=30)
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(options.edits, options.seed, Path(folder))
    for line in tally.faults[: options.show]:
        print(line)
    print(tally)
    print(dict(tally.kinds.most_common()))
    print(tally.reasons.most_common(40))
    print(f"{time.perf_counter() - start:.0f} s")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
