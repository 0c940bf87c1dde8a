"""Candidates: served models ranked by abilities, price and name against an unserved one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from core.catalog import Catalog
from core.constraints import UNSUPPORTED, fixed_temperature, listed_constraints, sent_temperature
from core.entities import ModelSpec
from core.formatting import change, counted
from core.prices import Price, price_of
from core.records import dataclass
from core.refusals import Refusal, refusal_of
from core.routing import INTERNAL_BACKEND

if TYPE_CHECKING:
    from core.lives.lives import Lives

ENDED: Final = 2
"""The rank of a life that has ended."""
_IMAGES = frozenset({"images", "image"})
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_SMALL = frozenset(
    [
        "cheap",
        "cheaper",
        "economy",
        "fast",
        "flash",
        "haiku",
        "instant",
        "lite",
        "little",
        "low",
        "luna",
        "micro",
        "mini",
        "nano",
        "quick",
        "scout",
        "small",
        "tiny",
        "turbo",
    ]
)
_LARGE = frozenset(
    [
        "best",
        "high",
        "large",
        "max",
        "maverick",
        "opus",
        "premium",
        "pro",
        "smart",
        "sol",
        "ultra",
    ]
)
_SPECIAL = frozenset(["audio", "code", "codex", "coder", "deep", "guard", "realtime", "search"])
"""Words of specialized models."""
_VISION = frozenset(["diagram", "image", "images", "img", "table", "vision", "visual", "visuals"])
_STRUCTURED = frozenset(["object", "objects", "structure", "structured"])
_FLOOR = 0.01
"""USD per million tokens added to both prices of a ratio, so that free models can be compared."""
_YEARS = 1000
"""A number in a name from here on is a date, not a version."""


@dataclass(frozen=True, slots=True)
class Need:
    """The requirements of a replacement. `spec`: the unserved model, if a backend declares it.

    `names`: those of the model and of the entries that lead to it. `settings`: those of the presets among them.
    """

    model_type: str
    spec: ModelSpec | None
    names: tuple[str, ...]
    settings: tuple[Mapping[str, object], ...] = ()

    @property
    def inputs(self) -> frozenset[str]:
        """The required inputs; for an undeclared model guessed from its names."""
        if self.spec is not None:
            return frozenset(self.spec.names("inputs"))
        vision = self.model_type == "llm" and _words(self.names) & _VISION
        return frozenset({"images"}) if vision else frozenset()

    @property
    def outputs(self) -> frozenset[str]:
        """The required outputs."""
        if self.spec is not None:
            return frozenset(self.spec.names("outputs"))
        return (
            frozenset({"structured"}) if self.model_type == "llm" and _words(self.names) & _STRUCTURED else frozenset()
        )

    @property
    def max_tokens(self) -> int:
        """The highest `max_tokens` of the presets; 0 if none sets it."""
        limits = [settings.get("max_tokens") for settings in self.settings]
        return max((limit for limit in limits if isinstance(limit, int) and not isinstance(limit, bool)), default=0)


@dataclass(frozen=True)
class Candidate:
    """A served model as the replacement of an unserved one. `text`: the reference to write."""

    text: str
    spec: ModelSpec
    need: Need
    catalog: Catalog
    ready: bool
    """Whether the variables that its backend needs are set here."""
    lives: Lives | None = None
    """The lives of the models according to the index, where it was read."""

    @property
    def rank(self) -> tuple[object, ...]:
        """The sort key: fit, life, usable here, accepted settings, abilities, price, tier, name, newer version.

        A model that has ended comes after every living one; one that ends soon, after those with the same abilities.
        """
        life = self.lives.rank(self.spec) if self.lives is not None else 0
        return (
            not self.fits,
            life == ENDED,
            not self.ready,
            len(self.refused),
            len(self.lost),
            life,
            round(self.price_distance, 1),
            -self._kinship if self.need.spec is None else 0,
            self._tier_distance,
            -self._kinship,
            round(self.price_distance, 3),
            tuple(-number for number in _versions(self.spec.handle)),
            self.text,
        )

    @property
    def fits(self) -> bool:
        """Whether it supports some of the required inputs and some of the required outputs."""
        pairs = ((self.need.inputs, self.spec.names("inputs")), (self.need.outputs, self.spec.names("outputs")))
        return all(not required or not has or not required.isdisjoint(has) for required, has in pairs)

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The refusals of the model, one for each preset whose settings it does not accept."""
        catalog, spec = self.catalog, self.spec
        backend = catalog.backends.get(spec.backend)
        found = (refusal_of(catalog.release, spec, backend, settings) for settings in self.need.settings)
        return tuple(refusal for refusal in found if refusal is not None)

    @property
    def lost(self) -> tuple[str, ...]:
        """The abilities of the old model that this one lacks, in words."""
        spec, need = self.spec, self.need
        missing = [f"takes no {name}" for name in sorted(need.inputs - set(spec.names("inputs")))]
        missing += [f"gives no {_output(name)}" for name in sorted(need.outputs - set(spec.names("outputs")))]
        if self.refused:
            keys = dict.fromkeys(refusal.key or "every call" for refusal in self.refused)
            missing.append(f"refuses {' and '.join(keys)}, which {_presets(len(self.refused))} for")
        if spec.max_tokens is not None and need.max_tokens > spec.max_tokens:
            missing.append(
                f"gives at most {counted(spec.max_tokens, 'token')}, and a preset asks for {need.max_tokens:,}"
            )
        return tuple(missing)

    @property
    def price_distance(self) -> float:
        """The mean of the logarithms of the price ratios; infinite if a price is unknown."""
        if self.need.spec is None:
            return 0.0
        old, new = _price(self.lives, self.need.spec), _price(self.lives, self.spec)
        if not old.is_known:
            return 0.0
        pairs = ((old.input, new.input), (old.output, new.output))
        ratios = [
            abs(math.log((new_price + _FLOOR) / (old_price + _FLOOR)))
            for old_price, new_price in pairs
            if new_price is not None and old_price is not None
        ]
        return math.fsum(ratios) / len(ratios) if len(ratios) == len(pairs) else math.inf

    @property
    def _kinship(self) -> int:
        """The number of words shared with the names of the old model."""
        return len(_words(self.need.names) & _words([self.spec.handle]))

    @property
    def _tier_distance(self) -> int:
        special = (_words([self.spec.handle]) & _SPECIAL) - _words(self.need.names)
        return abs(_tier(self.need.names) - _tier([self.spec.handle])) + 2 * len(special)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for the candidate in words: kept abilities, and its price against the old one."""
        spec, need = self.spec, self.need
        preserved = [
            word
            for word, has in (
                ("vision", need.model_type == "llm" and bool(_IMAGES & need.inputs & set(spec.names("inputs")))),
                ("structured output", "structured" in need.outputs & set(spec.names("outputs"))),
            )
            if has
        ]
        reasons = [f"keeps {' and '.join(preserved)}"] if preserved else []
        price = price_of(spec)
        if price.is_known:
            price_text = price.text
            if need.spec is not None and (old := price_of(need.spec)).is_known:
                price_text += f" ({change(old.output, price.output)} for output)"
            reasons.append(price_text)
        return tuple(reasons)

    @property
    def cautions(self) -> tuple[str, ...]:
        """Lost abilities and unknown facts, in words; not the state of the backend's key."""
        spec, need = self.spec, self.need
        warnings = list(self.lost)
        if self.lives is not None and self.lives.rank(spec):
            warnings.insert(0, self.lives.text(spec))
        before = need.spec.max_tokens if need.spec is not None else None
        if spec.max_tokens is not None and before is not None and spec.max_tokens < before and not need.max_tokens:
            warnings.append(f"gives at most {counted(spec.max_tokens, 'token')}, where the old one gave {before:,}")
        warnings += self._temperature()
        if not price_of(spec).is_known and spec.backend != INTERNAL_BACKEND:
            warnings.append("its price is not known")
        return tuple(warnings)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The cautions, and the key that is not set here."""
        key = () if self.ready else (f"a variable that {self.spec.backend} needs is not set here",)
        return (*self.cautions, *key)

    def _temperature(self) -> list[str]:
        """The presets whose temperature would lose its effect."""
        old = self.need.spec
        if old is not None and (
            fixed_temperature(self.catalog, old) is not None or UNSUPPORTED in listed_constraints(self.catalog, old)
        ):
            return []
        other_count = 0
        reason = ""
        for settings in self.need.settings:
            temperature = settings.get("temperature")
            if isinstance(temperature, int | float) and not isinstance(temperature, bool):
                _, explanation = sent_temperature(self.catalog, self.spec, float(temperature))
                if explanation and (fixed := fixed_temperature(self.catalog, self.spec)) is not None:
                    reason = f"always uses temperature {fixed:g}"
                elif explanation and "no temperature" in explanation:
                    reason = "takes no temperature"
                else:
                    continue
                other_count += 1
        return [f"{reason}, and {_presets(other_count)} for one"] if other_count else []


def _price(lives: Lives | None, spec: ModelSpec) -> Price:
    """The price of a model in the tree, or that of the sources where none agrees with the tree."""
    price = price_of(spec)
    if lives is not None and (check := lives.price_check(spec)) is not None and not check.agrees:
        return Price(check.best.input, check.best.output)
    return price


def _presets(count: int) -> str:
    return counted(count, "preset asks", "presets ask")


def _output(name: str) -> str:
    return "structured output" if name == "structured" else name


def _words(names: Iterable[str]) -> set[str]:
    return {word for name in names for word in _WORD.findall(name.lower())}


def _tier(names: Iterable[str]) -> int:
    """-1 for small and cheap models, 1 for large ones, 0 between, by the first name with such a word."""
    for name in names:
        parts = _words([name])
        if parts & _SMALL:
            return -1
        if parts & _LARGE:
            return 1
    return 0


def _versions(handle: str) -> tuple[float, ...]:
    """The numbers of a name that look like versions."""
    numbers = [float(word) for word in _WORD.findall(handle.lower()) if word[0].isdigit()]
    return tuple(number for number in numbers if number < _YEARS)
