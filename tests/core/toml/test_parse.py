"""The parser that gives way to other threads: it reads what the compiled one reads, refuses what that refuses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from core.toml.redaction import redact
from core.toml.toml_reader import LONG, interruptible_loads, parse

PIECES = st.sampled_from(
    ["a", "b.c", "[t]\n", "[[l]]\n", " = ", "1", "1_0", "-0.5", "inf", '"x"', "'y'", '"""m\n"""', "\n", "\r\n", "#c",
     "[", "]", "{", "}", ",", "true", "2026-01-02", "12:30", "1979-05-27T07:32:00Z", '"\\e"', '"\\x41"', "\t", "\x00",
     '"', "'", "\ud800", "0x1f", "é"]
)  # fmt: skip


def outcome(read: Callable[[str], object], text: str) -> object:
    """What comes of reading a text, as something that compares."""
    try:
        return repr(read(text))
    except tomli.TOMLDecodeError as error:
        return error.msg, error.pos, error.lineno, error.colno
    except (RecursionError, ValueError) as error:
        return type(error), str(error)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_interruptible_parser_gives_equal_results(text: str) -> None:
    assert outcome(interruptible_loads(), text) == outcome(tomli.loads, text)


@pytest.mark.parametrize("levels", [90, 399, 401])
def test_interruptible_parser_has_the_same_nesting_limit(levels: int) -> None:
    text = f"a = {'[' * levels}{']' * levels}"
    compiled = outcome(tomli.loads, text)
    ours = outcome(interruptible_loads(), text)
    assert ours == compiled or ours[0] is RecursionError  # type: ignore[index]


def turns_while(task: Callable[[], object]) -> int:
    """How often this thread had its turn while another one worked; not while that waited for a processor to begin."""
    at_work = False

    def run() -> None:
        nonlocal at_work
        at_work = True
        task()
        at_work = False

    thread = threading.Thread(target=run)
    checks = 0
    thread.start()
    while thread.is_alive():
        checks += at_work
        thread.join(0.0001)
    return checks


def test_parsing_a_long_text_in_a_thread_does_not_block() -> None:
    text = "".join(f'[m{number}]\nmodel_id = "m{number}"\n' for number in range(30_000))
    assert len(text) > LONG
    results: list[object] = [
        tomli.loads(text),
        interruptible_loads()(text),
    ]  # what their first call imports is no reading
    assert turns_while(lambda: results.append(parse(text))) > 10
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("line", ["# filled up\n", 'a = "b"\n', "word " * 20 + "\n"])
def test_redacting_a_long_text_does_not_block(line: str) -> None:
    text = line * (2_000_000 // len(line))
    results: list[str] = []
    assert turns_while(lambda: results.append(redact(text, strict=False))) > 10
    assert results == [text]


@pytest.mark.parametrize("filler", ["# filled up\n", "\n", "word word\n", "[t]\n"])
@pytest.mark.parametrize("lines", [31, 32, 64, 65, 200])
def test_secrets_among_many_lines_are_redacted(lines: int, filler: str) -> None:
    run = filler * lines
    for end in (
        'api_key = "s3cr3t"\n',
        "# token = 's3cr3t'\n",
        'openai_api_key\n=\n"s3cr3t"\n',
        'a = "https://u:s3cr3t@h"\n',
    ):
        shown = redact(f"{run}{end}{run}{end}{run}", strict=True)
        assert "s3cr3t" not in shown
        run, end = redact(run, strict=True), redact(end, strict=True)
        assert shown == f"{run}{end}{run}{end}{run}"


def test_a_word_of_a_megabyte_is_scanned_once() -> None:
    text = f"a = 1\n{'x' * 1_000_000}\n"
    began = time.thread_time()
    shown = redact(text, strict=False)
    assert shown.count("\n") == 2
    assert time.thread_time() - began < 5  # of seconds; minutes when every letter is tried as a beginning
