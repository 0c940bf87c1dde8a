"""Candidates: how near a served model comes to one that is not, in what it can do, in price, and in name."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from core.catalog import Catalog
from core.constraints import UNSUPPORTED, fixed_temperature, listed_constraints, sent_temperature
from core.entities import ModelSpec
from core.formatting import change, counted
from core.prices import price_of
from core.records import dataclass
from core.routing import INTERNAL_BACKEND

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
"""Words of models that are made for one thing."""
_VISION = frozenset(["diagram", "image", "images", "img", "table", "vision", "visual", "visuals"])
_STRUCTURED = frozenset(["object", "objects", "structure", "structured"])
_FLOOR = 0.01
"""USD per million tokens added to both prices of a ratio, so that what is free can be compared too."""
_YEARS = 1000
"""A number in a name from here on is a date, not a version."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked of a replacement: `spec` is the model that is not served, as far as any backend declares it.

    `names` are those of the model and of the entries that lead to it; `settings` those of the presets that do.
    """

    model_type: str
    spec: ModelSpec | None
    names: tuple[str, ...]
    settings: tuple[Mapping[str, object], ...] = ()

    @property
    def inputs(self) -> frozenset[str]:
        """What it has to take. Of a model that nobody declares only its names tell."""
        if self.spec is not None:
            return frozenset(self.spec.names("inputs"))
        asked = self.model_type == "llm" and _words(self.names) & _VISION
        return frozenset({"images"}) if asked else frozenset()

    @property
    def outputs(self) -> frozenset[str]:
        """What it has to give."""
        if self.spec is not None:
            return frozenset(self.spec.names("outputs"))
        return (
            frozenset({"structured"}) if self.model_type == "llm" and _words(self.names) & _STRUCTURED else frozenset()
        )

    @property
    def most_tokens(self) -> int:
        """The most tokens that a preset asks for; 0 when none does."""
        asked = [settings.get("max_tokens") for settings in self.settings]
        return max((one for one in asked if isinstance(one, int) and not isinstance(one, bool)), default=0)

    @property
    def thinks(self) -> int:
        """How many presets ask for reasoning."""
        return sum(
            settings.get("reasoning_effort") not in (None, "none") or settings.get("reasoning_budget") is not None
            for settings in self.settings
        )


@dataclass(frozen=True)
class Candidate:
    """A model that is served, as the replacement of one that is not. `text` is what to write to name it."""

    text: str
    spec: ModelSpec
    need: Need
    catalog: Catalog
    ready: bool
    """Whether the variables that its backend needs are set here."""

    @property
    def rank(self) -> tuple[object, ...]:
        """What candidates are ordered by: fit and usable here, capability, price, tier, name, then the newer one."""
        return (
            not self.fits,
            not self.ready,
            len(self.lost),
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
        """Whether it can do the work at all: it takes some of what has to be taken, and gives some of it."""
        pairs = ((self.need.inputs, self.spec.names("inputs")), (self.need.outputs, self.spec.names("outputs")))
        return all(not wanted or not has or not wanted.isdisjoint(has) for wanted, has in pairs)

    @property
    def lost(self) -> tuple[str, ...]:
        """What the old one could do and this one cannot, in words."""
        spec, need = self.spec, self.need
        gone = [f"takes no {name}" for name in sorted(need.inputs - set(spec.names("inputs")))]
        gone += [f"gives no {_output(name)}" for name in sorted(need.outputs - set(spec.names("outputs")))]
        if need.thinks and "thinking_mode" in spec.fields and spec.fields["thinking_mode"] == "none":
            gone.append(f"cannot reason, which {_presets(need.thinks)} for")
        if spec.max_tokens is not None and need.most_tokens > spec.max_tokens:
            gone.append(
                f"gives at most {counted(spec.max_tokens, 'token')}, and a preset asks for {need.most_tokens:,}"
            )
        return tuple(gone)

    @property
    def price_distance(self) -> float:
        """How far the prices are apart, as the mean of the logarithms of their ratios; infinite when unknown."""
        if self.need.spec is None:
            return 0.0
        old, new = price_of(self.need.spec), price_of(self.spec)
        if not old.known:
            return 0.0
        pairs = ((old.input, new.input), (old.output, new.output))
        ratios = [
            abs(math.log((one + _FLOOR) / (other + _FLOOR)))
            for other, one in pairs
            if one is not None and other is not None
        ]
        return math.fsum(ratios) / len(ratios) if len(ratios) == len(pairs) else math.inf

    @property
    def _kinship(self) -> int:
        """How many words it shares with the names of what it replaces: all that tells of a model nobody declares."""
        return len(_words(self.need.names) & _words([self.spec.handle]))

    @property
    def _tier_distance(self) -> int:
        special = (_words([self.spec.handle]) & _SPECIAL) - _words(self.need.names)
        return abs(_tier(self.need.names) - _tier([self.spec.handle])) + 2 * len(special)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is near, in words: what it keeps, and what it costs beside what the old one did."""
        spec, need = self.spec, self.need
        kept = [
            word
            for word, has in (
                ("vision", need.model_type == "llm" and bool(_IMAGES & need.inputs & set(spec.names("inputs")))),
                ("structured output", "structured" in need.outputs & set(spec.names("outputs"))),
            )
            if has
        ]
        found = [f"keeps {' and '.join(kept)}"] if kept else []
        price = price_of(spec)
        if price.known:
            words = price.words
            if need.spec is not None and (old := price_of(need.spec)).known:
                words += f" ({change(old.output, price.output)} for output)"
            found.append(words)
        return tuple(found)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is lost or unknown, in words."""
        spec, need = self.spec, self.need
        found = list(self.lost)
        before = need.spec.max_tokens if need.spec is not None else None
        if spec.max_tokens is not None and before is not None and spec.max_tokens < before and not need.most_tokens:
            found.append(f"gives at most {counted(spec.max_tokens, 'token')}, where the old one gave {before:,}")
        found += self._temperature()
        if not price_of(spec).known and spec.backend != INTERNAL_BACKEND:
            found.append("its price is not known")
        if not self.ready:
            found.append(f"a variable that {spec.backend} needs is not set here")
        return tuple(found)

    def _temperature(self) -> list[str]:
        """Presets whose temperature would no longer count; where it did not count before, nothing is lost."""
        old = self.need.spec
        if old is not None and (
            fixed_temperature(self.catalog, old) is not None or UNSUPPORTED in listed_constraints(self.catalog, old)
        ):
            return []
        others = 0
        why = ""
        for settings in self.need.settings:
            asked = settings.get("temperature")
            if isinstance(asked, int | float) and not isinstance(asked, bool):
                _, said = sent_temperature(self.catalog, self.spec, float(asked))
                if said and (fixed := fixed_temperature(self.catalog, self.spec)) is not None:
                    why = f"always uses temperature {fixed:g}"
                elif said and "no temperature" in said:
                    why = "takes no temperature"
                else:
                    continue
                others += 1
        return [f"{why}, and {_presets(others)} for one"] if others else []


def _presets(count: int) -> str:
    return counted(count, "preset asks", "presets ask")


def _output(name: str) -> str:
    return "structured output" if name == "structured" else name


def _words(names: Iterable[str]) -> set[str]:
    return {word for name in names for word in _WORD.findall(name.lower())}


def _tier(names: Iterable[str]) -> int:
    """-1 for the small and cheap, 1 for the large and best, 0 between: by the first name that says so."""
    for name in names:
        words = _words([name])
        if words & _SMALL:
            return -1
        if words & _LARGE:
            return 1
    return 0


def _versions(handle: str) -> tuple[float, ...]:
    """The numbers of a name that may be versions."""
    numbers = [float(word) for word in _WORD.findall(handle.lower()) if word[0].isdigit()]
    return tuple(number for number in numbers if number < _YEARS)
