"""The suite's hang watchdog (pytest's `faulthandler_timeout`), suspended while a test installs packages.

A slow package index is no hang: installations have their own time limits.
"""

from __future__ import annotations

import faulthandler
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

# pytest has no public access to the stream on which its watchdog reports.
from _pytest.faulthandler import fault_handler_stderr_fd_key

_arm: Callable[[], None] | None = None
"""Starts the watchdog of the current test with its full time; None outside of tests and without a watchdog."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Store a function that rearms the watchdog of a test."""
    global _arm
    if timeout := float(item.config.getini("faulthandler_timeout") or 0):
        stream = item.config.stash[fault_handler_stderr_fd_key]
        leave = bool(item.config.getini("faulthandler_exit_on_timeout"))
        _arm = partial(faulthandler.dump_traceback_later, timeout, file=stream, exit=leave)
    try:
        return (yield)
    finally:
        _arm = None


@contextmanager
def suspended() -> Iterator[None]:
    """Stop the watchdog for an installation and rearm it with the full time afterwards."""
    if _arm is None:
        yield
        return
    faulthandler.cancel_dump_traceback_later()
    try:
        yield
    finally:
        _arm()
