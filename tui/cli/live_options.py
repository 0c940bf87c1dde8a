"""The options of the commands that use the network: timeouts, approvals, certificates and proxy."""

from __future__ import annotations

import argparse


def add_live_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to the parser of a command."""
    from core.probes.run_settings import Settings

    defaults = Settings()
    parser.add_argument(
        "--timeout", metavar="S", type=_seconds, help=f"seconds for each backend (default {defaults.per_check:g})"
    )
    parser.add_argument(
        "--deadline", metavar="S", type=_seconds, help=f"seconds for all backends (default {defaults.total:g})"
    )
    parser.add_argument(
        "--at-once",
        metavar="N",
        type=_concurrency,
        help=f"the number of concurrent requests (default {defaults.concurrency})",
    )
    parser.add_argument(
        "--trust",
        metavar="VARIABLE=https://HOST",
        action="append",
        default=[],
        help="approve sending the value of this variable to this host, from now on",
    )
    parser.add_argument(
        "--allow-host",
        metavar="HOST",
        action="append",
        default=[],
        help="approve requests without encryption to this host of the local network, with the keys of this tree",
    )
    parser.add_argument(
        "--ca-file",
        metavar="FILE",
        help="CA certificates to trust (default: SSL_CERT_FILE, SSL_CERT_DIR, those of the system)",
    )
    parser.add_argument(
        "--proxy",
        metavar="URL",
        help="use this proxy, except for this machine; `off`: none (default: HTTPS_PROXY, HTTP_PROXY and ALL_PROXY,"
        " as Pipelex's clients use them)",
    )


def _concurrency(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:4]) <= 32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 32")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds between 0 and 3600")
    return value
