"""The sample tree of `pipedeck demo`, copied to a temporary folder, with placeholder variables."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tui.loading import Request
from tui.shutdown import temporary_folder

DEMO_VARIABLES = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "MISTRAL_API_KEY")
"""The variables that are set in the demo, to placeholder values; the user's own are never read."""


def sample_tree() -> Path:
    """The folder of the sample as installed: the content of an `inference` folder. Read-only."""
    return Path(__file__).parent / "inference"


def copy_sample(target: Path) -> Path:
    """Copy the sample into a project folder as `.pipelex/inference`, which must not exist. Returns that folder."""
    folder = target / ".pipelex" / "inference"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Contents only, without permissions: a read-only installation must not make the copy read-only.
    shutil.copytree(sample_tree(), folder, copy_function=shutil.copyfile)
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        path.chmod(0o755)
    return folder


def demo_environment(home: Path) -> dict[str, str]:
    """The environment of the demo: a separate home, and every variable that the sample uses."""
    return {"HOME": str(home), **dict.fromkeys(DEMO_VARIABLES, "demo")}


def demo_providers(folders: ExitStack, started: list[Callable[[], Mapping[str, str]]]) -> Mapping[str, str]:
    """The URL of the demo's server for each origin; starts the server on the first call."""
    if not started:
        from tui.sample.provider import DemoProvider

        started.append(folders.enter_context(DemoProvider()).start)
    return started[0]()


def demo_request(folders: ExitStack) -> Request:
    """A request for the sample, copied to a folder that is removed when `folders` is closed."""
    folder = folders.enter_context(temporary_folder("pipedeck-demo-"))
    copy_sample(folder / "shop")
    (folder / "home").mkdir()
    environ = demo_environment(folder / "home")
    stand_ins = partial(demo_providers, folders, [])
    shop = str(folder / "shop")
    return Request(shop, environ=environ, label="a throw-away sample", cwd=shop, stand_ins=stand_ins)
