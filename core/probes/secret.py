"""Secret values: the wrapper type, the scrubber for texts, and fields filled with variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NoReturn
from urllib.parse import quote, quote_plus

from core.catalog import Catalog
from core.dialects.placeholder_faults import unfilled
from core.masking import KEYLESS_WORDS, masked
from core.probes.check_status import CheckStatus, Finding, Reason
from core.providers.table import BEDROCK, PROVIDERS
from core.records import dataclass
from core.secret_texts import HIDDEN, is_secret_key
from core.variables import Environment, State, placeholders, texts

_MIN_LENGTH: Final = 6
"""Shorter secrets are not scrubbed: they match ordinary words."""

# Long runs of mixed letters and digits: keys, tokens and signatures, but not the hyphenated names of models.
# Compiled by their first use: the start of the app imports this module.
_TOKEN = r"(?=[A-Za-z+/=]*[0-9])(?=[0-9+/=]*[A-Za-z])[A-Za-z0-9+/=]{16,}"
# `sk-ab****wxyz`: some providers repeat the ends of a key.
_HALF_HIDDEN = r"[^\s\"'`]*\*{2,}[^\s\"'`]*"


class Secret:
    """A text that only `reveal` returns: repr, format and pickle hide it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for its header only."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be serialized")


def fits_a_header(text: str) -> bool:
    """Whether a key is a valid header value: printable ASCII without spaces.

    Checked before sending, because errors of HTTP libraries repeat the value.
    """
    return bool(text) and all("!" <= character <= "~" for character in text)


class Scrubber:
    """Removes known secrets and texts in the form of one. Key placeholders such as `ollama` are not secrets."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        texts = {secret.reveal() for secret in secrets}
        real = (text for text in texts if text.lower() not in KEYLESS_WORDS)
        forms = {form.lower() for text in real for form in _forms(text) if len(form) >= _MIN_LENGTH}
        self._forms = sorted(forms, key=len, reverse=True)

    def __repr__(self) -> str:
        return "Scrubber()"

    def known(self, text: str) -> bool:
        """Whether a text contains a secret in any encoding."""
        lower = text.lower()
        return any(form in lower for form in self._forms)

    def exact(self, text: str) -> str:
        """The text without the known secrets. Everything else, such as model names, is unchanged."""
        if not self.known(text):
            return text
        return re.sub("|".join(map(re.escape, self._forms)), HIDDEN, text, flags=re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """The text without the known secrets, keys of known providers, and long tokens."""
        text = masked("", self.exact(text))
        return re.sub(_TOKEN, HIDDEN, re.sub(_HALF_HIDDEN, HIDDEN, text))


def _forms(text: str) -> Iterator[str]:
    """The encodings in which an answer may repeat a secret."""
    import base64

    for form in dict.fromkeys((text, text.strip())):
        yield form
        yield quote(form, safe="")
        yield quote_plus(form)
        raw = form.encode("utf-8", "surrogatepass")
        # Without padding and the last characters, which depend on the following text.
        for encoded in (base64.b64encode(raw), base64.urlsafe_b64encode(raw)):
            yield encoded.decode("ascii").rstrip("=")[: len(raw) * 4 // 3]
        yield raw.hex()


# Variables that Pipelex's clients read without a mention in the tree.
AWS_VARIABLES = BEDROCK.kit_variables
_IMPLICIT_KEYS = (*(name for row in PROVIDERS for name in row.key_variables), *AWS_VARIABLES, "ANTHROPIC_AUTH_TOKEN")


@dataclass(frozen=True, slots=True)
class FilledText:
    """A field's text with its variables filled, treated as a secret."""

    text: Secret
    variables: tuple[str, ...]
    fault: Finding | None = None
    missing: str = ""
    """The variable that is unset or a placeholder."""


def fill(catalog: Catalog, text: str) -> FilledText:
    """Fill a text as the tree's release does."""
    environment = catalog.environment
    fault = next(unfilled(text, environment, catalog.behaviours), None)
    if fault is not None:
        return FilledText(
            Secret(""), (), Finding(CheckStatus.MISSING_CREDENTIAL, Reason.UNSET, fault.message), fault.name
        )
    if environment.secrets_elsewhere:
        pending = next((item for item in placeholders(text) if environment.state(item) is State.UNKNOWN), None)
        if pending is not None:
            finding = Finding(CheckStatus.NOT_CHECKABLE, Reason.SECRETS_ELSEWHERE)
            return FilledText(Secret(""), (), finding, pending.parts[0].name)
    used = tuple(used_variables(environment, text))
    for name in used:
        if environment.variable(name).state is State.PLACEHOLDER:
            return FilledText(Secret(""), used, Finding(CheckStatus.MISSING_CREDENTIAL, Reason.PLACEHOLDER), name)
    return FilledText(Secret(environment.filled(text)), used)


def used_variables(environment: Environment, text: str) -> Iterator[str]:
    """The variables used by a text; of a list of names, the first one available."""
    for placeholder in placeholders(text):
        for part in placeholder.parts:
            if part.is_known and environment.available(part, in_list=placeholder.is_list):
                yield part.name
                break


def variable_value(catalog: Catalog, name: str) -> Secret | None:
    """The value of a variable, or None if it is not set."""
    state = catalog.environment.variable(name).state
    return Secret(catalog.environment.filled("${env:" + name + "}")) if state is State.SET else None


def known_secrets(catalog: Catalog) -> tuple[Secret, ...]:
    """Every secret of a tree and its variables, of all backends: none of them may be displayed."""
    environment = catalog.environment
    secrets: dict[Secret, None] = {}
    for backend in catalog.backends.values():
        source = catalog.tree.specs.get(backend.name)
        for data in (backend.fields, source.data if source is not None else {}):
            for path, text in texts(data):
                keys = [str(key) for key in path if isinstance(key, str)]
                names = tuple(used_variables(environment, text))
                if any(map(is_secret_key, (*keys, *names))):
                    secrets[Secret(environment.filled(text))] = None
                    secrets.update(
                        (value, None) for name in names if (value := variable_value(catalog, name)) is not None
                    )
    for name in _IMPLICIT_KEYS:
        value = variable_value(catalog, name)
        if value is not None:
            secrets[value] = None
    return tuple(secrets)
