"""The approved destinations of key variables: those of the provider table, and those confirmed by the user.

A foreign tree can name any variable and any endpoint. Sending `OPENAI_API_KEY` to a new host requires one confirmation,
stored for the user with mode 0600 outside of every tree.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from core.files.store.commit_results import error_text
from core.files.store.disk import Disk, make_private_folder, read_whole, replace_private
from core.probes.address import Address, parse_address
from core.probes.check_plan import KeyDestination
from core.providers.provider import Provider

FORMAT: Final = 1
_MAX_BYTES: Final = 1 << 20


def is_own_destination(provider: Provider, variable: str, address: Address) -> bool:
    """Whether the variable is one of the provider's, and the host belongs to the provider."""
    base = parse_address(provider.base) if provider.base else None
    base_host = base.host if isinstance(base, Address) else ""
    if variable not in provider.kit_variables:
        return False
    if address.loopback:
        return isinstance(base, Address) and base.loopback
    return address.scheme == "https" and address.port == 443 and provider.owns_host(address.host, base_host)


def parse_destination(text: str) -> KeyDestination | str:
    """The destination in `VARIABLE=https://host`, or an error message."""
    variable, equals, origin = text.partition("=")
    address = parse_address(origin.strip().rstrip("/"))
    if not equals or not variable.strip() or not isinstance(address, Address) or address.path:
        return "write it as VARIABLE=https://host"
    return KeyDestination(variable.strip(), address.origin)


class Trust:
    """The destinations approved by the user, stored in a state folder. A damaged file counts as empty."""

    def __init__(self, state: str | None, pairs: Iterable[KeyDestination] = (), disk: Disk | None = None) -> None:
        self._disk = disk or Disk()
        self._state = state
        self._pairs = {*pairs, *(KeyDestination(variable, origin) for variable, origin in self._records())}

    @property
    def path(self) -> str | None:
        """The path of the file, if any."""
        return str(Path(self._state, "trust.json")) if self._state is not None else None

    def __contains__(self, pair: object) -> bool:
        return pair in self._pairs

    def __iter__(self) -> Iterator[KeyDestination]:
        return iter(sorted(self._pairs, key=lambda pair: (pair.variable, pair.origin)))

    def approve(self, *pairs: KeyDestination) -> str | None:
        """Approve destinations. Returns the error if they cannot be stored for the next session, or None."""
        self._pairs.update(pairs)
        if self.path is None:
            return None
        # Reread: another session may have added destinations.
        since_by_pair = {**self._records(), **{(pair.variable, pair.origin): int(time.time()) for pair in pairs}}
        content = {
            "format": FORMAT,
            "pairs": [
                {"variable": name, "origin": origin, "since": since} for (name, origin), since in since_by_pair.items()
            ],
        }
        try:
            make_private_folder(self._disk, str(Path(self.path).parent))
            replace_private(self._disk, self.path, json.dumps(content, indent=1).encode())
        except OSError as error:
            return f"the approval could not be stored ({error_text(error)})"
        return None

    def _records(self) -> dict[tuple[str, str], int]:
        if self.path is None:
            return {}
        try:
            raw = read_whole(self._disk, self.path)
            content = json.loads(raw) if len(raw) <= _MAX_BYTES else None
        except (OSError, ValueError, RecursionError):
            return {}
        if (
            not isinstance(content, dict)
            or content.get("format") != FORMAT
            or not isinstance(content.get("pairs"), list)
        ):
            return {}
        records: dict[tuple[str, str], int] = {}
        for item in content["pairs"]:
            if isinstance(item, dict) and isinstance(item.get("variable"), str) and isinstance(item.get("origin"), str):
                since = item.get("since")
                records[(item["variable"], item["origin"])] = since if isinstance(since, int) else 0
        return records
