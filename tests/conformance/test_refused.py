"""A fast selection of the refused settings: pipedeck and the workers of a release must agree."""

from __future__ import annotations

import pytest

from .refused import differing
from .test_conformance import installed_or_skip

PRESETS = 100

pytestmark = pytest.mark.conformance


def test_settings_are_refused_as_the_workers_refuse_them() -> None:
    installed_or_skip("0.92.2")
    loaded, refused, wrong = differing("0.92.2", PRESETS)
    assert not wrong, "\n".join(wrong[:3])
    assert loaded == PRESETS
    assert PRESETS // 4 < refused < PRESETS, "some presets should be refused, and some not"
