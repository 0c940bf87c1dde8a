"""The documents of toml-test: read as its lists say, scanned without a gap, and edited in every way without a fault."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import tomli

from core.toml.edit.editor import apply
from core.toml.edit.toml_commands import Refusal
from core.toml.toml_reader import fits_toml_1_0, parse
from tests.core.toml.edit import judge, nasty
from tests.core.toml.edit.test_layout import check, check_comments, check_keys
from tests.support.toml_test import toml_test, valid_texts

REFUSALS = Path(__file__).with_name("toml_test_refusals.txt")
"""The edits that the planner leaves to a person, counted by document."""


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_every_document_is_accepted_or_refused_as_listed(version: str) -> None:
    documents = toml_test(version)
    wrong = []
    for name, content in documents.items():
        try:
            text = content.decode()
            parse(text)
            accepted = version != "1.0.0" or fits_toml_1_0(text)
        except ValueError:
            accepted = False
        if accepted != name.startswith("valid/"):
            wrong.append(name)
    assert len(documents) > 600
    assert wrong == []


def test_every_valid_document_is_scanned_without_a_gap() -> None:
    texts = valid_texts() | valid_texts("1.1.0")
    assert len(texts) > 200
    for text in texts.values():
        check(text)
        check_keys(text)
        check_comments(text)


def test_every_edit_of_every_document() -> None:
    """Refusals are listed: more of them would be a loss, fewer ask for a new list (`PIPEDECK_UPDATE_GOLDENS=1`)."""
    made, refused, faults = 0, Counter[str](), []
    for name, text in valid_texts().items():
        for command in nasty.commands(tomli.loads(text)):
            done = apply(text, command)
            made += 1
            if isinstance(done, Refusal):
                assert done.code not in ("unsafe", "unreadable"), (name, command, done.reason)
                refused[name] += done.code == "shape"
            else:
                assert repr(tomllib.loads(done.text)) == repr(done.data)
                faults += [f"{name}: {command}: {fault}" for fault in judge.faults(text, command, done.text)]
    listed = "".join(f"{count:4} {name}\n" for name, count in sorted(refused.items()) if count)
    if os.environ.get("PIPEDECK_UPDATE_GOLDENS") == "1":
        REFUSALS.write_text(listed)
    assert faults == []
    assert made > 20_000
    assert listed == REFUSALS.read_text()
