"""The README and the pages beside it name only what there is: files, commands, options, modules, keys, figures."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest

from core.diagnostics.registry import DIAGNOSTICS
from core.releases import NEWEST_RELEASE
from tests.conformance.environments import FULL
from tui.cli.commands import COMMANDS
from tui.cli.help import topics
from tui.cli.parsers import app_parser, build_parser
from tui.commands import COMMANDS as KEY_COMMANDS
from tui.sample import copy_sample

CHECKOUT = Path(__file__).resolve().parent.parent
README = CHECKOUT / "README.md"
PAGES = {path.name: path for path in (README, *sorted((CHECKOUT / ".github").glob("*.md")))}
TEXT = README.read_text(encoding="utf-8")
ALL = "\n".join(path.read_text(encoding="utf-8") for path in PAGES.values())
KEY_NAMES = {
    "/": "slash",
    ":": "colon",
    "!": "exclamation_mark",
    "=": "equals_sign",
    "$": "dollar_sign",
    "#": "number_sign",
    "?": "question_mark",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "esc": "escape",
}
KEYS = {key for command in KEY_COMMANDS for key in command.keys} | {"enter", "ctrl+s"}


def links() -> list[tuple[str, str]]:
    listed = [
        (name, link)
        for name, path in PAGES.items()
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    ]
    return sorted(set(listed))


def section(title: str) -> str:
    """The text below a heading of the README."""
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def code() -> list[str]:
    """Everything that is shown as code: spans, and lines of blocks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", ALL, re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [*lines, *re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", ALL, flags=re.MULTILINE | re.DOTALL))]


def command_lines() -> list[str]:
    """The calls of pipedeck that are shown, without comments, pipes and redirections."""
    lines = []
    for line in code():
        call = re.search(r"(?:^|/)pipedeck\b([^|#>]*)", line)
        if call and not re.search(r"(?:^|\s)pipedeck: ", line):
            lines.append(call[1].strip())
    hook = (CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    lines += re.findall(r"^  entry: pipedeck (.*)$", hook, re.MULTILINE)
    return sorted(set(lines))


@pytest.mark.parametrize(("page", "link"), links())
def test_a_link_leads_to_a_file(page: str, link: str) -> None:
    assert (PAGES[page].parent / link).exists()


@pytest.mark.parametrize("call", command_lines())
def test_a_command_that_is_shown_would_run(call: str) -> None:
    words = [re.sub(r"^(PATH|HOST|NAME|R)$", "x", word) for word in shlex.split(call)]
    if not words:
        return
    if words[0] == "help" and words[1:] not in ([], ["TOPIC"]):
        assert words[1] in (*topics(), *COMMANDS, *DIAGNOSTICS)
    if words[0] in COMMANDS:
        build_parser().parse_known_args([words[0], *words[1:]])
    elif words[0].startswith((".", "~", "/", "-", "x")):
        app_parser().parse_args(words)
    else:
        pytest.fail(f"there is no command {words[0]!r}")


def test_tables_list_every_command_and_only_existing_options() -> None:
    text = section("On the command line")
    commands = next(a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    mentioned = set()
    rows = [row for row in text.splitlines() if row.startswith(("| `", "Asking:", "Besides:"))]
    for row in rows:
        subject = row.split("|")[1] if row.startswith("|") else row
        named = [span.split()[0] for span in re.findall(r"`([a-z][^`]*)`", subject)]
        assert set(named) <= set(COMMANDS), row
        mentioned |= set(named)
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", row):
            assert any(option in commands[name]._option_string_actions for name in named), f"{named} {option}"
    assert mentioned == set(COMMANDS)


def test_options_in_prose_exist_somewhere() -> None:
    commands = next(a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    options = {option for parser in (app_parser(), *commands.values()) for option in parser._option_string_actions}
    spans = [span for span in code() if re.match(r"--[a-z]", span)]
    assert {span.split()[0] for span in spans} <= options


def test_every_key_of_the_table_of_jobs_does_something() -> None:
    cells = re.findall(r"\| ([^|]+) \|$", section("Jobs and their keys"), re.MULTILINE)
    keys = {key for cell in cells for key in re.findall(r"`([^`]+)`", cell)}
    assert len(keys) > 25
    assert {KEY_NAMES.get(key, key) for key in keys} <= KEYS


def test_every_key_in_prose_does_something() -> None:
    prose = TEXT.replace(section("Jobs and their keys"), "").replace(section("On the command line"), "")
    keys = set(re.findall(r"`([A-Za-z0-9!$#=?:/]|ctrl\+[a-z]|esc|enter|space|tab)`", prose))
    assert len(keys) > 10
    assert {KEY_NAMES.get(key, key) for key in keys} <= KEYS


def test_modules_that_are_to_be_run_exist() -> None:
    modules = set(re.findall(r"python -m (tests[\w.]*)", ALL)) | set(re.findall(r"`(tests\.[\w.]+)`", ALL))
    assert modules
    for module in modules:
        path = CHECKOUT.joinpath(*module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_paths_of_tests_and_files_in_code_exist() -> None:
    paths = {
        word
        for span in code()
        for word in span.split()
        if re.fullmatch(r"(?:core|tui|tests|screenshots)/[\w./]+", word)
    }
    assert paths
    assert [path for path in paths if not (CHECKOUT / path).exists()] == []


def test_names_of_core_that_are_named_exist() -> None:
    names = set(re.findall(r"(?<![.\w])core(?:\.[A-Za-z_]+){2,}(?=[`(])", ALL))
    assert names
    for name in names:
        module, _, member = name.rpartition(".")
        assert hasattr(importlib.import_module(module), member), name


def test_the_library_does_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    copy_sample(tmp_path / "shop")
    (shown,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    exec(shown, {})
    assert "backend `google` is off" in capsys.readouterr().out


def test_each_promise_has_a_proof_that_holds_tests() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", section("What it promises"), re.MULTILINE)[1:]
    rows = [row for row in rows if not set(row[0]) <= {"-"}]
    assert len(rows) > 12
    for promise, proof in rows:
        paths = [CHECKOUT / link for link in re.findall(r"\]\(([^)]+)\)", proof)]
        assert paths, promise
        for path in paths:
            if path.name == "goldens":
                continue
            files = [path] if path.is_file() else [*path.rglob("*.py")]
            texts = [file.read_text(encoding="utf-8") for file in files]
            assert any("def test_" in text or "def main" in text for text in texts), f"{promise}: {path}"


def test_the_releases_are_those_that_are_measured() -> None:
    releases = section("Which releases it answers for")
    measured = re.search(
        r"(?s)Agreement on .*?: ([\d,]+) of ([\d,]+) trees, .*? ([\d,]+) load and ([\d,]+) .*?: (.*?), one", releases
    )
    assert measured is not None
    agree, trees, load, refused = (int(number.replace(",", "")) for number in measured.groups()[:4])
    assert agree <= trees == load + refused
    assert tuple(re.findall(r"\d+\.\d+\.\d+", measured[5])) == FULL
    assert f"to {NEWEST_RELEASE}" in releases


def test_every_picture_is_one_that_the_script_makes() -> None:
    shown = set(re.findall(r"\(screenshots/([\w-]+\.svg)\)", TEXT))
    assert len(shown) > 6
    assert shown <= {path.name for path in (CHECKOUT / "screenshots").glob("*.svg")}


def test_no_machine_is_named() -> None:
    assert not re.search(r"(?<![\w.~-])/(?:root|home|work|tmp)/", ALL)
