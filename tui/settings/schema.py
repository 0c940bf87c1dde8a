"""The one table of settings: reading, flags, the listing and the template are all made from it."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

Value: TypeAlias = str | bool | int

THEMES: Final = ("auto", "dark", "light", "contrast", "ansi", "ansi-light")
"""The names of the themes; `auto` chooses one of the others."""


class Setting(NamedTuple):
    """One setting. `help` is what it does; with `choices` it must be one of them; `most` bounds a number from above.

    `flag` sets it too, and `flag_help` says what the flag does.
    """

    key: str
    default: Value
    help: str
    choices: tuple[str, ...] = ()
    flag: str = ""
    flag_help: str = ""
    most: int = 0

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"PIPEDECK_{self.key.upper()}"

    @property
    def wanted(self) -> str:
        """What may be written for it, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if isinstance(self.default, bool):
            return "true or false"
        return f"a whole number from 1 to {self.most}" if isinstance(self.default, int) else "a text"


SETTINGS: Final = (
    Setting(
        "theme",
        "auto",
        "The colours. auto takes light where the terminal says that its background is light, else dark, and where it"
        " knows only 16 colours those of its own: ansi or ansi-light. contrast has the strongest difference. NO_COLOR"
        " wins over all.",
        choices=THEMES,
        flag="--theme",
        flag_help="the colours (default: what suits the terminal)",
    ),
    Setting(
        "mouse",
        True,
        "Take clicks and the wheel. Without it the terminal selects text with the mouse as it does elsewhere.",
        flag="--no-mouse",
        flag_help="leave the mouse to the terminal, for selecting text",
    ),
    Setting(
        "read_only",
        False,
        "Open for reading: nothing can be edited.",
        flag="--read-only",
        flag_help="open for reading: nothing can be edited",
    ),
    Setting(
        "driver",
        "diff",
        "How the screen is sent: diff sends only what differs, plain everything as Textual does.",
        choices=("diff", "plain"),
        flag="--driver",
        flag_help="how the screen is sent (default: diff)",
    ),
    Setting(
        "restore",
        True,
        "Come back to the list and the line where you left a tree, unless its answer to `can it run` has changed.",
        flag="--no-restore",
        flag_help="begin at the overview, not where you left the tree",
    ),
    Setting(
        "clipboard",
        "auto",
        "How text is copied. auto goes through tmux inside tmux and else asks the terminal (OSC 52); the others are for"
        " when that guess is wrong; off copies nothing.",
        choices=("auto", "terminal", "tmux", "off"),
    ),
    Setting(
        "release",
        "",
        "The Pipelex release to answer for, such as 0.92.2. Empty: told from the tree.",
        flag="--release",
    ),
    Setting(
        "profile",
        "",
        "The routing profile to answer for, as if it were active. Empty: the active one.",
        flag="--profile",
    ),
    Setting("check_timeout", 10, "Seconds that each provider is given to answer when it is asked.", most=3600),
    Setting("check_deadline", 30, "Seconds that all providers together are given.", most=3600),
    Setting("check_at_once", 6, "How many providers are asked at the same time.", most=32),
    Setting(
        "proxy",
        "",
        "The proxy to ask providers through, as http://HOST:PORT. Empty: none. This machine is never asked through it.",
    ),
    Setting(
        "ca_file",
        "",
        "A file of the certificates to believe when providers are asked. Empty: what SSL_CERT_FILE names, else the"
        " usual ones.",
    ),
    Setting(
        "tokens_in", 1000, "Tokens that a call is given, when models are compared by the cost of a call.", most=10**9
    ),
    Setting(
        "tokens_out", 500, "Tokens that a call returns, when models are compared by the cost of a call.", most=10**9
    ),
)

BY_KEY: Final = {setting.key: setting for setting in SETTINGS}

KEYS: Final = "keys"
"""The table of the file that gives keys to commands."""
