"""Faults of `${...}` placeholders in a backend's table or file: unset variables, unknown prefixes, forbidden fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.diagnostics import backend_codes
from core.diagnostics.diagnostic import Diagnostic
from core.entities import Path
from core.records import dataclass
from core.releases import Behaviours
from core.secret_texts import shown_name
from core.variables import Environment, Placeholder, State, placeholders, source_text, texts


@dataclass(frozen=True, slots=True)
class PlaceholderFault:
    """A placeholder that a release refuses: `kind` is `missing`, `list`, `prefix` or `descriptive`."""

    kind: str
    path: Path
    placeholder: Placeholder
    name: str
    message: str
    fix: str

    @property
    def diagnostic(self) -> Diagnostic:
        """The diagnostic of this kind of fault."""
        is_unset = self.kind in ("missing", "list")
        return backend_codes.VARIABLE_MISSING if is_unset else backend_codes.PLACEHOLDER_INVALID

    @property
    def cause(self) -> str | None:
        """The cause shared by all faults of one unset variable."""
        return f"variable {self.name}" if self.kind == "missing" else None


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
    unknown = next((part for part in placeholder.parts if not part.is_known), None)
    if unknown is not None and behaviours.all_prefixes_checked:
        return _unknown_prefix(placeholder, path, unknown.prefix, unknown.name)
    for part in placeholder.parts:
        if not part.is_known:
            return _unknown_prefix(placeholder, path, part.prefix, part.name)
        if environment.available(part, in_list=placeholder.is_list):
            return None
    if environment.is_unknown(placeholder):
        return None
    first = placeholder.parts[0].name
    shown = shown_name(first)
    if placeholder.is_list:
        names = ", ".join(f"`{shown_name(part.name)}`" for part in placeholder.parts)
        return PlaceholderFault("list", path, placeholder, shown, f"none of {names} is set", f"set one of {names}")
    message, fix = _unset(first, shown, environment)
    return PlaceholderFault("missing", path, placeholder, shown, message, fix)


def _unset(name: str, shown: str, environment: Environment) -> tuple[str, str]:
    """The message and the fix for a variable that is empty or not set."""
    variable = environment.variable(name)
    if variable.state is State.EMPTY:
        source = source_text(variable.source)
        hidden = f", which hides the one of {source_text(variable.hidden[-1])}" if variable.hidden else ""
        return (
            f"variable `{name}` is empty in {source}{hidden}",
            f"give `{name}` a value in {source}, or remove the empty line",
        )
    if shown != name:
        return (
            "the text between ${ and } is not a variable name: is it the key itself?",
            f"write the name of a variable there, and put the key in {environment.dotenv} under that name",
        )
    spaced = name != name.strip()
    fix = "write the name without spaces" if spaced else f"export {name}=... or put it in {environment.dotenv}"
    return f"variable `{name}` is not set", fix


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
    """Placeholders in fields that a call does not send, which 0.75 and newer refuse."""
    for key, value in table.items():
        if allowed(key):
            continue
        for at, text in texts(value, (*path, key)):
            for placeholder in placeholders(text):
                unknown = next((part for part in placeholder.parts if not part.is_known), None)
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
