"""The light servers by others: pipedeck and the real client say the same of their answers."""

from __future__ import annotations

import pytest

from .servers import CASES, KINDS, RELEASE, NotInstalledError, compare, installed
from .test_conformance import installed_or_skip

pytestmark = pytest.mark.conformance


def test_answers_of_servers_by_others_are_those_of_the_release() -> None:
    installed_or_skip(RELEASE)
    light = [kind for kind in KINDS if kind.light]
    try:
        for kind in light:
            installed(kind)
    except NotInstalledError as error:
        pytest.skip(str(error))
    lines, wrong = compare(light)
    assert (len(lines), wrong) == (len(CASES) * len(light), 0), "\n".join(lines)
