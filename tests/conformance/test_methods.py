"""Method files of every form, and those that a release contains, read as its own parser reads them."""

from __future__ import annotations

import pytest

from .method_forms import FORMS
from .methods import outcome
from .test_conformance import installed_or_skip

pytestmark = pytest.mark.conformance


def test_method_files_are_read_as_the_release_reads_them() -> None:
    installed_or_skip("0.92.2")
    found = outcome("0.92.2")
    assert not found.wrong, "\n".join(found.wrong)
    assert found.files > 2 * len(FORMS)
    assert 0 < found.refused < len(FORMS) + 10
    assert found.pipes > 100
