"""Looking up a host's addresses without ever being held up by it: the system's call cannot be cancelled."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import Future


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order to try them. Raises OSError when there are none.

    The look-up runs in a thread that is left behind when the caller gives up: not in one of the loop's own, which are
    waited for at the end of a run and of the process.
    """
    done: Future[list[str]] = Future()
    threading.Thread(target=_ask, args=(host, port, done), name="look-up", daemon=True).start()
    return await asyncio.wrap_future(done)


def _ask(host: str, port: int, done: Future[list[str]]) -> None:
    found: list[str] = []
    failed: OSError | None = None
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    except OSError as error:
        failed = error
    except ValueError:  # a name that cannot be written as one
        failed = socket.gaierror(socket.EAI_NONAME, "no such name")
    finally:
        # The caller may be gone already; a cancelled future takes no result.
        if done.set_running_or_notify_cancel():
            if found:
                done.set_result(found)
            else:
                done.set_exception(failed or socket.gaierror(socket.EAI_NONAME, "no address"))
