"""The options of the commands that go out: how long to wait, what to trust, and what the network needs."""

from __future__ import annotations

import argparse

from core.probes.transport import Settings


def add_live_options(parser: argparse.ArgumentParser) -> None:
    """How long to wait, what to trust, and what the network needs."""
    usual = Settings()
    parser.add_argument(
        "--timeout", metavar="S", type=_seconds, help=f"seconds for each backend (default {usual.per_check:g})"
    )
    parser.add_argument(
        "--deadline", metavar="S", type=_seconds, help=f"seconds for all of them (default {usual.total:g})"
    )
    parser.add_argument(
        "--at-once", metavar="N", type=_count, help=f"how many are asked at the same time (default {usual.concurrency})"
    )
    parser.add_argument(
        "--trust",
        metavar="VARIABLE=https://HOST",
        action="append",
        default=[],
        help="say yes to sending this variable's value to this host, from now on",
    )
    parser.add_argument(
        "--ca-file", metavar="FILE", help="certificates to believe, in place of the usual ones (default: SSL_CERT_FILE)"
    )
    parser.add_argument(
        "--proxy",
        metavar="URL",
        help="go through this proxy, never for this machine; `env`: the one of HTTPS_PROXY or ALL_PROXY",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:4]) <= 32:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 32")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds between 0 and 3600")
    return value
