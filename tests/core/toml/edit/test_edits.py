"""Every command on every nasty document, and random commands on random ones: nothing lost, nothing else touched."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.toml.edit import toml_commands as c
from core.toml.edit.editor import Edited, apply
from core.toml.edit.toml_commands import Refusal
from tests.core.toml.documents import documents
from tests.core.toml.edit import campaign, chance, judge, nasty
from tests.support.stock import StockFactory


def wrong_with(text: str, command: c.Command) -> list[str]:
    """The faults of the outcome of a command; a plan that only the gate stopped is one too."""
    done = apply(text, command)
    if isinstance(done, Refusal):
        assert done.reason
        assert done.instead
        return [done.reason] if done.code in ("unsafe", "unreadable") else []
    return judge.faults(text, command, done.text)


@pytest.mark.parametrize("name", nasty.DOCUMENTS)
def test_every_command_on_a_nasty_document(name: str) -> None:
    made: Counter[str] = Counter()
    for _, text in nasty.variants(nasty.DOCUMENTS[name]):
        for command in nasty.commands(tomli.loads(text)):
            assert wrong_with(text, command) == [], (text, command)
            made[type(command).__name__] += 1
    assert made["InsertKey"]
    assert made["AddTable"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "end"])
def test_moved_last_table_keeps_its_closing_comment(newline: str, end: str) -> None:
    """Directly above the next header the comment would become a comment on that header."""
    text = newline.join(["[a]", "x = 1", "[b]", "y = 2", "# about b"]) + (newline if end else "")
    command = c.MoveKey(("b",), before="a")
    done = apply(text, command)
    assert isinstance(done, Edited)
    assert done.text.split(newline)[:6] == ["[b]", "y = 2", "# about b", "", "[a]", "x = 1"]
    assert wrong_with(text, command) == []


def test_there_are_sixty_nasty_documents() -> None:
    assert len(nasty.DOCUMENTS) >= 60
    for text in nasty.DOCUMENTS.values():
        tomli.loads(text)


@given(documents(), st.integers(0, 2**32))
@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
def test_random_commands_on_random_documents(text: str, seed: int) -> None:
    rng = Random(seed)
    data = tomli.loads(text)
    for _ in range(4):
        command = chance.command(rng, data)
        assert wrong_with(text, command) == [], (text, command)


@given(documents(), st.integers(0, 2**32))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_sequence_of_edits_keeps_data_and_comments(text: str, seed: int) -> None:
    """Each edit starts from the text of the one before; the texts passed through are what undo goes back to."""
    rng = Random(seed)
    texts = [text]
    for _ in range(6):
        done = apply(texts[-1], chance.command(rng, tomli.loads(texts[-1])))
        if isinstance(done, Edited):
            assert repr(tomli.loads(done.text)) == repr(done.data)
            assert done.changed == (done.text != texts[-1])
            texts.append(done.text)
        else:
            assert done.code != "unsafe"
    if all(texts):
        assert {each.endswith("\n") for each in texts} == {text.endswith("\n")}


def test_a_thousand_random_edits_of_stock_trees(stock: StockFactory) -> None:
    for release in campaign.RELEASES:
        stock(release)
    tally = campaign.run(campaign.stock_texts(), 1000, seed=7)
    assert (tally.corruptions, tally.untouched, tally.misplaced, tally.blank) == (0, 0, 0, 0), tally.faults
    assert tally.unsafe <= 2, tally.faults
    assert len(tally.kinds) == 7
    assert tally.edits == 1000
