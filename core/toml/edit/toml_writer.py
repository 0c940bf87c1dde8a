"""Keys and values as TOML, in the style of a sample; tomlkit writes strings, keys and times."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import cast

from core.toml.edit.containers import parse_container
from core.toml.edit.toml_commands import RefusalError
from core.toml.scanner import BARE

WIDTH = 120
"""An array that exceeds this column is written over several lines."""

MAX_NESTING = 50
"""The most levels of arrays and tables in a written value: a parser may not accept more."""

_BARE_KEY = re.compile(BARE)
# Unescaped, these reverse or hide text, or control a terminal.
_HIDDEN = re.compile(r"[\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:_[0-9]{3})+")
_BASES = {"0x": "x", "0o": "o", "0b": "b"}


def check_value(value: object, depth: int = 0) -> None:
    """Raise `RefusalError` for a value TOML cannot hold: None, a subclass, a non-string key, a lone surrogate."""
    kind = type(value)
    if depth > MAX_NESTING:
        raise RefusalError(
            "value", f"The value is nested more than {MAX_NESTING} levels deep.", "Write it with less depth."
        )
    if kind is dict:
        for key, inner in cast("dict[object, object]", value).items():
            if type(key) is not str:
                raise RefusalError("value", "A key of the value is not a string.", "Use a string as key.")
            check_name(key)
            check_value(inner, depth + 1)
    elif kind is list:
        for inner in cast("list[object]", value):
            check_value(inner, depth + 1)
    elif kind is str:
        if _SURROGATE.search(cast("str", value)):
            raise RefusalError("value", "The text contains a lone surrogate, which UTF-8 cannot encode.", "Retype it.")
    elif kind is int:
        # Python does not convert longer integers to text.
        if cast("int", value).bit_length() > 14_000:
            raise RefusalError("value", "The number has too many digits.", "Write it as text.")
    elif kind is datetime.datetime or kind is datetime.time:
        zone = cast("datetime.datetime | datetime.time", value).tzinfo
        if zone is not None and (kind is datetime.time or type(zone) is not datetime.timezone):
            raise RefusalError("value", "TOML cannot write this time zone.", "Give an offset from UTC, with the date.")
        offset = cast("datetime.datetime", value).utcoffset() if zone is not None else None
        if offset is not None and offset.total_seconds() % 60:
            raise RefusalError("value", "TOML cannot write an offset with seconds.", "Give an offset in whole minutes.")
    elif kind not in (bool, float, datetime.date):
        raise RefusalError("value", f"TOML has no value of this kind ({kind.__name__}).", "Delete the key to unset it.")


def check_name(name: object) -> None:
    """Raise `RefusalError` for an invalid key."""
    if type(name) is not str or _SURROGATE.search(name):
        raise RefusalError("value", "The key is not valid text.", "Use another name.")


def render_key(name: str, like: str = "") -> str:
    """A key, quoted like the written key `like` where possible, otherwise only when necessary."""
    if _BARE_KEY.fullmatch(name) and like[:1] not in ('"', "'"):
        return name
    if like[:1] == "'" and "'" not in name and name.isprintable():
        return f"'{name}'"
    return _string(name, '"')


def render(
    value: object, like: str = "", *, newline: str = "\n", indent: str = "", column: int = 0, flat: bool = False
) -> str:
    """A checked value as TOML in the style of the written value `like`: quotes, lines, spaces, number base.

    `newline` and `indent` are those of its line, `column` is its start; `flat` keeps it on one line.
    """
    if isinstance(value, str):
        return _string(value, like[:1]) if flat else _multiline_text(value, like, newline)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(value, like)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return _array(value, like, newline, indent, column, flat)
    if isinstance(value, dict):
        return render_table(value, like)
    return _date_or_time(cast("datetime.date | datetime.time", value))


def render_table(items: Mapping[str, object], like: str = "") -> str:
    """An inline table with the spacing of the inline table `like`."""
    if not items:
        return "{}"
    sample = parse_container(like, 0) if like.startswith("{") else None
    pad, equals, comma = " ", " = ", ", "
    style: dict[str, str] = {}
    if sample and sample.items and "\n" not in like:
        pad = like[1 : sample.items[0].start]
        first = sample.items[0]
        equals = like[first.parts[-1].end : first.value_start]
        if len(sample.items) > 1:
            comma = "," + like[first.comma + 1 : sample.items[1].start]
        style = {item.parts[0].name: like[item.value_start : item.end] for item in sample.items if len(item.parts) == 1}
    pairs = (f"{render_key(key)}{equals}{render(value, style.get(key, ''), flat=True)}" for key, value in items.items())
    return "{" + pad + comma.join(pairs) + pad + "}"


def _array(values: list[object], like: str, newline: str, indent: str, column: int, flat: bool) -> str:
    model = parse_container(like, 0) if like.startswith("[") else None
    style = like[model.items[0].value_start : model.items[0].end] if model and model.items else ""
    pad = like[1 : model.items[0].start] if model and model.items and "\n" not in like else ""
    line = "[" + pad + ", ".join(render(value, style, flat=True) for value in values) + pad + "]"
    multiline = "\n" in like if model and model.items else column + len(line) > WIDTH
    if not values or not multiline or flat:
        return line if values else "[]"
    item_indent, close_indent, comma = indent + "  ", indent, ","
    if model and model.items and "\n" in like:
        head = like[: model.items[0].start]
        item_indent = head[head.rfind("\n") + 1 :] if "\n" in head and "#" not in head else item_indent
        close_indent = like[like.rfind("\n") + 1 : -1]
        close_indent = close_indent if not close_indent.strip() else indent
        comma = "," if model.items[-1].comma >= 0 else ""
    rows = ("," + newline).join(item_indent + render(value, style, flat=True) for value in values)
    return f"[{newline}{rows}{comma}{newline}{close_indent}]"


def _multiline_text(value: str, like: str, newline: str) -> str:
    if "\n" in value and like[:3] in ('"""', "'''") and value.isascii() and "\r" not in value:
        quote = like[:3]
        if quote == "'''" and "'''" not in value and not value.endswith("'") and _printable(value):
            return f"'''{newline}{value.replace(chr(10), newline)}'''"
        return f'"""{newline}{newline.join(_string(line, chr(34))[1:-1] for line in value.split(chr(10)))}"""'
    return _string(value, like[:1])


def _printable(value: str) -> bool:
    return all(line.isprintable() for line in value.split("\n"))


def _string(value: str, quote: str) -> str:
    import tomlkit

    if quote == "'" and "'" not in value and value.isprintable():
        return tomlkit.string(value, literal=True).as_string()
    written = tomlkit.string(value).as_string()
    return _HIDDEN.sub(lambda character: f"\\u{ord(character[0]):04X}", written)


def _integer(value: int, like: str) -> str:
    base = _BASES.get(like[:2])
    if base and value >= 0:
        digits = format(value, base)
        return like[:2] + (digits.upper() if like[2:] == like[2:].upper() else digits)
    return format(value, "_") if _GROUPED.fullmatch(like) else str(value)


def _date_or_time(value: datetime.date | datetime.time) -> str:
    import tomlkit

    return tomlkit.item(value).as_string()
