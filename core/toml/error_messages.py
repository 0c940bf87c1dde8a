"""Messages for the parse errors of `tomli`: the mistake, and the likely fix."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.suggest import look_alike
from core.toml.parse_error import line_and_column, quote_char, quote_key
from core.toml.positions import first_definition, last_statement
from core.toml.scanner import ANY_STRING, KeyPart, read_key, skip_value

# Messages never quote values: a misplaced one may be a secret.

_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:[ \t]|$)")
# Double ones, angle ones, single ones, the acute accent and the backtick.
_CURLY = re.compile("[\u201c-\u201f\u00ab\u00bb\u2018-\u201b\u00b4`]")
# A header, or a similar line, inside of an unclosed array.
_HEADER_LINE = re.compile(r"[ \t]*\[{1,2}[^\[\]\n]*\]{1,2}[ \t]*(?:#.*)?$")
_TOKEN = re.compile(rf"""({ANY_STRING})|\#[^\n]*+|[\[\]{{}}]""", re.VERBOSE)
_WORD = re.compile(r"[^\s,\]}#]*")
_QUOTE_IT = 'text must be in quotes, as in name = "text"'
_QUOTE_NAME = 'a name with characters other than letters, digits, - and _ must be in quotes, as in "a/b"'

Explanation = tuple[str, int]


def explain_error(text: str, pos: int, tomli_message: str) -> Explanation:
    """The message for an error of `tomli` at an offset of a text, and the offset of the apparent mistake.

    `text` has LF line ends, as `tomli` read it; `tomli_message` is the fallback for unknown mistakes.
    """
    start = text.rfind("\n", 0, pos) + 1
    if _CONFLICT.match(_line(text, pos)):
        return "an unresolved merge conflict: keep one side and delete the marker lines", start
    for prefix, handler in _EXPLANATIONS.items():
        if tomli_message.startswith(prefix):
            return handler(text, pos)
    return f"not valid TOML: {tomli_message[:1].lower()}{tomli_message[1:]}", pos


def _line(text: str, pos: int) -> str:
    stop = text.find("\n", pos)
    return text[text.rfind("\n", 0, pos) + 1 : stop if stop >= 0 else len(text)]


def _rest(text: str, pos: int) -> str:
    stop = text.find("\n", pos)
    return text[pos : stop if stop >= 0 else len(text)]


def _character_mistake(char: str) -> str:
    """The mistake in a character that is not allowed outside of strings and comments; empty when it is allowed."""
    if _CURLY.match(char):
        return f"{quote_char(char)} is not a quote in TOML: use the straight \" or '"
    if char == "\ufeff":
        return "a byte order mark in the middle of the file: delete it"
    if char == "\0":
        return "a NUL character: the file is not plain UTF-8 text (UTF-16 perhaps, or binary)"
    if char == "\r":
        return "a carriage return without a line feed: lines must end in LF or CRLF"
    if char.isspace() and char not in " \t\n":
        return f"a non-standard space ({quote_char(char)}): replace it"
    if char and (other := look_alike(char)):
        return f"`{char}` is {other}: type it anew"
    if char and not char.isprintable() and char not in "\t\n":
        return f"the control character {quote_char(char)}: delete it"
    return ""


def _open_start(text: str, pos: int, *, strings: bool) -> int:
    """The start of the string, or of the innermost bracket, open at an offset; the offset itself without one."""
    begin = text.rfind("\n", 0, pos) + 1
    statement = last_statement(text[:pos])
    if statement and skip_value(text[:pos], statement[1]) >= begin:
        begin = statement[0][0].offset
    brackets: list[int] = []
    string = pos
    for token in _TOKEN.finditer(text, begin):
        if token.start() >= pos:
            break
        if token[1]:
            string = token.start()
        elif token[0] in "[{":
            brackets.append(token.start())
        elif token[0] in "]}" and brackets:
            brackets.pop()
    if strings:
        return string
    return brackets[-1] if brackets else pos


def _statement(text: str, pos: int) -> Explanation:
    char = text[pos : pos + 1]
    if _character_mistake(char):
        return _character_mistake(char), pos
    if char == "{":
        return "this looks like JSON: a TOML file has no braces around it, and its lines are name = value", pos
    if char == "=":
        return "the name before the = is missing", pos
    if char in "]}":
        return f"{quote_char(char)} closes something that was not opened", pos
    if char == ",":
        return "a comma where a line should begin: delete it", pos
    if char in "/;%":
        return f"no line begins with {quote_char(char)}; a comment begins with #", pos
    return f"no line begins with {quote_char(char)}: {_QUOTE_NAME}", pos


def _equals(text: str, pos: int) -> Explanation:
    char, remaining = text[pos : pos + 1], _rest(text, pos)
    line = _line(text, pos)
    if _character_mistake(char):
        return _character_mistake(char), pos
    if line.lstrip().startswith("- "):
        return 'this looks like a YAML list: TOML writes name = ["a", "b"]', pos
    if char == ":" and (remaining[1:2] in (" ", "\t", "") or "=" not in remaining):
        return "write = instead of : between a name and its value", pos
    if char in ("", "\n", "#", ",", "}", "]"):
        return "a name without a value: write name = value", pos
    if char in "\"'" or text[pos - 1 : pos] not in (" ", "\t") or "=" not in remaining:
        if char in "\"'":
            return "the = between a name and its value is missing", pos
        return (
            (f"{quote_char(char)} in a name: {_QUOTE_NAME}", pos)
            if "=" in remaining
            else ("the = between a name and its value is missing", pos)
        )
    return 'a name with a space in it must be in quotes, as in "a b" = 1', pos


def _value(text: str, pos: int) -> Explanation:
    char = text[pos : pos + 1]
    match = _WORD.match(text, pos)
    word = match[0] if match else ""
    if char in ("", "\n", "#"):
        opened = _open_start(text, pos, strings=False)
        if opened != pos:
            return _unclosed(text, opened), opened
        return "the value after the = is missing", pos
    if _character_mistake(char):
        return _character_mistake(char), pos
    if char in ",]}":
        return f"{quote_char(char)} where a value should be", pos
    if char == "=":
        return "use a single =", pos
    if word.startswith("${"):
        return 'a placeholder must be in quotes, as in "${NAME}"', pos
    if word.lower() in ("true", "false"):
        return "true and false are written in lower case", pos
    if word.lower() in ("none", "null", "nil", "~"):
        return "TOML has no null: delete the line to leave the value out", pos
    if word.lower() in ("yes", "no", "on", "off"):
        return f"write true or false; {_QUOTE_IT}", pos
    if word in ("|", ">", "|-", ">-"):
        return 'text over several lines goes between """ and """', pos
    if re.match(r"[+-]?\.\d", word):
        return "a number needs a digit before the decimal point, as in 0.5", pos
    array_start = _unclosed_array(text, pos)
    if array_start != pos:
        return _unclosed(text, array_start), array_start
    return _QUOTE_IT, pos


def _end_of_line(text: str, pos: int) -> Explanation:
    char, before = text[pos : pos + 1], text[pos - 1 : pos]
    if _character_mistake(char):
        return _character_mistake(char), pos
    if char in "\"'":
        return 'an extra quote, or a quote inside text, which is written \\"', pos
    if char in "]}":
        return f"{quote_char(char)} closes something that was not opened", pos
    if char == "," and re.match(r",\d", text[pos:]) and before.isdigit():
        return "a decimal number is written with a point, as in 0.5", pos
    if char in ",;":
        return f"{quote_char(char)} at the end of a value: outside brackets the line end is enough, delete it", pos
    if char in "/-" and text[pos + 1 : pos + 2] == char:
        return "a comment begins with #", pos
    if before in "\"'":
        return 'something follows the closing quote; a quote inside text is written \\"', pos
    if before == "]" or before == "}":
        return "something follows the closing bracket: put it on a line of its own", pos
    if before not in (" ", "\t"):
        statement = last_statement(text[: pos + 1])
        value = statement[1] if statement else pos
        if re.match(r"[+-]?0[0-9_]", text[value:]):
            return "a number does not begin with 0; if it is a name or a code, put it in quotes", value
        return _QUOTE_IT, value
    return "something follows the value on the same line: put it on a line of its own, or # before a comment", pos


def _invalid_character(text: str, pos: int) -> Explanation:
    if text[pos : pos + 1] == "\n":
        return _open_string(text, pos)
    return _character_mistake(text[pos : pos + 1]) or "a character that TOML does not allow here: delete it", pos


def _open_string(text: str, pos: int) -> Explanation:
    start = _open_start(text, pos, strings=True)
    quote = text[start : start + 1]
    if text.startswith(quote * 3, start):
        return f"the text that begins here is never closed: add {quote * 3} at its end", start
    if _CURLY.search(_rest(text, start)):
        return f"the text that begins here has a curly quote in place of the closing {quote}", start
    return f"the text that begins here is not closed on its line: add the closing {quote}", start


def _escape(text: str, pos: int) -> Explanation:
    start = max(text.rfind("\\", 0, pos), 0)
    return "a \\ in text is written \\\\; or put the text between single quotes, where \\ is literal", start


def _invalid_hex(text: str, pos: int) -> Explanation:
    start = max(text.rfind("\\", 0, pos), 0)
    return "an escape must name a character: \\x41, \\u0041 or \\U00000041; a \\ alone is written \\\\", start


def _invalid_date(text: str, pos: int) -> Explanation:
    return 'there is no such date; if it is a name or a version, put it in quotes, as in "2025-02-30"', pos


def _header_end(text: str, pos: int) -> Explanation:
    char = text[pos : pos + 1]
    if _character_mistake(char):
        return _character_mistake(char), pos
    double = _line(text, pos).lstrip().startswith("[[")
    if char in ("", "\n", "#") or (double and char == "]"):
        return f"the header of a table is not closed: add {']]' if double and char != ']' else ']'}", pos
    return f"{quote_char(char)} in a header: {_QUOTE_NAME}", pos


def _key_part(text: str, pos: int) -> Explanation:
    char = text[pos : pos + 1]
    if _character_mistake(char):
        return _character_mistake(char), pos
    if text[pos - 1 : pos] == "." or text[:pos].rstrip(" \t")[-1:] == ".":
        return "a name is missing after the dot", pos
    if char in ("", "\n"):
        opened = _open_start(text, pos, strings=False)
        return (_unclosed(text, opened), opened) if opened != pos else ("a name is missing here", pos)
    if char in "]},=":
        return f"a name is missing before {quote_char(char)}", pos
    return f"{quote_char(char)} where a name should begin: {_QUOTE_NAME}", pos


def _unclosed_array(text: str, pos: int) -> int:
    """The start of the unclosed array that swallowed the statement or header at an offset; the offset without one."""
    start = text.rfind("\n", 0, pos) + 1
    after, names = read_key(text, start)
    if (names and text.startswith("=", after)) or _HEADER_LINE.match(_line(text, pos)):
        opened = _open_start(text, start, strings=False)
        if opened < start and text[opened] == "[":
            return opened
    return pos


def _unclosed(text: str, opened: int) -> str:
    return f"the {text[opened]} that begins here is never closed: add {']' if text[opened] == '[' else '}'}"


def _open_bracket(text: str, pos: int) -> Explanation:
    char = text[pos : pos + 1]
    if _character_mistake(char):
        return _character_mistake(char), pos
    opened = _open_start(text, pos, strings=False)
    if opened == pos:
        return "a comma or a closing bracket is missing here", pos
    closing = "]" if text[opened] == "[" else "}"
    forgotten = _unclosed_array(text, pos)
    if char == "" or forgotten != pos:
        opened = opened if char == "" else forgotten
        return _unclosed(text, opened), opened
    if char in "]}" and char != closing:
        return f"{quote_char(char)} where {quote_char(closing)} should be", pos
    return f"a comma is missing before this, or the closing {quote_char(closing)}", pos


def _duplicate(text: str, pos: int) -> Explanation:
    start = text.rfind("\n", 0, pos) + 1
    start += len(text[start:pos]) - len(text[start:pos].lstrip(" \t"))
    header = text.startswith("[", start)
    parts: list[KeyPart] = []
    before = ""
    if header:
        is_array = text.startswith("[[", start)
        parts = read_key(text, start + 1 + is_array)[1]
        before = text[:start]
    else:
        statement = last_statement(text[:pos])
        if statement:
            parts = statement[0]
            before = text[: parts[0].offset]
    depth, first = first_definition(before, parts, header=header)
    if not depth:
        return "the same name is set twice in one table: delete one of the two", pos
    names, line, start = [part.name for part in parts], line_and_column(text, first)[0], parts[0].offset
    if depth < len(names):
        complete = f"{quote_key(names[:depth])} is complete since line {line}"
        return f"{complete}, so {quote_key(names)} cannot be added to it: put it there, or rename it", start
    kind = "the table " if header else ""
    return (
        f"{kind}{quote_key(names)} is set a second time, first on line {line}: delete or rename one of the two",
        start,
    )


_EXPLANATIONS: dict[str, Callable[[str, int], Explanation]] = {
    "Invalid statement": _statement,
    "Expected '=' after": _equals,
    "Invalid value": _value,
    "Expected newline or end of document": _end_of_line,
    "Unterminated string": _open_string,
    "Expected \"'": _open_string,
    "Illegal character": _invalid_character,
    "Found invalid character": _invalid_character,
    "Unescaped": _escape,
    "Invalid hex value": _invalid_hex,
    "Escaped character is not": _invalid_hex,
    "Invalid date": _invalid_date,
    "Expected ']": _header_end,
    "Invalid initial character for a key part": _key_part,
    "Unclosed array": _open_bracket,
    "Unclosed inline table": _open_bracket,
    "Duplicate inline table key": _duplicate,
    "Cannot declare": _duplicate,
    "Cannot overwrite": _duplicate,
    "Cannot mutate": _duplicate,
    "Cannot redefine": _duplicate,
}
