"""What `pipedeck init` writes, read by the real releases: it loads without a warning, and every reference resolves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.scaffold.templates import INTERNAL, templates
from tests.core.scaffold.scaffold_plans import behaviours, plan, write_files

from .environments import environment
from .oracle import Answer, Oracle, Question
from .test_conformance import SELECTED, installed_or_skip

pytestmark = pytest.mark.conformance

NEEDS_NETWORK = "vertexai"
"""Fetches a token while Pipelex starts."""


def chosen(release: str) -> Iterator[tuple[str, ...]]:
    """Every provider of language models alone, and all providers."""
    every = [
        release_number
        for release_number in templates(behaviours(release).release)
        if release_number.name not in (INTERNAL, NEEDS_NETWORK)
    ]
    yield from ((release_number.name,) for release_number in every if release_number.has_language_models)
    yield tuple(release_number.name for release_number in every)


def dead(answer: Answer) -> set[str]:
    """The references that the release resolves to nothing. A choice that is not made is none."""
    release_number = set()
    for kind in ("aliases", "waterfalls", "presets", "choices"):
        for name, end in answer[kind].items():
            nothing = end is None and kind != "choices"
            if nothing or (end is not None and (end.get("error") or end.get("latent_error"))):
                release_number.add(name)
    return release_number


def ask(oracle: Oracle, release: str, names: Sequence[str], project: Path) -> tuple[Answer, Sequence[str]]:
    planned = plan(release, names)
    write_files(planned, project)
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "0"\n', encoding="utf-8")
    keys = dict.fromkeys(planned.variables, "https://key-of-a-test")
    return oracle.ask(Question(project, None, keys)), planned.gaps


@pytest.mark.parametrize("release", SELECTED)
def test_a_new_tree_loads_in_the_real_release(release: str, tmp_path: Path) -> None:
    installed_or_skip(release)
    with Oracle(environment(release)) as oracle:
        for number, names in enumerate(chosen(release)):
            answer, gaps = ask(oracle, release, names, tmp_path / str(number))
            assert answer["status"] == "ok", f"{names}: {answer['message']}"
            assert dead(answer) == {f"{family}/default" for family in gaps}, names
            assert [line for line in answer["log"] if line[0] in ("warning", "error")] == [], names
