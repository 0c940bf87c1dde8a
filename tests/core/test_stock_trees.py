"""The stock trees of releases: each opens, has its dialect detected and every reference counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report, inspect_tree
from core.json.validate_document import ValidateDocument
from core.problems import Severity
from core.verdict import tallies
from tests.core.properties.test_any_bytes import answer_everything
from tests.support.stock import Project, StockFactory
from tui.cli.main import main

ENVIRON = {"HOME": "/nonexistent/home"}


SHIPPED_BROKEN = "0.11.0"
"""This release refuses its own tree: a route of its active profile goes to a disabled backend in the tree."""


def look(project: Project, release: str, environ: dict[str, str] | None = None, **options: bool) -> Report:
    return inspect_tree(str(project.root), release=release, environ={**ENVIRON, **(environ or {})}, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("release", "dialect", "detected"),
    [
        ("0.10.2", "G1", "0.10.2"),
        ("0.11.0", "G1.1", "0.11.0"),
        ("0.14.3", "G2", "0.14.3"),
        ("0.17.6", "G2.1", "0.17.6"),
        ("0.43.1", "G3", "0.45.0"),
        ("0.92.2", "G3.1", "0.92.2"),
    ],
)
def test_dialect_is_detected(release: str, dialect: str, detected: str, stock: StockFactory) -> None:
    report = inspect_tree(str(stock(release).root), environ=ENVIRON)
    assert (report.detected.dialect, str(report.release)) == (dialect, detected)


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0", "0.14.3", "0.17.6", "0.43.1", "0.92.2"])
def test_loads_with_keys_and_every_reference_is_counted(release: str, stock: StockFactory) -> None:
    report = look(stock(release), release, assume_keys=True)
    answer_everything(report)
    assert report.boots == (release != SHIPPED_BROKEN)
    catalog = report.catalog
    for family in catalog.families.values():
        counted = tallies(report.resolutions)
        for kind, things in (("preset", family.presets), ("alias", family.aliases), ("waterfall", family.waterfalls)):
            if things:
                tally = counted[kind, family.name]
                assert tally.total == len(things)
                assert tally.total == tally.callable + tally.served + tally.unknown + tally.dead
    models = {(spec.model_type, spec.handle) if report.serving.typed else spec.handle for spec in catalog.specs}
    assert sum(item.kind.value == "model" for item in report.resolutions) == len(models)
    assert catalog.families["llm"].presets


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0", "0.14.3", "0.17.6", "0.92.2"])
def test_without_keys_it_is_refused_over_the_first_variable(release: str, stock: StockFactory) -> None:
    report = look(stock(release), release)
    assert report.stops_at is not None
    assert report.stops_at.error_type == "InferenceBackendCredentialsError"


def test_0_11_0_refuses_its_own_tree(stock: StockFactory) -> None:
    stop = look(stock(SHIPPED_BROKEN), SHIPPED_BROKEN, assume_keys=True).stops_at
    assert stop is not None
    assert (stop.code, stop.error_type, stop.subject) == ("route-backend-off", "ModelsManagerError", "google")


def only_anthropic(project: Project) -> None:
    """Turn off every backend but anthropic and internal, and route to it, like a user with one key."""
    path = project.tree / "backends.toml"
    lines, table = [], ""
    for line in path.read_text("utf-8").splitlines():
        table = line[1:].split("]")[0] if line.startswith("[") else table
        on = table in ("anthropic", "internal")
        lines.append(f"enabled = {'true' if on else 'false'}" if line.startswith("enabled = ") else line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    routing = project.tree / "routing_profiles.toml"
    text = routing.read_text("utf-8")
    active = next(line for line in text.splitlines() if line.startswith("active"))
    routing.write_text(text.replace(active, 'active = "all_anthropic"'), encoding="utf-8")


@pytest.fixture
def anthropic_only(stock: StockFactory) -> Project:
    """The 0.92.2 tree with only anthropic on."""
    project = stock("0.92.2")
    only_anthropic(project)
    return project


def test_with_only_anthropic_every_preset_is_dead_for_one_cause(anthropic_only: Project) -> None:
    report = look(anthropic_only, "0.92.2", {"ANTHROPIC_API_KEY": "x"})
    assert report.catalog.enabled == ("anthropic", "internal")
    assert report.boots
    assert report.verdict == ("cannot_run", "cannot run: 24 of 24 LLM presets dead")
    first = report.causes[0]
    assert (first.key, first.title) == ("off openai", "backend `openai` is off")
    assert first.dead["preset"] >= 24
    assert first.severity is Severity.ERROR
    assert first.location is not None
    assert first.location.file == ".pipelex/inference/backends.toml"
    dead = {problem.subject for problem in report.problems if problem.code == "preset-dead"}
    assert set(report.catalog.families["llm"].presets) <= dead


def test_validate_prints_the_cause_and_exits_1(
    anthropic_only: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    assert main(["validate", "--tree", str(anthropic_only.root)]) == 1
    out, err = capsys.readouterr()
    assert "24 of 24 LLM presets dead" in out
    first = out.split("24 of 24 LLM presets dead\n")[1].splitlines()[0]
    assert "backend `openai` is off" in first
    assert err == ""


def test_turning_openai_on_revives_presets(anthropic_only: Project) -> None:
    path = anthropic_only.tree / "backends.toml"
    text = path.read_text("utf-8")
    start = text.index("[openai]")
    text = text[:start] + text[start:].replace("enabled = false", "enabled = true", 1)
    path.write_text(text, encoding="utf-8")
    (anthropic_only.tree / "routing_profiles.toml").write_text(
        'active = "x"\n[profiles.x]\ndescription = ""\ndefault = "openai"\nfallback_order = ["anthropic"]\n',
        encoding="utf-8",
    )
    report = look(anthropic_only, "0.92.2", assume_keys=True)
    assert tallies(report.resolutions)["preset", "llm"].dead == 0


def test_whole_0_92_2_tree_has_551_models(stock: StockFactory) -> None:
    report = look(stock("0.92.2"), "0.92.2", assume_keys=True)
    assert len(report.catalog.specs) == 551
    assert ValidateDocument(report).counts.models == 551


def test_every_shared_tree_can_be_inspected(shared_trees: tuple[Path, ...]) -> None:
    for tree in shared_trees:
        for assume_keys in (False, True):
            report = inspect_tree(str(tree), environ=ENVIRON, assume_keys=assume_keys)
            answer_everything(report)
            assert report.catalog.tree.paths.inference == str(tree)
