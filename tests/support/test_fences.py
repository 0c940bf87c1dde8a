"""The isolation of tests works: empty home, minimal environment, no network."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from pathlib import Path

import pytest

from tests.support.network import NetworkFence, NetworkForbidden, is_loopback

# A documentation address (RFC 5737), which never answers.
ELSEWHERE = ("192.0.2.1", 80)


def expect_attempts(fence: NetworkFence, count: int) -> None:
    """Remove the deliberate attempts of a test, so that it does not fail for them."""
    assert len(fence.attempts) == count
    assert fence.report() is not None
    fence.attempts.clear()


def test_home_is_empty_and_environment_minimal(fenced_environment: Path, tmp_path: Path) -> None:
    assert Path.home() == fenced_environment
    assert list(Path.home().iterdir()) == []
    assert Path.cwd() == tmp_path
    assert time.tzname == ("UTC", "UTC")
    leaked = [
        name
        for name in os.environ
        if name.endswith("_API_KEY") or name.startswith(("AWS_", "AZURE_", "GOOGLE_", "GCP_", "HF_", "SSH_", "XDG_"))
    ]
    assert leaked == []
    assert not {"PIPELEX_HOME", "NO_COLOR", "TMUX", "COLORTERM"} & set(os.environ)


def test_connection_to_another_machine_is_refused(fenced_network: NetworkFence) -> None:
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
        with pytest.raises(NetworkForbidden):
            stream.connect(ELSEWHERE)
        with pytest.raises(NetworkForbidden):
            stream.connect_ex(ELSEWHERE)
        with pytest.raises(NetworkForbidden):
            datagram.sendto(b"x", ELSEWHERE)
    expect_attempts(fenced_network, 3)


def test_name_lookup_of_another_machine_is_refused(fenced_network: NetworkFence) -> None:
    with pytest.raises(NetworkForbidden):
        socket.create_connection(("api.example.org", 443))
    expect_attempts(fenced_network, 1)


async def test_asyncio_connection_is_refused(fenced_network: NetworkFence) -> None:
    with pytest.raises(NetworkForbidden):
        await asyncio.open_connection(*ELSEWHERE)
    with pytest.raises(NetworkForbidden):
        await asyncio.open_connection("api.example.org", 443)
    expect_attempts(fenced_network, 2)


async def test_loopback_and_unix_sockets_are_allowed(tmp_path: Path) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"here")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            reader, writer = await asyncio.open_connection(host, port)
            assert await reader.read() == b"here"
            writer.close()
            await writer.wait_closed()
    path = os.path.relpath(tmp_path / "s")
    async with await asyncio.start_unix_server(answer, path):
        reader, writer = await asyncio.open_unix_connection(path)
        assert await reader.read() == b"here"
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        (b"localhost", True),
        (None, True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("localhost.example.org", False),
    ],
)
def test_is_loopback(host: object, expected: bool) -> None:
    assert is_loopback(host) is expected
