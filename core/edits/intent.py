"""What an edit is before it is worked out: an intent."""

from __future__ import annotations

from typing import Any, Protocol


class Intent(Protocol):
    """What a person wants, in the words of the domain. A frozen value that knows no file."""

    @property
    def label(self) -> str:
        """The intent in a few words, for the history and the log; it holds no value that may be a secret."""

    def apply(self, session: Any) -> None:
        """Do it on a `EditSession`. Raises EditRefusedError when it cannot be done."""
