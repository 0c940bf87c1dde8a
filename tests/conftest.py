"""Fixtures of all tests: isolation of home, environment and network, and stock trees."""

from __future__ import annotations

import gc
import itertools
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import hypothesis.configuration
import pytest

from tests.support import watchdog
from tests.support.environment import ORIGINAL, fenced, keep_bytecode
from tests.support.network import NetworkFence
from tests.support.stock import Project, StockFactory, copy_project, stock_tree_or_skip
from tui.startup import THRESHOLDS

CHECKOUT = Path(__file__).resolve().parent.parent
MAX_PROCESSES = 8
"""More processes would mostly start up."""

_LONGEST = (
    "tests/core/store/test_crashes.py",
    "tests/conformance/",
    "tests/packaging/",
    "tests/trust/",
    "tests/tui/pages/test_everywhere.py",
)
"""The tests with the longest files."""

_UNCOUNTED = (
    "tests/tui/",
    "tests/trust/",
    "tests/conformance/",
    "tests/core/scaffold/test_new_tree_references.py",
    "tests/core/toml/edit/test_edits.py",
)
"""The tests that do not count for the coverage of `core`: of its own, two long files that reach one branch."""

# No deadlines: they fail under load.
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    """Select the Hypothesis profile and its folder; enable interruption by Ctrl+C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Background jobs of a shell ignore SIGINT, and programs of tests would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "HYPOTHESIS_STORAGE_DIRECTORY" not in ORIGINAL:
        hypothesis.configuration.set_hypothesis_home_dir(CHECKOUT / ".hypothesis")
    if not config.getoption("--hypothesis-profile", default=None):
        hypothesis.settings.load_profile("ci" if ORIGINAL.get("CI") else "dev")
    config.pluginmanager.register(watchdog)
    config.add_cleanup(keep_bytecode())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run the whole suite on all cores, and selected tests in one process, which starts faster.

    One process more than cores: tests of programs in a terminal wait for half of their time.
    """
    whole_suite = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(len(os.sched_getaffinity(0)) + 1, MAX_PROCESSES) if whole_suite else 0


def pytest_collection_finish() -> None:
    """Exclude imported modules from garbage collection, and use the thresholds of the app."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest files first, so that all processes end together; mark tests by their requirements.

    Tests with stock trees can be deselected with `-m "not stock"` where there is no package index. Benchmarks run
    without coverage, which slows some code more than other. Tests of the app and property tests also run without it,
    as it slows them most and the tests of `core` cover the same code.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))
    for item in items:
        if "stock" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stock)
        chance = hypothesis.is_hypothesis_test(getattr(item, "obj", None))
        if chance or item.get_closest_marker("benchmark") or item.nodeid.startswith(_UNCOUNTED):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The paths of new homes."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def fenced_environment(_homes: Iterator[Path], tmp_path: Path) -> Iterator[Path]:
    """Set an empty home, a minimal environment, UTC, and the test's directory as current. Yields the home."""
    home = next(_homes)
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        expected = fenced(home)
        for name in set(os.environ) - set(expected):
            patch.delenv(name)
        for name, value in expected.items():
            if os.environ.get(name) != value:
                patch.setenv(name, value)
        patch.chdir(tmp_path)
        time.tzset()
        yield home
    time.tzset()


@pytest.fixture(autouse=True)
def fenced_network() -> Iterator[NetworkFence]:
    """Refuse connections to other machines; a test that tried fails, even when its code handled the error."""
    fence = NetworkFence()
    with pytest.MonkeyPatch.context() as patch:
        fence.install(patch)
        yield fence
    if report := fence.report():
        pytest.fail(report, pytrace=False)


@pytest.fixture
def stock(tmp_path: Path) -> StockFactory:
    """Make projects from stock trees: `tmp_path/project`, then `project-2`, `project-3`..."""
    numbers = itertools.count(1)

    def make(release: str) -> Project:
        tree = stock_tree_or_skip(release)
        number = next(numbers)
        return copy_project(tree, tmp_path / ("project" if number == 1 else f"project-{number}"))

    return make


@pytest.fixture(scope="session")
def shared_trees() -> tuple[Path, ...]:
    """The `inference` folders of real users' trees beside the checkout, if any. Read-only."""
    trees = tuple(sorted((CHECKOUT.parent / "shared" / "trees").glob("*/.pipelex/inference")))
    if not trees:
        pytest.skip("no real users' trees beside the checkout")
    return trees
