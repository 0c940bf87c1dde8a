"""Faults put into a copy of the store on purpose, each of which the tests must find: proof that they can fail.

`python -m tests.core.store.seeded [WORD]`, some minutes; only the faults whose name holds WORD. Ends with 1 when one
slipped through, or when the place for it is no longer in the code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.core.store.seeds import FAULTS, Fault

CHECKOUT: Final = Path(__file__).resolve().parents[3]


def try_fault(fault: Fault, copy: Path) -> str:
    """Put one fault into the copy and run the tests; what went wrong, or nothing when they found it."""
    path = copy / "core/files/store" / fault.file
    text = path.read_text()
    if text.count(fault.right) < 1:
        return "its place is no longer in the code"
    wrong = text.replace(fault.right, fault.wrong)
    path.write_text(wrong)
    try:
        compile(wrong, str(path), "exec")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", "--tb=no"]
        files = [str(file) for file in sorted((copy / "tests/core/store").glob(f"test_{fault.tests}*.py"))]
        assert files
        done = subprocess.run(
            [*command, *files, *(["-k", fault.choose] if fault.choose else [])],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    finally:
        path.write_text(text)
    if done.returncode == 1:
        return ""
    return (
        f"no test of test_{fault.tests}*.py noticed"
        if done.returncode == 0
        else done.stdout[-500:] + done.stderr[-500:]
    )


def main() -> int:
    """Try every fault; prints one line each."""
    chosen = [fault for fault in FAULTS if not sys.argv[1:] or sys.argv[1] in fault.name]
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        copy.mkdir()
        for part in ("core", "tests"):
            shutil.copytree(CHECKOUT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(CHECKOUT / "pyproject.toml", copy)
        for fault in chosen:
            finding = try_fault(fault, copy)
            missed += bool(finding)
            print(f"{'MISSED' if finding else 'found '}  {fault.name}{': ' if finding else ''}{finding}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} faults were found by the tests")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
