"""Method files: what pipedeck reads in each, against the parser of a real release.

`python -m tests.conformance.methods [RELEASE...]` compares the files of `method_forms` and those that the release's
package contains: which can be read, and for each pipe with a model its type, its keys, what they name, and their lines.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.methods import MethodFile, MethodFolder, Origin, read_methods
from core.methods.method_files import MODEL_TYPES
from core.pipes.answers import reference_in
from core.releases import Release, behaviours_of, parse_release

from .environments import environment
from .method_forms import FORMS, forms_of
from .packages import site_packages

MEASURED = ("0.10.2", "0.14.3", "0.17.6", "0.18.6", "0.24.1", "0.45.0", "0.60.0", "0.77.0", "0.92.2")
ASK = Path(__file__).resolve().parent / "inside" / "ask_methods.py"


@dataclass(frozen=True)
class Outcome:
    """How many files and pipes a release reads, how many files it refuses, and where pipedeck differs, in words."""

    files: int
    refused: int
    pipes: int
    wrong: tuple[str, ...]


def answers(release: str, paths: Sequence[Path]) -> list[dict[str, Any]]:
    """What the parser of a release says of each file."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [str(environment(release).python), str(ASK)],
            input="".join(f"{path}\n" for path in paths),
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "HOME": folder},
        )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if len(lines) != len(paths):
        raise RuntimeError(f"pipelex {release} stopped: {done.stderr[-2000:]}")
    return lines


def outcome(release: str) -> Outcome:
    """Compare the forms and the files of the package of a release."""
    number = parse_release(release)
    assert number is not None
    ending = behaviours_of(number).method_ending
    with tempfile.TemporaryDirectory(prefix="forms-") as name:
        folder = Path(name).resolve()
        for at, text in enumerate(forms_of(behaviours_of(number)).values()):
            (folder / f"form{at:02}{ending}").write_bytes(text.encode())
        package = site_packages(environment(release)) / "pipelex"
        folders = [folder, *sorted({path.parent for path in package.rglob(f"*{ending}")})]
        files = [file for one in folders for file in _read(one) if file.source.path.endswith(ending)]
        files = list({file.source.path: file for file in files}.values())
        found = answers(release, [Path(file.source.path) for file in files])
        wrong = [
            f"{_name(file)}: {text}"
            for file, answer in zip(files, found, strict=True)
            for text in differences(file, answer, number)
        ]
        accepted = [answer["pipes"] for answer in found if "pipes" in answer]
    if not accepted:
        raise RuntimeError(f"pipelex {release} reads no file: {found[0]['error']}")
    pipes = sum(pipe["type"] in MODEL_TYPES for one in accepted for pipe in one.values())
    return Outcome(len(files), len(files) - len(accepted), pipes, tuple(wrong))


def _read(folder: Path) -> tuple[MethodFile, ...]:
    return read_methods([MethodFolder(str(folder), Origin.PROJECT)]).read


def _name(file: MethodFile) -> str:
    path = Path(file.source.path)
    return f"form `{list(FORMS)[int(path.stem[4:])]}`" if path.stem.startswith("form") else path.name


def differences(file: MethodFile, answer: Mapping[str, Any], release: Release) -> Iterator[str]:
    """Where pipedeck reads a file otherwise than the release."""
    if "error" in answer:
        # A blueprint is refused for many reasons that are not about models: only the syntax makes a file unreadable.
        if file.fault and not any(word in answer["error"] for word in ("TOML", "Toml", "Decode", "syntax")):
            yield f"pipedeck cannot read it ({file.fault}); {answer['error']}"
        if not file.fault and "TOML syntax" in answer["error"]:
            yield f"pipedeck reads it; {answer['error']}"
        return
    if file.fault:
        yield f"pipedeck cannot read it: {file.fault}"
        return
    known = behaviours_of(release).model_keys
    theirs = {code: pipe for code, pipe in answer["pipes"].items() if pipe["type"] in MODEL_TYPES}
    ours = {pipe.code: pipe for pipe in file.pipes}
    for code in sorted({*theirs, *ours}):
        if code not in theirs or code not in ours:
            yield f"pipe `{code}` is read by {'pipedeck' if code in ours else 'the release'} only"
            continue
        keys = {key.key: key.value for key in ours[code].keys if key.key in known}
        read = {key: value if isinstance(value, str) else {"model": reference_in(value)} for key, value in keys.items()}
        if {"type": ours[code].type, **read} != theirs[code]:
            yield f"pipe `{code}` is { ({'type': ours[code].type, **read}) }, and {theirs[code]} there"
        lines = (file.source.document.text or "").splitlines()
        for key in ours[code].keys:
            line = lines[file.source.locate(key.path).line - 1]
            if key.key not in line:
                yield f"`{key.key}` of pipe `{code}` is said to be in the line {line!r}"


def main() -> int:
    """Measure releases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("releases", nargs="*", default=MEASURED)
    failed = False
    for release in parser.parse_args().releases:
        found = outcome(release)
        counts = f"{found.files} files, {found.refused} refused, {found.pipes} pipes with a model"
        print(f"{release}: {counts}, {len(found.wrong)} differ", flush=True)
        for text in found.wrong:
            print(f"    {text}")
        failed |= bool(found.wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
