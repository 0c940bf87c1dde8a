"""`pipedeck lives` and `pipedeck prices`: lists, statuses, ignores, taken prices, and the refresh with pip."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.lives.clock import VARIABLE
from core.lives.index import own_index_path, packed_index, parse_index
from tests.core.lives.packages import write_wheels
from tests.support.documents import parse_document
from tests.support.trees import KEYS, extended, llm, minimal, with_preset, write_tree
from tui.cli.main import main

TODAY = "2026-12-01"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the index that is shipped."""
    monkeypatch.setenv(VARIABLE, TODAY)


SERVICES: Mapping[str, Mapping[str, Any]] = {
    "openai": {
        "gone": [[["0", "", 3, 15]], [], "", [["0", "", "2026-11-30", "fresh"]]],
        "soon": [[["0", "", 6, 15], ["1", "2026-01-01", 30, 15]], [], "", [["1", "", "2026-12-20"]]],
        "later": [[["01", "", 0, 0]], [], "", [["1", "", "2027-11-30"]]],
        "tired": [[], [], "", [["1", "deprecated"]]],
        "fresh": [
            [["0", "", 3, 15, {"cached": 0.3}, [[200000, 6, 30, 0.6]], {"batch": [1.5, 7.5]}]],
            [["1", 400000, 64000]],
        ],
    }
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with models of every life, and an index of the user's own that knows them."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    files = extended(minimal("0.92.2"), "backends/openai.toml", "".join(map(llm, SERVICES["openai"])))
    files["backends/openai.toml"] = files["backends/openai.toml"].replace("-id", "")
    document = {
        "format": 1,
        "built": "2100-01-01",
        "sources": [["genai-prices", "1", "2026-11-09"], ["litellm", "2", "2026-11-20"]],
        "services": SERVICES,
    }
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "data" / "pipedeck"
    path.mkdir(parents=True)
    (path / "index.json.gz").write_bytes(packed_index(document))
    return write_tree(tmp_path / "project", with_preset(with_preset(files, "p", "gone"), "q", "soon"))


def test_lives_fit_80_columns(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lives", "--tree", str(project)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        out
        == """\
ENDS              MODEL         USED BY  SUCCESSOR      SAYS
ended 2026-11-30  openai/gone   $p       fresh = fresh  genai-prices of 2026-11-09
2026-12-20        openai/soon   $q                      litellm of 2026-11-20
deprecated        openai/tired  -                       litellm of 2026-11-20
1 model ended, 1 ending within 90 days, 1 deprecated; 2 of them used by names
5 models not in the index; own index of 2100-01-01, made today
"""
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--fail",), 1),
        (("--fail", "--ignore", "gone=2026-12-01"), 1),
        (("--fail", "--ignore", "gone=2026-12-01", "--ignore", "soon=2027-01-01"), 0),
        (("--fail", "--within", "10", "--ignore", "gone=2026-12-01"), 0),
        (("--fail", "--within", "10", "--ignore", "gone=2026-11-30"), 1),  # the day has passed
        (("--fail", "--ignore", "gone"), 2),
        (("--fail", "--ignore", "unheard=2027-01-01"), 2),
        (("--within", "soon"), 2),
        (("--refresh", "--fail"), 2),
    ],
)
def test_statuses_of_lives(arguments: tuple[str, ...], status: int, project: Path) -> None:
    try:
        assert main(["lives", *arguments, "--tree", str(project)]) == status
    except SystemExit as error:
        assert error.code == status  # noqa: PT017


def test_the_document_has_every_model_within_the_days(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lives", "--within", "999", "--ignore", "gone=2027-01-01", "--json", "--tree", str(project)]) == 0
    data = parse_document("lives", capsys.readouterr().out)
    assert {item["handle"]: (item["state"], item["days"], item["follows"]) for item in data["models"]} == {
        "gone": ("ended", -1, "fresh"),
        "soon": ("ends", 19, None),
        "later": ("ends", 364, None),
        "tired": ("deprecated", None, None),
    }
    assert [item["handle"] for item in data["models"] if item["ignored"]] == ["gone"]
    assert data["index"]["own"]


def test_a_pipe_that_names_a_model_counts_as_its_user(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'domain = "d"\n[pipe.talk]\ntype = "PipeLLM"\noutput = "Text"\nmodel = "later"\nprompt = "x"\n'
    (project / "m.mthds").write_text(text)
    arguments = ["lives", "--within", "999", "--ignore", "gone=2027-01-01", "--ignore", "soon=2027-01-01"]
    assert main([*arguments, "--fail", "--json", "--tree", str(project)]) == 1
    data = parse_document("lives", capsys.readouterr().out)
    assert {item["handle"]: item["names"] for item in data["models"]}["later"] == ["pipe talk"]


def test_validate_has_one_cause_for_a_horizon(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--json", "--tree", str(project)]) == 0
    data = parse_document("validate", capsys.readouterr().out)
    found = {item["code"]: item["cause"] for item in data["problems"] if item["code"].startswith("model-end")}
    assert found == {
        "model-ended": "said 1 model that 1 name uses has ended",
        "model-ends-soon": "said 1 model that 1 name uses ends within 45 days",
    }


def test_explain_has_the_end_in_the_trail(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "$p", "--tree", str(project)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "`gone` ended on 2026-11-30, says genai-prices of 2026-11-09; successor `fresh`" in out


def test_a_fix_moves_the_names_to_the_successor(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "model-ended", "--tree", str(project)]) == 0
    assert "wrote" in capsys.readouterr().out
    assert 'model = "fresh"' in "".join(path.read_text() for path in project.rglob("*.toml"))


def test_prices_list_what_no_source_has(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "--tree", str(project)]) == 1
    assert (
        capsys.readouterr().out
        == """\
OFF   MODEL         FILE      SOURCES    SAYS
free  openai/later  $3 / $15   $0 /  $0  genai-prices, litellm
x10   openai/soon   $3 / $15   $6 / $15  genai-prices
                              $30 / $15  litellm
2 of 4 compared prices listed; $ in / out per million tokens
own index of 2100-01-01, made today
"""
    )
    assert main(["prices", "--off", "11", "--json", "--tree", str(project)]) == 1
    data = parse_document("prices", capsys.readouterr().out)
    assert [(item["handle"], item["factor"]) for item in data["models"]] == [("later", None)]
    assert main(["prices", "--off", "1.5", "--tree", str(project / "none")]) == 2


def test_prices_in_formats_of_other_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {}
    for name in ("github", "sarif", "gitlab", "junit"):
        assert main(["prices", "--format", name, "--tree", str(project)]) == 1
        texts[name] = capsys.readouterr().out
    assert "`soon` of openai costs `$3 / $15` in the file, $6 / $15 by genai-prices of 2026-11-09" in texts["github"]
    assert texts["github"].count("::warning file=.pipelex/inference/backends/openai.toml,line=") == 2
    rows = json.loads(texts["gitlab"])
    assert [row["check_name"] for row in rows] == ["price-differs"] * 2
    assert len({row["fingerprint"] for row in rows}) == 2
    assert len(json.loads(texts["sarif"])["runs"][0]["results"]) == texts["junit"].count("<skipped") == 2
    assert main(["prices", "--off", "1000", "--format", "github", "--tree", str(project)]) == 1
    assert capsys.readouterr().out.count("::warning") == 1
    assert main(["prices", "--take", "soon", "--format", "github", "--tree", str(project)]) == 2
    assert "leave out --take" in capsys.readouterr().err


def test_taken_prices_are_one_edit_that_undo_reverts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = project / ".pipelex" / "inference" / "backends" / "openai.toml"
    before = models.read_text()
    assert main(["prices", "--take", "soon", "openai/later", "--dry-run", "--tree", str(project)]) == 0
    assert models.read_text() == before
    assert main(["prices", "--take", "soon", "openai/later", "--tree", str(project)]) == 0
    assert "costs = { input = 30.0, output = 15.0 }" in models.read_text()
    assert "costs = { input = 0.0, output = 0.0 }" in models.read_text()
    assert main(["prices", "--take", "soon", "--tree", str(project)]) == 3
    assert main(["prices", "--take", "unheard", "--tree", str(project)]) == 2
    assert main(["undo", "--tree", str(project)]) == 0
    assert models.read_text() == before
    capsys.readouterr()


def test_models_have_ends_and_published_prices_of_cached_tokens(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["--tree", str(project), "--backend", "openai"]
    assert main(["models", *arguments, "--sort", "price", "--cost", "1000,0,1000", "--json"]) == 0
    data = parse_document("models", capsys.readouterr().out)
    offers = {item["handle"]: item["offers"][0] for item in data["models"]}
    assert (offers["fresh"]["cost"], offers["gone"]["cost"]) == (pytest.approx(0.0003), None)
    assert [offers[name]["ends"] for name in ("gone", "soon", "fresh")] == ["!2026-11-30", "2026-12-20", None]
    assert main(["models", *arguments, "--sort", "in", "--json"]) == 0
    data = parse_document("models", capsys.readouterr().out)
    order = [item["handle"] for item in data["models"]]
    assert all(order.index(name) < order.index("gone") for name in ("soon", "later", "tired", "fresh")), (
        "the living first"
    )
    assert main(["models", "--compare", "gone", "fresh", "--cost", "9,9,9", "--tree", str(project)]) == 0
    assert "call of 9 in, 9 out, 9 cached" in capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "140")
    assert main(["models", "gone", "--tree", str(project)]) == 0
    assert "!2026-11-30" in capsys.readouterr().out
    assert main(["models", "--sort", "context", *arguments]) == 0
    head, first, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[:8] == ["MODEL", "BACKEND", "TYPE", "INPUTS", "OUTPUTS", "MAX", "CONTEXT", "$"]
    assert (first.split()[0], "400k" in first.split()) == ("fresh", True)
    with pytest.raises(SystemExit):
        main(["models", "--cost", "1,1,2"])


def test_without_an_index_the_lists_are_empty_and_a_note_says_so(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.lives.index.INDEX_FILE", "none.gz")
    for command, status in (("lives", 0), ("prices", 0), ("validate", 0), ("use openai --dry-run", 0)):
        assert main([*command.split(), "--tree", str(project)]) == status, command
        assert "index of lives and prices is missing" in capsys.readouterr().err
    assert main(["lives", "--fail", "--tree", str(project)]) == 1
    assert main(["lives", "--json", "--tree", str(project)]) == 0
    assert parse_document("lives", capsys.readouterr().out)["index"] is None


def test_refresh_makes_an_own_index_from_the_packages_of_the_index(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"XDG_DATA_HOME": str(tmp_path / "data"), "PIP_NO_INDEX": "1"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert main(["lives", "--refresh"]) == 1
    assert "pip download failed" in capsys.readouterr().err
    assert not own_index_path(environ).exists()
    monkeypatch.setenv("PIP_FIND_LINKS", str(write_wheels(tmp_path / "wheels")))
    assert main(["lives", "--refresh"]) == 0
    assert "litellm 1.2  data of 2026-11-20" in capsys.readouterr().out
    assert parse_index(own_index_path(environ).read_bytes()).built == TODAY
    assert main(["lives", "--refresh", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["index"]["own"] is True
    (tmp_path / "wheels" / "litellm-1.2-py3-none-any.whl").write_bytes(b"broken")
    assert main(["lives", "--refresh"]) == 1
    assert parse_index(own_index_path(environ).read_bytes()).built == TODAY, "the previous index is kept"
