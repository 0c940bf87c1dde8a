"""Makes random TOML documents for tests: every way of writing keys, strings, tables and arrays, mixed."""

from __future__ import annotations

import json
from itertools import count

from hypothesis import strategies as st

_FAKE = '[fake]\nfake = 1\n[[fake]] # "x'
_NAMES = [
    "a",
    "b",
    "a.b",
    "fake",
    "clé",
    "",
    "1",
    "3.5",
    'q"q',
    "s's",
    "a b",
    "[x]",
    "#",
    "=",
    "a\tb",
    "\\",
    "😀",
    "x-y_z",
]
_COMMENTS = ["", "", " # note", ' # """', " # '''", " # [fake]", " # }", " # fake = ["]


class _Writer:
    """Writes a document, with hypothesis making each choice. All leaves differ, so a test can distinguish them."""

    def __init__(self, draw: st.DrawFn, newline: str, toml_1_1: bool) -> None:
        self.draw = draw
        self.newline = newline
        self.toml_1_1 = toml_1_1
        self.serial = count(100)
        self.lines: list[str] = []

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def often(self) -> bool:
        return self.draw(st.booleans())

    def names(self, most: int) -> list[str]:
        return self.draw(st.lists(st.sampled_from(_NAMES), max_size=most, unique=True))

    def key(self, name: str) -> str:
        forms = [json.dumps(name, ensure_ascii=self.often() and name != "😀")]
        if name and name.replace("-", "").replace("_", "").isalnum() and name.isascii():
            forms += [name, name]
        if "'" not in name:
            forms.append(f"'{name}'")
        if name.isascii():
            forms.append('"' + "".join(f"\\u{ord(char):04X}" for char in name) + '"')
        return self.pick(*forms)

    def dotted(self, names: list[str]) -> str:
        return self.pick(".", " . ", "\t.").join(map(self.key, names))

    def scalar(self) -> str:
        number = next(self.serial)
        short = ["10:20", "2024-05-06 10:20", '"\\e"', '"\\x41"'] if self.toml_1_1 else []
        return self.pick(
            str(number),
            str(number),
            f'"v{number}"',
            f'"v{number} [x] # \\" = {{ \\\\"',
            f"'v{number} \\ \" ]'",
            f'"""v{number}\n{_FAKE}\n"" \\""" \\\n  end"""',
            f'"""v{number}"""""',
            f"'''v{number}\n{_FAKE} }}\n'' '''",
            "''",
            '""',
            "true",
            "1.5",
            "2024-05-06 07:08:09-10:11",
            "07:08:09.5",
            *short,
        )

    def gap(self) -> str:
        """White space inside an array."""
        return self.pick("", " ", "\n  ", " # [ note\n\n\t")

    def value(self, depth: int) -> str:
        kind = self.pick("scalar", "scalar", "array", "table") if depth else "scalar"
        if kind == "scalar":
            return self.scalar()
        size = self.draw(st.integers(0, 3))
        if kind == "array":
            inside = ",".join(self.gap() + self.value(depth - 1) + self.gap() for _ in range(size))
            return "[" + inside + (self.pick("", ",") if size else "") + self.gap() + "]"
        gap = self.gap if self.toml_1_1 else lambda: self.pick("", " ")
        pairs = []
        for name in self.names(3):
            names = [name, *self.names(1)] if self.often() else [name]
            pairs.append(f"{gap()}{self.dotted(names)}{self.pick('=', ' = ')}{self.value(depth - 1)}{gap()}")
        return "{" + ",".join(pairs) + (self.pick("", ",") if pairs and self.toml_1_1 else "") + gap() + "}"

    def line(self, text: str) -> None:
        self.lines.append(self.pick("", "", "  ") + text + self.pick(*_COMMENTS))
        for _ in range(self.draw(st.integers(0, 1))):
            self.lines.append(self.pick("", "  ", '# """ comment', "# [fake]"))

    def pairs(self, names: list[str]) -> None:
        for name in names:
            if self.often():
                self.line(f"{self.dotted([name])} = {self.value(2)}")
            else:
                for other in self.names(2):
                    self.line(f"{self.dotted([name, other])}={self.value(1)}")

    def table(self, path: list[str], depth: int) -> None:
        names = self.names(4)
        own = self.draw(st.integers(0, len(names)))
        children = names[own:] if depth else []
        # A header may stand behind those of its subtables, and a table without values may have none.
        header_last = bool(path) and self.often()
        if path and not header_last:
            self.line(f"[{self.dotted(path)}]")
        if not header_last:
            self.pairs(names[:own])
        for name in children:
            if self.often():
                self.table([*path, name], depth - 1)
            else:
                for _ in range(self.draw(st.integers(1, 2))):
                    self.line(f"[[{self.dotted([*path, name])}]]")
                    self.pairs(self.names(2))
                    if depth > 1 and self.often():
                        self.line(f"[{self.dotted([*path, name, 'sub'])}]")
                        self.pairs(self.names(2))
        if header_last and (own or not children):
            self.line(f"[{self.dotted(path)}]")
            self.pairs(names[:own])


@st.composite
def documents(draw: st.DrawFn, *, toml_1_1: bool | None = None) -> str:
    """A TOML text. `toml_1_1` says whether it may use what only TOML 1.1 allows; either, when it is None."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    writer = _Writer(draw, newline, draw(st.booleans()) if toml_1_1 is None else toml_1_1)
    writer.table([], 2)
    text = "\n".join(writer.lines) + draw(st.sampled_from(["", "\n"]))
    return text.replace("\n", newline)
