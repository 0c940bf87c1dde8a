"""The editing commands: every operation with its output, exit status and undo."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import parse_document
from tests.support.trees import DECK, KEYS, Files, edited, extended, minimal, write_tree
from tui.cli.main import main

Run = Callable[[str], tuple[int, str, str]]
SECRET = "sk-ant-0123456789abcdefgh"

FILES: Files = extended(
    extended(minimal("0.92.2"), "backends.toml", "\n[internal]\nenabled = true\n"),
    "backends/internal.toml",
    '[own]\nsdk = "own"\nmodel_type = "text_extractor"\n',
)
PRESETS = "deck/x_custom_llm_deck.toml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree of the newest release without problems, with both keys set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    files = extended(FILES, "routing_profiles.toml", '"gpt-*" = "openai"\n\n[profiles.two]\ndescription = "2"\n')
    return write_tree(tmp_path, files)


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs a command line on the project; returns exit status, stdout and stderr."""

    def call(line: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main([*shlex.split(line), "--tree", str(project), "--release", "0.92.2"])
        except SystemExit as left:
            status = int(str(left.code))
        out, err = capsys.readouterr()
        return status, out, err

    return call


def contents(project: Path) -> dict[str, bytes]:
    """The content of every file of the tree."""
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and not any(part.startswith(".pipelex-edit") for part in path.parts)
    }


LINES = {
    "set backends.openai.team shop": 'team = "shop"',
    'set models.openai."gpt-4o-mini".costs.input 2': "input = 2",
    "set deck.llm.presets.writing.temperature 0.3": "temperature = 0.3",
    "set active two --anyway": 'active = "two"',
    "set active two --override --anyway": 'active = "two"',
    "unset backends.openai.api_key --anyway": "",
    "backend openai off --anyway": "enabled = false",
    "backend openai --key-from SHOP_KEY --anyway": "${SHOP_KEY}",
    "backend openai --set team=shop --set endpoint=https://proxy/v1": 'team = "shop"',
    "backend lm --new --endpoint http://localhost:1234/v1 --model qwen3 --with-profile": "[profiles.all_lm]",
    "backend openai --remove --instead anthropic --anyway": "",
    "backend openai --remove --instead anthropic --keep-file --anyway": "gpt-4o-mini",
    "model openai gpt-9 --set max_tokens=9 --set 'inputs=[\"text\"]'": "[gpt-9]",
    "model openai gpt-4o-mini --set max_tokens=64000": "max_tokens = 64000",
    "model openai my-mini --copy gpt-4o-mini": "[my-mini]",
    "model openai sonnet --copy claude-4-sonnet --of anthropic": "[sonnet]",
    "model openai gpt-4o-mini --rename gpt-mini": "gpt-mini",
    "model openai gpt-4o-mini --rename gpt-mini --everywhere": "gpt-mini",
    "model anthropic claude-4-sonnet --delete --anyway": "",
    "model anthropic claude-4-sonnet --delete --instead gpt-4o-mini --anyway": "",
    "model openai gpt-4o-mini --price 1,2.5": "input = 1.0, output = 2.5",
    "profile two --anyway": 'active = "two"',
    "profile mine --new --default openai --description 'my own'": "[profiles.mine]",
    "profile three --copy all": "[profiles.three]",
    "profile all --rename every": "[profiles.every]",
    "profile two --delete": "",
    "profile all --delete --active two --anyway": "",
    "profile two --default openai --fallback openai,anthropic": 'fallback_order = ["openai", "anthropic"]',
    "profile all --default none --anyway": "",
    "profile two --description second": 'description = "second"',
    "route 'o3*' openai --first": '"o3*" = "openai"',
    "route 'o3*' openai --in two --optional": "optional_routes",
    "route 'gpt-*' anthropic --anyway": '"gpt-*" = "anthropic"',
    "route 'gpt-*' --rename 'gpt*'": '"gpt*" = "openai"',
    "route 'gpt-*' --up": '"gpt-*" = "openai"',
    "route 'gpt-*' --before 'claude-*'": '"gpt-*" = "openai"',
    "route 'gpt-*' --optional": "optional_routes",
    "route 'gpt-*' --delete": "",
    "alias cheap gpt-4o-mini": 'cheap = "gpt-4o-mini"',
    "alias best-claude gpt-4o-mini --base": 'best-claude = "gpt-4o-mini"',
    "alias best-claude --rename claude --base": "@claude",
    "alias best-claude --delete --instead gpt-4o-mini --base": "",
    "waterfall list gpt-4o-mini claude-4-sonnet": 'list = ["gpt-4o-mini", "claude-4-sonnet"]',
    "waterfall chain gpt-4o-mini": 'chain = ["gpt-4o-mini"]',
    "waterfall chain --rename links --base": "links",
    "waterfall chain --delete --base": "",
    "preset poetry --model @best-claude --set temperature=0.9": "poetry",
    "preset writing --set temperature=0.1 --set max_tokens=100": "max_tokens = 100",
    "preset writing --model gpt-4o-mini": 'model = "gpt-4o-mini"',
    "preset poetry --copy writing --set temperature=0.9": "temperature = 0.9",
    "preset writing --rename prose --base": "prose",
    "preset cheap --delete --instead '$writing' --base": "",
    "choice llm/default/for_text '$writing'": 'for_text = "$writing"',
    "choice llm/override/for_text gpt-4o-mini": "choice_overrides",
    "layer backends.openai.api_key override": "${OPENAI_API_KEY}",
    "use anthropic --anyway": "enabled = false",
}


@pytest.mark.parametrize("line", LINES)
def test_edit_and_undo_restore_every_byte(line: str, run: Run, project: Path) -> None:
    before = contents(project)
    status, out, err = run(f"{line} --dry-run")
    assert (status, err) == (0, "")
    assert contents(project) == before
    assert "nothing was written" in out
    status, out, err = run(line)
    assert (status, err) == (0, "")
    assert ": wrote" in out
    after = contents(project)
    assert after != before
    assert LINES[line] in b"\n".join(after.values()).decode()
    assert run(line)[0] in (0, 1, 2, 3)
    status, out, err = run("undo")
    while status == 0 and contents(project) != before:
        status, out, err = run("undo")
    assert (status, err) == (0, "")
    assert contents(project) == before
    assert run("undo")[0] == 3


@pytest.mark.parametrize("line", [*LINES, "repoint", "fix all", "undo"])
def test_document_matches_its_schema(line: str, run: Run, project: Path) -> None:
    status, out, err = run(f"{line} --dry-run --json")
    assert err == ""
    data: dict[str, Any] = parse_document("edit", out)
    assert (status, data["result"]) in ((0, "would_write"), (1, "refused"), (3, "nothing"))
    assert bool(data["files"]) == (data["result"] == "would_write")


# ---- exit statuses


def test_repeated_edit_changes_nothing(run: Run) -> None:
    assert run("profile two --description second")[0] == 0
    status, out, err = run("profile two --description second")
    assert (status, out, err) == (3, "describe profile two: nothing to change\n", "")


def test_refusal_suggests_an_alternative(run: Run, project: Path) -> None:
    before = contents(project)
    status, out, err = run("profile al --delete")
    assert (status, out) == (1, "")
    assert err == "pipedeck: There is no profile `al`. Did you mean `all`?\n"
    status, out, err = run("route 'gpt-*' --delete --override")
    assert status == 1
    assert "it works with --base\n" in err
    status, out, err = run("profile all --delete")
    assert (status, err) == (1, "pipedeck: Profile `all` is the active one. Add another profile first.\n")
    status, out, err = run("backend anthropic --new --model x")
    assert (
        err == "pipedeck: Backend `anthropic` already exists. Turn it on, or use another name.\n"
        "pipedeck: or: turn anthropic on\n"
    )
    assert contents(project) == before


def test_new_errors_need_confirmation(run: Run, project: Path) -> None:
    before = contents(project)
    status, out, err = run("backend openai off")
    assert status == 1
    assert "dies  $cheap  gpt-4o-mini at openai -> dead" in out
    assert "use --anyway to write it" in err
    assert run("backend openai off --dry-run")[0] == 1
    assert contents(project) == before
    assert run("backend openai off --anyway")[0] == 0
    assert contents(project) != before


@pytest.mark.parametrize(
    "line",
    [
        "set active",
        "profile",
        "route 'gpt-*'",
        "model openai x --set nonsense",
        "model openai gpt-4o-mini --price many",
        "use openai --with nonsense",
        "use openai --with @nobody=gpt-5",
        "undo nonsense",
        "set active two --base --override",
    ],
)
def test_usage_error_is_one_line(line: str, run: Run, project: Path) -> None:
    before = contents(project)
    status, out, err = run(line)
    assert (status, out) == (2, "")
    assert err.startswith("pipedeck: ")
    assert err.count("\n") == 1
    assert contents(project) == before


def test_missing_tree_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", "active", "x", "--tree", str(tmp_path / "nowhere")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_failed_write_reports_the_disk_state(run: Run, project: Path) -> None:
    path = project / ".pipelex/inference/backends.toml"
    path.chmod(0o444)
    before = contents(project)
    status, out, err = run("set backends.openai.team shop")
    assert (status, out) == (4, "")
    assert err.startswith("pipedeck: nothing was written: ")
    assert contents(project) == before
    status, out, _ = run("set backends.openai.team shop --json")
    assert (status, json.loads(out)["result"]) == (4, "not_written")


def test_undo_keeps_subsequent_changes(run: Run, project: Path) -> None:
    assert run("set backends.openai.team shop")[0] == 0
    path = project / ".pipelex/inference/backends.toml"
    path.write_text(path.read_text() + "# by hand\n")
    after = contents(project)
    status, out, err = run("undo")
    assert (status, out) == (4, "")
    assert "has changed on disk" in err
    assert contents(project) == after


# ---- the log


def test_log_lists_edits_and_undo_can_be_undone(run: Run, project: Path) -> None:
    assert run("undo --list")[:2] == (3, "nothing was written here\n")
    run("set backends.openai.team shop")
    run("profile two --description second")
    written = contents(project)
    assert run("undo")[1].startswith("undo describe profile two: wrote routing_profiles.toml\n")
    _, out, _ = run("undo --list --json")
    entries = json.loads(out)
    assert [entry["label"] for entry in entries[1:]] == ["describe profile two", "set backends.openai.team"]
    assert entries[0]["reverts"] == entries[1]["id"]
    assert [entry["undone"] for entry in entries] == [False, True, False]
    states = [line.split()[3:5] for line in run("undo --list")[1].splitlines()[1:4]]
    assert states == [["undo", "undo:"], ["undone", "describe"], ["in", "force"]]
    assert run(f"undo {entries[0]['id']}")[0] == 0
    assert contents(project) == written
    assert "set backends.openai.team" in run("undo --list")[1]
    assert [entry["undone"] for entry in json.loads(run("undo --list --json")[1])] == [False, True, False, False]


def test_profile_is_switched_on_this_machine_only_unless_base_is_named(run: Run, project: Path) -> None:
    base, local = "routing_profiles.toml", "routing_profiles_override.toml"
    assert f"switch to profile two: wrote {base}\n" in run("profile two --base --anyway")[1]
    assert f"switch to profile all: wrote {local}\n" in run("profile all")[1]
    assert f"undo switch to profile all: deleted {local}\n" in run("undo")[1]
    assert f"undo switch to profile two: wrote {base}\n" in run("undo")[1]


def test_log_of_longer_ids_is_listed_and_undone(run: Run, project: Path, fenced_environment: Path) -> None:
    before = contents(project)
    run("set backends.openai.team shop")
    records = [path for path in fenced_environment.rglob("log/*") if path.is_file()]
    assert records
    (entry,) = json.loads(run("undo --list --json")[1])
    for path in records:
        longer = path.with_name(path.name.replace(entry["id"], entry["id"] + "9f3a"))
        text = path.read_bytes().replace(entry["id"].encode(), entry["id"].encode() + b"9f3a")
        path.unlink()
        longer.write_bytes(text)
    (listed,) = json.loads(run("undo --list --json")[1])
    assert listed["id"] == entry["id"]
    assert run(f"undo {listed['id']}")[0] == 0
    assert contents(project) == before


# ---- output


def test_dry_run_prints_diff_and_impact(run: Run) -> None:
    status, out, err = run("alias best-claude gpt-4o-mini --dry-run")
    assert (status, err) == (0, "")
    assert (
        out
        == """\
--- /dev/null
+++ b/.pipelex/inference/deck/x_custom_llm_deck.toml
@@ -0,0 +1,4 @@
+# Your own settings. They override the files shipped with Pipelex.
+
+[llm.aliases]
+best-claude = "gpt-4o-mini"
point alias best-claude at gpt-4o-mini: would be written
  3 names end elsewhere
  moves @best-claude  claude-4-sonnet at anthropic -> gpt-4o-mini at openai
  moves $writing  claude-4-sonnet at anthropic -> gpt-4o-mini at openai
  moves llm/default/for_object  claude-4-sonnet at anthropic -> gpt-4o-mini at
        openai
nothing was written
"""
    )


def test_use_only_lists_replacements_and_accepts_overrides(run: Run, project: Path) -> None:
    status, out, _ = run("use anthropic --dry-run --json")
    data = json.loads(out)
    names = {one["name"]: one["chosen"] for one in data["replacements"]}
    assert status == 0
    assert names["cheap"] == "claude-4-sonnet"
    status, out, _ = run("use anthropic --no-replace --dry-run")
    assert status == 1
    assert "dies  $cheap" in out
    more = project / ".pipelex/inference/backends/anthropic.toml"
    more.write_text(more.read_text() + '\n[opus]\nmodel_id = "o"\n')
    status, out, err = run("use anthropic --with '$cheap=opus' --anyway")
    assert (status, err) == (0, "")
    assert 'cheap = { model = "opus" }' in (project / ".pipelex/inference" / PRESETS).read_text()
    assert "names $cheap  gpt-4o-mini -> opus" in out


def test_dead_references_are_repointed(project: Path, run: Run) -> None:
    path = project / ".pipelex/inference" / DECK
    path.write_text(edited({DECK: path.read_text()}, DECK, '"claude-4-sonnet"', '"claude-3"')[DECK])
    status, out, err = run("repoint")
    assert (status, err) == (0, "")
    assert "names @best-claude  claude-3 -> " in out
    assert "lives $writing" in out
    assert run("repoint")[0] in (1, 3)


def test_fixes_are_listed_and_applied(project: Path, run: Run) -> None:
    path = project / ".pipelex/inference/routing_profiles.toml"
    path.write_text(path.read_text().replace('active = "all"', 'active = "al"'))
    status, out, _ = run("fix")
    assert status == 0
    assert "profile-unknown" in out
    assert "make `all` the active profile" in out
    assert run("fix syntax")[0] == 1
    status, out, err = run("fix profile-unknown")
    assert (status, err) == (0, "")
    assert 'active = "all"' in path.read_text()


def test_options_are_accepted_before_and_after_the_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(project)
    assert main(["--tree", str(project), "profile", "--dry-run", "two", "--description", "x"]) == 0
    assert main(["profile", "two", "--description", "x", "--dry-run", "--tree", str(project)]) == 0
    assert contents(project) == before


def test_no_output_contains_a_secret(run: Run, project: Path) -> None:
    for line in (f"set backends.openai.api_key {SECRET}", "undo"):
        for flags in (" --dry-run", " --dry-run --json", " --json"):
            status, out, err = run(line + flags)
            assert status in (0, 3)
            assert SECRET not in out + err
    assert SECRET not in run("undo --list --json")[1]


def test_several_changes_are_atomic(run: Run, project: Path) -> None:
    before = contents(project)
    status, out, err = run("preset writing --set temperature=0.1 --set max_tokens=many")
    assert (status, out) == (1, "")
    assert "max_tokens" in err
    assert contents(project) == before
    status, out, _ = run("profile two --default openai --description second --fallback openai,anthropic")
    assert status == 0
    assert run("undo")[0] == 0
    assert contents(project) == before
