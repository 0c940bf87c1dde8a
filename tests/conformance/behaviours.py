"""The tables of odd behaviours, asked of the real client of a release.

    python -m tests.conformance.behaviours [RELEASE]

By default 0.92.2. Prints the rows whose error is another one than the table says, and exits with 1 if any are.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.core.probes.behaviours import LISTS, MODEL, ChatRow, ListRow, routes
from tests.core.probes.chat_behaviours import CHATS
from tests.core.probes.more_chat_behaviours import MORE_CHATS
from tests.core.probes.transfer_behaviours import TRANSFER_CHATS, TRANSFER_LISTS
from tests.support.fake_servers import Server

from .client import ClientCall, answers_of

RELEASE = "0.92.2"


def differing(release: str, rows: Sequence[ListRow | ChatRow]) -> list[str]:
    """The rows for which the release has another error. It asks no list, so that the rows of lists have none."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pipedeck-behaviours-")))
        servers = [stack.enter_context(Server(routes(row))) for row in rows]
        calls = [ClientCall("openai", f"{it.url}/v1", "sk-of-the-behaviours", model_id=MODEL) for it in servers]
        answers = answers_of(release, calls, home)
    lines = []
    for row, answer in zip(rows, answers, strict=True):
        expected = row.error if isinstance(row, ChatRow) else ""
        if (answer.error or "") != expected:
            lines.append(
                f"{row.name}: {answer.error or 'answers'} in place of {expected or 'answers'}: {answer.message}"
            )
    return lines


if __name__ == "__main__":
    named = sys.argv[1] if len(sys.argv) > 1 else RELEASE
    everything: list[ListRow | ChatRow] = [*LISTS, *TRANSFER_LISTS, *CHATS, *MORE_CHATS, *TRANSFER_CHATS]
    found = differing(named, everything)
    print("\n".join([*found, f"{named}: {len(everything) - len(found)} of {len(everything)} rows agree"]))
    sys.exit(1 if found else 0)
