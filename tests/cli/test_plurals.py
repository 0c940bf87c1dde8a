"""Counts of one: no command prints `1 models` about a tree that has one of everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.trees import Files, llm, write_tree
from tui.cli.main import main

BACKEND = """
    [openai]
    enabled = {enabled}
    api_key = "${{OPENAI_API_KEY}}"
    """
ROUTING = """
    active = "all"

    [profiles.all]
    description = "One route"
    default = "openai"

    [profiles.all.routes]
    "gpt-*" = "openai"
    """
DECK = """
    [llm.aliases]
    best = "gpt-4o"

    [llm.presets]
    writing = {{ model = "@{alias}", max_tokens = 9000 }}

    [llm.choice_defaults]
    for_text = "$writing"
    for_object = "$writing"
    """
PIPE = """
    domain = "one"
    [pipe.only]
    type = "PipeLLM"
    output = "Text"
    model = "$writing"
    """
COMMANDS = (
    ("validate",),
    ("explain", "$writing"),
    ("explain", "gpt-4o"),
    ("models",),
    ("models", "--cost", "1,1"),
    ("uses", "gpt-4o"),
    ("uses", "openai"),
    ("uses",),
    ("keys", "--all"),
    ("routes",),
    ("routes", "--test", "gpt-4o"),
    ("compare", "--without", "openai"),
    ("compare", "--without-key", "OPENAI_API_KEY"),
    ("compare", "all", "all"),
    ("fix",),
)
TREES = {
    "alive": ("true", "best"),
    "off": ("false", "best"),
    "dead": ("true", "missing"),
}
ONE_OF_MANY = re.compile(
    r"(?<![\w.,$/:-])1 (?!alias\b|has\b|is\b|was\b|dies\b|needs\b|fails\b|goes\b|uses\b)\w*[a-rt-z]s\b"
)


def files(enabled: str, alias: str) -> Files:
    """A tree with one backend, model, profile, route, alias, preset and pipe."""
    return {
        "backends.toml": BACKEND.format(enabled=enabled),
        "routing_profiles.toml": ROUTING,
        "backends/openai.toml": '[defaults]\nsdk = "openai"\n' + llm("gpt-4o"),
        "deck/base_deck.toml": DECK.format(alias=alias),
        "../../only.plx": PIPE,
    }


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_one_is_followed_by_a_singular(
    tree: str, command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write_tree(tmp_path, files(*TREES[tree]))
    try:
        main([*command, "--tree", str(project)])
    except SystemExit as stop:
        pytest.fail(f"{' '.join(command)} is no command: {stop}")
    out, err = capsys.readouterr()
    assert ONE_OF_MANY.findall(out + err) == []
    assert ONE_OF_MANY.search("1 models")
