"""The README names only what there is: files, commands with their options, keys."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from tui.actions import ACTIONS
from tui.cli.commands import COMMANDS
from tui.cli.parsers import build_parser

CHECKOUT = Path(__file__).resolve().parent.parent
TEXT = (CHECKOUT / "README.md").read_text(encoding="utf-8")
LINKS = sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT)))
EXAMPLES = re.findall(r"pipedeck ([a-z]+)((?: [^\s|`]+)*)", TEXT)
KEYS_BY_WORD = {"enter", "space", "J", "K", "l", "pipedeck"}


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_to_a_file(link: str) -> None:
    assert (CHECKOUT / link).exists()


def test_every_command_that_is_named_exists() -> None:
    named = {name for name, _ in EXAMPLES}
    assert named - {"shows", "is", "reads", "calls", "installs", "themselves"} <= set(COMMANDS)
    tables = re.findall(r"^\| ((?:`[a-z][^`|]*`(?:, )?)+) \|", TEXT, re.MULTILINE)
    words = {found.split()[0] for row in tables for found in re.findall(r"`([a-z][^`]*)`", row)}
    assert {word for word in words if word not in KEYS_BY_WORD and len(word) > 1} - {"ctrl+r"} <= set(COMMANDS)


def test_every_option_of_an_example_exists() -> None:
    parser = build_parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction)).choices
    for name, rest in EXAMPLES:
        for option in re.findall(r"(?<= )--[a-z-]+", rest):
            assert option in commands[name]._option_string_actions, f"pipedeck {name}{rest}"


def test_every_key_of_the_table_of_jobs_does_something() -> None:
    jobs = TEXT.partition("## Jobs and their keys")[2].partition("##")[0]
    keys = {key for cell in re.findall(r"\| ([^|]+) \|$", jobs, re.MULTILINE) for key in re.findall(r"`([^`]+)`", cell)}
    known = {key for action in ACTIONS for key in action.keys} | {"enter"}
    names = {"/": "slash", ":": "colon"}
    assert {names.get(key, key) for key in keys} <= known
