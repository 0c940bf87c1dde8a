"""Arbitrary graphs of names: every walk ends, nothing raises, and results are deterministic."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api import Report
from core.resolution import Status
from tests.core.properties.test_any_bytes import answer_everything
from tests.support.trees import DECK, Files, edited, end, inspect, minimal, resolved

NODES = ("a", "b", "c", "d", "e")
ENDS = ("gpt-4o-mini", "claude-4-sonnet", "nobody", "painter", "", "$cheap")
SIGILS = ("", "@", "~", "handle:", "alias:")
EDGES = st.lists(st.sampled_from((*NODES, *NODES, *ENDS)), max_size=4)
GRAPH = st.dictionaries(st.sampled_from(NODES), EDGES, max_size=5)


def _list(items: list[str]) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"


def old_lists(release: str, graph: dict[str, list[str]]) -> Files:
    lines = "".join(f"        {name} = {_list(targets)}\n" for name, targets in graph.items())
    return edited(minimal(release), DECK, "[aliases]\n", "[aliases]\n" + lines)


def aliases_and_waterfalls(release: str, graph: dict[str, list[str]], falls: dict[str, list[str]]) -> Files:
    modern = release in ("0.43.1", "0.92.2")
    titles = ("[llm.aliases]\n", "[llm.waterfalls]\n") if modern else ("[aliases]\n", "[waterfalls]\n")
    indent = "    " if modern else "        "
    one = "".join(f'{indent}{name} = "{targets[0]}"\n' for name, targets in graph.items() if targets)
    many = "".join(f"{indent}{name} = {_list(entries)}\n" for name, entries in falls.items())
    files = edited(minimal(release), DECK, titles[0], titles[0] + one)
    return edited(files, DECK, titles[1], titles[1] + many)


def answered(files: Files, release: str) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        report = inspect(Path(folder), files, release=release)
        answer_everything(report)
    for resolution in report.resolutions:
        assert (resolution.spec is None) == (resolution.unresolved is not None)
        assert (resolution.status in (Status.DEAD, Status.UNKNOWN)) == (resolution.spec is None)
    fresh = {(item.kind, item.family, item.name): item for item in report.resolver.everything()}
    for resolution in report.resolutions:
        assert fresh[resolution.kind, resolution.family, resolution.name] == resolution
    return report


RELAXED = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3"])
@given(graph=GRAPH)
@RELAXED
def test_chains_of_aliases(release: str, graph: dict[str, list[str]]) -> None:
    answered(old_lists(release, graph), release)


@pytest.mark.parametrize("release", ["0.17.6", "0.43.1", "0.92.2"])
@given(graph=GRAPH, falls=GRAPH, sigils=st.lists(st.sampled_from(SIGILS), min_size=7, max_size=7))
@RELAXED
def test_aliases_and_waterfalls(
    release: str, graph: dict[str, list[str]], falls: dict[str, list[str]], sigils: list[str]
) -> None:
    def dressed(edges: dict[str, list[str]]) -> dict[str, list[str]]:
        return {
            name: [sigils[index % 7] + target for index, target in enumerate(targets)]
            for name, targets in edges.items()
        }

    answered(aliases_and_waterfalls(release, dressed(graph), dressed(falls)), release)


def first_alive(graph: dict[str, list[str]], name: str, way: tuple[str, ...] = ()) -> str | None:
    """The rule of 0.10 for acyclic graphs, as simple as possible."""
    if name in ("gpt-4o-mini", "claude-4-sonnet"):
        return name
    assert name not in way
    ends = (first_alive(graph, target, (*way, name)) for target in graph.get(name, ()))
    return next((end_ for end_ in ends if end_ is not None), None)


@given(st.tuples(*(st.lists(st.sampled_from((*NODES[index + 1 :], *ENDS[:3])), max_size=3) for index in range(5))))
@RELAXED
def test_acyclic_graph_resolves_as_the_plain_rule(targets: tuple[list[str], ...]) -> None:
    graph = dict(zip(NODES, targets, strict=True))
    report = answered(old_lists("0.10.2", graph), "0.10.2")
    for name in NODES:
        actual = end(resolved(report, name, "alias"))
        assert (actual.split("/")[1] if actual else None) == first_alive(graph, name)


@pytest.mark.parametrize("release", ["0.10.2", "0.17.6", "0.43.1", "0.92.2"])
def test_chain_of_hundreds_of_aliases_resolves(release: str, tmp_path: Path) -> None:
    chain = {f"n{number}": [f"n{number + 1}"] for number in range(400)} | {"n400": ["gpt-4o-mini"]}
    files = old_lists(release, chain) if release == "0.10.2" else aliases_and_waterfalls(release, chain, {})
    report = inspect(tmp_path, files, release=release)
    resolution = resolved(report, "n0")
    assert end(resolution) == "openai/gpt-4o-mini"
    assert len(resolution.hops) == 402


@pytest.mark.parametrize("release", ["0.10.2", "0.17.6", "0.43.1", "0.92.2"])
def test_branching_names_are_resolved_once_each(release: str, tmp_path: Path) -> None:
    """A walk of every path would take 2 to the 60th steps, and never end."""
    tree = {f"n{number}": [f"n{number + 1}", f"n{number + 1}"] for number in range(60)}
    files = old_lists(release, tree) if release == "0.10.2" else aliases_and_waterfalls(release, {}, tree)
    report = inspect(tmp_path, files, release=release)
    assert resolved(report, "n0").unresolved is not None


def test_fully_connected_names_are_resolved_once_each(tmp_path: Path) -> None:
    """A walk of every path would take 14 factorial steps."""
    names = [f"n{number}" for number in range(14)]
    files = aliases_and_waterfalls("0.92.2", {}, {name: [f"~{other}" for other in names] for name in names})
    report = inspect(tmp_path, files)
    assert {resolved(report, name).status for name in names} == {Status.DEAD}


def test_excessively_nested_waterfalls_are_dead(tmp_path: Path) -> None:
    falls = {f"n{number}": [f"~n{number + 1}"] for number in range(300)} | {"n300": ["gpt-4o-mini"]}
    report = inspect(tmp_path, aliases_and_waterfalls("0.92.2", {}, falls))
    unresolved = resolved(report, "n0").unresolved
    assert unresolved is not None
    assert (unresolved.code, unresolved.error) == ("too-deep", "RecursionError")
    assert end(resolved(report, "n200")) == "openai/gpt-4o-mini"
