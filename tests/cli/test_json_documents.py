"""Documents of every command with --json match their types exactly, on valid, broken and stock trees."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core.json.schemas import DOCUMENTS
from tests.architecture.sample import write_sample_tree
from tests.core.test_seed_document import SEED
from tests.support.documents import parse_document
from tests.support.git import Repository
from tests.support.stock import StockFactory
from tests.support.trees import KEYS, g1, g3_1, with_preset, without, write_tree
from tui.cli.commands import COMMANDS
from tui.cli.main import main
from tui.cli.setup_commands import DOCUMENTED
from tui.sample import copy_sample

LOOKS: tuple[tuple[str, str], ...] = (
    ("validate", "validate"),
    ("validate", "validate all"),
    ("validate", "validate --assume-keys"),
    ("resolve", "resolve"),
    ("resolve", "resolve $writing @best nothing llm/default/for_text"),
    ("explain", "explain"),
    ("explain", "explain $writing @best openai backend:anthropic"),
    ("uses", "uses"),
    ("pipes", "pipes"),
    ("uses", "uses @best OPENAI_API_KEY openai"),
    ("models", "models"),
    ("models", "models --same --cost 2000,500"),
    ("models", "models --compare gpt-4o-mini claude-4-sonnet --cost 2000,500"),
    ("lives", "lives --within 999"),
    ("prices", "prices"),
    ("spent", "spent --by pipe --since 7d"),
    ("routes", "routes"),
    ("routes", "routes --test gpt-4o-mini unheard-of --everywhere"),
    ("keys", "keys --all"),
    ("check", "check --dry-run --all"),
    ("profiles", "compare"),
    ("compare", "compare --without openai"),
    ("compare", "compare --without-key OPENAI_API_KEY"),
    ("compare", "compare --releases 0.14.3 0.92.2"),
    ("behaviours", "releases"),
    ("releases", "releases 0.17.6 0.92.2"),
    ("fixes", "fix"),
    ("changes", "undo --list"),
    ("recover", "recover"),
)
EDITS: tuple[tuple[str, str], ...] = (
    ("edit", "fix all --dry-run"),
    ("edit", "use anthropic --dry-run"),
    ("edit", "repoint --dry-run"),
    ("upgrade", "upgrade --kit kit --to 0.92.2 --dry-run"),
    ("drift", "drift --kit kit --to 0.92.2"),
    ("edit", "alias best claude-4-sonnet --dry-run --anyway"),
    ("edit", "alias best --delete --dry-run"),
    ("edit", "backend openai off"),
    ("edit", "backend openai off --anyway"),
    ("changes", "undo --list"),
    ("edit", "undo --dry-run"),
    ("edit", "undo"),
    ("edit", "set active missing --base"),
    ("edit", "preset writing --delete --instead $nothing"),
)
ELSEWHERE: tuple[tuple[str, str], ...] = (
    ("providers", "init --list"),
    ("init", "init --dry-run"),
    ("refresh", "lives --refresh"),
    ("init", "init new --backend openai"),
    ("settings", "settings"),
)
IN_GIT: tuple[tuple[str, str], ...] = (("review", "review HEAD"), ("review", "review HEAD..HEAD"))
WITHOUT_DOCUMENT = {"schema", "help", "completion", "demo", "map"}
"""The commands without documents."""
SAME_DOCUMENT = {"unset", "layer", "model", "profile", "route", "waterfall", "choice"}
"""Editing commands that print with the same function as those above."""
TREES: dict[str, Callable[[Path], object]] = {
    "sample": copy_sample,
    "smallest": write_sample_tree,
    "seed": lambda folder: write_tree(folder, SEED),
    "dead": lambda folder: write_tree(folder, with_preset(g3_1(), "writing", "nothing")),
    "unreadable": lambda folder: write_tree(folder, {**g3_1(), "backends.toml": "[openai\n"}),
    "no profile": lambda folder: write_tree(folder, without(g3_1(), "routing_profiles.toml")),
    "old": lambda folder: write_tree(folder, g1()),
}


def printed(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The stdout of a command with --json; empty after a usage error."""
    status = main([*command.split(), "--json"])
    text = capsys.readouterr().out
    assert bool(text) == (status != 2)
    return text


def validate_all(commands: Iterable[tuple[str, str]], capsys: pytest.CaptureFixture[str]) -> int:
    """Validate the document of each command; returns the number of documents."""
    count = 0
    for name, command in commands:
        text = printed(command, capsys)
        if text:
            count += 1
            try:
                parse_document(name, text)
            except ValidationError as error:
                pytest.fail(f"{command}: {error}")
    return count


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("keys", [True, False], ids=["keys", "no keys"])
def test_every_document_matches_its_type(
    tree: str, keys: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items() if keys else ():
        monkeypatch.setenv(name, value)
    TREES[tree](tmp_path)
    assert validate_all((*LOOKS, *EDITS), capsys) >= len(LOOKS) - 6


@pytest.mark.parametrize("release", ["0.14.3", "0.92.2"])
def test_every_document_of_a_stock_tree(
    release: str, stock: StockFactory, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(stock(release).root)
    assert validate_all((*LOOKS, *EDITS), capsys) >= len(LOOKS) - 6


def test_documents_without_a_tree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert validate_all(ELSEWHERE, capsys) == len(ELSEWHERE)


def test_documents_in_a_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = Repository(tmp_path, g3_1())
    write_tree(repository.root, with_preset(g1(), "writing", "nothing"))
    assert validate_all(IN_GIT, capsys) == len(IN_GIT)


def test_every_command_and_document_is_covered() -> None:
    covered = {command.split()[0] for _, command in (*LOOKS, *EDITS, *ELSEWHERE, *IN_GIT)}
    assert covered | WITHOUT_DOCUMENT | SAME_DOCUMENT == set(COMMANDS)
    assert {name for name, _ in (*LOOKS, *EDITS, *ELSEWHERE, *IN_GIT)} == set(DOCUMENTED) == {*DOCUMENTS, "settings"}


def test_extra_and_missing_keys_are_detected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_sample(tmp_path)
    document = json.loads(printed("validate", capsys))
    changes: tuple[Callable[[Any], object], ...] = (
        lambda data: data.update(more=1),
        lambda data: data.pop("stages"),
        lambda data: data["problems"][0].update(more=1),
        lambda data: data["counts"]["references"]["llm/preset"].pop("dead"),
    )
    for change in changes:
        changed = copy.deepcopy(document)
        change(changed)
        with pytest.raises(ValidationError):
            parse_document("validate", json.dumps(changed))


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_printed_schema_allows_additional_keys(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    assert '"additionalProperties": false' not in capsys.readouterr().out
