"""Every address of `set` and `unset` on every dialect: an edit, or a refusal in words; and what each key takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from core.api import Report
from core.edits.address_edits import SetValueAt, UnsetAt, value_of
from core.edits.edit_session import Applied
from core.edits.intent import EditRefused
from core.files.outline import dotted
from tests.core.edits.scenes import Scene, scene
from tests.support.trees import MINIMAL

VALUES: tuple[object, ...] = ("TEXT", "openai", "", "${X}", 3, 0.5, True, ["openai"], [1], [], {"a": "openai"}, {})
SUFFIXES = ("", ".zz", ".zz.yy", "[0]", "[9]", ".zz[0]", '."a.b"', ".")
Key = str | int


def documents(report: Report) -> Iterator[tuple[tuple[Key, ...], object]]:
    """The data of the tree below the addresses of its documents."""
    tree = report.catalog.tree
    yield ("backends",), tree.backends.data
    for name, document in tree.specs.items():
        yield ("models", name), document.data
    yield ("profiles",), tree.routing.data.get("profiles")
    yield ("deck",), tree.deck.data
    for head in (
        ("active",),
        ("routing", "active"),
        ("zz",),
        ("deck", "zz"),
        ("profiles", "zz"),
        ("models", "zz", "a"),
    ):
        yield head, None


def addresses(path: tuple[Key, ...], value: object) -> Iterator[str]:
    """A path, what is below it, and what could be."""
    address = "".join(f"[{key}]" if isinstance(key, int) else f".{dotted((key,))}" for key in path)[1:]
    yield from (address + suffix for suffix in SUFFIXES)
    for key in ("routes", "optional_routes", "fallback_order", "description", "default"):
        if path[0] == "profiles" and len(path) == 2:
            yield from (f"{address}.{key}{suffix}" for suffix in SUFFIXES)
    items: Iterable[tuple[Key, object]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value[:1])
    for step, item in items:
        yield from addresses((*path, step), item)


@pytest.mark.parametrize("release", [*MINIMAL])
def test_each_address_gives_an_edit_or_words(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    possible = sorted({address for path, data in documents(tree.report) for address in addresses(path, data)})
    assert len(possible) > 200
    for address in possible:
        outcomes = [tree.apply(UnsetAt(address)), *(tree.apply(SetValueAt(address, value)) for value in VALUES)]
        for outcome in outcomes:
            assert isinstance(outcome, Applied) or (outcome.reason and outcome.instead), address
        value_of(tree.report, address, "3", tree.view)
    assert any(isinstance(tree.apply(SetValueAt(address, "TEXT")), Applied) for address in possible)


@pytest.mark.parametrize("release", [*MINIMAL])
def test_each_key_of_a_profile_takes_its_kind_of_value(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    newer = release not in ("0.10.2", "0.11.0", "0.14.3")

    def result(key: str, value: object) -> object:
        applied = tree.apply(SetValueAt(f"profiles.all.{key}", value))
        if isinstance(applied, EditRefused):
            return applied.reason
        table = Scene(tree.after(applied)).report.catalog.tree.routing.data["profiles"]
        assert isinstance(table, dict)
        return table["all"].get(key.partition(".")[0])

    assert result("description", "a few words") == "a few words"
    assert result("default", "anthropic") == "anthropic"
    assert result("default", "nobody") == "There is no backend `nobody`."
    assert result("routes.zz", "openai") == {"claude-*": "anthropic", "zz": "openai"}
    assert result("routes.zz", "nobody") == "There is no backend `nobody`."
    unknown = f"Pipelex {release} knows no key `{{}}` of profiles."
    names, order = unknown.format("optional_routes"), unknown.format("fallback_order")
    assert result("optional_routes.zz", "openai") == ({"zz": "openai"} if newer else names)
    assert result("fallback_order", ["openai"]) == (["openai"] if newer else order)
