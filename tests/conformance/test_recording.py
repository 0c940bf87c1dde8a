"""A selection of the recorded requests and of the odd behaviours, asked of the real client of a release."""

from __future__ import annotations

import pytest

from tests.core.probes.chat_behaviours import CHATS
from tests.core.probes.more_chat_behaviours import MORE_CHATS
from tests.core.probes.transfer_behaviours import TRANSFER_CHATS

from . import behaviours, recording_clients
from .recording import OWN_HEADERS, Case, differing
from .test_conformance import installed_or_skip

pytestmark = pytest.mark.conformance

CASES = [
    Case("openai", "/v1//"),
    Case("openai", "/\u00e9t\u00e9/v1#part"),
    Case("openai", "/v1", key="", headers=OWN_HEADERS),
    Case("openai_responses", "/a/../v1", model_id="vendor/m:free"),
    Case("azure_openai", "//", model_id="d p"),
    Case("azure_openai_responses", "/gateway/", headers=OWN_HEADERS),
]


def test_requests_are_those_of_the_release() -> None:
    installed_or_skip("0.92.2")
    lines = differing("0.92.2", CASES)
    assert not lines, "\n".join(lines)


def test_requests_of_other_clients_are_those_of_the_release() -> None:
    installed_or_skip("0.92.2")
    for some in recording_clients.cases("0.92.2"):
        lines = list(recording_clients.differing("0.92.2", some[::3]))
        assert not lines, "\n".join(lines)


def test_errors_are_those_of_the_release() -> None:
    installed_or_skip("0.92.2")
    lines = behaviours.differing("0.92.2", (*CHATS, *MORE_CHATS, *TRANSFER_CHATS)[::6])
    assert not lines, "\n".join(lines)
