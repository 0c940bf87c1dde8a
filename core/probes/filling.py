"""Fields of a backend with their variables filled, for sending: what came of them, and which variables it took."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import Catalog
from core.dialects.placeholder_faults import unfilled
from core.masking import is_secret_key
from core.probes.secret import Secret
from core.probes.status import CheckStatus, Finding, Reason
from core.records import dataclass
from core.variables import Environment, State, placeholders, texts

# Variables that no tree needs to name, because Pipelex's clients look for them.
AWS_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK")
_ALWAYS_SECRET = (*AWS_VARIABLES, "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "FAL_KEY", "HF_TOKEN", "ANTHROPIC_AUTH_TOKEN")


@dataclass(frozen=True, slots=True)
class Filled:
    """A field's text with its variables filled in. It is a secret until somebody knows better."""

    text: Secret
    variables: tuple[str, ...]
    fault: Finding | None = None
    missing: str = ""
    """The variable that is missing or a placeholder."""


def fill(catalog: Catalog, text: str) -> Filled:
    """Fill a text as the tree's release would."""
    environment = catalog.environment
    fault = next(unfilled(text, environment, catalog.behaviours), None)
    if fault is not None:
        return Filled(Secret(""), (), Finding(CheckStatus.MISSING_CREDENTIAL, Reason.UNSET, fault.message), fault.name)
    used = tuple(used_variables(environment, text))
    for name in used:
        if environment.variable(name).state is State.PLACEHOLDER:
            return Filled(Secret(""), used, Finding(CheckStatus.MISSING_CREDENTIAL, Reason.PLACEHOLDER), name)
    return Filled(Secret(environment.filled(text)), used)


def used_variables(environment: Environment, text: str) -> Iterator[str]:
    """The variables that a text takes its values from: of a list of names, the one that wins."""
    for placeholder in placeholders(text):
        for part in placeholder.parts:
            if part.known and environment.available(part, in_list=placeholder.is_list):
                yield part.name
                break


def variable(catalog: Catalog, name: str) -> Secret | None:
    """The value of a variable that Pipelex's clients look for by themselves, if it is set."""
    state = catalog.environment.variable(name).state
    return Secret(catalog.environment.filled("${env:" + name + "}")) if state is State.SET else None


def known_secrets(catalog: Catalog) -> tuple[Secret, ...]:
    """Every secret of a tree and its variables, whichever backend it belongs to: none of them may come back to view."""
    environment = catalog.environment
    found: dict[Secret, None] = {}
    for backend in catalog.backends.values():
        source = catalog.tree.specs.get(backend.name)
        for where in (backend.fields, source.data if source is not None else {}):
            for path, text in texts(where):
                keys = [str(key) for key in path if isinstance(key, str)]
                names = tuple(used_variables(environment, text))
                if any(map(is_secret_key, (*keys, *names))):
                    found[Secret(environment.filled(text))] = None
                    found.update((value, None) for name in names if (value := variable(catalog, name)) is not None)
    for name in _ALWAYS_SECRET:
        value = variable(catalog, name)
        if value is not None:
            found[value] = None
    return tuple(found)
