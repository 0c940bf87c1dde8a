"""The internals of Textual on which the app depends are unchanged, and it uses no others."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import ModalScreen, Screen
from textual.scroll_view import ScrollView
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tests.tui.textual_internals import INTERNALS, TEXTUAL, Internal, digest_of, source_of

TUI = Path(__file__).resolve().parents[2] / "tui"
FILES = sorted(TUI.rglob("*.py"))
BASES: tuple[type, ...] = (App, Screen, ModalScreen, Widget, ScrollView, Input, TextArea, LinuxDriver)
ASSIGNED = re.compile(r"self\.(_[a-z]\w*)(?::[^=\n]+)? = ")
LISTED = {internal.name.rpartition(".")[2] for internal in INTERNALS}


@lru_cache
def private_names(kind: type) -> set[str]:
    """The private attributes of a class of Textual."""
    names: set[str] = set()
    for one in kind.__mro__:
        if one.__module__.startswith("textual"):
            names |= {name for name in vars(one) if name.startswith("_") and not name.startswith("__")}
            names |= set(ASSIGNED.findall(inspect.getsource(one)))
    return names


def own_names(kind: type) -> set[str]:
    """The private attributes that a class of pipedeck defines."""
    source = textwrap.dedent(inspect.getsource(kind))
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    named = {node.name for node in body.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    named |= {
        node.target.id for node in body.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    named |= {
        one.id
        for node in body.body
        if isinstance(node, ast.Assign)
        for one in node.targets
        if isinstance(one, ast.Name)
    }
    named |= set(ASSIGNED.findall(source))
    return {name for name in named if name.startswith("_") and not name.startswith("__")}


def test_version_is_the_reviewed_one() -> None:
    assert version("textual") == TEXTUAL
    assert f'"textual=={TEXTUAL}"' in (TUI.parent / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("internal", INTERNALS, ids=lambda internal: internal.name.partition(":")[2])
def test_internal_is_unchanged(internal: Internal) -> None:
    assert source_of(internal.name) is not None, f"{internal.name} is missing; {internal.user} depends on it"
    assert digest_of(internal.name) == internal.digest, f"{internal.name} has changed: review {internal.user}"


@pytest.mark.parametrize("internal", INTERNALS, ids=lambda internal: internal.name.partition(":")[2])
def test_user_module_exists(internal: Internal) -> None:
    import_module(internal.user)


def test_no_unlisted_private_name_is_used() -> None:
    private = set().union(*map(private_names, BASES))
    uses = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        ours = set(ASSIGNED.findall(text)) | {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        # Names of modules after `import` are not attributes of Textual's objects.
        uses += [
            f"{path.relative_to(TUI)}:{node.lineno}: {node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in private - ours - LISTED and node.attr != "_exit"
        ]
    assert uses == []


def test_no_unlisted_private_module_is_imported() -> None:
    listed = {internal.name.partition(":")[0] for internal in INTERNALS}
    imported = {
        name for path in FILES for name in re.findall(r"from (textual\S*\._\S+) import", path.read_text("utf-8"))
    }
    assert imported <= listed


def test_no_attribute_shadows_one_of_textual() -> None:
    conflicts = []
    for path in FILES:
        module = "tui." + ".".join(path.relative_to(TUI).with_suffix("").parts)
        if path.name.startswith("__"):
            continue
        for kind in vars(import_module(module)).values():
            if not inspect.isclass(kind) or kind.__module__ != module:
                continue
            base = next((one for one in kind.__mro__ if one in BASES), None)
            if base is not None:
                own = own_names(kind)
                conflicts += [f"{module}.{kind.__name__}.{name}" for name in (own & private_names(base)) - LISTED]
    assert conflicts == []
