"""The lookup of host names, in threads that do not delay the end of a run."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import Future


async def resolve_host(host: str, port: int) -> list[str]:
    """The addresses of a host, in order of preference. Raises OSError when there are none.

    The lookup cannot be cancelled. It runs in a daemon thread, because the event loop waits for its own threads at the
    end of a run.
    """
    future: Future[list[str]] = Future()
    threading.Thread(target=_resolve, args=(host, port, future), name="host lookup", daemon=True).start()
    return await asyncio.wrap_future(future)


def _resolve(host: str, port: int, future: Future[list[str]]) -> None:
    addresses: list[str] = []
    failure: OSError | None = None
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(info[4][0]) for info in infos))
    except OSError as error:
        failure = error
    except ValueError:  # an invalid name
        failure = socket.gaierror(socket.EAI_NONAME, "no such name")
    finally:
        # A cancelled future accepts no result.
        if future.set_running_or_notify_cancel():
            if addresses:
                future.set_result(addresses)
            else:
                future.set_exception(failure or socket.gaierror(socket.EAI_NONAME, "no address"))
