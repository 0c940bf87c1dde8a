"""The gate stops every corrupted text of a planner, with a readable refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import tomli

from core.toml.edit import editor
from core.toml.edit import toml_commands as c
from core.toml.edit.text_layout import Span
from core.toml.edit.toml_commands import Plan, Refusal, Splice, apply_splices

TEXT = """\
# file

active = "a" # now
port = 1

# --- profiles ---
[profiles.a]
default = "x"
order = [
  "one", # first
  "two",
]

# about routes
[profiles.a.routes]
"gpt-*" = "openai"
"claude-*" = "anthropic"

[profiles.b]
default = "y"
"""
CRLF = TEXT.replace("\n", "\r\n")
OPEN = TEXT.removesuffix("\n")
COMMANDS: list[c.Command] = [
    c.SetValue(("profiles", "a", "default"), "z"),
    c.InsertKey(("profiles", "a", "routes", "z-*"), "z"),
]

# What goes wrong: a change of the edited text that no careful person would make.
CORRUPTIONS: dict[str, Callable[[str], str]] = {
    "a comment dropped": lambda text: text.replace("# about routes", ""),
    "a comment at a line's end dropped": lambda text: text.replace(" # now", ""),
    "a comment changed": lambda text: text.replace("# first", "# First"),
    "a comment twice": lambda text: text.replace("# about routes", "# about routes # about routes"),
    "a comment made a key": lambda text: text.replace("# file", "file = 1"),
    "a key made a comment": lambda text: text.replace("port = 1", "# port = 1"),
    "routes swapped": lambda text: _swapped(text, '"gpt-*" = "openai"', '"claude-*" = "anthropic"'),
    "elements swapped": lambda text: _swapped(text, '"one"', '"two"'),
    "tables swapped": lambda text: _swapped(text, "profiles.a]", "profiles.b]"),
    "a line end alone": lambda text: (
        text.replace("port = 1\r\n", "port = 1\n") if "\r" in text else text.replace("port = 1\n", "port = 1\r\n")
    ),
    "all line ends": lambda text: text.replace("\r\n", "\n") if "\r" in text else text.replace("\n", "\r\n"),
    "the last line end": lambda text: text.rstrip("\r\n") if text.endswith("\n") else text + "\n",
    "an integer made a float": lambda text: text.replace("port = 1", "port = 1.0"),
    "an integer made a boolean": lambda text: text.replace("port = 1", "port = true"),
    "an integer made text": lambda text: text.replace("port = 1", 'port = "1"'),
    "a key moved past a banner": lambda text: _moved(text, "port = 1", "[profiles.a]"),
    "a key lost": lambda text: text.replace("port = 1", ""),
    "a key more": lambda text: text.replace("port = 1", "port = 1\rmore = 2".replace("\r", _end(text))),
    "an untouched space": lambda text: text.replace('"two",', '"two" ,'),
    "an untouched indent": lambda text: text.replace("port = 1", " port = 1"),
    "a blank line": lambda text: text.replace("port = 1", _end(text) + "port = 1"),
    "other quotes": lambda text: text.replace('"two"', "'two'"),
    "a bare key quoted": lambda text: text.replace("port =", '"port" ='),
    "a header in another way": lambda text: text.replace("[profiles.b]", "[ profiles.b ]"),
    "a header lost": lambda text: text.replace("[profiles.b]", ""),
    "a header twice": lambda text: text + "[profiles.b]",
    "cut short": lambda text: text[: len(text) // 2],
    "emptied": lambda text: "",
    "no TOML": lambda text: text.replace("port = 1", "port ="),
    "a byte order mark": lambda text: "\ufeff" + text,
    "half a character": lambda text: text.replace("# now", "# now\ud800"),
    "a value of another key changed": lambda text: text.replace('default = "y"', 'default = "x"'),
    "a letter case changed": lambda text: text.replace('"openai"', '"OpenAI"'),
    "a route renamed": lambda text: text.replace('"gpt-*"', '"gpt-4*"'),
    "a route to the other table": lambda text: _moved(text, '"claude-*" = "anthropic"', "[profiles.b]"),
    "a route made a dotted key": lambda text: text.replace('"gpt-*" =', 'gpt."*" ='),
    "a header renamed": lambda text: text.replace("[profiles.b]", "[profiles.c]"),
    "a table made one of an array": lambda text: text.replace("[profiles.b]", "[[profiles.b]]"),
    "a table made a child": lambda text: text.replace("[profiles.b]", "[profiles.a.b]"),
    "a banner moved": lambda text: _moved(text, "# --- profiles ---", "[profiles.a]"),
    "a comment moved past its key": lambda text: _moved(text, "# about routes", "[profiles.a.routes]"),
    "an element lost": lambda text: text.replace(f'  "two",{_end(text)}', ""),
    "an element more": lambda text: text.replace('"two",', '"two", "three",'),
    "text made an empty one": lambda text: text.replace('"anthropic"', '""'),
    "text in another script": lambda text: text.replace('"two"', '"tw\u043e"'),
    "a blank in a text": lambda text: text.replace('"one"', '"one "'),
    "a key set twice": lambda text: text.replace("port = 1", f"port = 1{_end(text)}port = 1"),
    "two lines joined": lambda text: text.replace("# now" + _end(text), "# now "),
    "a comment cut short": lambda text: text.replace("# about routes", "# about"),
    "a NUL": lambda text: text.replace("# now", "# now\0"),
    "TOML 1.1": lambda text: text.replace("port = 1", "port = { a = 1, }"),
}


def _end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _swapped(text: str, one: str, other: str) -> str:
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def _moved(text: str, line: str, below: str) -> str:
    end = _end(text)
    return text.replace(line + end, "").replace(below + end, below + end + line + end)


@pytest.mark.parametrize("command", COMMANDS, ids=["set", "insert"])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_every_seeded_corruption_is_stopped(name: str, command: c.Command) -> None:
    for text in (TEXT, CRLF, OPEN):
        planned = editor.plan(text, command)
        assert isinstance(planned, Plan)
        new = apply_splices(text, planned.splices)
        assert isinstance(editor.verify(text, new, planned), editor.Edited)
        corrupted = CORRUPTIONS[name](new)
        assert corrupted != new
        done = editor.verify(text, corrupted, planned)
        assert isinstance(done, Refusal), name
        assert done.code == "unsafe"


def test_there_are_fifty_corruptions() -> None:
    assert len(CORRUPTIONS) >= 50


def test_corruptions_inside_of_a_window_are_stopped() -> None:
    """Where lines may change, the data, the comments and the line ends still must be right."""
    command = c.SetValue(("active",), "b")
    planned = editor.plan(TEXT, command)
    assert isinstance(planned, Plan)
    everything = Plan(planned.splices, planned.intended, (Span(0, len(TEXT)),), planned.dropped, planned.added)
    stopped = 0
    for name, corrupt in CORRUPTIONS.items():
        new = corrupt(apply_splices(TEXT, planned.splices))
        complete = replace(everything, splices=(Splice(0, len(TEXT), new),))
        stopped += isinstance(editor.verify(TEXT, new, complete), Refusal)
        if name not in _HARMLESS:
            assert isinstance(editor.verify(TEXT, new, complete), Refusal), name
    assert stopped == len(CORRUPTIONS) - len(_HARMLESS)


# These change how a line looks or where a comment stands, and neither data nor the texts of comments: only that the
# line is not theirs to change stops them.
_HARMLESS = (
    "a banner moved",
    "a comment moved past its key",
    "an untouched space",
    "an untouched indent",
    "a blank line",
    "other quotes",
    "a bare key quoted",
    "a header in another way",
)


@pytest.mark.parametrize(
    ("dropped", "added"), [((), ()), (("# now",), ()), (("# other",), ("# so",)), (("# now", "# now"), ("# so",))]
)
def test_undeclared_comment_changes_are_refused(dropped: tuple[str, ...], added: tuple[str, ...]) -> None:
    planned = editor.plan(TEXT, c.RawReplace(TEXT.replace("# now", "# so")))
    assert isinstance(planned, Plan)
    assert (planned.dropped, planned.added) == (("# now",), ("# so",))
    new = apply_splices(TEXT, planned.splices)
    assert isinstance(editor.verify(TEXT, new, planned), editor.Edited)
    wrong = Plan(planned.splices, planned.intended, planned.windows, dropped, added)
    assert isinstance(editor.verify(TEXT, new, wrong), Refusal)


def test_overlapping_or_outside_splices_raise() -> None:
    for splices in (
        [Splice(0, 2, ""), Splice(1, 3, "")],
        [Splice(3, 4, ""), Splice(0, 1, "")],
        [Splice(0, 99, "")],
        [Splice(2, 1, "")],
    ):
        with pytest.raises(ValueError, match="splices"):
            apply_splices("a = 1\n", splices)


def test_toml_1_1_is_kept_but_not_introduced() -> None:
    text = "a = { b = 1, }\nc = 1\n"
    done = editor.apply(text, c.SetValue(("c",), 2))
    assert isinstance(done, editor.Edited)
    assert done.text == "a = { b = 1, }\nc = 2\n"
    new = editor.apply("c = 1\n", c.RawReplace("c = { a = 1, }\n"))
    assert isinstance(new, Refusal)
    assert "1.1" in new.reason
    assert isinstance(editor.apply(text, c.RawReplace("c = { a = 1, }\n")), editor.Edited)


def test_raw_text_is_verified_too() -> None:
    done = editor.apply(TEXT, c.RawReplace(CRLF.replace("# first", "").replace("port = 1", "port = 2")))
    assert isinstance(done, editor.Edited)
    assert done.data["port"] == 2
    assert done.plan.dropped == ("# first",)
    assert done.text == CRLF.replace("# first", "").replace("port = 1", "port = 2")
    same = editor.apply(TEXT, c.RawReplace(TEXT))
    assert isinstance(same, editor.Edited)
    assert not same.changed
    one = editor.apply(TEXT, c.RawReplace(TEXT.replace("port = 1", "port = 2")))
    assert isinstance(one, editor.Edited)
    assert [TEXT[start:end] for start, end in one.plan.windows] == ["port = 1\n"]
    broken = editor.apply(TEXT, c.RawReplace("a = \n"))
    assert isinstance(broken, Refusal)
    assert broken.code == "unreadable"
    assert "line 1" in broken.reason
    assert isinstance(editor.apply("a = \n", c.RawReplace("a = 1\n")), editor.Edited)
    assert isinstance(editor.apply("a = 1\n", c.RawReplace("\ufeffa = 1\n")), Refusal)


def test_invalid_text_is_refused() -> None:
    for text in ("a = ", "\ufeffa = 1", "a = 1\na = 2", "a = " + "[" * 2000):
        done = editor.apply(text, c.SetValue(("a",), 2))
        assert isinstance(done, Refusal)
        assert done.code == "unreadable"


def test_edit_without_effect_changes_nothing() -> None:
    for command in (
        c.SetValue(("port",), 1),
        c.SetValue(("profiles", "a", "order"), ["one", "two"]),
        c.RenameKey(("port",), "port"),
        c.MoveKey(("port",), after="active"),
    ):
        done = editor.apply(TEXT, command)
        assert isinstance(done, editor.Edited)
        assert done.text == TEXT
        assert repr(done.data) == repr(tomli.loads(TEXT))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (c.SetValue(("nope",), 1), "missing"),
        (c.SetValue(("profiles", "a"), 1), "kind"),
        (c.SetValue(("port",), None), "value"),
        (c.InsertKey(("port",), 1), "exists"),
        (c.InsertKey(("profiles", "c", "x"), 1), "missing"),
        (c.InsertKey(("port", "x"), 1), "kind"),
        (c.InsertKey(("new",), 1, after="profiles"), "place"),
        (c.InsertKey(("new",), 1, before="nope"), "missing"),
        (c.InsertKey(("new",), 1, before="port", after="active"), "place"),
        (c.InsertKey(("\ud800",), 1), "value"),
        (c.DeleteKey(("nope",)), "missing"),
        (c.DeleteKey(()), "kind"),
        (c.RenameKey(("port",), "active"), "exists"),
        (c.RenameKey(("profiles", "a", "order", 0), "x"), "kind"),
        (c.MoveKey(("port",)), "place"),
        (c.MoveKey(("port",), after="profiles"), "place"),
        (c.AddTable(("profiles", "a"), {}), "exists"),
        (c.AddTable(("profiles", "c"), {}, after="nope"), "missing"),
        (c.AddTable(("new",), {}, after="port"), "place"),
        (c.MoveElement(("profiles", "a", "order", 0), 2), "place"),
        (c.MoveElement(("port",), 0), "kind"),
    ],
)
def test_refusal_has_reason_and_alternative(command: c.Command, why: str) -> None:
    for text in (TEXT, CRLF, OPEN):
        done = editor.apply(text, command)
        assert isinstance(done, Refusal)
        assert done.code == why, done.reason
        assert done.reason.endswith(".")
        assert done.instead.endswith(".")
        assert done.reason.isprintable()
