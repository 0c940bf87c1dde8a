"""Adding providers and servers to stock trees of every family, and importing models: what is added can be called."""

from __future__ import annotations

import pytest

from core.api import update_report
from core.edits.backend_edits import RemoveBackend, SwitchBackend
from core.edits.cause_fixes import fixes_of_model
from core.edits.edit_session import apply_intent
from core.edits.intent import EditRefused
from core.edits.model_edits import AddModel
from core.edits.new_backends import ImportModels
from core.edits.route_edits import AddRoute, RetargetRoute
from core.edits.template_backends import add_from_template, add_server
from core.files.view import Overlay
from core.probes.model_proposals import propose_models
from core.probes.served_models import Served
from core.references import Kind
from core.resolution import Status
from core.scaffold.templates import INTERNAL, TEMPLATE_NAMES
from tests.core.edits.conftest import SceneFactory
from tests.core.edits.stock_scene import Scene
from tests.support.trees import codes

FAMILIES = ("0.10.2", "0.14.3", "0.18.6", "0.43.1", "0.92.2")
LISTED = (
    Served("qwen3:8b", inputs=("text", "image", "file"), context=8192, max_output=4096),
    Served("embed", uses=("embedding",)),
    Served("painter", uses=("image_generation",), costs=(("input", 1.0),)),
    Served("lab/gpt-4o", group="team"),
)


def unserved(scene: Scene, backend: str) -> list[str]:
    """The models of a backend that nothing serves."""
    serving = scene.report.serving
    specs = scene.report.catalog.specs_by_backend[backend]
    return [spec.handle for spec in specs if serving.spec(spec.model_type, spec.handle) is None]


@pytest.mark.parametrize("release", FAMILIES)
def test_every_provider_is_added_again_with_its_file_and_without(release: str, scene: SceneFactory) -> None:
    here, added = scene(release), 0
    for name in TEMPLATE_NAMES:
        for file in (False, True):
            start = here
            if name in here.report.catalog.backends:
                removal = apply_intent(here.report, here.view, RemoveBackend(name, file=file))
                if isinstance(removal, EditRefused):  # the active profile sends everything to it
                    continue
                view = Overlay(here.view, dict(removal.contents))
                start = Scene(update_report(here.report, view), view)
            intent = add_from_template(start.report, name)
            if intent is None:
                continue
            after = start.apply(intent).after
            assert name in after.report.catalog.enabled
            assert name == INTERNAL or unserved(after, name) == [], (name, file)
            assert after.report.boots or not start.report.boots, (name, file, after.report.stops_at)
            assert set(codes(after.report)).isdisjoint({"spec-invalid", "sdk-unregistered", "backend-invalid"})
            added += 1
    assert added > 8


@pytest.mark.parametrize("release", FAMILIES)
def test_server_is_added_before_its_models_are_known(release: str, scene: SceneFactory) -> None:
    here = scene(release)
    off = here.apply(add_server(here.report, "lab", "http://localhost:1234/v1", None, ())).after
    assert "lab" not in off.report.catalog.enabled
    proposals = propose_models(off.report.catalog, "lab", LISTED)
    models = tuple((item.handle, tuple(item.fields.items())) for item in proposals if item.callable)
    edit = off.apply(ImportModels("lab", models))
    after = edit.after
    assert "lab" in after.report.catalog.enabled
    assert [name for name in unserved(after, "lab") if name != "gpt-4o"] == []
    assert set(codes(after.report)) <= set(codes(here.report))
    by_name = {spec.handle: spec for spec in after.report.catalog.specs_by_backend["lab"]}
    assert by_name["qwen3-8b"].model_id == "qwen3:8b"
    assert "embed" not in by_name
    painter = by_name.get("painter")
    assert painter is None or painter.sdk == {"0.14.3": "openai"}.get(release, "openai_img_gen")
    assert (painter is None) == (release == "0.10.2")


@pytest.mark.parametrize("release", FAMILIES)
def test_server_with_named_models_is_called_for_them(release: str, scene: SceneFactory) -> None:
    here = scene(release)
    after = here.apply(add_server(here.report, "lab", "http://localhost:1234/v1", "LAB_KEY", ("qwen3:8b", "a/b"))).after
    assert unserved(after, "lab") == []
    assert set(codes(after.report)) <= set(codes(here.report))
    spec = after.report.serving.spec("llm", "qwen3-8b")
    assert spec is not None
    assert spec.fields["inputs"] == ["text"]


@pytest.mark.parametrize("release", FAMILIES)
@pytest.mark.parametrize("backend", ["anthropic", "mistral"])
def test_imported_model_has_the_limit_that_its_api_requires(backend: str, release: str, scene: SceneFactory) -> None:
    here = scene(release)
    proposals = propose_models(here.report.catalog, backend, [Served("zz-new"), Served("zz-small", context=1000)])
    models = tuple((item.handle, tuple(item.fields.items())) for item in proposals)
    assert [dict(fields)["max_tokens"] for _, fields in models] == [4096, 1000]
    assert all("max_tokens is set to" in " ".join(item.notes) for item in proposals)
    after = here.apply(ImportModels(backend, models)).after
    ends = {item.name: item.status for item in after.report.resolutions if item.kind is Kind.MODEL}
    assert ends["zz-new"] is not Status.REFUSED


def test_models_of_a_backend_that_is_off_are_declared_and_it_stays_off(scene: SceneFactory) -> None:
    here = scene("0.92.2").apply(SwitchBackend("groq", False)).after
    edit = here.apply(ImportModels("groq", (("new", ()),)))
    assert "groq" not in edit.after.report.catalog.enabled
    assert edit.applied.notes == ("`groq` is off: turn it on to call them",)


def test_unserved_model_is_fixed_by_a_route_or_its_backend(scene: SceneFactory) -> None:
    here = scene("0.92.2").apply(AddModel("groq", "gpt-9")).after  # gpt-* goes to another backend
    [fix] = fixes_of_model(here.report, "gpt-9")
    assert fix.sentence == "route gpt-9 to groq"
    fixed = here.apply(fix.intent).after
    assert unserved(fixed, "groq") == []
    rerouted = fixed.apply(RetargetRoute(str(here.report.catalog.active), "gpt-9", "openai")).after
    assert [fix.intent for fix in fixes_of_model(rerouted.report, "gpt-9")] == [
        RetargetRoute(str(here.report.catalog.active), "gpt-9", "groq")
    ]
    off = here.apply(SwitchBackend("groq", False)).after
    assert [fix.intent for fix in fixes_of_model(off.report, "gpt-9")] == [SwitchBackend("groq", True)]


def test_route_of_an_imported_name_is_kept_and_told(scene: SceneFactory) -> None:
    here = scene("0.92.2")
    active = str(here.report.catalog.active)
    routed = here.apply(AddRoute(active, "painter", "openai")).after
    edit = routed.apply(ImportModels("groq", (("painter", ()),)))
    assert "`painter` has a route to openai: change that to send it here" in edit.applied.notes
