"""Trees to edit with the app: the sample and stock trees, with their files to look at."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from tests.support.stock import Project
from tests.tui.app_driver import AppDriver, open_app, request_for
from tui.sample import demo_request


class Editable(AppDriver):
    """The app on a tree that may be edited."""

    tree: Path
    keys = 0
    """How many keys were pressed, without those of names that were typed."""

    async def press(self, *keys: str) -> None:
        """See `AppDriver`."""
        self.keys += len(keys)
        await super().press(*keys)

    async def type(self, text: str) -> None:
        """See `AppDriver`; a name that is typed costs no keys of the table."""
        before = self.keys
        await super().type(text)
        self.keys = before

    def read(self, name: str) -> str:
        """A file of the tree."""
        return (self.tree / name).read_text(encoding="utf-8")

    async def write(self) -> None:
        """Review and write, agreeing to new errors."""
        await self.press("w", "w")
        if "new error" in self.lines[0] + self.lines[2] and "do not write" in self.text:
            await self.press("down", "enter")

    @property
    def files(self) -> dict[str, bytes]:
        """Every file of the tree."""
        return bytes_of(self.tree)

    @property
    def status(self) -> str:
        """The line above the keys; empty when everything is written."""
        return next((line for line in self.lines[-2:] if line.startswith(" * ")), "")

    @property
    def main_status(self) -> str:
        """What is not written, whatever screen is shown."""
        return "unwritten" if self.app.session.unwritten else ""


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@asynccontextmanager
async def sample(size: tuple[int, int] = (80, 24), *, read_only: bool = False) -> AsyncIterator[Editable]:
    """The app on the sample."""
    with ExitStack() as folders:
        request = replace(demo_request(folders), read_only=read_only)
        async with open_app(request, size) as app:
            editable = Editable(app.app, app.pilot)
            editable.tree = Path(str(request.path)) / ".pipelex" / "inference"
            yield editable


@asynccontextmanager
async def spoilt(
    changes: Mapping[str, tuple[str, str]],
    size: tuple[int, int] = (80, 24),
    extra: Mapping[str, str] = MappingProxyType({}),
    tracked: str = "",
) -> AsyncIterator[Editable]:
    """The app on the sample, with a text replaced in some of its files, `extra` ones, and one that git tracks."""
    with ExitStack() as folders:
        request = demo_request(folders)
        tree = Path(str(request.path)) / ".pipelex" / "inference"
        for name, (old, new) in changes.items():
            text = (tree / name).read_text(encoding="utf-8")
            assert old in text
            (tree / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        for name, text in extra.items():
            (tree / name).write_text(text, encoding="utf-8")
        for arguments in (("init", "-q"), ("add", "-f", tracked)) if tracked else ():
            subprocess.run(["git", *arguments], cwd=tree.parent.parent, check=True, capture_output=True)
        async with open_app(request, size) as app:
            editable = Editable(app.app, app.pilot)
            editable.tree = tree
            yield editable


@asynccontextmanager
async def stock_tree(
    project: Project, home: Path, size: tuple[int, int] = (80, 24), **variables: str
) -> AsyncIterator[Editable]:
    """The app on a stock tree."""
    async with open_app(request_for(project.root, home, **variables), size) as app:
        editable = Editable(app.app, app.pilot)
        editable.tree = project.tree
        yield editable
