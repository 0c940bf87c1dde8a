"""Projects that state a release, or have an environment, in some form, and the release that is found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.installation import Installation, ReleaseSource, find_installation

Expected = tuple[str, ReleaseSource]


@dataclass(frozen=True)
class Project:
    """Files below a folder `shop` (a text that begins with `->` is a link), and what is found from a folder there.

    `@ROOT@` in texts and variables is the folder above `shop`, which is the home.
    """

    files: Mapping[str, str]
    expected: Expected
    start: str = "."
    environ: Mapping[str, str] = field(default_factory=dict)

    def installation(self, root: Path) -> Installation | None:
        """What is found when the project is made below `root`."""
        shop = root / "shop"
        for path, text in self.files.items():
            file = Path(os.path.normpath(shop / path.replace("@ROOT@", str(root))))
            file.parent.mkdir(parents=True, exist_ok=True)
            if text.startswith("->"):
                file.symlink_to(text[2:].replace("@ROOT@", str(root)))
            else:
                file.write_bytes(text.replace("@ROOT@", str(root)).encode())
                file.chmod(0o755 if text.startswith("#!") else 0o644)
        start = str((shop / self.start).resolve())
        variables = {name: value.replace("@ROOT@", str(root)) for name, value in self.environ.items()}
        return find_installation(start, cwd=start, environ={"HOME": str(root), "PATH": "", **variables})
