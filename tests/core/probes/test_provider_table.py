"""The provider table: every row is recognized, and what other modules derive from it agrees with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.probes.check_planner import plan_checks
from core.providers.provider import Provider
from core.providers.table import ANTHROPIC_COMPATIBLE, BY_BACKEND, BY_NAME, COMPATIBLE, PROVIDERS
from core.releases import NEWEST_RELEASE, parse_release
from core.scaffold.templates import TEMPLATE_NAMES, template_for
from tests.core.probes.check_runs import backend, report_on


def chosen(tmp_path: Path, name: str, sdk: str, **fields: str) -> Provider | None:
    """The provider detected for a backend with one model of an sdk."""
    (plan,) = plan_checks(report_on(tmp_path, backend(name, sdk, **fields)).catalog, [name])
    return plan.provider


@pytest.mark.parametrize("row", PROVIDERS, ids=lambda row: row.name)
def test_every_row_is_recognized_by_sdk_host_or_name(row: Provider, tmp_path: Path) -> None:
    compatible = row in (COMPATIBLE, ANTHROPIC_COMPATIBLE)
    name = "mine" if compatible else row.backend_names[0]
    endpoint = row.base or "https://inference.example/v1"
    sdk = row.sdks[0] if row.sdks else row.protocol or "openai"
    assert chosen(tmp_path, name, sdk, endpoint=endpoint) is row


@pytest.mark.parametrize("row", [row for row in PROVIDERS if row.protocol and row.base], ids=lambda row: row.name)
def test_a_shared_client_is_recognized_by_the_host_alone(row: Provider, tmp_path: Path) -> None:
    assert row.base is not None
    assert chosen(tmp_path, "mine", row.protocol, endpoint=row.base) is row


def test_names_of_rows_and_backends_are_unique() -> None:
    assert len(BY_NAME) == len(PROVIDERS)
    assert len(BY_BACKEND) == sum(len(row.backend_names) for row in PROVIDERS)


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_the_key_variable_of_a_new_tree_is_one_of_the_row(name: str) -> None:
    release = parse_release(NEWEST_RELEASE)
    assert release is not None
    template = template_for(name, release)
    assert template is not None
    key = str(template.backend.get("api_key", "${}"))[2:-1]
    assert key == "" or key in BY_BACKEND[name].kit_variables
