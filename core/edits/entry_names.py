"""Names in edits: lookups that must succeed, the checks of new names, and reference cycles."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from core.dialects.field_values import describe
from core.edits.edit_session import EditSession
from core.edits.intent import EditRefusedError
from core.entities import Alias, Family, Preset, Waterfall
from core.mentions import Node, named_by
from core.references import SIGILS, WORDS, Kind
from core.suggest import did_you_mean


def an(noun: str) -> str:
    """A noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def wrong_value(name: str, value: object, expected: str) -> EditRefusedError:
    """The refusal of a value; `name` is the key in backquotes with its owner."""
    return EditRefusedError(f"{name} would be {describe(value, expected)}, expected {expected}.", f"Give {expected}.")


def check_name(name: str, noun: str) -> None:
    """Raise EditRefusedError if a text cannot be a name: empty, padded with spaces, or with invisible characters."""
    if not name.strip():
        raise EditRefusedError(f"The name of {an(noun)} must not be empty.", "Give a name.")
    if name != name.strip():
        raise EditRefusedError(f"The name of {an(noun)} must not begin or end with a space.", f"Use `{name.strip()}`.")
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in name):
        raise EditRefusedError(f"The name of {an(noun)} must not contain invisible characters.", "Remove them.")


def check_pattern(pattern: str) -> None:
    """Raises EditRefusedError when a text is of no use as a route's pattern."""
    check_name(pattern, "route")
    if "*" in pattern[1:-1]:
        raise EditRefusedError(
            f"In `{pattern}` the inner `*` is literal: it is a wildcard only as the first or last character.",
            "Write `x*`, `*x`, `*x*`, `*`, or the exact name of a model.",
        )


Entry = Alias | Waterfall | Preset
_PLACES = {Kind.ALIAS: "aliases", Kind.WATERFALL: "waterfalls", Kind.PRESET: "presets"}


def entries(session: EditSession, kind: Kind, family: str) -> Mapping[str, Entry]:
    """The aliases, waterfalls or presets of a family, by name. `family` is that of the catalog."""
    result = session.report.catalog.families.get(family)
    return {} if result is None else getattr(result, _PLACES[kind])


def require(session: EditSession, kind: Kind, family: str, name: str) -> Entry:
    """An alias, waterfall or preset by name. Raises EditRefusedError if it is missing."""
    names = entries(session, kind, family)
    if name in names:
        return names[name]
    other_kinds = [
        other_kind for other_kind in _PLACES if other_kind is not kind and name in entries(session, other_kind, family)
    ]
    hint = f"There is {an(other_kinds[0].value)} with that name." if other_kinds else did_you_mean(name, names)
    raise EditRefusedError(f"There is no {kind.value} `{name}`.", hint or "Check the name.")


def require_backend(session: EditSession, name: str) -> None:
    """Raises EditRefusedError when `backends.toml` has no such backend."""
    backends = session.report.catalog.backends
    if name not in backends:
        raise EditRefusedError(
            f"There is no backend `{name}`.",
            did_you_mean(name, backends) or "Add it first: `pipedeck backend NAME --new`.",
        )


def check_entry_name(session: EditSession, kind: Kind, family: str, name: str) -> None:
    """Raises EditRefusedError when a new alias, waterfall or preset of a family may not have a name."""
    _check_text(kind, name)
    if session.report.catalog.behaviours.toml_reader == "toml" and ('"' in name or "\\" in name):
        release = session.report.release
        raise EditRefusedError(f'Pipelex {release} misreads " and \\ in names.', "Use a name without them.")
    if name in entries(session, kind, family):
        raise EditRefusedError(f"{kind.value.capitalize()} `{name}` already exists.", "Change it, or use another name.")
    if kind is Kind.PRESET:
        return
    resolver = session.report.resolver
    if resolver.names.model_exists(name, family):
        if not session.report.catalog.behaviours.sigils:
            raise EditRefusedError(
                f"`{name}` is a served model, which wins over {an(kind.value)} of the same name.", "Use another name."
            )
        session.note(f"`{name}` is also a served model: write the sigil to refer to the {kind.value}")
    if session.report.catalog.behaviours.sigils:
        return
    other_kind = Kind.WATERFALL if kind is Kind.ALIAS else Kind.ALIAS
    if name in entries(session, other_kind, family):
        raise EditRefusedError(
            f"There is {an(other_kind.value)} `{name}`, and aliases win over waterfalls.", "Use another name."
        )


def _check_text(kind: Kind, name: str) -> None:
    check_name(name, kind.value)
    word, colon, remaining = name.partition(":")
    if name[0] in SIGILS or (colon and word in WORDS):
        bare = name[1:] if name[0] in SIGILS else remaining
        raise EditRefusedError(f"`{name}` is a reference, not a name.", f"Write the name alone: `{bare}`.")
    if name == "disabled":
        raise EditRefusedError("`disabled` is the value that switches a choice off.", "Use another name.")


def lead_to(session: EditSession, texts: Iterable[str], family: str, aim: Node) -> bool:
    """Whether any of some references leads to a name, through aliases, every entry of a list, and presets."""
    resolver = session.report.resolver
    pending = list(texts)
    seen: set[Node] = set()
    while pending:
        node = named_by(resolver, pending.pop(), family, choice=False)
        if node is None or node in seen:
            continue
        if node == aim or (node.kind == Kind.MODEL and node.name == aim.name and not _served(session, node)):
            return True
        seen.add(node)
        pending += targets(session.report.catalog.families.get(node.family), node)
    return False


def _served(session: EditSession, node: Node) -> bool:
    return session.report.resolver.names.model_exists(node.name, node.family)


def targets(family: Family | None, node: Node) -> tuple[str, ...]:
    """The references that an alias, a waterfall or a preset names."""
    if family is None:
        return ()
    if node.kind == Kind.ALIAS and node.name in family.aliases:
        return family.aliases[node.name].targets
    if node.kind == Kind.WATERFALL and node.name in family.waterfalls:
        return family.waterfalls[node.name].entries
    if node.kind == Kind.PRESET and node.name in family.presets:
        return (family.presets[node.name].reference,)
    return ()
