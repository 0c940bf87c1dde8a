"""Reading bytes as TOML: never an exception, and each fault named, placed, drawn and put in plain words."""

from __future__ import annotations

import sys
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.toml.redaction import redact_line
from core.toml.toml_reader import MAX_BYTES, MAX_DEPTH, READER_DEPTH, ParseError, read_toml
from tests.core.toml.documents import documents


def _fault(text: str | bytes) -> ParseError:
    document = read_toml(text if isinstance(text, bytes) else text.encode())
    assert document.parse_error is not None
    return document.parse_error


def test_valid_file_has_text_data_and_no_error() -> None:
    document = read_toml("a = 1\r\n[é]\r\n".replace("é", '"é"').encode())
    assert document.text == 'a = 1\r\n["é"]\r\n'
    assert document.data == {"a": 1, "é": {}}
    assert document.parse_error is None
    assert document.toml_1_0


@given(st.binary() | st.text().map(str.encode) | st.text("[]{}\"'\\=.,:# \na1-\r\t\x00\ufeff<").map(str.encode))
def test_any_bytes_are_read_without_raising(raw: bytes) -> None:
    document = read_toml(raw)
    if document.parse_error:
        line, under = document.parse_error.caret(document.text or "")
        assert under.strip() == "^"
        assert len(line) <= 76
        assert line.isprintable()


@given(documents(), st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_invalid_document_has_an_error_inside_its_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    broken = text[:start] + data.draw(st.text("[]{}\"'\\=.,# \na\r\x00", max_size=3)) + text[stop:]
    fault = read_toml(broken.encode()).parse_error
    if fault:
        lines = broken.split("\n")
        assert 1 <= fault.line <= len(lines)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1
        assert fault.offset == sum(len(line) + 1 for line in lines[: fault.line - 1]) + fault.column - 1
        fault.caret(broken)


def test_byte_order_mark_is_an_error_but_the_rest_is_read() -> None:
    document = read_toml(b"\xef\xbb\xbfa = 1\n")
    assert document.data == {"a": 1}
    assert document.text == "\ufeffa = 1\n"
    assert document.toml_1_0
    fault = document.parse_error
    assert fault is not None
    assert (fault.kind, fault.line, fault.column, fault.offset) == ("bom", 1, 1, 0)
    assert "byte order mark" in fault.message
    assert fault.caret(document.text or "") == ("\ufffda = 1", "^")


def test_byte_order_mark_does_not_hide_another_error() -> None:
    document = read_toml(b"\xef\xbb\xbfa: 1\n")
    assert document.data == {}
    fault = document.parse_error
    assert fault is not None
    assert (fault.kind, fault.line, fault.column, fault.offset) == ("syntax", 1, 3, 2)
    assert "write = instead of :" in fault.message
    assert "byte order mark" in fault.message


@pytest.mark.parametrize(
    ("raw", "words", "line", "column", "offset"),
    [
        (b'a = 1\nb = "caf\xe9"\n', "not UTF-8, byte 0xE9 at offset 14 (line 2): save it as UTF-8", 2, 9, 14),
        ("é = é".encode() + b"\xff", "byte 0xFF at offset 7 (line 1)", 1, 6, 7),
        ("a = 1".encode("utf-16"), "seems to be UTF-16", 1, 1, 0),
        (b"# \xe2\x82", "ends in the middle of a character", 1, 3, 2),
        (b"# \xed\xa0\x80", "not UTF-8", 1, 3, 2),
    ],
)
def test_bytes_that_are_not_utf_8(raw: bytes, words: str, line: int, column: int, offset: int) -> None:
    document = read_toml(raw)
    assert document.text is None
    assert document.data == {}
    fault = document.parse_error
    assert fault is not None
    assert words in fault.message
    assert (fault.kind, fault.line, fault.column, fault.offset) == ("encoding", line, column, offset)


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    assert read_toml(b"#" * MAX_BYTES).parse_error is None
    document = read_toml(b"#" * (MAX_BYTES + 1))
    assert document.text is None
    assert document.parse_error is not None
    assert (document.parse_error.kind, document.parse_error.line, document.parse_error.offset) == ("too_large", 1, None)
    assert "8 MiB" in document.parse_error.message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("x = 1\na = " + "[" * 5000, 2, 5 + READER_DEPTH),
        ("a = " + "[" * 500 + "]" * 500, 1, 5 + READER_DEPTH),
        ("# [\nb = 1\n" + "a." * 5000 + "a = 1", 3, 1),
        ("[" + "a." * 600 + "a]\n" + "b." * 600 + "b = 1", 2, None),
    ],
)
def test_deep_nesting_is_an_error(text: str, line: int, column: int | None) -> None:
    fault = _fault(text)
    assert (fault.kind, fault.line) == ("nesting", line)
    assert column is None or fault.column == column
    assert "nested deeper than the 400 levels" in fault.message


def test_nesting_up_to_the_limit_is_read() -> None:
    assert read_toml(("[b]\na = " + "[" * READER_DEPTH + "]" * READER_DEPTH).encode()).parse_error is None
    assert _fault("a = " + "[" * (READER_DEPTH + 2) + "]" * (READER_DEPTH + 2)).kind == "nesting"


def test_data_below_the_kept_levels_is_cut() -> None:
    node: object = read_toml(("a = " + "[" * READER_DEPTH + "]" * READER_DEPTH).encode()).data["a"]
    depth = 0
    while isinstance(node, list) and node:
        node, depth = node[0], depth + 1
    assert depth == MAX_DEPTH - 1


def test_number_with_too_many_digits_is_an_error() -> None:
    fault = _fault("a = 1\nb = " + "9" * 5000)
    assert (fault.kind, fault.line, fault.column) == ("number", 2, 5)
    assert "too many digits" in fault.message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        # Names and the sign behind them.
        ("a: 1", (1, 2), "write = instead of :"),
        ('"*": "openai"', (1, 4), "write = instead of :"),
        ("x = { a: 1 }", (1, 8), "write = instead of :"),
        ("llama3:70b = 1", (1, 7), "must be in quotes"),
        ("gpt/4 = 1", (1, 4), "`/` in a name"),
        ("a b = 1", (1, 3), "a name with a space"),
        ("a", (1, 2), "a name without a value"),
        ('a "x"', (1, 3), "the = between a name and its value is missing"),
        ("a == 1", (1, 4), "use a single ="),
        ("= 1", (1, 1), "the name before the = is missing"),
        ("a. = 1", (1, 4), "a name is missing after the dot"),
        ("é = 1", (1, 1), "must be in quotes"),
        # Values.
        ("x = 1\na = hello", (2, 5), "text must be in quotes"),
        ("a = @best", (1, 5), "text must be in quotes"),
        ("a = ${KEY}", (1, 5), "a placeholder must be in quotes"),
        ("a = True", (1, 5), "lower case"),
        ("a = null", (1, 5), "TOML has no null"),
        ("a = yes", (1, 5), "write true or false"),
        ("a =\nb = 1", (1, 4), "the value after the = is missing"),
        ("a = 007", (1, 5), "does not begin with 0"),
        ("a = 0,5", (1, 6), "written with a point"),
        ("a = .5", (1, 5), "a digit before the decimal point"),
        ("a = 1.2.3", (1, 5), "text must be in quotes"),
        ("a = 2025-02-30", (1, 5), "no such date"),
        ("a = |", (1, 5), '"""'),
        # Text.
        ('a = "x\nb = 1', (1, 5), 'not closed on its line: add the closing "'),
        ("a = ['x,\n", (1, 6), "not closed on its line: add the closing '"),
        ('a = """x\ny', (1, 5), 'never closed: add """'),
        ("a = '''x\ny", (1, 5), "never closed: add '''"),
        ('["a', (1, 2), "not closed on its line"),
        ('a = "C:\\path"', (1, 8), "is written \\\\"),
        ('a = "\\u12"', (1, 6), "an escape must name a character"),
        ('a = "\\uD800"', (1, 6), "an escape must name a character"),
        ("a = “x”", (1, 5), "is not a quote in TOML"),
        ('a = "x”', (1, 5), "curly quote in place of the closing"),
        ("a = `x`", (1, 5), "is not a quote in TOML"),
        ("“a” = 1", (1, 1), "is not a quote in TOML"),
        ('a = "don"t"', (1, 10), "follows the closing quote"),
        ('a = "x" "y"', (1, 9), "an extra quote"),
        # Twice the same.
        ("a = 1\nb = 2\na = 3", (3, 1), "`a` is set a second time, first on line 1"),
        ("[t]\na.b = 1\n a.b = '''\n\n'''", (3, 2), "`a.b` is set a second time, first on line 2"),
        ("[a]\nx = 1\n[b]\n[a] # c", (4, 2), "the table `a` is set a second time, first on line 1"),
        ("[[a]]\n[a]", (2, 2), "the table `a` is set a second time, first on line 1"),
        ("[[a]]\n[a.b]\n[[a]]\n[a.b]\n[a.b]", (5, 2), "the table `a.b` is set a second time, first on line 4"),
        ("[a]\nb.c = 1\n[a.b]", (3, 2), "the table `a.b` is set a second time, first on line 2"),
        ('["g/\\u001b[31m"]\n["g/\\u001b[31m"]', (2, 2), 'the table `"g/␛[31m"` is set a second time'),
        ("a = {b = 1}\n[a.c]", (2, 2), "`a` is complete since line 1, so `a.c` cannot be added"),
        ("a.b = 1\na.b.c = 2", (2, 1), "`a.b` is complete since line 1"),
        ("a = {x = 1, x = 2}", (1, 18), "set twice in one table"),
        # Brackets.
        ("[a", (1, 3), "is not closed: add ]"),
        ("[[a]\nb = 1", (1, 4), "is not closed: add ]"),
        ("[[a", (1, 4), "is not closed: add ]]"),
        ("[gpt:4]", (1, 5), "`:` in a header: a name with characters other"),
        ("[]", (1, 2), "a name is missing before `]`"),
        ("a = [1, 2", (1, 5), "the [ that begins here is never closed"),
        ("a = [1, 2\nb = 3", (1, 5), "the [ that begins here is never closed"),
        ("a = [1,\nb = 3", (1, 5), "the [ that begins here is never closed"),
        ("a = [1,\n[b]\nc = 1", (1, 5), "the [ that begins here is never closed"),
        ("a = [\n  1,\n[b.c]\nd = 1", (1, 5), "the [ that begins here is never closed"),
        ("a = [1\n 2]", (2, 2), "a comma is missing before this"),
        ("a = [1,,2]", (1, 8), "`,` where a value should be"),
        ("a = [1}", (1, 7), "`}` where `]` should be"),
        ("a = {x = 1", (1, 5), "the { that begins here is never closed"),
        ("a = {x = 1 y = 2}", (1, 12), "a comma is missing before this"),
        ("a = [", (1, 5), "the [ that begins here is never closed"),
        ("a = {", (1, 5), "the { that begins here is never closed"),
        ("a = {x = 1,\n", (1, 5), "the { that begins here is never closed"),
        ("a = [{\n x = 1\n y = 2}]", (3, 2), "a comma is missing before this"),
        ("[é]", (1, 2), "`é` where a name should begin"),
        ("[", (1, 1), "the [ that begins here is never closed"),
        ("[“a”]", (1, 2), "is not a quote in TOML"),
        ("[a”]", (1, 3), "is not a quote in TOML"),
        ("a = [1 “x”]", (1, 8), "is not a quote in TOML"),
        ("a = 1\n\ufeffb = 2", (2, 1), "a byte order mark in the middle"),
        ("a = 1]", (1, 6), "closes something that was not opened"),
        # The rest of the line.
        ("a = 1,", (1, 6), "delete it"),
        ("a = 1;", (1, 6), "delete it"),
        ("a = 1 // c", (1, 7), "a comment begins with #"),
        ("// c", (1, 1), "a comment begins with #"),
        ("a = 1 b = 2", (1, 7), "a line of its own"),
        ("[a] b = 1", (1, 5), "a line of its own"),
        # Other languages, and leftovers.
        ('{\n  "a": 1\n}', (1, 1), "looks like JSON"),
        ("- a", (1, 3), "looks like a YAML list"),
        ("a = 1\n<<<<<<< HEAD\nb = 1\n=======\n", (2, 1), "an unresolved merge conflict"),
        ("a = [\n  1,\n>>>>>>> main\n]", (3, 1), "an unresolved merge conflict"),
        # Characters.
        ("a = 1\rb = 2", (1, 6), "a carriage return without a line feed"),
        ("a = 1\u00a0", (1, 6), "a non-standard space (U+00A0)"),
        ('a = "x\0"', (1, 7), "a NUL character"),
        ("# \x07", (1, 3), "the control character U+0007"),
    ],
)
def test_parse_error_messages(text: str, place: tuple[int, int], words: str) -> None:
    for newline in ("\n", "\r\n"):
        written = text.replace("\n", newline)
        fault = _fault(written)
        assert fault.kind == "syntax"
        assert words in fault.message
        assert (fault.line, fault.column) == place
        lines = written.split("\n")
        assert fault.offset == sum(len(line) + 1 for line in lines[: place[0] - 1]) + place[1] - 1
        assert fault.message.isprintable()


def test_possible_secrets_are_never_quoted_or_shown() -> None:
    for text in (
        "api_key = s3cret",
        "api_key: s3cret",
        'token = "s3cret',
        "a.client-secret = 's3cret' x",
        "key s3cret = 1",
    ):
        fault = _fault(text)
        assert "s3cret" not in fault.message
        assert "s3cret" not in fault.caret(text)[0]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('api_key = "abc" }', 'api_key = "•••" }'),
        ('api_key = "${OPENAI_API_KEY}"', 'api_key = "${OPENAI_API_KEY}"'),
        ("max_tokens = 4096", "max_tokens = 4096"),
        ('x = "sk-proj-abcdefghijkl"', 'x = "••••••••••••••••••••"'),
        (
            'model_id = "anthropic/claude-3-5-sonnet-20241022-v2:0"',
            'model_id = "anthropic/claude-3-5-sonnet-20241022-v2:0"',
        ),
    ],
)
def test_secrets_in_a_source_line_are_masked(line: str, shown: str) -> None:
    assert redact_line(line) == shown


def test_caret_is_below_the_error() -> None:
    text = "x = 1\r\n\tname = wrong\r\n"
    fault = _fault(text)
    assert fault.caret(text) == ("→name = wrong", "        ^")
    assert ParseError("syntax", "", 1, 3, None).caret("a\x1bb\u202e\u0301\u00a0") == ("a␛b\ufffd◌␣", "  ^")
    assert ParseError("syntax", "", 9, 9, None).caret("a") == ("", "^")
    assert ParseError("syntax", "", 1, 3, None).caret("日本x") == ("日本x", "    ^")


@pytest.mark.parametrize("at", [1, 30, 150, 299, 301])
def test_source_line_is_cut_around_the_error(at: int) -> None:
    text = "".join(chr(0x100 + index) for index in range(300))
    line, under = ParseError("syntax", "", 1, at, None).caret(text)
    assert 70 <= len(line) <= 76
    assert line.startswith("…") == (at > 100)
    assert line.endswith("…") == (at < 200)
    if at <= 300:
        assert line[len(under) - 1] == text[at - 1]


def test_wide_characters_take_two_columns_of_the_window() -> None:
    line, under = ParseError("syntax", "", 1, 100, None).caret("漢" * 200)
    assert len(line) <= 2 + 37
    assert len(under) <= 76


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a = {b = 1,}", False),
        ("a = {\n b = 1 }", False),
        ("a = {b = 1\n}", False),
        ("a = {b = 1, # }\n c = 2}", False),
        ("a = {b = 1,\n\n c = 2}", False),
        ("a = [{b = 1,\r\n'c' = 2}]", False),
        ("a = {b = {c = 1\n, d = 2}}", False),
        ("a = {b = [\n1,\n], c = 2}", True),
        ("a = {b = '''\n}'''}", True),
        ("a = [{b = 1},\n{c = 2},\n]", True),
        ("# {a = 1,}\na = '{b,}'", True),
        ('a = "\\e"', False),
        ('a = "\\x41"', False),
        ('a = """\n\\\\\\e"""', False),
        ('a = "\\\\e"', True),
        ("a = '\\e' # \\x", True),
        ("a = 10:20", False),
        ("a = [2024-05-06T10:20]", False),
        ("a = 2024-05-06 10:20+01:00", False),
        ("a = 2024-05-06 10:20:30.5+01:00", True),
        ("a = 'at 10:20' # 10:20", True),
        ("a = 'localhost:8000/v1'", True),
    ],
)
def test_toml_1_1_features_are_detected(text: str, fits: bool) -> None:
    document = read_toml(text.encode())
    assert document.parse_error is None
    assert document.toml_1_0 is fits


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="tomllib reads TOML 1.1 from Python 3.15 on")
@given(documents())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_toml_1_0_detection_agrees_with_tomllib(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        fits = False
    else:
        fits = True
    assert read_toml(text.encode()).toml_1_0 is fits
