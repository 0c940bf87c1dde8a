"""`pipedeck upgrade` and `pipedeck drift`: what they print, write and refuse, and the undo of an upgrade."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from core.releases import Release
from core.upgrade.fetch import fetch_kit
from core.upgrade.kit import KitError, read_kit
from tests.cli.process import run_on_a_terminal
from tests.core.upgrade.conftest import stock
from tests.support.documents import parse_document
from tests.support.trees import KEYS, edited, write_tree
from tui.cli.main import main

Run = Callable[[str], tuple[int, str, str]]
LINE = 'team = { model = "gpt-4o-mini", temperature = 0.25 }'
PIPE = 'domain = "shop"\n[pipe.sell]\ntype = "PipeLLM"\noutput = "Text"\nmodel = "old"\n'


WHEEL = {
    "METADATA": "Metadata-Version: 2.1\nName: pipelex\nVersion: 0.92.2\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "RECORD": "",
}
"""The metadata that pip wants."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree made from a kit of 0.14.3, with a preset of its own and a pipe that names one which is gone later."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    old = edited(
        stock("0.14.3"), "deck/base_deck.toml", "[llm.presets]", f"[llm.presets]\n{LINE.replace('team', 'old')}"
    )
    write_tree(tmp_path / "old", old)
    write_tree(tmp_path / "new", stock("0.92.2"))
    wheel = tmp_path / "pipelex-0.92.2-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for path in sorted((tmp_path / "new" / ".pipelex").rglob("*.toml")):
            archive.write(path, f"pipelex/kit/configs/{path.relative_to(tmp_path / 'new' / '.pipelex')}")
        archive.writestr("pipelex/kit/configs/telemetry.toml", "")
        for name, text in WHEEL.items():
            archive.writestr(f"pipelex-0.92.2.dist-info/{name}", text)
    root = write_tree(tmp_path / "project", {**old, "deck/mine.toml": f"[llm.presets]\n{LINE}\n"})
    (root / "shop.plx").write_text(PIPE)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs a command line on the project with both kits."""
    kits = ["--kit", "../pipelex-0.92.2-py3-none-any.whl", "--origin-kit", "../old/.pipelex", "--from", "0.14.3"]

    def call(line: str) -> tuple[int, str, str]:
        capsys.readouterr()
        words = line.split()
        try:
            status = main([*words, *kits] if words[0] in ("upgrade", "drift") and "--kit" not in words else words)
        except SystemExit as left:
            status = int(str(left.code))
        out, err = capsys.readouterr()
        return status, out, err

    return call


def contents(project: Path) -> dict[str, bytes]:
    """The content of every file of the project."""
    return {str(path): path.read_bytes() for path in sorted(project.rglob("*")) if path.is_file()}


def test_open_decisions_end_with_a_file_that_is_filled_in_and_given_back(project: Path, run: Run) -> None:
    before = contents(project)
    status, out, _ = run("upgrade --dry-run")
    assert status == 1
    assert "1 to decide" in out
    assert contents(project) == before
    status, out, _ = run("upgrade")
    assert status == 1
    file = project / ".pipelex" / "upgrade-choices.toml"
    assert "upgrade-choices.toml" in out.replace("\n", "")
    file.write_text(file.read_text().replace('"preset llm old" = ""', '"preset llm old" = "$cheap"'))
    status, out, _ = run("upgrade")
    assert status == 0, out
    assert 'model = "$cheap"' in (project / "shop.plx").read_text()
    assert (project / ".pipelex/inference/deck/1_llm_deck.toml").exists()
    status, _, _ = run("undo")
    assert status == 0
    file.unlink()
    assert contents(project) == before
    file.write_text('"preset llm other" = "take"\n')
    assert "no such decision" in run("upgrade --dry-run")[2]


def test_documents_and_statuses(project: Path, run: Run) -> None:
    status, out, _ = run("upgrade --keep-mine --dry-run --json")
    document = json.loads(out)
    parse_document("upgrade", out)
    assert (status, document["result"], document["decisions"][0]["answer"]) == (0, "would_write", "keep")
    assert run("upgrade --take-new")[0] == 0
    status, out, _ = run("upgrade --take-new --from 0.92.2")
    assert (status, "decide" in out) == (3, True)
    assert run("undo")[0] == 0
    status, out, _ = run("drift --json")
    parse_document("drift", out)
    assert status == 0
    assert json.loads(out)["counts"]["gone"] > 0
    status, out, _ = run("drift")
    assert "llm.presets.team" in out
    counts = json.loads(run("drift --json")[1])["counts"]
    status, out, _ = run("drift --format github")
    assert (status, len(out.splitlines())) == (0, sum(counts.values()))
    assert out.count("::warning ") == counts["gone"]
    assert re.search(r"::notice file=\.pipelex/inference/deck/[^:]*::`llm\.presets\.team` is 'yours': ", out)
    rows = json.loads(run("drift --format gitlab")[1])
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    assert {row["check_name"] for row in rows} == {"kit-drift"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("upgrade --kit nowhere", "has no kit"),
        ("upgrade --kit ../new/.pipelex", "unknown: name it"),
        ("upgrade --to 0.93 --kit ../pipelex-0.92.2-py3-none-any.whl", "not of 0.93.0"),
        ("drift --to 0.9 --kit x", "no Pipelex release"),
    ],
)
def test_wrong_kits_are_refused(line: str, words: str, run: Run) -> None:
    status, _, err = run(line)
    assert status == 2
    assert words in err


def test_missing_kits_are_named_and_only_fetched_when_asked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line, words in (
        ("upgrade", "--fetch"),
        ("upgrade --to 0.92.2", "--fetch downloads it with pip"),
        ("upgrade --to 0.92.2 --fetch", "pip could not fetch pipelex 0.92.2"),
    ):
        assert main(line.split()) == 2
        assert words in capsys.readouterr().err


def test_kit_is_fetched_with_pip_and_not_kept(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(project.parent))
    before = contents(project)
    assert main(["upgrade", "--to", "0.92.2", "--fetch", "--keep-mine", "--dry-run"]) == 0
    assert "to 0.92.2 (the wheel of pipelex 0.92.2)" in capsys.readouterr().out
    assert contents(project) == before


@pytest.mark.pty
@pytest.mark.parametrize(("answer", "status", "words"), [("y", 0, "the wheel of pipelex 0.92.2"), ("", 2, "--kit")])
def test_terminal_asks_before_a_kit_is_fetched(answer: str, status: int, words: str, project: Path) -> None:
    environ = {**KEYS, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(project.parent)}
    line = f"upgrade --to 0.92.2 --keep-mine --dry-run --tree {project}".split()
    code, output = run_on_a_terminal(*line, environ=environ, answers={"[y/N] ": answer})
    assert "Download pipelex 0.92.2 with pip" in output
    assert (code, words in output) == (status, True)


def test_without_pip_there_is_a_reason(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of `uv tool` has no pip."""
    monkeypatch.setenv("PATH", str(project))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(KitError, match="no pip is here to fetch the kit with"):
        fetch_kit(Release(0, 92, 2))


def test_wheel_and_folder_give_the_same_kit(project: Path) -> None:
    wheel = read_kit(str(project.parent / "pipelex-0.92.2-py3-none-any.whl"))
    folder = read_kit(str(project.parent / "new" / ".pipelex"), "0.92.2")
    assert wheel.files == folder.files
    (project / "pipelex-1-py3-none-any.whl").write_bytes(b"")
    with pytest.raises(KitError, match="cannot be read"):
        read_kit(str(project / "pipelex-1-py3-none-any.whl"))
    with ZipFile(project / "pipelex-2-py3-none-any.whl", "w") as archive:
        archive.writestr("pipelex/__init__.py", "")
    with pytest.raises(KitError, match="has no kit"):
        read_kit(str(project / "pipelex-2-py3-none-any.whl"))
