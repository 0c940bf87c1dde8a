"""Write `core/settings/schema.txt` from unpacked wheels: `python -m tests.conformance.settings.table WHEELS PYTHON`.

WHEELS is a folder with one unpacked wheel of Pipelex a release, PYTHON an interpreter with pydantic and mthds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from core.releases import Release, parse_release
from core.releases.specifiers import PUBLISHED
from core.settings import schema

INSIDE = Path(__file__).resolve().with_name("wheel_schema.py")
HEAD = (
    "# What each release of Pipelex accepts in its settings files: see schema.py and notation.py.\n"
    "# Written by `python -m tests.conformance.settings.table` from the wheels of {count} releases, {first} - {last}.\n"
)
KINDS: tuple[schema.FileKind, ...] = ("pipelex", "telemetry", "service")
MIGRATED: tuple[schema.FileKind, ...] = ("pipelex", "telemetry")
WheelFacts = Mapping[str, Any]


def facts(wheel: Path, python: str, records: Path) -> WheelFacts | None:
    """The facts of one wheel, from `records` if it has them; None, with the reason printed, on a failure."""
    known = records / f"{wheel.name}.json"
    if known.exists():
        previous: WheelFacts = json.loads(known.read_text())
        return previous
    with tempfile.TemporaryDirectory() as folder:
        command = [python, str(INSIDE), str(wheel), wheel.name]
        environ = {"HOME": folder, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        print(wheel.name, done.stderr.strip().splitlines()[-1], file=sys.stderr)
        return None
    known.write_text(done.stdout.splitlines()[-1])
    answer: WheelFacts = json.loads(done.stdout.splitlines()[-1])
    return answer


def sections(found: WheelFacts) -> dict[str, list[tuple[str, str]]]:
    """The first two columns of each section of the table, for one release."""
    lines: dict[str, list[tuple[str, str]]] = {
        kind: [(path or "-", notation) for path, notation in found[kind].items()] for kind in KINDS
    }
    lines["tables"] = [(path, "") for path in found["tables"]]
    lines["plugins"] = list(found["plugins"].items())
    lines["capabilities"] = list(found["capabilities"].items())
    for kind in MIGRATED:
        lines[f"{kind} operations"] = [(line, "") for line in found[f"{kind} ledger"]]
    return lines


def merged_order(lists: Iterable[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """All rows of several releases, oldest first, in an order that keeps that of each newer one where it can."""
    order: list[tuple[str, str]] = []
    for rows in lists:
        at = 0
        known = set(order)
        for row in rows:
            if row in known:
                at = order.index(row) + 1
            else:
                order.insert(at, row)
                at += 1
    return order


def ranges(present: Sequence[bool], names: Sequence[str]) -> str:
    """The releases of a row as ranges: from a first release to before another."""
    parts, since = [], None
    for name, there in zip(names, present, strict=True):
        if there and since is None:
            since = name
        elif not there and since is not None:
            parts.append(f"{since}..{name}")
            since = None
    return " ".join([*parts, *([f"{since}.."] if since else [])])


def number(release: str) -> Release:
    """The number of a release."""
    parsed = parse_release(release)
    assert parsed is not None
    return parsed


def main(argv: Sequence[str] | None = None) -> int:
    """Read every wheel, write the table, and check that it says of each release what its wheel says."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.settings.table", description=__doc__)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("python")
    parser.add_argument("--records", type=Path, required=True, help="a folder for the facts of each wheel")
    args = parser.parse_args(argv)
    names = [release for release in PUBLISHED if (args.wheels / release / "pipelex" / "pipelex.toml").exists()]
    with ThreadPoolExecutor(2) as pool:
        read = list(pool.map(lambda name: facts(args.wheels / name, args.python, args.records), names))
    if None in read:
        return 1
    found = [sections(item) for item in read if item is not None]
    text = [HEAD.format(count=len(names), first=names[0], last=names[-1])]
    for section in found[-1]:
        held = [set(release[section]) for release in found]
        text.append(f"[{section}]")
        for row in merged_order(release[section] for release in found):
            text.append("\t".join((*row, ranges([row in rows for rows in held], names))))
    schema._FILE.write_text("\n".join(text) + "\n", encoding="utf-8")
    schema._sections.cache_clear()
    for name, release in zip(names, found, strict=True):
        for kind in KINDS:
            made = schema.settings_schema(kind, number(name))
            assert dict(made.rows) == {path.strip("-"): notation for path, notation in release[kind]}, (name, kind)
            operations = release[f"{kind} operations"] if kind in MIGRATED else []
            assert list(made.operations) == [line for line, _ in operations], (name, kind)
    print(f"{len(names)} releases, {len(text)} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
