"""The call of a model as far as the tree determines it: the address of its client, and the faults that make it fail."""

from __future__ import annotations

from collections.abc import Mapping

from core.diagnostics.diagnostic import Diagnostic
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class CallFault:
    """A fault that is known before anything is sent.

    `diagnostic` is None where the fault is reported already, as that of a variable or of the start. `repaired` is the
    value of `field` without the fault, where there is exactly one. With `fatal` every call fails; else it may.
    """

    diagnostic: Diagnostic | None
    field: str
    message: str
    fix: str
    repaired: str | None = None
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """The address that the client of an sdk calls for a backend, and the known faults of the call.

    `address` is empty where it is unknown, or holds a secret.
    """

    address: str = ""
    faults: tuple[CallFault, ...] = ()
    unknown: str = ""
    """The needs of the call that cannot be checked on this machine, as text; empty for none."""

    @property
    def possible(self) -> bool:
        """Whether nothing is known that makes every call fail."""
        return not any(fault.fatal for fault in self.faults)


Calls = Mapping[tuple[str, str], Call]
"""The calls of the enabled backends, by backend and sdk."""
