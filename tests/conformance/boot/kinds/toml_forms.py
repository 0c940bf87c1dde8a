"""Forms of TOML: what the reader of a release takes, refuses, or reads in its own way."""

from __future__ import annotations

from collections.abc import Callable

from ..draft import BACKENDS, DECK, LATER, PRICES, ROUTING, S_LARGE, SHUT, SOUTH, Draft
from ..registry import added, kind, lines, register, swapped


@kind()
def base_tree(draft: Draft) -> None:
    """The base as it is."""


NUMBERS = {
    "infinite": "inf",
    "not a number": "nan",
    "minus infinite": "-inf",
    "minus zero": "-0.0",
    "with an exponent": "1e3",
    "with underscores": "1_000.5",
    "hexadecimal": "0xff",
    "octal": "0o17",
    "binary": "0b101",
    "beyond float": "1" + "0" * 400,
    "of 5000 digits": "9" * 5000,
    "of 25 digits": "9" * 25,
    "just a plus": "+1",
    "negative": "-1.0",
    "leading zero": "01",
    "dot first": ".5",
    "dot last": "5.",
    "a truth": "true",
    "a text": '"1.0"',
    "a date": "2024-01-01",
    "a list": "[1.0]",
    "float beyond": "1e999",
    "tiny": "1e-999",
    "double underscore": "1__0",
    "upper hexadecimal": "0XFF",
}
for name, number in NUMBERS.items():
    swapped(f"price {name}", SOUTH, "input = 1.0", f"input = {number}")
    lines(f"most tokens {name}", SOUTH, S_LARGE, f"max_tokens = {number}")
    lines(f"unread value {name}", BACKENDS, "[south]", f"note = {number}")
    swapped(f"temperature {name}", DECK, "temperature = 0.5", f"temperature = {number}")

TEXTS = {
    "literal": "'s-large-id'",
    "multi-line": '"""\ns-large-id"""',
    "multi-line literal": "'''\ns-large-id'''",
    "line ending backslash": '"""s-large\\\n   -id"""',
    "unicode escape": '"s\\u002dlarge"',
    "long unicode escape": '"s\\U0000002dlarge"',
    "hex escape": '"s\\x2dlarge"',
    "escape character": '"s\\elarge"',
    "unknown escape": '"s\\qlarge"',
    "surrogate escape": '"s\\ud83dlarge"',
    "beyond unicode": '"s\\U00110000"',
    "tab": '"s\tlarge"',
    "escaped tab": '"s\\tlarge"',
    "escaped quote": '"s\\"large"',
    "escaped backslash": '"s\\\\large"',
    "backslash last": '"s\\\\"',
    "hash": '"s#large"',
    "bracket": '"s[large]"',
    "equals": '"s=large"',
    "comma": '"s,large"',
    "braces": '"s{large}"',
    "quote in literal": "'s\"large'",
    "two quotes in multi-line": '"""s""large"""',
    "five quotes": '"""s"""""',
    "apostrophe": '"s\'large"',
    "emoji": '"s-🚀"',
    "no break space": '"s\u00a0large"',
    "line separator": '"s\u2028large"',
    "next line": '"s\u0085large"',
    "form feed": '"s\x0clarge"',
    "delete": '"s\x7flarge"',
    "empty": '""',
    "blank": '" "',
    "trailing blank": '"s-large-id "',
    "unclosed": '"s-large-id',
    "three quotes open": '"""s-large-id',
    "bare": "s-large-id",
    "comment behind": '"s-large-id" # a comment',
    "comment with quote behind": '"s-large-id" # it\'s "so"',
    "comment without blank": '"s-large-id"# a comment',
    "another value behind": '"s-large-id" "more"',
}
for name, text in TEXTS.items():
    swapped(f"model id {name}", SOUTH, '"s-large-id"', text)

HEADERS = {
    "blanks inside": "[ south-x ]",
    "quoted": '["south-x"]',
    "literal quoted": "['south-x']",
    "quoted with escape": '["south\\u002dx"]',
    "quoted with dot": '["south.x"]',
    "dotted": "[south.x]",
    "dotted with blanks": "[south . x]",
    "empty": "[]",
    "empty quoted": '[""]',
    "blank quoted": '[" "]',
    "empty part": "[south..x]",
    "dot first": "[.x]",
    "dot last": "[x.]",
    "of an array": "[[south-x]]",
    "of an array with blanks": "[ [south-x] ]",
    "unclosed": "[south-x",
    "unclosed array": "[[south-x]",
    "text behind": "[south-x] enabled = false",
    "comment behind": "[south-x] # as it was",
    "comment with bracket behind": "[south-x] # [y]",
    "umlaut bare": "[süd]",
    "umlaut quoted": '["süd"]',
    "hash quoted": '["a#b"]',
    "bracket quoted": '["a]b"]',
    "quote inside": "[a'b]",
    "star": "[a*b]",
    "slash bare": "[a/b]",
    "digits": "[123]",
    "plus": "[a+b]",
    "colon": "[a:b]",
    "indented": "    [south-x]",
    "in tabs": "\t[south-x]\t",
    "twice": "[south]",
    "of a table above": "[south.extra]\n[south.extra]",
}
for name, header in HEADERS.items():
    added(f"header {name}", BACKENDS, f"\n{header}\nenabled = false\n")
    added(f"model header {name}", SOUTH, f'\n{header}\nsdk = "openai"\nmodel_id = "x"\n{PRICES}\n')

KEYS = {
    "dotted": "a.b = 1",
    "dotted with blanks": "a . b = 1",
    "quoted": '"a b" = 1',
    "literal quoted": "'a b' = 1",
    "quoted with dot": '"a.b" = 1',
    "quoted with equals": '"a=b" = 1',
    "quoted with hash": '"a#b" = 1',
    "quoted with escape": '"a\\tb" = 1',
    "quoted with quote": '"a\\"b" = 1',
    "empty quoted": '"" = 1',
    "digits": "1 = 1",
    "float": "1.5 = 1",
    "umlaut": "ü = 1",
    "two on a line": "a = 1 b = 2",
    "without value": "a =",
    "without equals": "a",
    "without key": "= 1",
    "two equals": "a = = 1",
    "colon": "a: 1",
    "blanks": "a b = 1",
    "tabs around": "\ta\t=\t1\t",
    "no blanks": "a=1",
    "value on the next line": "a =\n1",
    "twice": "a = 1\na = 2",
    "twice in two spellings": 'a = 1\n"a" = 2',
    "dotted over value": "a = 1\na.b = 2",
    "dotted twice": "a.b = 1\na.c = 2",
    "dotted then table": "a.b = 1\na = { c = 2 }",
    "upper truth": "a = True",
    "null": "a = null",
    "star": "a* = 1",
    "dollar": "$a = 1",
    "semicolon behind": "a = 1;",
}
for name, key in KEYS.items():
    lines(f"key {name}", BACKENDS, "[south]", key)

VALUES = {
    "mixed list": '[1, "a"]',
    "list of int and float": "[1, 1.5]",
    "list with truth": '[true, "a"]',
    "list of lists": '[["a"], [1]]',
    "list of mixed lists": '[["a", 1], []]',
    "list of tables": "[{ a = 1 }, { b = 2 }]",
    "list with trailing comma": '["a", ]',
    "list with two commas": '["a",, "b"]',
    "list without comma": '["a" "b"]',
    "list over lines": '[\n  "a",\n  "b",\n]',
    "list with comments": '[\n  "a", # one\n  # two\n  "b",\n]',
    "list with bracket in text": '["a]", "b["]',
    "list with comma in text": '["a,b", "c"]',
    "list with hash in text": '["a#b", "c"]',
    "list of empties": '["", ""]',
    "list of literal texts": "['a', 'b']",
    "list of multi-line texts": '["""a""", "b"]',
    "unclosed list": '["a"',
    "empty table": "{}",
    "blank table": "{ }",
    "table with trailing comma": "{ a = 1, }",
    "table over lines": "{\n  a = 1,\n  b = 2\n}",
    "table with comment": "{ a = 1, # one\n b = 2 }",
    "table with dotted key": "{ a.b = 1 }",
    "table with quoted key": '{ "a b" = 1 }',
    "table in a table": "{ a = { b = { c = 1 } } }",
    "table with list": '{ a = ["x", "y"], b = 2 }',
    "table with comma in text": '{ a = "x,y", b = 2 }',
    "table with brace in text": '{ a = "x}y", b = 2 }',
    "table with equals in text": '{ a = "x=y", b = 2 }',
    "table with hash in text": '{ a = "x#y", b = 2 }',
    "table with same key twice": "{ a = 1, a = 2 }",
    "table without commas": "{ a = 1 b = 2 }",
    "unclosed table": "{ a = 1",
    "date": "2024-05-27",
    "time": "07:32:00",
    "time without seconds": "07:32",
    "date and time": "2024-05-27T07:32:00Z",
    "date and time with blank": "2024-05-27 07:32:00",
    "date and time without seconds": "2024-05-27T07:32Z",
    "date with offset": "2024-05-27T07:32:00+02:00",
    "date with fraction": "2024-05-27T07:32:00.123456789Z",
    "no such date": "2024-13-40",
    "lower z": "2024-05-27t07:32:00z",
}
for name, value in VALUES.items():
    lines(f"value {name}", BACKENDS, "[south]", f"note = {value}")


@kind()
def table_after_its_sub_table(draft: Draft) -> None:
    draft.files[SOUTH] = (
        draft.defaults() + '[s-large.costs]\ninput = 1\noutput = 2\n\n[s-large]\nmodel_id = "s-large-id"\n\n'
        '[s-small]\nmodel_id = "s"\n[s-small.costs]\ninput = 1.5\noutput = 2\n'
    )


@kind()
def dotted_keys_for_prices(draft: Draft) -> None:
    draft.swap(SOUTH, PRICES, "costs.input = 1.0\ncosts.output = 2.0")


@kind()
def model_as_a_dotted_key(draft: Draft) -> None:
    draft.files[SOUTH] = f's-key.model_id = "x"\ns-key.sdk = "openai"\ns-key.{PRICES}\n' + draft.text(SOUTH)


@kind()
def model_as_an_inline_table(draft: Draft) -> None:
    row = f's-row = {{ sdk = "openai", model_id = "x", {PRICES} }}\n'
    draft.files[SOUTH] = row + draft.text(SOUTH)


@kind()
def backend_as_an_inline_table(draft: Draft) -> None:
    draft.files[BACKENDS] = "row = { enabled = false }\n" + draft.text(BACKENDS)


@kind()
def backends_as_dotted_keys(draft: Draft) -> None:
    draft.files[BACKENDS] = "row.enabled = false\nrow.note = 1\n" + draft.text(BACKENDS)


@kind()
def preset_as_an_array_of_tables(draft: Draft) -> None:
    draft.add(LATER, f'[[{draft.presets}.plain]]\n{draft.handle} = "s-large"\ntemperature = 0.1\n')


@kind()
def preset_as_a_dotted_key(draft: Draft) -> None:
    draft.add(LATER, f'[{draft.presets}]\nby-key.{draft.handle} = "s-large"\nby-key.temperature = 0.1\n')


@kind()
def model_name_with_a_bare_dot(draft: Draft) -> None:
    draft.add(SOUTH, f'\n[s-4.1]\nmodel_id = "x"\n{PRICES}\n')


@kind()
def route_with_a_bare_dot(draft: Draft) -> None:
    draft.below(ROUTING, '"s-*" = "south"', 'n-4.1 = "north"')


@kind()
def alias_with_a_bare_dot(draft: Draft) -> None:
    draft.below(DECK, 'best = "n-large"', 'best-4.1 = "n-large"')


DEPTHS = (50, 99, 101, 150, 200, 400, 900, 2000, 6000)
for depth in DEPTHS:
    lines(f"list nested {depth}", BACKENDS, "[south]", "deep = " + "[" * depth + "]" * depth)
    lines(f"table nested {depth}", BACKENDS, "[south]", "deep = " + "{ a = " * depth + "1" + " }" * depth)
    lines(f"key of {depth} parts", BACKENDS, "[south]", ".".join("a" * depth) + " = 1")
    added(f"header of {depth} parts", BACKENDS, "\n[deep." + ".".join("a" * depth) + "]\n")
    added(f"list nested {depth} in a spec", SOUTH, "\n[deep]\nx = " + "[" * depth + "]" * depth + "\n")
    added(f"list nested {depth} in the routing", ROUTING, "\n[deep]\nx = " + "[" * depth + "]" * depth + "\n")
    added(f"list nested {depth} in the deck", LATER, "[deep]\nx = " + "[" * depth + "]" * depth + "\n")
    added(f"list nested {depth} in a spec not read", SHUT, "\n[deep]\nx = " + "[" * depth + "]" * depth + "\n")


def _ends(path: str, ending: str) -> None:
    forms: dict[str, Callable[[str], str]] = {
        "one line end": lambda text: text.rstrip("\n") + ending,
        "no line end": lambda text: text.rstrip("\n"),
        "every line end": lambda text: text.replace("\n", ending),
        "blanks at line ends": lambda text: text.replace("\n", "  " + ending),
        "empty lines at the end": lambda text: text + ending * 5,
    }
    for name, change in forms.items():

        def apply(draft: Draft, change: Callable[[str], str] = change) -> None:
            draft.files[path] = change(draft.text(path))

        register(f"{name} {LINE_ENDS[ending]} in {path.rpartition('/')[2]}", apply)


LINE_ENDS = {"\n": "lf", "\r\n": "crlf", "\r": "cr"}
for line_end in LINE_ENDS:
    for file in (BACKENDS, SOUTH, DECK):
        _ends(file, line_end)


@kind()
def crlf_inside_a_multi_line_text(draft: Draft) -> None:
    draft.swap(SOUTH, '"s-large-id"', '"""\nx\ny"""')
    draft.files[SOUTH] = draft.text(SOUTH).replace("\n", "\r\n")


@kind()
def lone_cr_inside_a_multi_line_text(draft: Draft) -> None:
    draft.swap(SOUTH, '"s-large-id"', '"""x\ry"""')


@kind()
def lone_cr_inside_a_comment(draft: Draft) -> None:
    draft.add(SOUTH, "# one\rtwo\n")


@kind()
def control_characters_in_comments(draft: Draft) -> None:
    draft.add(SOUTH, "# one\x01two\x0bthree\n")


@kind()
def line_separator_in_a_comment(draft: Draft) -> None:
    draft.add(SOUTH, "# one\u2028two = 3\n")
