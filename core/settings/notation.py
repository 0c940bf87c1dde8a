"""The notation of values in the table of settings: parsing it, and testing a value against it.

`bool`, `int`, `float` and `str` are strict as Pipelex has them (an integer is a float, nothing else is converted); with
`~` before them texts and numbers are converted. `int>=1` bounds a number. `"a"|"b"` are alternatives, `[T]` a list,
`{T}` an open table, `{K:T}` one whose keys are K, `table` a table with the keys of its rows, `open` one with any keys,
`WxH` an exact image size, `never` a type that no TOML value has. `@check` names a further test; `@other` stands for
tests of `[temporal]` (0.26 to 0.35) that are not made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from core.records import dataclass

_TOKEN = r'"[^"]*"|\d+(?:\.\d+)?|[\[\]{}:|@]|~?[A-Za-z_]+|[<>]=?'
_SIZE = r"[1-9]\d*x[1-9]\d*"
_DURATION = r"[+-]?P(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?|(\d+ days?,? )?\d+:\d\d(:\d\d(\.\d+)?)?|-?\d+(\.\d+)?"
_TRUE_OR_FALSE = ("0", "1", "false", "true", "f", "t", "n", "y", "no", "yes", "off", "on")
_NAMES = {
    "bool": "true or false",
    "int": "an integer",
    "float": "a number",
    "str": "a string",
    "timedelta": "a duration such as PT30S",
}
_BOUNDS = {">=": "of at least", ">": "above", "<=": "of at most", "<": "below"}


@dataclass(frozen=True, slots=True)
class Type:
    """One alternative. `name` is `one of`, `list`, `map`, `table` or a name of the notation.

    `words` are the texts of `one of` or the keys of a map; `item` is the type of the entries of a list or map.
    """

    name: str
    lax: bool = False
    bounds: tuple[tuple[str, float], ...] = ()
    words: tuple[str, ...] = ()
    item: Notation | None = None


@dataclass(frozen=True, slots=True)
class Notation:
    """The alternatives of a value, and the names of its further tests."""

    types: tuple[Type, ...]
    checks: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """A phrase for the values it accepts."""
        words = [word for kind in self.types if kind.name == "one of" for word in kind.words]
        phrases = [f"one of {', '.join(words)}"] if len(words) > 1 else [f'"{word}"' for word in words]
        phrases += [_phrase(kind) for kind in self.types if kind.name not in ("one of", "never")]
        return " or ".join(phrases) or "nothing: no value of TOML fits"


def _phrase(kind: Type) -> str:
    if kind.name == "list":
        assert kind.item is not None
        return "a list" if kind.item.types[0].name == "table" else f"a list, each {kind.item.expected}"
    if kind.name in ("map", "table", "open"):
        return "a table"
    if kind.name == "WxH":
        return "a size such as 2048x1152"
    bounds = " and ".join(f"{_BOUNDS[sign]} {number:g}" for sign, number in kind.bounds)
    return " ".join(filter(None, (_NAMES.get(kind.name, "any value"), bounds)))


@lru_cache(maxsize=512)
def parse_notation(text: str) -> Notation:
    """Parse the notation of a row, without its `!`."""
    tokens = re.findall(_TOKEN, text)
    notation, rest = _notation(tokens, 0)
    assert rest == len(tokens), text
    return notation


def _notation(tokens: list[str], at: int) -> tuple[Notation, int]:
    types: list[Type] = []
    words: list[str] = []
    while True:
        token, at = tokens[at], at + 1
        if token.startswith('"'):
            words.append(token[1:-1])
        elif token == "[":
            item, at = _notation(tokens, at)
            types.append(Type("list", item=item))
            at += 1
        elif token == "{":
            item, at = _notation(tokens, at)
            keys: tuple[str, ...] = ()
            if tokens[at] == ":":
                keys = item.types[0].words
                item, at = _notation(tokens, at + 1)
            types.append(Type("map", words=keys, item=item))
            at += 1
        elif token == "WxH":
            types.append(Type("WxH"))
        else:
            bounds = []
            while at < len(tokens) and tokens[at] in _BOUNDS:
                bounds.append((tokens[at], float(tokens[at + 1])))
                at += 2
            types.append(Type(token.lstrip("~"), token.startswith("~"), tuple(bounds)))
        if at >= len(tokens) or tokens[at] != "|":
            break
        at += 1
    if words:
        types.insert(0, Type("one of", words=tuple(words)))
    checks = []
    while at < len(tokens) and tokens[at] == "@":
        checks.append(tokens[at + 1])
        at += 2
    return Notation(tuple(types), tuple(checks)), at


def accepts_plain(kind: Type, value: object) -> bool:
    """Whether a scalar value is of a type."""
    if kind.name == "any":
        return True
    if kind.name == "one of":
        return isinstance(value, str) and value in kind.words
    if kind.name == "WxH":
        return isinstance(value, str) and re.fullmatch(_SIZE, value) is not None
    if kind.name == "str":
        return isinstance(value, str)
    if kind.name == "bool":
        return isinstance(value, bool) or (kind.lax and _is_flag(value))
    if kind.name == "timedelta":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number or (isinstance(value, str) and re.fullmatch(_DURATION, value) is not None)
    number = _number(kind, value)
    return number is not None and all(_holds(sign, number, bound) for sign, bound in kind.bounds)


def _is_flag(value: object) -> bool:
    if isinstance(value, str):
        return value.lower() in _TRUE_OR_FALSE
    return isinstance(value, int | float) and value in (0, 1)


def _number(kind: Type, value: object) -> float | None:
    """The number that a value is for a numeric type, or None."""
    if kind.name not in ("int", "float"):
        return None
    if isinstance(value, bool):
        return float(value) if kind.lax else None
    if isinstance(value, int) or (isinstance(value, float) and kind.name == "float"):
        return value
    if not kind.lax:
        return None
    if isinstance(value, float):
        return value if value.is_integer() else None
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return None
        return number if kind.name == "float" or re.fullmatch(r"\s*[+-]?\d+(_\d+)*(\.0*)?\s*", value) else None
    return None


def _holds(sign: str, number: float, bound: float) -> bool:
    if sign == ">=":
        return number >= bound
    if sign == ">":
        return number > bound
    return number <= bound if sign == "<=" else number < bound


def alternatives(notation: Notation, value: object) -> Iterator[Type]:
    """The list or table types of a notation that a list or table could be."""
    names = ("list",) if isinstance(value, list) else ("map", "table", "open")
    yield from (kind for kind in notation.types if kind.name in names)
