"""Run by the Python of a release: the place to which each client of a provider connects, with variables of proxies.

Argument: a folder of further packages, or an empty text. Standard input: `{"clients", "hosts", "rows", "proxies"}`;
`proxies` are the hosts of proxies. Standard output: one line for each client and row: for each host `P` for a
connection to a proxy, `-` for one to the host, `x` for none of them. Nothing leaves the process: every connection is
refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import json
import os
import socket
import ssl
import sys
from typing import Any, ClassVar
from urllib.parse import urlsplit

PROXY, HOST, UNKNOWN = "192.0.2.1", "192.0.2.2", "192.0.2.3"
"""The addresses that stand for every proxy, for the host of the call and for every other name (RFC 5737)."""


class Seen:
    """The host and the connections of one call, and the names of proxies."""

    host = ""
    targets: ClassVar[list[str]] = []
    proxies: frozenset[str] = frozenset()


def look_up(host: Any, port: Any, *_args: object, **_named: object) -> list[tuple[object, ...]]:
    """The addresses of a name, without a name server."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    ip = PROXY if name in Seen.proxies else HOST if name == Seen.host else UNKNOWN
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (ip, int(port or 0)))]


def connect(_self: socket.socket, address: Any) -> None:
    """Note where a connection leads, and refuse it."""
    Seen.targets.append(str(address[0]))
    raise ConnectionRefusedError


async def openai(host: str) -> None:
    client = importlib.import_module("openai").AsyncOpenAI(api_key="x", base_url=host, max_retries=0)
    await client.models.list()


async def anthropic(host: str) -> None:
    client = importlib.import_module("anthropic").AsyncAnthropic(api_key="x", base_url=host, max_retries=0)
    await client.models.list()


async def mistral(host: str) -> None:
    try:
        made = importlib.import_module("mistralai.client").Mistral
    except (ImportError, AttributeError):
        made = importlib.import_module("mistralai").Mistral
    await made(api_key="x", server_url=host).models.list_async()


async def google(host: str) -> None:
    options = importlib.import_module("google.genai.types").HttpOptions(base_url=host)
    # Without a name for it, the client would be closed before the call.
    client = importlib.import_module("google.genai").Client(api_key="x", http_options=options)
    await client.aio.models.list()


async def bedrock(host: str) -> None:
    async with amazon_session().create_client(**_amazon(host)) as client:
        await client.converse(modelId="m", messages=[])


@functools.cache
def amazon_session() -> Any:
    """One session for all clients: it reads the models of the service once."""
    return importlib.import_module("aiobotocore.session").get_session()


def _amazon(host: str) -> dict[str, Any]:
    config = importlib.import_module("botocore.config").Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "eu-west-1"}
    return {"service_name": "bedrock-runtime", "endpoint_url": host, "config": config, **keys}


async def httpx(host: str) -> None:
    async with importlib.import_module("httpx").AsyncClient() as client:
        await client.get(host)


CLIENTS = {made.__name__: made for made in (openai, anthropic, mistral, google, bedrock, httpx)}


def way(name: str, host: str) -> str:
    """The way of one call."""
    Seen.host = str(urlsplit(host).hostname)
    Seen.targets.clear()
    with contextlib.suppress(Exception):
        asyncio.run(asyncio.wait_for(CLIENTS[name](host), 10))
    first = Seen.targets[0] if Seen.targets else ""
    return "P" if first in (PROXY, *Seen.proxies) else "-" if first in (HOST, Seen.host) else "x"


def main() -> None:
    """Answer for every client and row."""
    if sys.argv[1]:
        sys.path.append(sys.argv[1])
    asked = json.load(sys.stdin)
    Seen.proxies = frozenset(asked["proxies"])
    setattr(socket, "getaddrinfo", look_up)  # noqa: B010 - a function of the standard library is replaced
    setattr(socket.socket, "connect", connect)  # noqa: B010
    setattr(socket.socket, "connect_ex", connect)  # noqa: B010
    # Reading the certificates takes most of the time of a call, and no variable of a row names others.
    setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))  # noqa: B010
    for name in asked["clients"]:
        # The first call imports the client, which may take longer than the limit of a call.
        way(name, asked["hosts"][0])
        for variables in asked["rows"]:
            os.environ.update(variables)
            print("".join(way(name, host) for host in asked["hosts"]), flush=True)
            for variable in variables:
                del os.environ[variable]


if __name__ == "__main__":
    main()
