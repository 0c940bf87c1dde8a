"""Keys repeated by a server in any form never appear in results, records, caches or messages."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from core.api import Report
from core.files.state_folder import results_file, state_folder
from core.json.check_document import CheckDocument
from core.json.validate_document import ValidateDocument
from core.probes.availability import TriedIndex, compare
from core.probes.check_planner import plan_checks
from core.probes.plan_options import PlanOptions
from core.probes.result_cache import save_results
from tests.core.probes.check_runs import LONG_LIMITS, MEDIUM_LIMITS, Spec, TrustAll, backend, report_on, run_plans
from tests.core.probes.test_providers import CASES
from tests.support.fake_servers import Behaviour, Server, Talk, answer, black_hole, garbage, raw, reset

# As providers make them.
FORMS = {
    "openai": "sk-proj-Canary0123456789abcdefCanary",
    "anthropic": "sk-ant-api03-Canary0123456789-abcdef_Canary",
    "google": "AIzaSyCanary0123456789abcdefghijklmnop",
    "azure": "0123456789abcdefca7a12abcdef0123",
    "xai": "xai-Canary0123456789abcdefCanary0123456789",
    "groq": "gsk_Canary0123456789abcdefCanary",
    "huggingface": "hf_Canary0123456789abcdefCanary",
    "fal": "0123abcd-0123-0123-0123-canary012345:canary0123456789abcdef",
    "openrouter": "sk-or-v1-canary0123456789abcdef",
    "mistral": "Canary0123456789abcdefCanary0123",
    "odd": "a%2Fb/c+d=Canary&x?y#z\"'<>\\",
}


def traces(key: str) -> list[str]:
    """The forms in which it must not be seen."""
    raw_key = key.encode()
    return [
        key,
        quote(key, safe=""),
        base64.b64encode(raw_key).decode().rstrip("=")[:-2],
        raw_key.hex(),
        json.dumps(key)[1:-1],
        repr(key)[1:-1],
    ]


def repeating(status: int) -> Behaviour:
    """A server that puts the key, as it got it and encoded, wherever something might be shown."""

    def behave(talk: Talk) -> None:
        sent = " ".join(talk.request.headers.values())
        words = [word for word in sent.split() if "anary" in word or word.startswith(("0123", "a%2F"))] or ["nothing"]
        key = words[-1]
        hidden = base64.b64encode(key.encode()).decode()
        data = {
            "error": {"message": f"wrong key {key} or {hidden} or {quote(key)}", "code": key, "type": hidden},
            "data": [{"id": f"model-{key}", "owned_by": key}, {"id": hidden}],
            "models": [{"id": key, "name": key, "model": key, "endpoint_id": key}],
            "message": key,
            "version": key,
            "balance": key,
        }
        head = {"X-Request-Id": key, "request-id": hidden, "Location": f"https://evil.example/{key}?key={key}"}
        talk.send(raw(json.dumps(data).encode(), status, head))

    return behave


BEHAVIOURS: dict[str, Behaviour] = {
    **{f"repeats it with {status}": repeating(status) for status in (200, 302, 400, 401, 403, 404, 429, 500)},
    "no HTTP": garbage,
    "reset": reset,
    "never": black_hole,
    "a page": lambda talk: talk.send(raw(f"<title>{talk.request.headers}</title>".encode(), 500)),
}


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Whatever any library logs, down to the last level."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def all_output(report: Report, plans: object, results: object, folder: Path) -> str:
    """Plans, results, problems, documents, what is kept, and how each is shown to who debugs it."""
    comparisons = {item.backend: compare(report.catalog, item, report.resolutions) for item in results}  # type: ignore[attr-defined]
    live = report.with_live(results)  # type: ignore[arg-type]
    index = TriedIndex(report.catalog, report.resolutions, results)  # type: ignore[arg-type]
    state = state_folder({"HOME": str(folder)})
    save_results(str(folder), state, plans, results)  # type: ignore[arg-type]
    path = results_file(str(folder), state)
    document = CheckDocument(plans, results, comparisons, tree="", dry_run=False)  # type: ignore[arg-type]
    return "\n".join(
        [
            json.dumps(document, ensure_ascii=False, default=vars),
            json.dumps(ValidateDocument(live), ensure_ascii=False, default=vars),
            repr(plans),
            repr(results),
            repr(comparisons),
            repr(live.problems),
            repr([item.exchanges for item in results]),  # type: ignore[attr-defined]
            repr([item.listing.models for item in results]),  # type: ignore[attr-defined]
            repr([index.backend(item.backend) for item in results]),  # type: ignore[attr-defined]
            path.read_text() if path.exists() else "",
        ]
    )


IMPATIENT = replace(LONG_LIMITS, per_check=0.1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_key_repeated_by_a_server_is_hidden(
    form: str, behaviour: str, tmp_path: Path, everything_logged: pytest.LogCaptureFixture
) -> None:
    key = FORMS[form]
    made = backend("mine", "openai", "m", endpoint="https://gw.example/v1", api_key="${KEY}")
    report = report_on(tmp_path, made, KEY=key, UNRELATED=key)
    with Server({"/*": BEHAVIOURS[behaviour]}) as server:
        terms = PlanOptions(TrustAll(), {"https://gw.example": server.url}, deep=True)
        plans = plan_checks(report.catalog, None, terms)
        results = run_plans(plans, IMPATIENT if behaviour == "never" else LONG_LIMITS).results
        if not server.requests:
            results = run_plans(plans, MEDIUM_LIMITS).results
        assert server.requests[0].headers["authorization"] == f"Bearer {key}"
    output = all_output(report, plans, results, tmp_path) + everything_logged.text
    assert [trace for trace in traces(key) if trace in output] == []


@pytest.mark.parametrize("name", CASES)
def test_key_repeated_by_a_provider_is_hidden(
    name: str, tmp_path: Path, everything_logged: pytest.LogCaptureFixture
) -> None:
    case, key = CASES[name], FORMS.get(name, FORMS["openai"])
    report = report_on(tmp_path, case.made, KEY=key)
    output = everything_logged.text
    for status in (200, 401):
        with Server({"/*": repeating(status)}) as server:
            plans = plan_checks(report.catalog, None, PlanOptions(TrustAll(), {case.origin: server.url}))
            results = run_plans(plans).results
            assert server.requests
        output += all_output(report, plans, results, tmp_path)
    assert [trace for trace in traces(key) if trace in output + everything_logged.text] == []


def test_exchanged_token_is_hidden(tmp_path: Path) -> None:
    # A header of a model that takes its value from a variable.
    made = backend(
        "portkey",
        "portkey_completions",
        Spec("a", 'x-portkey-provider = "${SLUG_TOKEN}"'),
        endpoint="https://api.portkey.ai/v1",
        api_key="${KEY}",
    )
    report = report_on(tmp_path, made, KEY="key-one-0123", SLUG_TOKEN="Canary-of-a-header-0123456789")
    with Server({"/*": answer({"data": [{"id": "x"}], "message": "Canary-of-a-header-0123456789"}, 403)}) as server:
        plans = plan_checks(report.catalog, None, PlanOptions(TrustAll(), {"https://api.portkey.ai": server.url}))
        results = run_plans(plans).results
    assert "Canary" not in all_output(report, plans, results, tmp_path)


@pytest.mark.parametrize("key", ["sk-canary\n", " sk-canary", "sk-canáry", "sk-canary\x00", "sk canary"])
def test_unsendable_key_is_hidden(key: str, tmp_path: Path, everything_logged: pytest.LogCaptureFixture) -> None:
    made = backend("mine", "openai", "m", endpoint="https://gw.example/v1", api_key="${KEY}")
    report = report_on(tmp_path, made, KEY=key)
    plans = plan_checks(report.catalog, None, PlanOptions(TrustAll()))
    results = run_plans(plans).results
    output = all_output(report, plans, results, tmp_path) + everything_logged.text
    assert "can" not in output.replace("cannot", "").replace("cancel", "").replace("certificates can", "")
