"""Checking the placeholders of a backend's table or file: which cannot be filled, and which stand where none may."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.entities import Path
from core.masking import shown_name
from core.records import dataclass
from core.releases import Behaviours
from core.variables import Environment, Placeholder, State, in_words, placeholders, texts


@dataclass(frozen=True, slots=True)
class PlaceholderFault:
    """A placeholder that a release refuses: `kind` is `missing`, `list`, `prefix` or `descriptive`."""

    kind: str
    path: Path
    placeholder: Placeholder
    name: str
    message: str
    fix: str


def unfilled(
    value: object, environment: Environment, behaviours: Behaviours, path: Path = ()
) -> Iterator[PlaceholderFault]:
    """Every placeholder of a value that cannot be filled, in document order."""
    for at, text in texts(value, path):
        for placeholder in placeholders(text):
            fault = _fault(placeholder, at, environment, behaviours)
            if fault is not None:
                yield fault


def _fault(
    placeholder: Placeholder, path: Path, environment: Environment, behaviours: Behaviours
) -> PlaceholderFault | None:
    unknown = next((part for part in placeholder.parts if not part.known), None)
    if unknown is not None and behaviours.all_prefixes_checked:
        return _unknown_prefix(placeholder, path, unknown.prefix, unknown.name)
    for part in placeholder.parts:
        if not part.known:
            return _unknown_prefix(placeholder, path, part.prefix, part.name)
        if environment.available(part, in_list=placeholder.is_list):
            return None
    if placeholder.is_list:
        names = ", ".join(f"`{shown_name(part.name)}`" for part in placeholder.parts)
        return PlaceholderFault(
            "list",
            path,
            placeholder,
            shown_name(placeholder.parts[0].name),
            f"none of {names} is set",
            f"set one of {names}",
        )
    name = placeholder.parts[0].name
    variable = environment.variable(name)
    if variable.state is State.EMPTY:
        hidden = f", which hides the one of {in_words(variable.hidden[-1])}" if variable.hidden else ""
        return PlaceholderFault(
            "missing",
            path,
            placeholder,
            name,
            f"variable `{name}` is empty in {in_words(variable.source)}{hidden}",
            f"give `{name}` a value in {in_words(variable.source)}, or remove the empty line",
        )
    spaced = name != name.strip()
    shown = shown_name(name)
    if shown != name:
        return PlaceholderFault(
            "missing",
            path,
            placeholder,
            shown,
            "what stands between ${ and } is no name of a variable: is it the key itself?",
            "write the name of a variable there, and put the key in ./.env under that name",
        )
    return PlaceholderFault(
        "missing",
        path,
        placeholder,
        name,
        f"variable `{name}` is not set",
        "write the name without spaces" if spaced else f"export {name}=... or put it in ./.env",
    )


def _unknown_prefix(placeholder: Placeholder, path: Path, prefix: str, name: str) -> PlaceholderFault:
    return PlaceholderFault(
        "prefix",
        path,
        placeholder,
        shown_name(name),
        f"unknown prefix `{shown_name(prefix) if prefix else prefix}` in a placeholder",
        "use env: or secret:",
    )


def descriptive(
    table: Mapping[str, object], allowed: Callable[[str], bool], path: Path = ()
) -> Iterator[PlaceholderFault]:
    """Placeholders in fields that describe rather than reach the model, which 0.75 and later refuse."""
    for key, value in table.items():
        if allowed(key):
            continue
        for at, text in texts(value, (*path, key)):
            for placeholder in placeholders(text):
                unknown = next((part for part in placeholder.parts if not part.known), None)
                if unknown is not None:
                    yield _unknown_prefix(placeholder, at, unknown.prefix, unknown.name)
                    continue
                name = shown_name(placeholder.parts[0].name)
                yield PlaceholderFault(
                    "descriptive",
                    at,
                    placeholder,
                    name,
                    f"`{key}` refers to variable `{name}`, but `{key}` describes the backend or model",
                    f"write the value of `{key}` itself",
                )
