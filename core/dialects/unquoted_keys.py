"""Names with a dot and without quotes: `[gpt-4.1]` is a table `1` inside of a table `gpt-4`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from core.diagnostics import model_codes
from core.entities import Place
from core.errors import Condition
from core.problems import Findings

MAX_DEPTH = 6
_SECTIONS = ("models", "model", "specs", "default", "backends")
"""Tables in which people put models, and that no release knows."""


def unquoted(name: str, value: object, known: Collection[str] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the names that a nested table was meant to be, such as (`gpt-4`, `1`).

    `known` are the keys of such a table; where there are none, the name ends at a value that is no table.
    """
    if not isinstance(value, Mapping):
        return
    for key, inner in value.items():
        if key in known:
            continue
        yield from ((name, *rest) for rest in _ends(key, inner, known, MAX_DEPTH))


def _ends(key: str, value: object, known: Collection[str], depth: int) -> Iterator[tuple[str, ...]]:
    if not isinstance(value, Mapping):
        if not known:
            yield (key,)
        return
    if known and any(item in known for item in value):
        yield (key,)
    elif depth:
        for name, inner in value.items():
            yield from ((key, *rest) for rest in _ends(name, inner, known, depth - 1))


def refuse_unquoted(
    findings: Findings, condition: Condition, keys: tuple[str, ...], place: Place, *, header: bool
) -> None:
    """Report a key without its quotes; `place` is that of its first part."""
    name = ".".join(keys)
    if header and keys[0] in _SECTIONS:
        findings.refuse(
            model_codes.KEY_UNQUOTED,
            condition,
            f"`[{name}]` is a table inside of `{keys[0]}`: the models of a backend belong at the top level of its file",
            place.at(*keys[1:]),
            fix=f"write `[{'.'.join(keys[1:])}]`",
            cause=f"unquoted {name}",
            subject=name,
        )
        return
    written, quoted = (f"[{name}]", f'["{name}"]') if header else (name, f'"{name}"')
    findings.refuse(
        model_codes.KEY_UNQUOTED,
        condition,
        f"`{written}` needs quotes: without them it is `{keys[-1]}` in a table `{'.'.join(keys[:-1])}`",
        place.at(*keys[1:]),
        fix=f"write `{quoted}`",
        cause=f"unquoted {name}",
        subject=name,
    )
