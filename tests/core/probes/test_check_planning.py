"""Check plans: called host, key, notes, and verdicts without a request."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from core.files.state_folder import state_folder
from core.probes.check_plan import CheckPlan, KeyDestination
from core.probes.check_planner import plan_checks
from core.probes.completion import plan_completion
from core.probes.plan_options import PlanOptions
from core.probes.runner import skipped_result
from core.probes.trust import Trust, parse_destination
from tests.core.probes.check_runs import Spec, TrustAll, backend, plans_for, report_on

KEY = "sk-a-good-key"
AZURE = {"api_key": "${AZURE_API_KEY}", "api_version": "2024-10-21"}


def only(folder: Path, *made: dict[str, str], **options: object) -> CheckPlan:
    (plan,) = plans_for(folder, *made, **options)  # type: ignore[arg-type]
    return plan


def verdict(plan: CheckPlan) -> str:
    if plan.verdict is None:
        return "sends"
    return plan.verdict.status.value + (f"/{plan.verdict.reason.value}" if plan.verdict.reason else "")


# ---- where it goes


def test_missing_endpoint_uses_the_default_of_the_client(tmp_path: Path) -> None:
    plan = only(tmp_path, backend("anything", "openai", api_key="${KEY}"), KEY=KEY)
    assert [ask.url for ask in plan.requests] == ["https://api.openai.com/v1/models"]
    assert plan.notes == ()


def test_redirecting_variable_is_followed_and_noted(tmp_path: Path) -> None:
    plan = only(
        tmp_path, backend("openai", "openai", api_key="${KEY}"), KEY=KEY, OPENAI_BASE_URL="https://gw.example/v1"
    )
    assert plan.requests[0].url == "https://gw.example/v1/models"
    assert plan.provider is not None
    assert plan.provider.name == "openai-compatible"
    assert plan.notes == ("OPENAI_BASE_URL is set: Pipelex's client uses this address",)
    assert plan.variables == ("OPENAI_BASE_URL", "KEY")


def test_ignored_endpoint_is_noted(tmp_path: Path) -> None:
    for name, sdk, host in (("mistral", "mistral", "api.mistral.ai"), ("linkup", "linkup", "api.linkup.so")):
        plan = only(tmp_path, backend(name, sdk, endpoint="https://elsewhere.example", api_key="${KEY}"), KEY=KEY)
        assert {ask.address.host for ask in plan.requests} == {host}
        assert "the endpoint in the tree is ignored" in plan.notes[0]


def test_address_is_composed_as_by_the_client(tmp_path: Path) -> None:
    azure = backend(
        "azure_openai", "azure_openai", endpoint="${BASE}", api_key="${KEY}", api_version="2025-04-01-preview"
    )
    plan = only(tmp_path, azure, KEY=KEY, BASE="https://shop.openai.azure.com/")
    assert plan.requests[0].url == "https://shop.openai.azure.com/openai/models?api-version=2025-04-01-preview"
    twice = only(tmp_path, backend("claude", "anthropic", endpoint="https://gw.example/v1", api_key="${KEY}"), KEY=KEY)
    assert verdict(twice) == "not_checkable/path"
    assert twice.verdict is not None
    assert twice.verdict.detail == "the endpoint ends in `/v1`, which the client adds itself"


def test_unknown_server_is_checked_as_openai(tmp_path: Path) -> None:
    plan = only(tmp_path, backend("mine", "openai", endpoint="http://localhost:4000/v1"))
    assert (plan.requests[0].url, plan.requests[0].header_names, plan.variables) == (
        "http://localhost:4000/v1/models",
        ("Authorization",),
        (),
    )
    # Pipelex's client sends a placeholder where the tree has no key.
    assert plan.requests[0].headers[0].value == "Bearer unused-no-auth-needed"
    new = only(tmp_path, backend("mine", "sdk_of_the_future", endpoint="http://localhost:4000/v1"))
    assert new.requests[0].url == "http://localhost:4000/v1/models"
    assert verdict(only(tmp_path, backend("mine", "sdk_of_the_future"))) == "not_checkable/unknown_sdk"


def test_internal_backend_is_not_checked(tmp_path: Path) -> None:
    assert verdict(only(tmp_path, backend("internal", "pypdfium2"))) == "not_checkable/in_process"


def test_models_of_another_sdk_are_noted(tmp_path: Path) -> None:
    made = backend("mine", "openai", "a", "b", Spec("c", 'sdk = "anthropic"'), endpoint="http://localhost:4000/v1")
    assert only(tmp_path, made).notes == ("models of sdk anthropic call another provider and are not checked",)
    images = backend("openai", "openai_responses", "a", Spec("b", 'sdk = "openai_img_gen"'), api_key="${KEY}")
    assert only(tmp_path, images, KEY=KEY).notes == ()


def test_auth_header_replaces_the_key_header_of_anthropic(tmp_path: Path) -> None:
    fields = {"endpoint": "https://gw.example", "api_key": "${KEY}", "auth_header": "x-corp-key"}
    assert only(tmp_path, backend("claude", "anthropic", **fields), KEY=KEY).requests[0].header_names == (
        "anthropic-version",
        "x-corp-key",
    )
    odd = {**fields, "auth_header": "x-bad\\nheader: 1"}
    assert "x-api-key" in only(tmp_path, backend("claude", "anthropic", **odd), KEY=KEY).requests[0].header_names


# ---- what keeps it from being sent


@pytest.mark.parametrize(
    ("fields", "environ", "expected"),
    [
        ({"api_key": "${KEY}"}, {}, "missing_credential/unset"),
        ({"api_key": "${KEY}"}, {"KEY": ""}, "missing_credential/unset"),
        ({"api_key": "${KEY}"}, {"KEY": "placeholder-for-it"}, "missing_credential/placeholder"),
        ({"api_key": "placeholder"}, {}, "missing_credential/placeholder"),
        ({}, {}, "missing_credential/no_key"),
        ({"api_key": "${KEY}"}, {"KEY": "sk-1\n"}, "unauthorized/bad_key_format"),
        ({"api_key": "${KEY}"}, {"KEY": "sk 1"}, "unauthorized/bad_key_format"),
        ({"api_key": "${KEY}"}, {"KEY": "sk-é"}, "unauthorized/bad_key_format"),
        ({"api_key": "${KEY}", "endpoint": "${URL}"}, {"KEY": KEY}, "missing_credential/unset"),
        ({"api_key": "${KEY}", "endpoint": "no address"}, {"KEY": KEY}, "not_checkable/bad_url"),
        ({"api_key": "${KEY}", "endpoint": "https://h:99999"}, {"KEY": KEY}, "not_checkable/bad_url"),
        ({"api_key": "${KEY}", "endpoint": "https://u:p@h.example"}, {"KEY": KEY}, "not_checkable/secret_in_url"),
        ({"api_key": "${KEY}", "endpoint": "https://h.example/${MY_TOKEN}"}, {"KEY": KEY, "MY_TOKEN": "abcdefgh"}, "x"),
        ({"api_key": "${KEY}", "endpoint": "https://${V}.example"}, {"KEY": "sk-abcdefg", "V": "sk-abcdefg"}, "x"),
        ({"api_key": "${KEY}", "endpoint": "http://h.example/v1"}, {"KEY": KEY}, "not_checkable/plain_http"),
        ({"api_key": "${KEY}", "endpoint": "http://169.254.169.254/v1"}, {"KEY": KEY}, "not_checkable/address"),
        ({"endpoint": "http://192.168.1.20:11434/v1"}, {}, "sends"),
        ({"api_key": "${KEY}", "endpoint": "http://127.0.0.1:4000/v1"}, {"KEY": KEY}, "sends"),
    ],
)
def test_verdicts(fields: dict[str, str], environ: dict[str, str], expected: str, tmp_path: Path) -> None:
    plan = only(tmp_path, backend("openai", "openai", **fields), **environ)
    assert verdict(plan) == ("not_checkable/secret_in_url" if expected == "x" else expected)
    output = repr(plan) + repr(skipped_result(plan)) + "".join(skipped_result(plan).texts)
    assert not any(value in output for name, value in environ.items() if name in ("KEY", "MY_TOKEN", "V") and value)


def test_message_names_the_variable(tmp_path: Path) -> None:
    plan = only(tmp_path, backend("openai", "openai", api_key="${KEY}"), KEY="sk 1")
    assert skipped_result(plan).texts[0].startswith("the value of KEY is not a valid key")
    plan = only(tmp_path, backend("openai", "openai", api_key="${KEY}"))
    assert skipped_result(plan).texts == (
        "a required variable is not set: variable `KEY` is not set",
        "set KEY in the shell or in ./.env",
    )


def test_azure_needs_an_endpoint_and_a_version(tmp_path: Path) -> None:
    plan = only(tmp_path, backend("azure_openai", "azure_openai", api_key="${KEY}"), KEY=KEY)
    assert verdict(plan) == "not_checkable/no_endpoint"
    fields = {"endpoint": "https://a.openai.azure.com", "api_key": "${KEY}"}
    plan = only(tmp_path, backend("azure_openai", "azure_openai", **fields), KEY=KEY)
    assert (verdict(plan), plan.wrong_field) == ("not_checkable/no_field", "api_version")
    plan = only(tmp_path, backend("azure_openai", "azure_openai", **fields), KEY=KEY, OPENAI_API_VERSION="2024-10-21")
    assert verdict(plan) == "sends"


def test_planning_sends_and_writes_nothing(tmp_path: Path) -> None:
    report = report_on(tmp_path, backend("openai", "openai", api_key="${KEY}"), KEY=KEY)
    before = sorted(tmp_path.rglob("*"))
    assert plan_checks(report.catalog)[0].requests == plan_checks(report.catalog)[0].requests
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(KeyError):
        plan_checks(report.catalog, ["nobody"])


# ---- consent


@pytest.mark.parametrize(
    ("name", "sdk", "fields", "asks"),
    [
        ("openai", "openai", {"api_key": "${OPENAI_API_KEY}"}, False),
        ("openai", "openai", {"api_key": "${env:OPENAI_API_KEY|secret:OTHER}"}, False),
        ("mine", "openai", {"api_key": "${OPENAI_API_KEY}", "endpoint": "https://evil.example/v1"}, True),
        ("groq", "openai", {"api_key": "${OPENAI_API_KEY}", "endpoint": "https://api.groq.com/openai/v1"}, True),
        ("groq", "openai", {"api_key": "${GROQ_API_KEY}", "endpoint": "https://api.groq.com/openai/v1"}, False),
        ("groq", "openai", {"api_key": "${GROQ_API_KEY}", "endpoint": "https://api.groq.com:8443/openai/v1"}, True),
        ("groq", "openai", {"api_key": "${GROQ_API_KEY}", "endpoint": "https://api.groq.com.evil.example"}, True),
        ("mistral", "mistral", {"api_key": "${OPENAI_API_KEY}"}, True),
        ("azure_openai", "azure_openai", {**AZURE, "endpoint": "https://shop.openai.azure.com"}, False),
        ("azure_openai", "azure_openai", {**AZURE, "endpoint": "https://evil.azure-api.net"}, True),
        ("azure_openai", "azure_openai", {**AZURE, "endpoint": "https://evilopenai.azure.com"}, True),
        ("openai", "openai", {"api_key": "${MY_OWN_NAME}"}, True),
        ("mine", "openai", {"api_key": "${OPENAI_API_KEY}", "endpoint": "http://127.0.0.1:4000/v1"}, True),
        ("groq", "openai", {"api_key": "${GROQ_API_KEY}", "endpoint": "http://127.0.0.1:4000/v1"}, True),
        ("ollama", "openai", {"api_key": "${OLLAMA_API_KEY}", "endpoint": "http://127.0.0.1:4000/v1"}, False),
        ("mine", "openai", {"endpoint": "https://evil.example/v1"}, False),
        ("mine", "openai", {"api_key": "literal-of-the-tree", "endpoint": "https://evil.example/v1"}, False),
    ],
)
def test_new_destination_of_a_variable_requires_approval(
    name: str, sdk: str, fields: dict[str, str], asks: bool, tmp_path: Path
) -> None:
    values = dict.fromkeys(("OPENAI_API_KEY", "GROQ_API_KEY", "OLLAMA_API_KEY", "MY_OWN_NAME", "AZURE_API_KEY"), KEY)
    plan = only(tmp_path, backend(name, sdk, **fields), trust=(), **values)
    assert (verdict(plan) == "not_checkable/consent") is asks
    assert bool(plan.unapproved) is asks
    assert skipped_result(plan).bad is asks


def test_redirecting_variable_requires_approval_for_the_key(tmp_path: Path) -> None:
    plan = only(
        tmp_path,
        backend("openai", "openai", api_key="${OPENAI_API_KEY}"),
        trust=(),
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL="https://gw.example/v1",
    )
    assert plan.unapproved == (KeyDestination("OPENAI_API_KEY", "https://gw.example"),)
    assert skipped_result(plan).texts == (
        "OPENAI_API_KEY was never sent to https://gw.example before",
        "to approve it: check --trust OPENAI_API_KEY=https://gw.example",
    )


def test_variable_in_a_model_header_requires_approval(tmp_path: Path) -> None:
    made = backend(
        "portkey",
        "portkey_completions",
        Spec("a", 'x-portkey-provider = "${OPENAI_API_KEY}"'),
        endpoint="https://api.portkey.ai/v1",
        api_key="${PORTKEY_API_KEY}",
    )
    plan = only(tmp_path, made, trust=(), OPENAI_API_KEY=KEY, PORTKEY_API_KEY=KEY)
    assert plan.unapproved == (KeyDestination("OPENAI_API_KEY", "https://api.portkey.ai"),)


def test_approval_is_stored_for_the_user_only(tmp_path: Path) -> None:
    state = state_folder({"HOME": str(tmp_path)})
    pair = KeyDestination("KEY", "https://gw.example")
    trust = Trust(state)
    assert pair not in trust
    assert trust.approve(pair) is None
    assert pair in Trust(state)
    assert trust.approve(KeyDestination("OTHER", "https://gw.example")) is None
    assert len(list(Trust(state))) == 2
    assert trust.path is not None
    assert stat.S_IMODE(Path(trust.path).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(state).stat().st_mode) == 0o700


def test_approval_without_a_state_folder_lasts_for_the_session() -> None:
    trust, pair = Trust(None), KeyDestination("KEY", "https://gw.example")
    assert trust.approve(pair) is None
    assert list(trust) == [pair]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 2}', b'{"format": 1, "pairs": [1, {}]}', b"\xff"])
def test_damaged_approval_file_counts_as_empty(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_bytes(content)
    assert list(Trust(str(tmp_path))) == []
    assert Trust(str(tmp_path)).approve(KeyDestination("A", "https://b.example")) is None
    assert KeyDestination("A", "https://b.example") in Trust(str(tmp_path))


def test_unwritable_approval_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    trust = Trust(str(tmp_path / "file" / "state"))
    assert "could not be stored" in (trust.approve(KeyDestination("A", "https://b.example")) or "")
    assert KeyDestination("A", "https://b.example") in trust


@pytest.mark.parametrize(
    "text", ["", "A", "A=", "=https://h.example", "A=h.example", "A=https://h.example/path", "A=http://u:p@h"]
)
def test_invalid_destination_is_rejected(text: str) -> None:
    assert isinstance(parse_destination(text), str)


def test_stand_in_must_be_on_this_machine() -> None:
    with pytest.raises(ValueError, match="on this machine"):
        PlanOptions(trust=TrustAll(), stand_ins={"https://api.openai.com": "https://evil.example"})


@pytest.mark.parametrize("word", ["ollama", "not-needed", "lm-studio"])
def test_keyless_value_is_not_a_secret(word: str, tmp_path: Path) -> None:
    plan = only(tmp_path, backend("mine", "openai", endpoint=f"https://{word}.example/v1", api_key=word))
    assert verdict(plan) == "sends"


def test_secret_outside_a_key_field_is_not_sent(tmp_path: Path) -> None:
    fields = {"endpoint": "https://a.openai.azure.com", "api_key": "${KEY}", "api_version": "${KEY}"}
    plan = only(tmp_path, backend("azure_openai", "azure_openai", **fields), KEY="sk-canary-1")
    assert (verdict(plan), plan.requests) == ("not_checkable/secret_in_url", ())
    assert "canary" not in repr(plan)
    made = backend("openai", "openai", "${KEY}", api_key="${KEY}")
    report = report_on(tmp_path / "model", made, KEY="sk-canary-1")
    completion = plan_completion(report.catalog, report.catalog.specs[0], PlanOptions(TrustAll()))
    assert verdict(completion.plan) == "not_checkable/secret_in_url"


@pytest.mark.parametrize(
    ("name", "sdk", "variable"),
    [
        ("anthropic", "anthropic", "ANTHROPIC_API_KEY"),
        ("google", "google", "GEMINI_API_KEY"),
        ("fal", "fal", "FAL_KEY"),
    ],
)
def test_key_variable_of_the_client_is_used_and_noted(name: str, sdk: str, variable: str, tmp_path: Path) -> None:
    plan = only(tmp_path, backend(name, sdk), trust=(), **{variable: KEY})
    assert (verdict(plan), plan.sent) == ("sends", (variable,))
    assert plan.notes == (f"the tree has no key: Pipelex's client uses {variable}",)


@pytest.mark.parametrize(
    ("name", "provider"),
    [("openai", "openai"), ("minimax", "anthropic"), ("mistral", "mistral"), ("unheard_of", None)],
)
def test_backend_without_models_is_recognized_by_name(name: str, provider: str | None, tmp_path: Path) -> None:
    made = backend(name, "openai", api_key="${KEY}")
    made[f"backends/{name}.toml"] = ""
    plan = only(tmp_path, made, KEY=KEY)
    assert (plan.provider.name if plan.provider is not None else None) == provider
