"""Fixtures of every test: fences around the home, the environment and the network, and real trees to work on."""

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
MOST_PROCESSES = 8
"""More would be more starting than testing."""

# No deadlines: a shared machine is slow now and then, and that is no finding.
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the Hypothesis profile and one place for its files; be interruptible wherever it was started."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts its background jobs so, and programs that tests interrupt would inherit it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "HYPOTHESIS_STORAGE_DIRECTORY" not in ORIGINAL:
        hypothesis.configuration.set_hypothesis_home_dir(CHECKOUT / ".hypothesis")
    if not config.getoption("--hypothesis-profile", default=None):
        hypothesis.settings.load_profile("ci" if ORIGINAL.get("CI") else "dev")
    config.pluginmanager.register(watchdog)
    config.add_cleanup(keep_bytecode())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite runs on all cores; a part that is named runs in one process, which starts sooner."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(len(os.sched_getaffinity(0)), MOST_PROCESSES) if whole else 0


def pytest_collection_finish() -> None:
    """What was imported stays: it is not looked through for garbage again and again, and the rest as the app does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need.

    One that asks for a stock tree can be left out with `-m "not stock"` where there is no package index; one that
    measures does so without the tool that counts which lines are reached, which slows some code and not other. Nor do
    tests of the app count, nor what chance makes, which that tool would slow most: what they reach of `core` is reached
    by its own tests, which say what it must do.
    """
    uncounted = [CHECKOUT / "tests" / name for name in ("tui", "trust", "conformance")]
    for item in items:
        if "stock" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stock)
        chance = hypothesis.is_hypothesis_test(getattr(item, "obj", None))
        measures = item.get_closest_marker("benchmark")
        if chance or measures or any(item.path.is_relative_to(folder) for folder in uncounted):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the next home is to be made."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def fenced_environment(_homes: Iterator[Path], tmp_path: Path) -> Iterator[Path]:
    """An empty home, a minimal environment, UTC, and the test's own directory to stand in. Gives the home."""
    home = next(_homes)
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        wanted = fenced(home)
        for name in set(os.environ) - set(wanted):
            patch.delenv(name)
        for name, value in wanted.items():
            if os.environ.get(name) != value:
                patch.setenv(name, value)
        patch.chdir(tmp_path)
        time.tzset()
        yield home
    time.tzset()


@pytest.fixture(autouse=True)
def fenced_network() -> Iterator[NetworkFence]:
    """No connection leaves the machine; a test whose code tried fails, even when the code swallowed the refusal."""
    fence = NetworkFence()
    with pytest.MonkeyPatch.context() as patch:
        fence.install(patch)
        yield fence
    if report := fence.report():
        pytest.fail(report, pytrace=False)


@pytest.fixture
def stock(tmp_path: Path) -> StockFactory:
    """Makes projects out of stock trees: the first is `tmp_path/project`, further ones `project-2`, `project-3`..."""
    numbers = itertools.count(1)

    def make(release: str) -> Project:
        tree = stock_tree_or_skip(release)
        number = next(numbers)
        return copy_project(tree, tmp_path / ("project" if number == 1 else f"project-{number}"))

    return make


@pytest.fixture(scope="session")
def shared_trees() -> tuple[Path, ...]:
    """The `inference` folders of real users' trees, where they lie beside the checkout. Read, never write in them."""
    trees = tuple(sorted((CHECKOUT.parent / "shared" / "trees").glob("*/.pipelex/inference")))
    if not trees:
        pytest.skip("no real users' trees beside the checkout")
    return trees
