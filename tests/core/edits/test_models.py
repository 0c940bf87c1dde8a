"""Edits of models: declared in the release's form, changed, copied, renamed with all that names them, deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.edits.edit_session import Intent
from core.edits.fixes import fixes
from core.edits.fixes.model_fixes import RewriteSeedModels
from core.edits.intent import EditLayer
from core.edits.model_edits import (
    AddModel,
    ChangeModelField,
    DeleteModel,
    DuplicateModel,
    FixPerThousandPrices,
    SetPrice,
    times_1000,
)
from core.edits.rename_edits import RenameModel
from tests.core.edits.conftest import SceneFactory
from tests.core.edits.stock_scene import Scene, crlf, unended
from tests.core.test_seed_document import SEED
from tests.support.trees import KEYS, NOWHERE, Files, codes, edited, extended, write_tree

FAMILIES = ("0.10.2", "0.14.3", "0.15.7", "0.17.6", "0.43.1", "0.92.2")
HAIKU = ("anthropic", "claude-3-haiku")

GOLDEN: dict[str, tuple[str, Intent, list[str]]] = {
    "add, 0.10": (
        "0.10.2",
        AddModel("ollama", "qwen"),
        ["ollama.toml", "+[qwen]", '+model_id = "qwen"', "+costs = {}", "+"],
    ),
    "add behind its like": (
        "0.14.3",
        AddModel("openai", "gpt-9.1", (("costs", {"output": 2.0}), ("inputs", ["text"]), ("max_tokens", 9))),
        [
            "openai.toml",
            '+["gpt-9.1"]',
            '+model_id = "gpt-9.1"',
            "+max_tokens = 9",
            '+inputs = ["text"]',
            "+costs = { output = 2.0 }",
            "+",
        ],
    ),
    "add of another type": (
        "0.92.2",
        AddModel("openai", "gpt-4o", (("model_type", "img_gen"), ("sdk", "openai_img_gen"))),
        [
            "openai.toml",
            "+",
            "+[gpt-4o-img-gen]",
            '+handle = "gpt-4o"',
            '+model_type = "img_gen"',
            '+sdk = "openai_img_gen"',
        ],
    ),
    "limit": (
        "0.92.2",
        ChangeModelField(*HAIKU, "max_tokens", 8192),
        ["anthropic.toml", "-max_tokens = 4096", "+max_tokens = 8192"],
    ),
    "new limit": (
        "0.92.2",
        ChangeModelField("ollama", "gemma3-4b", "max_tokens", 8192),
        ["ollama.toml", "+max_tokens = 8192"],
    ),
    "no limit": ("0.92.2", ChangeModelField(*HAIKU, "max_tokens", None), ["anthropic.toml", "-max_tokens = 4096"]),
    "field above the others": (
        "0.92.2",
        ChangeModelField("ollama", "gemma3-4b", "sdk", "openai_responses"),
        ["ollama.toml", '+sdk = "openai_responses"'],
    ),
    "field back to the default": (
        "0.92.2",
        ChangeModelField(*HAIKU, "thinking_mode", None),
        ["anthropic.toml", '-thinking_mode = "none"'],
    ),
    "price": (
        "0.92.2",
        SetPrice(*HAIKU, (("input", 1), ("input_cached", 0.1))),
        [
            "anthropic.toml",
            "-costs = { input = 0.25, output = 1.25 }",
            "+costs = { input = 1.0, output = 1.25, input_cached = 0.1 }",
        ],
    ),
    "price unset": (
        "0.92.2",
        SetPrice(*HAIKU, (("output", None),)),
        ["anthropic.toml", "-costs = { input = 0.25, output = 1.25 }", "+costs = { input = 0.25 }"],
    ),
    "copy": (
        "0.92.2",
        DuplicateModel("openai", "gpt-4o", "my-gpt"),
        [
            "openai.toml",
            "+[my-gpt]",
            '+model_id = "gpt-4o"',
            '+inputs = ["text", "images", "pdf"]',
            '+outputs = ["text", "structured"]',
            "+costs = { input = 2.5, output = 10.0 }",
            "+",
        ],
    ),
    "delete": (
        "0.10.2",
        DeleteModel("openai", "gpt-4"),
        ["openai.toml", "-", "-[gpt-4]", '-model_id = "gpt-4"', "-costs = { input = 30.0, output = 60.0 }"],
    ),
    "rename": ("0.92.2", RenameModel("gemma3-4b", "gemma"), ["ollama.toml", "-[gemma3-4b]", "+[gemma]"]),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_edit_gives_the_expected_lines(case: str, scene: SceneFactory) -> None:
    release, intent, (file, *lines) = GOLDEN[case]
    assert scene(release).apply(intent).diff == [f"backends/{file}:", *lines]


@pytest.mark.parametrize("change", [crlf, unended], ids=["crlf", "unended"])
@pytest.mark.parametrize("case", GOLDEN)
def test_line_ends_and_final_newline_are_kept(case: str, change: Callable[[str], str], scene: SceneFactory) -> None:
    release, intent, (file, *_) = GOLDEN[case]
    here = scene(release)
    plain = here.apply(intent).text(f"backends/{file}")
    assert here.rewritten(change).apply(intent).text(f"backends/{file}") == change(plain)


@pytest.mark.parametrize("release", FAMILIES)
def test_every_family_loads_an_added_model(release: str, scene: SceneFactory) -> None:
    here = scene(release)
    after = here.apply(AddModel("openai", "gpt-9.1")).after
    spec = next(spec for spec in after.report.catalog.specs if spec.handle == "gpt-9.1")
    assert (spec.backend, spec.model_id, spec.model_type) == ("openai", "gpt-9.1", "llm")
    assert spec.sdk in ("openai", "openai_responses")
    assert spec.usable
    assert set(codes(after.report)) <= set(codes(here.report))


def test_copy_to_another_backend_uses_its_sdk(scene: SceneFactory) -> None:
    edit = scene("0.92.2").apply(DuplicateModel(*HAIKU, "haiku", "bedrock"))
    spec = next(spec for spec in edit.after.report.catalog.specs if spec.handle == "haiku")
    assert (spec.backend, spec.model_id) == ("bedrock", "claude-3-haiku-20240307")
    assert "sdk" not in spec.own
    assert edit.applied.notes == ("it is called with the sdk of `bedrock`, not that of `anthropic`",)


# ---- renames and deletions


def test_rename_updates_every_reference(scene: SceneFactory) -> None:
    edit = scene("0.92.2").apply(RenameModel("gpt-5.6-terra", "terra"))
    assert sorted(edit.files) == [
        "backends/azure_openai.toml",
        "backends/openai.toml",
        "deck/x_custom_llm_deck.toml",
    ]
    before = {(item.kind, item.family, item.name): item for item in edit.scene.report.resolutions}
    after = {(item.kind, item.family, item.name): item for item in edit.after.report.resolutions}
    for key, old in before.items():
        new = after.get(key)
        if old.name == "gpt-5.6-terra":
            continue
        assert new is not None
        assert new.status is old.status
        if old.spec is not None:
            assert new.spec is not None
            assert (new.spec.backend, new.spec.model_id) == (old.spec.backend, old.spec.model_id)


def test_rename_keeps_the_model_id(scene: SceneFactory) -> None:
    edit = scene("0.92.2").apply(RenameModel("gpt-4o", "omni", backend="openai"))
    assert edit.diff == ["backends/openai.toml:", "-[gpt-4o]", "+[omni]", '+model_id = "gpt-4o"']
    assert any("still declares `gpt-4o`" in note for note in edit.applied.notes)


def test_exact_routes_are_renamed_and_deleted_with_the_model(scene: SceneFactory) -> None:
    here = scene("0.10.2")
    renamed = here.apply(RenameModel("gpt-4o-mini", "mini"))
    assert '"mini" = "blackboxai"' in renamed.text("routing_profiles.toml")
    deleted = here.apply(DeleteModel("blackboxai", "gpt-4o-mini"))
    assert '-"gpt-4o-mini" = "blackboxai"' in deleted.diff
    assert "to_test_various_backends" in " ".join(deleted.applied.notes)


def test_rename_to_a_name_routed_elsewhere_is_refused(tmp_path: Path) -> None:
    files: Files = edited(SEED, "routing_profiles.toml", 'active = "all_pipelex"', 'active = "mixed"')
    here = Scene.of(write_tree(tmp_path, files))
    refused = here.refuse(RenameModel("gpt-4o-mini", "claude-mini"))
    assert "would resolve to another model" in refused.reason


def test_deleting_a_model_repoints_its_references(scene: SceneFactory) -> None:
    here = scene("0.92.2")
    edit = here.apply(DeleteModel("linkup", "linkup-standard", instead="linkup-deep"))
    assert '+default-search = "linkup-deep"' in edit.diff
    assert not [item for item in edit.after.report.resolutions if item.family == "search" and not item.alive]


# ---- prices


@pytest.mark.parametrize(
    ("price", "expected"), [(0.00015, 0.15), (0.0006, 0.6), (0.01, 10.0), (0.0000125, 0.0125), (0.003, 3.0)]
)
def test_price_times_1000_is_exact(price: float, expected: float) -> None:
    assert times_1000(price) == expected


@pytest.fixture
def seed(tmp_path: Path) -> Scene:
    """The tree of the seed document."""
    return Scene.of(write_tree(tmp_path, SEED))


def test_prices_per_thousand_are_converted(seed: Scene) -> None:
    edit = seed.apply(FixPerThousandPrices())
    assert edit.diff == [
        "backends/openai.toml:",
        "-costs = { input = 0.00015, output = 0.0006 }",
        "+costs = { input = 0.15, output = 0.6 }",
        "-costs = { input = 0.01, output = 0.03 }",
        "+costs = { input = 10.0, output = 30.0 }",
    ]
    assert "price-per-thousand" not in codes(edit.after.report)
    assert "No price" in edit.after.refuse(FixPerThousandPrices()).reason


# ---- the seed's form


def test_seed_tables_are_rewritten_for_the_release(seed: Scene) -> None:
    edit = seed.apply(RewriteSeedModels())
    assert edit.diff == [
        "backends/openai.toml:",
        "-[models.gpt-4o-mini]",
        "+[gpt-4o-mini]",
        "-[models.gpt-4-turbo]",
        "+[gpt-4-turbo]",
    ]
    assert "seed-models-table" not in codes(edit.after.report)
    assert [spec.table for spec in edit.after.report.catalog.specs] == ["gpt-4o-mini", "gpt-4-turbo"]
    assert "no [models.X] tables" in edit.after.refuse(RewriteSeedModels()).reason


_ODD = """\
# head
default_sdk = "openai"  # for all

[models]  # the models
a.model_id = "x"  # dotted
b = { model_id = "y", costs = {} }

# its own
[models.'c d']
models = "kept"
[models."c d".costs]
input = 1
"""


@pytest.mark.parametrize("release", ["0.10.2", "0.92.2"])
def test_comments_and_order_are_kept_in_unusual_syntax(release: str, tmp_path: Path) -> None:
    here = Scene.of(write_tree(tmp_path, {**SEED, "backends/openai.toml": _ODD}), release)
    text = here.apply(RewriteSeedModels()).text("backends/openai.toml")
    assert "# head\n" in text
    assert 'a.model_id = "x"  # dotted\nb = { model_id = "y", costs = {} }\n' in text
    assert "# the models\n" in text
    assert "# its own\n['c d']\nmodels = \"kept\"\n" in text
    default = 'default_sdk = "openai"  # for all' if release == "0.10.2" else '[defaults]\nsdk = "openai"  # for all'
    assert default in text


@pytest.mark.parametrize(
    ("release", "defaults", "expected", "note"),
    [
        ("0.10.2", '[defaults]\nsdk = "openai"\n', 'default_sdk = "openai"\n', ""),
        ("0.10.2", 'default_sdk = "mine"\n[defaults]\nsdk = "openai"\n', 'default_sdk = "mine"\n', ""),
        (
            "0.10.2",
            "[defaults]\nrules = {}\n",
            "[defaults]\nrules = {}\n",
            "has keys without a default in this release",
        ),
        ("0.92.2", 'default_sdk = "old"\n[defaults]\nsdk = "openai"\n', '[defaults]\nsdk = "openai"\n', ""),
        ("0.92.2", 'default_sdk = "old"\n[defaults]\nrules = {}\n', '[defaults]\nrules = {}\nsdk = "old"\n', ""),
    ],
)
def test_defaults_use_the_syntax_of_the_release(
    release: str, defaults: str, expected: str, note: str, tmp_path: Path
) -> None:
    model = '[models.a]\nmodel_id = "x"\nsdk = "openai"\n'
    here = Scene.of(write_tree(tmp_path, {**SEED, "backends/openai.toml": f"{defaults}\n{model}"}), release)
    edit = here.apply(RewriteSeedModels())
    assert edit.text("backends/openai.toml").strip() == f"{expected}\n{model.replace('models.', '')}".strip()
    assert note in "\n".join(edit.applied.notes)


def test_price_in_defaults_is_converted_once(tmp_path: Path) -> None:
    text = '[defaults]\nsdk = "openai"\ncosts = { input = 0.00015, output = 0.0006 }\n\n[a]\n\n[b]\n'
    files = extended(SEED, "backends.toml", "[mistral]\nenabled = true\n")
    here = Scene.of(write_tree(tmp_path, extended(files, "backends/mistral.toml", text)), "0.92.2")
    edit = here.apply(FixPerThousandPrices("mistral"))
    assert edit.diff == [
        "backends/mistral.toml:",
        "-costs = { input = 0.00015, output = 0.0006 }",
        "+costs = { input = 0.15, output = 0.6 }",
    ]
    priced = here.apply(SetPrice("mistral", "a", (("input", 2),)))
    assert "+costs = { input = 2.0, output = 0.0006 }" in priced.diff
    assert "`a`" in priced.applied.notes[0]


# ---- what is refused


@pytest.mark.parametrize(
    ("release", "intent", "words"),
    [
        ("0.92.2", AddModel("opnai", "gpt-9"), "`openai`"),
        ("0.92.2", AddModel("openai", "gpt-4o"), "already"),
        ("0.43.1", AddModel("openai", "gpt-4o", (("model_type", "img_gen"),)), "already"),
        ("0.92.2", AddModel("openai", "defaults"), "reserved name"),
        ("0.92.2", AddModel("openai", "gpt-9", (("max_tokens", "many"),)), "an integer"),
        ("0.14.3", AddModel("openai", "gpt-9", (("thinking_mode", "none"),)), "knows no key"),
        ("0.92.2", AddModel("openai", "gpt-9", (("max_tokn", 9),)), "`max_tokens`"),
        ("0.92.2", ChangeModelField("openai", "gpt4o", "max_tokens", 9), "`gpt-4o`"),
        ("0.92.2", ChangeModelField("openai", "claude-3-haiku", "max_tokens", 9), "anthropic"),
        ("0.92.2", ChangeModelField("openai", "gpt-4o", "handle", "x"), "Rename"),
        ("0.14.3", ChangeModelField("openai", "gpt-4o", "costs", None), "needs `costs`"),
        ("0.92.2", ChangeModelField("openai", "gpt-4o", "sdk", None), "comes from the defaults"),
        ("0.92.2", SetPrice(*HAIKU, (("inpt", 1),)), "`input`"),
        ("0.92.2", SetPrice(*HAIKU, (("input", -1),)), ">= 0"),
        ("0.92.2", SetPrice(*HAIKU, (("input", float("nan")),)), ">= 0"),
        ("0.92.2", RenameModel("gpt-4o", "gpt-5.5"), "already"),
        ("0.92.2", RenameModel("gpt4o", "x"), "No backend declares"),
        ("0.92.2", DuplicateModel("openai", "gpt-4o", "gpt-4o"), "already"),
    ],
    ids=lambda value: value.label if hasattr(value, "label") else "",
)
def test_refusal_has_reason_and_alternative(release: str, intent: Intent, words: str, scene: SceneFactory) -> None:
    refused = scene(release).refuse(intent)
    assert words in refused.message
    assert refused.instead


def test_backend_file_has_no_override(scene: SceneFactory) -> None:
    for intent in (
        AddModel("openai", "gpt-9"),
        ChangeModelField(*HAIKU, "max_tokens", 9),
        RenameModel("gemma3-4b", "g"),
        DeleteModel(*HAIKU),
    ):
        assert scene("0.92.2").refuse(intent, EditLayer.OVERRIDE).layers == (EditLayer.BASE,)


def test_sdk_is_inferred_from_other_models_or_required(tmp_path: Path) -> None:
    files = extended(SEED, "backends/anthropic.toml", "")
    environ = {**KEYS, "HOME": NOWHERE}
    here = Scene.of(write_tree(tmp_path, files), environ=environ)
    assert 'sdk = "openai"' in "\n".join(here.apply(AddModel("openai", "gpt-9")).diff)
    assert "needs an sdk" in here.refuse(AddModel("anthropic", "claude-9")).reason


def test_edit_of_a_shipped_file_has_a_note(scene: SceneFactory) -> None:
    notes = scene("0.92.2").apply(SetPrice("internal", "reportlab-pdf", (("input", 1),))).applied.notes
    assert "managed by Pipelex" in notes[0]


def test_fixes_solve_the_seed_document(seed: Scene) -> None:
    here = seed
    for _ in range(10):
        available = [
            fix for fix in fixes(here.report, here.view) if fix.code in ("seed-models-table", "price-per-thousand")
        ]
        if not available:
            break
        here = here.apply(available[0].intent, available[0].layer).after
    assert not {"seed-models-table", "price-per-thousand"} & set(codes(here.report))
    spec = next(spec for spec in here.report.catalog.specs if spec.handle == "gpt-4o-mini")
    assert (spec.costs, spec.place.path) == ({"input": 0.15, "output": 0.6}, ("gpt-4o-mini",))
