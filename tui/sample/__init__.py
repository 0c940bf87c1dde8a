"""The sample tree that `pipedeck demo` shows: copied to a throw-away place, with made-up variables."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tui.session import Request
from tui.shutdown import throw_away_folder

DEMO_VARIABLES = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "MISTRAL_API_KEY")
"""The variables that the demo takes for set. Their values are made up; the user's own are never looked at."""


def sample_tree() -> Path:
    """The folder of the sample as it is shipped: the contents of an `inference` folder. Read it, never write in it."""
    return Path(__file__).parent / "inference"


def copy_sample(target: Path) -> Path:
    """Copy the sample into a project folder as `.pipelex/inference`. Returns that folder, which must not exist yet."""
    folder = target / ".pipelex" / "inference"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Contents only: an installation that is read-only must not make the copy so.
    shutil.copytree(sample_tree(), folder, copy_function=shutil.copyfile)
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        path.chmod(0o755)
    return folder


def demo_environment(home: Path) -> dict[str, str]:
    """An environment for the demo: a home of its own, and every variable that the sample needs."""
    return {"HOME": str(home), **dict.fromkeys(DEMO_VARIABLES, "demo")}


def demo_providers(folders: ExitStack, started: list[Callable[[], Mapping[str, str]]]) -> Mapping[str, str]:
    """The servers of the demo, started when they are first asked for."""
    if not started:
        from tui.sample.provider import DemoProvider

        started.append(folders.enter_context(DemoProvider()).start)
    return started[0]()


def demo_request(folders: ExitStack) -> Request:
    """A request for the sample, copied to a folder that is removed when `folders` is closed."""
    folder = folders.enter_context(throw_away_folder("pipedeck-demo-"))
    copy_sample(folder / "shop")
    (folder / "home").mkdir()
    environ = demo_environment(folder / "home")
    stand_ins = partial(demo_providers, folders, [])
    return Request(str(folder / "shop"), environ=environ, label="a throw-away sample", stand_ins=stand_ins)
