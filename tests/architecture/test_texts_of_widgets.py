"""Texts of data reach the screen through the few widgets that make them safe, and never as markup.

Lines are made safe by `tui/widgets/runs.py`, typed text by the two text fields. Textual's other widgets, titles and
notifications read a bare `str` as markup or send its control characters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

TUI = Path(__file__).resolve().parents[2] / "tui"

MAKERS: Final[Mapping[str, frozenset[str]]] = {
    "Segment": frozenset({"widgets/line_widget.py"}),
    "Strip": frozenset({"widgets/line_widget.py"}),
    "RenderedLine": frozenset({f"widgets/{name}.py" for name in ("fields", "lines", "table", "table_model")}),
    "Text": frozenset({"base_app.py", "widgets/safe_input.py", "widgets/toml_text.py"}),
    "Console": frozenset({"styles/themes.py"}),
}
"""The files that make what is sent to the terminal."""
FIELDS: Final[Mapping[str, str]] = {"Input": "widgets/safe_input.py", "TextArea": "widgets/toml_text.py"}
"""The widgets of Textual in use, and the file of the safe subclass; other files only name their messages."""
SAFE: Final = ("safe", "in_place")
MARKUP: Final = ("Content", "from_markup", "from_ansi", "notify", "render_str", "Markdown", "Syntax", "Panel")
TITLES: Final = ("border_title", "border_subtitle", "sub_title", "tooltip")


def unsafe_texts(code: str, file: str) -> Iterator[str]:
    """The places of a file of `tui` where a bare text could reach the screen, with their lines."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        line = f"{getattr(node, 'lineno', 0)}: {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom) and node.module == "textual.widgets":
            yield from (f"{line}: use a widget of lines" for name in node.names if name.name not in FIELDS)
        elif isinstance(node, ast.ClassDef):
            bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
            yield from (f"{node.lineno}: class of {base}" for base in bases if FIELDS.get(base, file) != file)
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in (*MARKUP, *FIELDS):
                yield line
            elif name in MAKERS and isinstance(node.func, ast.Name) and file not in MAKERS[name]:
                yield f"{line}: only in {', '.join(sorted(MAKERS[name]))}"
            elif name == "Text" and not any(_is_safe(part) for part in ast.walk(node.args[0])):
                yield f"{line}: not made safe"
            elif any(keyword.arg == "markup" and not _is_false(keyword.value) for keyword in node.keywords):
                yield line
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.attr if isinstance(target, ast.Attribute) else "" for target in targets]
            yield from (line for name in names if name in TITLES)


def _is_safe(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAFE


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_no_widget_gets_a_bare_text() -> None:
    found = {
        name: lines
        for path in sorted(TUI.rglob("*.py"))
        if (name := str(path.relative_to(TUI)))
        and (lines := list(unsafe_texts(path.read_text(encoding="utf-8"), name)))
    }
    assert found == {}


def test_named_files_make_what_is_sent() -> None:
    for name, files in MAKERS.items():
        for file in files:
            assert f"{name}(" in (TUI / file).read_text(encoding="utf-8"), f"{file} no longer makes {name}"


@pytest.mark.parametrize(
    "code",
    [
        "from textual.widgets import Static",
        "yield Input(value)",
        "class Search(Input): ...",
        "self.notify(problem.message)",
        "app.notify('saved')",
        "widget.border_title = name",
        "self.tooltip = name",
        "Content.from_markup(text)",
        "Console(markup=True)",
        "Segment(text, style)",
        "RenderedLine(((name, ''),))",
        "Text(name)",
    ],
)
def test_bare_texts_are_detected(code: str) -> None:
    assert list(unsafe_texts(code, "screens/any.py"))


def test_unsafe_texts_are_detected_in_the_named_files() -> None:
    assert list(unsafe_texts("Text(line, end='')", "widgets/toml_text.py"))
    assert not list(unsafe_texts("Text(in_place(line), end='')", "widgets/toml_text.py"))
    assert not list(unsafe_texts("def f(event: Input.Changed) -> None: ...", "screens/any.py"))
