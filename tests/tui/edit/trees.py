"""Trees to edit with the app: the sample and stock trees, with their files to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.tui.driving import Driven, opened
from tui.app import demo_request


class Editable(Driven):
    """The app on a tree that may be edited."""

    tree: Path

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
        async with opened(request, size) as app:
            editable = Editable(app.app, app.pilot)
            editable.tree = Path(str(request.path)) / ".pipelex" / "inference"
            yield editable


@asynccontextmanager
async def spoilt(changes: Mapping[str, tuple[str, str]], size: tuple[int, int] = (80, 24)) -> AsyncIterator[Editable]:
    """The app on the sample, with a text replaced in some of its files."""
    with ExitStack() as folders:
        request = demo_request(folders)
        tree = Path(str(request.path)) / ".pipelex" / "inference"
        for name, (old, new) in changes.items():
            text = (tree / name).read_text(encoding="utf-8")
            assert old in text
            (tree / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        async with opened(request, size) as app:
            editable = Editable(app.app, app.pilot)
            editable.tree = tree
            yield editable
