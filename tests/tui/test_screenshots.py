"""The screenshots of the README are current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_screenshots_are_current(tmp_path: Path) -> None:
    made = tmp_path / "made"
    done = subprocess.run(
        [sys.executable, str(ROOT / "screenshots" / "make.py"), str(made)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    stored = {path.name: path.read_text("utf-8") for path in (ROOT / "screenshots").glob("*.svg")}
    fresh = {path.name: path.read_text("utf-8") for path in made.glob("*.svg")}
    assert stored.keys() == fresh.keys()
    stale = [name for name in stored if stored[name] != fresh[name]]
    assert stale == [], "run `python screenshots/make.py`"
