"""Every row of the tables of odd behaviours."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.probes.availability import compare
from core.probes.check_planner import plan_checks
from core.probes.completion import plan_completion
from core.probes.live_problems import live_problems
from core.probes.plan_options import PlanOptions
from core.probes.proofs import Proof
from core.probes.run_settings import Settings
from core.problems import Severity
from tests.core.probes.behaviours import LISTS, MODEL, ChatRow, ListRow, routes
from tests.core.probes.chat_behaviours import CHATS
from tests.core.probes.check_runs import TrustAll, backend, outcome, report_on, run_plans
from tests.core.probes.more_chat_behaviours import MORE_CHATS
from tests.core.probes.transfer_behaviours import TRANSFER_CHATS, TRANSFER_LISTS
from tests.support.fake_servers import Server

ONCE = Settings(per_check=30, total=60, retry=False)
KEY = "sk-of-the-behaviours"


def made(server: Server) -> dict[str, str]:
    return backend("local", "openai", MODEL, endpoint=f"{server.url}/v1", api_key="${KEY}")


@pytest.mark.parametrize("row", [*LISTS, *TRANSFER_LISTS], ids=lambda row: row.name)
def test_behaviour_of_a_list(row: ListRow, tmp_path: Path) -> None:
    with Server(routes(row)) as server:
        report = report_on(tmp_path, made(server), KEY=KEY)
        result = run_plans(plan_checks(report.catalog, None, PlanOptions(trust=TrustAll())), ONCE).only
    assert (outcome(result), result.texts[0]) == (row.status, row.words)
    (declared,) = compare(report.catalog, result).declared
    assert declared.state is row.model
    # The model answers: no list of a server of unknown make is an error.
    problems = live_problems(report.catalog, report.resolutions, [result])
    known = result.listing.make == "litellm"
    assert known or all(problem.severity is not Severity.ERROR for problem in problems)
    assert result.proofs.answer is Proof.UNPROVEN


@pytest.mark.parametrize("row", [*CHATS, *MORE_CHATS, *TRANSFER_CHATS], ids=lambda row: row.name)
def test_behaviour_of_a_model(row: ChatRow, tmp_path: Path) -> None:
    with Server(routes(row)) as server:
        report = report_on(tmp_path, made(server), KEY=KEY)
        completion = plan_completion(report.catalog, report.catalog.specs[0], PlanOptions(trust=TrustAll()))
        result = run_plans([completion.plan], ONCE).only
    assert (outcome(result), result.texts[0]) == (row.status, row.words)
    assert result.good is (not row.error), "pipedeck and Pipelex agree whether the model answers"
    assert (result.proofs.answer is Proof.YES) is result.good


def test_words_of_failures_name_a_next_step() -> None:
    from core.probes.check_status import CheckStatus, Finding, Reason, describe

    for row in (*CHATS, *MORE_CHATS, *TRANSFER_CHATS):
        status, _, reason = row.status.partition("/")
        if row.error:
            assert describe(Finding(CheckStatus(status), Reason(reason) if reason else None))[1], row.name
