"""A fast selection of the conformance suite, and real users' trees: pipedeck and Pipelex must agree."""

from __future__ import annotations

import pytest

from tests.support.environment import ORIGINAL

from .environments import EnvironmentUnavailable, environment
from .generate import build
from .measure import Outcome, measure
from .real_trees import RELEASES, present, real_outcome
from .shrink import printed

SELECTED = ("0.10.2", "0.17.6", "0.92.2")
TREES = 60

pytestmark = pytest.mark.conformance


def installed_or_skip(release: str) -> None:
    """Skip the test when the release cannot be installed, or fail it when PIPEDECK_REQUIRE_STOCK is 1."""
    try:
        environment(release)
    except EnvironmentUnavailable as exc:
        if ORIGINAL.get("PIPEDECK_REQUIRE_STOCK") == "1":
            pytest.fail(f"PIPEDECK_REQUIRE_STOCK is set, but {exc}")
        pytest.skip(str(exc))


def report(outcome: Outcome) -> str:
    """A differing case in a few lines."""
    lines = [f"pipelex {outcome.case.release}, seed {outcome.case.seed}", *outcome.case.mutations]
    return "\n".join([*lines, *map(str, outcome.differences[:5])])


@pytest.mark.parametrize("release", SELECTED)
def test_generated_trees_are_read_as_pipelex_reads_them(release: str) -> None:
    installed_or_skip(release)
    outcomes = list(measure(release, range(TREES)))
    differing = [outcome for outcome in outcomes if outcome.differences]
    assert not differing, "\n\n".join(map(report, differing))
    loads = sum(outcome.loads for outcome in outcomes)
    assert TREES // 4 < loads < TREES * 3 // 4, "the trees should be about half loading, half refused"


@pytest.mark.parametrize("keys", [True, False], ids=["keys set", "no keys"])
@pytest.mark.parametrize("name", sorted(RELEASES))
def test_real_trees_are_read_as_pipelex_reads_them(name: str, keys: bool) -> None:
    if name not in present():
        pytest.skip("this real tree does not lie beside the checkout")
    installed_or_skip(RELEASES[name])
    outcome = real_outcome(name, keys=keys)
    assert not outcome.differences, printed(outcome).partition("!")[2]


def test_a_case_is_the_same_every_time() -> None:
    installed_or_skip(SELECTED[0])
    stock = environment(SELECTED[0]).stock
    assert [build(SELECTED[0], seed, stock) for seed in range(5)] == [
        build(SELECTED[0], seed, stock) for seed in range(5)
    ]
