"""The choices of models: what speaks against each is marked, and a choice that settings do not fit changes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.resolution import Status
from tests.core.edits.scenes import Scene
from tests.support.trees import KEYS, edited, extended, inspect, llm, minimal, with_preset
from tui.forms.item_forms import form_of
from tui.forms.model_choices import model_choices
from tui.view_model import ViewModel

THINKS = 'thinking_mode = "manual"\n'


@pytest.fixture
def view(tmp_path: Path) -> ViewModel:
    """`p` reasons with `deep`; `plain` does not reason, `far` has no endpoint that is one, `@f` ends at it."""
    files = extended(minimal("0.92.2"), "backends/openai.toml", llm("deep", THINKS) + llm("plain"))
    files["backends.toml"] += '\n[lab]\nendpoint = ""\napi_key = "${OPENAI_API_KEY}"\n'
    files["backends/lab.toml"] = '[defaults]\nsdk = "openai"\n' + llm("far")
    files = edited(files, "routing_profiles.toml", '"claude-*"', '"far" = "lab"\n"claude-*"')
    files = with_preset(files, "p", "@mind", 'temperature = 0.5\nreasoning_effort = "low"')
    files["deck/zz_mine.toml"] = '[llm.aliases]\nmind = "deep"\nf = "far"\n'
    report = inspect(tmp_path, files, environ=KEYS)
    return ViewModel(report, report.catalog.active)


@pytest.mark.parametrize(("kind", "name"), [("preset", "p"), ("alias", "mind")])
def test_models_are_marked_with_what_speaks_against_them(view: ViewModel, kind: str, name: str) -> None:
    ref = view.reference(kind, "llm", name)
    assert ref is not None
    labels = {choice.key: choice.note for choice in model_choices(view, "llm", of=ref)}
    assert "!" not in labels["deep"]
    assert "! refuses reasoning_effort" in labels["plain"]
    assert "! not callable" in labels["far"]
    assert labels["@f"].endswith("now far, not callable")
    form = form_of(view, ref)
    assert form is not None
    field = next(field for field in form.fields if field.choices is not None and field.value in ("@mind", "deep"))
    assert field.choices is not None
    assert {choice.key: choice.note for choice in field.choices()}["plain"] == labels["plain"]
    tree = Scene(view.report)
    after = tree.after(tree.done(field.set("plain")))
    statuses = {item.name: item.status for item in after.resolutions if item.kind.value == "preset"}
    assert statuses["p"] is Status.CALLABLE


POLICY = "[policy]\nbackends = ['openai']\n"


def test_models_against_the_policy_are_marked(tmp_path: Path) -> None:
    files = {**extended(minimal("0.92.2"), "backends/openai.toml", llm("plain")), "../pipedeck.toml": POLICY}
    report = inspect(tmp_path, files, environ=KEYS)
    view = ViewModel(report, report.catalog.active)
    labels = {choice.key: choice.note for choice in model_choices(view, "llm")}
    assert "! violates the policy" in labels["claude-4-sonnet"]
    assert labels["@best-claude"].endswith("now claude-4-sonnet, violates the policy")
    assert "policy" not in labels["plain"]
