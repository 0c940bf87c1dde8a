"""Whether the tests of edits can fail: planners that are wrong on purpose, each of which they must catch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import tomli

from core.toml.edit import (
    containers,
    editor,
    key_planner,
    layout_queries,
    ownership,
    planning,
    table_planner,
    toml_writer,
    value_planner,
)
from core.toml.edit import toml_commands as c
from core.toml.edit.text_layout import Layout, Section, Span
from core.toml.edit.toml_commands import Plan, Refusal, Splice, apply_splices
from tests.core.toml.edit import judge, nasty

Patch = Callable[[pytest.MonkeyPatch], None]

_MODULES = (containers, editor, key_planner, layout_queries, planning, table_planner, toml_writer, value_planner)


def _all(name: str, wrong: Any) -> Patch:
    """Puts a wrong function in the place of one, wherever it is used."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        for module in _MODULES:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, wrong)

    return patch


def _planner(kind: type, wrong: Callable[[planning.PlanContext, Plan], Plan]) -> Patch:
    """Lets the planner of a command do its work, and then spoils it."""
    right = editor._PLANNERS[kind]
    return lambda monkeypatch: monkeypatch.setitem(
        editor._PLANNERS, kind, lambda context, command: wrong(context, right(context, command))
    )


def _past_comments(layout: Layout, section: Section) -> int:
    last = section.stop - 1
    while last >= section.first and layout.statements[last].kind == "blank":
        last -= 1
    return max(last, section.header)


def _without_comment(context: planning.PlanContext, made: Plan) -> Plan:
    """The rest of the line goes with the old value."""
    text = context.text
    splices = tuple(Splice(start, max(text.find("\n", end), end), new) for start, end, new in made.splices)
    gone = tuple(note for start, end, _ in splices for note in context.comments(start, end))
    return Plan(splices, made.intended, made.windows, gone, made.added)


def _tidied(context: planning.PlanContext, made: Plan) -> Plan:
    """White space at the end of the first line is tidied up on the way."""
    if not context.layout.statements or not made.splices:
        return made
    first = context.layout.statements[0]
    comment = first.comment if first.kind == "pair" else -1
    if comment < 0 or made.splices[0].start <= first.end:
        return made
    blank_lines_before = Splice(first.value_end, comment, " ")
    if blank_lines_before.end - blank_lines_before.start == 1:
        blank_lines_before = Splice(first.value_end, comment, "  ")
    windows = (Span(first.start, first.end), *made.windows)
    return Plan((blank_lines_before, *made.splices), made.intended, windows, made.dropped, made.added)


def _swallowed(context: Any, numbers: Any) -> list[Splice]:
    """A deletion takes the comments above along, banners and all."""
    numbers_ = set(numbers)
    for number in list(numbers_):
        numbers_.update(range(layout_queries.comments_start(context.layout, number), number))
    return _right_removal(context, numbers_)


def _closed(text: str, newline: str, planned: Plan) -> Plan:
    """A last line without an end gets one."""
    size = len(text)
    splices = tuple(Splice(min(start, size), min(end, size), new) for start, end, new in planned.splices)
    return Plan((*splices, Splice(size, size, newline)), planned.intended, (Span(0, size),), planned.dropped)


_right_items_insert = containers.insert_item
_right_items_delete = containers.remove_item
_right_items_move = containers.move_item
_right_render = toml_writer.render
_right_removal = planning.removal_splices
_right_written = table_planner._occurrences
_right_block_after = planning.insert_block

FAULTS: dict[str, Patch] = {
    "a key goes below the comments that end a section": _all("last_pair", _past_comments),
    "a comment at the end of a line is lost": _planner(c.SetValue, _without_comment),
    "another line is tidied": _planner(c.SetValue, _tidied),
    "only the first header is renamed": _all("_occurrences", lambda context, path: _right_written(context, path)[:1]),
    "a deletion takes the comments above along": _all("removal_splices", _swallowed),
    "an element lands one place too early": _all(
        "insert_item", lambda at, index, new: _right_items_insert(at, max(index - 1, 0), new)
    ),
    "the wrong element goes": lambda monkeypatch: monkeypatch.setattr(
        value_planner, "remove_item", lambda at, index, *, attached: _right_items_delete(at, 0, attached=attached)
    ),
    "an element moves to its mirror": lambda monkeypatch: monkeypatch.setattr(
        value_planner, "move_item", lambda at, index, to: _right_items_move(at, to, index)
    ),
    "line feeds in a file with CRLF": lambda monkeypatch: monkeypatch.setattr(
        planning.PlanContext, "line_end", lambda *_: "\n"
    ),
    "a last line without an end gets one": _all("_without_final_newline", _closed),
    "integers become floats": _all(
        "render",
        lambda value, *args, **more: _right_render(float(value) if type(value) is int else value, *args, **more),
    ),
    "text is not escaped": _all("_string", lambda value, quote: f'"{value}"'),
    "keys are not quoted": _all("render_key", lambda name, like="": name),
    "inline tables end in a comma": _all("render_table", lambda table, like="": "{ k = 'v', }"),
    "a new key counts as the first": _all("key_index", lambda *_: 0),
    "order is not looked at": _all("check_order", lambda *_: None),
    "an emptied parent stays": _all("_is_still_named", lambda *_: True),
    "blank lines pile up": _all("blank_lines_before", lambda *_: 4),
    "blank lines stay behind": _all(
        "removal_splices",
        lambda context, numbers: [
            Splice(context.statement(number).start, context.statement(number).end, "") for number in sorted(numbers)
        ],
    ),
    "a header goes above the comments that end a section": _all("section_tail", lambda layout, number: number),
    "a table goes below the banner of the next": _all(
        "section_end", lambda context, place: context.layout.sections[place].stop - 1
    ),
    "comments are dropped in silence": _planner(
        c.DeleteKey, lambda _, made: Plan(made.splices, made.intended, made.windows, (), made.added)
    ),
    "the opening comment extends to the whole text": _all("preamble", lambda layout: len(layout.statements) - 1),
    "the table is found by its first name": _all(
        "sections_below",
        lambda layout, path: [n for n, section in enumerate(layout.sections) if section.path[:1] == path[:1]],
    ),
    "a banner belongs to the table below it": lambda monkeypatch: monkeypatch.setattr(
        ownership, "is_banner_line", lambda line: False
    ),
    "a key is moved below any comment": _all("attached", lambda layout, number: number),
}


_FAULTLESS: set[int] = set()
"""The outcomes that the judge has passed: most edits are not touched by a fault, and are judged once for all."""


def _caught(*, gated: bool) -> str:
    """The first thing that is found wrong with all commands on the nasty documents."""
    for name in nasty.DOCUMENTS:
        for _, text in list(nasty.variants(nasty.DOCUMENTS[name]))[::-1]:
            for command in nasty.commands(tomli.loads(text)):
                planned = editor.plan(text, command)
                if isinstance(planned, Refusal):
                    continue
                try:
                    new = apply_splices(text, planned.splices)
                except ValueError:
                    return "splices overlap"
                done = editor.verify(text, new, planned) if gated else None
                if isinstance(done, Refusal):
                    return done.reason
                outcome = hash((text, repr(command), new))
                if outcome not in _FAULTLESS:
                    if caught := judge.faults(text, command, new):
                        return caught[0]
                    _FAULTLESS.add(outcome)
    return ""


# These spoil only what a plan says of itself, not the text it makes.
_PROMISES = ("an emptied parent stays", "comments are dropped in silence", "a new key counts as the first")


@pytest.mark.parametrize("gated", [True, False], ids=["with the gate", "without"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_seeded_fault_is_caught(name: str, gated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by the gate and by the judge of the tests, each without the other."""
    if name in _PROMISES and not gated:
        pytest.skip("the text is right, only the promise is wrong: that is for the gate to see")
    FAULTS[name](monkeypatch)
    assert _caught(gated=gated), name
