"""Documents that engines of TOML edits are known to break on, each with a name, and every command for a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.toml.edit import toml_commands as c
from tests.core.toml.edit.chance import nodes

DOCUMENTS: dict[str, str] = {
    "empty": "",
    "comments only": "# a file\n#\n\n# [example]\n# key = 1\n",
    "one comment": "# a file\n",
    "one key": "a = 1\n",
    "root keys, then a banner": "# file\n\na = 1\nb = 2\n\n# ----- T -----\n[t]\nx = 1\n",
    "no root keys, a banner": "# file\n\n# ----- T -----\n\n[t]\nx = 1\n",
    "preamble touching a key": "# file or key?\na = 1\n\n[t]\n",
    "dotted keys, then another": "a.b = 1\nd = 3\n",
    "dotted keys interleaved": "a.b = 1\nx = 1\na.c = 2\ny.z = 3\na.d.e = 4\n",
    "dotted keys of one table": "[t]\na . b = 1\na . c = 2\n",
    "quoted dotted keys": '"a.b".\'c d\' = 1\n"a.b".e = 2\n["x.y".\'z\']\n"k=v" = 1\n',
    "tree split by another": "[p.a]\nx = 1\n\n[p.b]\ny = 1\n\n[other]\n\n[p.a.routes]\n\"g-*\" = 'a'\n",
    "split then own keys": "[p.b]\ny = 1\n[q]\n[p.b.r]\nz = 1\n",
    "child before parent": "[a.b.c]\nx = 1\n[z]\n[a.b]\nw = 1\n",
    "super table last": "[a.b]\nx = 1\n\n[a]\ny = 1\n",
    "super tables only": "[llm.presets.a]\nx = 1\n\n# note on b\n[llm.presets.b]\nx = 2\n",
    "array of tables": "[[p]]\nn = 1\n\n[[p]]\nn = 2\n\n[[p]]\nn = 3\n",
    "array of tables split": "[[p]]\nn = 1\n[mid]\nm = 1\n[[p]]\nn = 2\n",
    "array of tables below a table": "[[a.b]]\nx = 1\n[a]\ny = 1\n",
    "arrays of tables nested": "[[a]]\nn = 1\n[[a.b]]\nm = 1\n[a.b.c]\nk = 1\n[[a.b]]\nm = 2\n[[a]]\nn = 2\n[a.s]\n",
    "tool tables out of order": "[t.r]\na = 1\n[t.r.l.a]\nb = 1\n[t.r.l]\nc = 1\n[[x]]\nd = 1\n[t.r.l.b]\ne = 1\n",
    "comment first array": "a = [\n  # one\n  1, # first\n  # two\n  2, # second\n  3 # last\n]\n",
    "comma first array": 'a = [ "x"\n    , "y" # two\n    , "z"\n    ]\n',
    "comma first array, comment on the first": 'a = [\n    "x" # one\n  , "y" # two\n]\n',
    "several items to a line": 'a = ["x", "y",\n     "z", # end\n     "w"]\nb = 1\n',
    "arrays in arrays": "a = [[1, 2], [], [[3]], {b = [4, {c = 5}]}]\nb = [ ]\nc = [1,]\nd = [\n]\n",
    "array with only a comment": "a = [\n  # nothing yet\n]\nb = [ # none\n]\n",
    "inline tables": "a = {}\nb = {x=1,y = 2}\nc = { z = { w = 1 }, 'q r' = [1] }\n",
    "dotted keys inline": "a = { b.c = 1, b.d = 2, e = 3 }\n",
    "inline arrays of tables": "a = [{ n = 1 }, { n = 2 }]\nb = [\n  { n = 1 }, # one\n  { n = 2 },\n]\n",
    "strings that look like TOML": 'a = """\n[t]\nb = 1 # no\n"""\nc = \'\'\'\n# no\n\'\'\'\nd = "# \\" ]" # yes\n',
    "strings of several lines": 'a = """x\\\n   y"""\nb = """"q""""\n\nc = \'\'\'it\'s\'\'\'\n[t]\nd = """\n\n"""\n',
    "numbers and times": "a = 1_000\nb = 0xFF\nc = +1.0\nd = -0.0\ne = nan\nf = 1979-05-27 07:32:00Z\ng = 07:32:00\n",
    "aligned": "name      = 'a'  # one\nlong_name = 'b'  # two\nx         = 3\n",
    "indented": "[a]\n  x = 1\n  [a.b]\n    y = 1 # c\n    # tail\n  [a.c]\n\tz = 1\n",
    "no spaces": "[a]\nx=1\n[b]\ny=[1,2]\nz={a=1}\n[c]\n",
    "many blank lines": "\n\na = 1\n\n\nb = 2\n\n\n\n[t]\n\n\nc = 3\n\n\n[u]\n\n",
    "banners between tables": "# A\n[a]\nx = 1\n\n# --- B ---\n\n# B\n[b]\n# tail\n\n# === C ===\n[c]\nx = 1\n# end\n",
    "comments everywhere": "# p\n\n# a\na = 1 # a\n# b\nb = 2\n# c\n\n[t] # t\n# i\n\n# c\nc = 3 # c\nd = 4\n\n# e\n",
    "header with comment, no body": "[a] # a\n# about b?\n[b] # b\n[c]\n",
    "keys that are odd": '\'\' = 1\n"\\u00e9" = 2\n1 = 3\n3.5 = 4\n-_ = 5\n"😀" = 6\n[x.""]\n[\' \']\n',
    "spaces in headers": "[ a . b ]\nx = 1\n[  a . 'c'  ] # c\n[[ d ]]\n[[ d ]]\n",
    "routes": '[p.a]\ndefault = "x"\n\n[p.a.routes]\n# own\n"gpt-*" = "o"\n"claude-*" = "a"\n\n[p.b]\ndefault = "y"\n',
    "long lines": 'a = ["' + '", "'.join(f"element number {n}" for n in range(12)) + '"]\n[t]\nb = 1\n',
    "tables of one among others": "# discouraged\n[f.a]\n[m]\n[f.o]\n",
    "alternatives in comments": "[t]\na = 1\n# a = 2\n# a = 3\nb = 1 # was 2\n# b = 4\nc = 5\n",
    "tables in comments": "[a]\nx = 1\n\n# [b]\n# y = 2\n\n[c]\nz = 3\n",
    "items in comments": "a = [\n  1,\n  # 2,\n  3, # 4,\n]\nb = [\n  # 1,\n  2,\n\n  3\n  # 4\n]\n",
    "comments between inline tables": "a = [\n  { n = 1 },\n\n  # second\n  { n = 2 }, # two\n  # end\n]\n",
    "long headers before short": "[a.b.c.d]\nx.y.z = 1\nx.y.w = 2\n[a.b.c]\nq = 1\n[a]\nr = 1\n",
    "dotted keys split in a table": "[t]\na.b = 1\nc = 2\na.d = 3\n[t.e]\nf.g = 1\n",
    "one name in all quotes": '["a"]\nx = 1\n[\'a\'.b]\n"y" = 2\n[a."c"]\n\'z\' = 3\n',
    "escapes in names": '"a\\"b" = 1\n"tab\\t" = 2\n["\\u0061.b"]\nx = 1\n',
    "tabs and blanks at the ends": "a\t=\t1\t# c \nb = 2  \n\t[t] \t\n\tx = 1 \n",
    "comments of several blocks": "#\n# About t\n#\n\n# and more\n[t]\n#\n# x\nx = 1\n#\n\n# end\ny = 2\n",
    "boxes": "######\n# A  #\n######\n\n[a]\nx = 1\n\n######\n# B  #\n######\n\n[b]\ny = 1\n",
    "presets": "[l.p]\na = { m = '@x', t = 0.5 } # cheap\n# b = { m = 'n' }\nc = { m = 'o' }\n\n[l.a]\nx = 'y'\n",
    "waterfalls": '[w]\nbest = [\n    "a",  # first\n    "b",\n    # "c",\n    "d"  # last\n]\nnext = ["x"]\n',
    "array of tables, commented": "# 1\n[[m]]\nid = 1 # a\n\n# 2\n[[m]]\nid = 2 # b\n\n# 3\n[[m]]\nid = 3\n# end\n",
    "separators that are no line ends": "a = 'x\u2028y' # c\u2028d\n# e\u0085f\nb = 1\n",
}


def variants(text: str) -> Iterator[tuple[str, str]]:
    """The text with each line end, with and without one at its end."""
    for name, newline in (("LF", "\n"), ("CRLF", "\r\n")):
        written = text.replace("\n", newline)
        yield name, written
        if written.rstrip("\r\n") != written:
            yield f"{name}, last line open", written.removesuffix(newline)


def commands(data: dict[str, Any]) -> Iterator[c.Command]:
    """Every kind of command at every path of the data."""
    for path, node in [((), data), *nodes(data)]:
        if isinstance(node, dict):
            yield from _in_table(path, node)
        if isinstance(node, list) and node:
            yield c.SetValue(path, ["new", *node[1:], node[0]])
            yield c.SetValue(path, node[:-1])
        if not path:
            continue
        for value in ('it\'s "new"\n', 7, 2.5, [1, "two"], {"k": "v"}):
            yield c.SetValue(path, value)
        yield c.DeleteKey(path)
        yield c.DeleteKey(path, "attached")
        if isinstance(path[-1], str):
            yield c.RenameKey(path, "new-name")
            yield c.RenameKey(path, "a name.longer than before")


def _in_table(path: tuple[str | int, ...], node: dict[str, Any]) -> Iterator[c.Command]:
    yield c.InsertKey((*path, "n e.w"), {"k": [1]})
    yield c.AddTable((*path, "new"), {"k": "v", "t": {"x": 1}})
    yield c.AddTable((*path, "new", "deep"), {})
    for name in node:
        yield c.InsertKey((*path, "new"), "v", before=name)
        yield c.InsertKey((*path, "new"), "v", after=name)
        yield c.AddTable((*path, "new"), {"k": 1}, before=name)
        yield c.AddTable((*path, "new"), {"k": 1}, after=name)
        for other in node:
            if other != name:
                yield c.MoveKey((*path, name), before=other)
                yield c.MoveKey((*path, name), after=other)
    for name in node:
        if isinstance(node[name], list):
            for index in range(len(node[name])):
                for to in range(len(node[name])):
                    yield c.MoveElement((*path, name, index), to)
