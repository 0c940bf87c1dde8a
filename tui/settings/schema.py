"""The settings as one typed record; the reader, the command line flags, the listing and the template derive from it."""

import ast
import inspect
from dataclasses import fields
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias, get_args, get_origin

from core.records import dataclass

Value: TypeAlias = str | bool | int


class Flag(NamedTuple):
    """The command line flag of a setting, with its text for `--help`."""

    option: str
    help: str = ""


class Maximum(NamedTuple):
    """The greatest allowed value of a number; the least is 1."""

    value: int


@dataclass(frozen=True)
class AppSettings:
    """The value of every setting. The docstring of a setting is its help, and its type says what may be written."""

    theme: Annotated[
        Literal["auto", "dark", "light", "contrast", "ansi", "ansi-light"],
        Flag("--theme", "the colours (default: chosen for the terminal)"),
    ] = "auto"
    """The colours. auto takes light where the terminal reports a light background, else dark, and on terminals with 16
    colours the terminal's own: ansi or ansi-light. contrast has the strongest contrast. NO_COLOR overrides them all.
    """

    mouse: Annotated[bool, Flag("--no-mouse", "leave the mouse to the terminal, for selecting text")] = True
    """Use clicks and the wheel. Without it the mouse selects text, as elsewhere in the terminal."""

    read_only: Annotated[bool, Flag("--read-only", "open for reading: nothing can be edited")] = False
    """Open for reading: nothing can be edited."""

    driver: Annotated[Literal["diff", "plain"], Flag("--driver", "how the screen is sent (default: diff)")] = "diff"
    """How the screen is sent: diff sends only the differences, plain sends everything as Textual does."""

    restore: Annotated[bool, Flag("--no-restore", "start at the overview, not at the last position in the tree")] = True
    """Start at the list and line of the last session on a tree, unless its answer to `can it run` has changed."""

    clipboard: Literal["auto", "terminal", "tmux", "off"] = "auto"
    """How text is copied. auto uses tmux inside tmux and else asks the terminal (OSC 52); tmux and terminal choose; off
    copies nothing.
    """

    release: Annotated[str, Flag("--release")] = ""
    """The Pipelex release to answer for, such as 0.92.2. Empty: detected from the tree."""

    profile: Annotated[str, Flag("--profile")] = ""
    """The routing profile to answer for, as if it were active. Empty: the active profile."""

    check_timeout: Annotated[int, Maximum(3600)] = 10
    """Seconds to wait for the answer of each provider."""

    check_deadline: Annotated[int, Maximum(3600)] = 30
    """Seconds to wait for the answers of all providers together."""

    check_at_once: Annotated[int, Maximum(32)] = 6
    """The number of providers that are asked at the same time."""

    watch_every: Annotated[int, Maximum(3600)] = 30
    """Seconds from one round of repeated checks to the next."""

    watch_for: Annotated[int, Maximum(1440)] = 30
    """Minutes after which repeated checks end."""

    proxy: str = ""
    """The proxy for requests to providers, as http://HOST:PORT, never used for this machine. off: none. Empty: those of
    HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, as Pipelex's clients use them.
    """

    ca_file: str = ""
    """A file of CA certificates to trust for requests to providers. Empty: SSL_CERT_FILE, else SSL_CERT_DIR, else the
    certificates of the system.
    """

    tokens_in: Annotated[int, Maximum(10**9)] = 1000
    """Input tokens of the call by whose cost models are compared."""

    tokens_out: Annotated[int, Maximum(10**9)] = 500
    """Output tokens of the call by whose cost models are compared."""


class SettingSpec(NamedTuple):
    """The rules of one setting. `maximum` is 0 unless it is a number; `flag` sets it on the command line."""

    key: str
    default: Value
    choices: tuple[str, ...] = ()
    maximum: int = 0
    flag: Flag = Flag("")

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"PIPEDECK_{self.key.upper()}"

    @property
    def expected(self) -> str:
        """The allowed values, as a phrase."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if isinstance(self.default, bool):
            return "true or false"
        return f"a whole number from 1 to {self.maximum}" if isinstance(self.default, int) else "a text"


def _spec(key: str, default: Any, annotation: Any) -> SettingSpec:
    kind, *marks = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    return SettingSpec(
        key,
        default,
        choices=get_args(kind) if get_origin(kind) is Literal else (),
        maximum=next((mark.value for mark in marks if isinstance(mark, Maximum)), 0),
        flag=next((mark for mark in marks if isinstance(mark, Flag)), Flag("")),
    )


SPECS: Final = {field.name: _spec(field.name, field.default, field.type) for field in fields(AppSettings)}
"""The rules of every setting by its key."""

KEYS: Final = "keys"
"""The table of the settings file that assigns keys to commands."""


def help_texts() -> dict[str, str]:
    """The help of every setting by its key: the docstrings of `AppSettings`."""
    (record,) = ast.parse(inspect.getsource(AppSettings)).body
    assert isinstance(record, ast.ClassDef)
    texts = {}
    for statement, docstring in zip(record.body, record.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(docstring, ast.Expr):
            assert isinstance(statement.target, ast.Name)
            texts[statement.target.id] = " ".join(str(ast.literal_eval(docstring.value)).split())
    return texts
