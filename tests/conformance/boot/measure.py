"""Have a release and pipedeck answer for the boot cases, and compare; keeps what the release answered."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.api import inspect_tree
from core.errors import NoTreeError
from tests.support.stock import cache_dir

from ..compare import Difference, compare
from ..environments import environment
from ..measure import slim
from ..oracle import ASK, INSIDE, Oracle, Question
from ..ours import answer_of
from .case import BootCase, Placed, place
from .registry import cases

Answer = dict[str, Any]
ASKING = (ASK, "ask_boot.py", "ask_report.py", "ask_whole.py")
TIMEOUT_S = 120


@dataclass(frozen=True)
class BootOutcome:
    """One case with both answers and how they differ."""

    case: BootCase
    theirs: Answer
    ours: Answer
    differences: tuple[Difference, ...]


class Answers:
    """What one release answered, by the case's digest, in a file of the cache; for one version of what asks it."""

    def __init__(self, release: str, script: str = ASK) -> None:
        names = ASKING if script == ASK else (*ASKING, script)
        version = hashlib.sha256(b"".join((INSIDE / name).read_bytes() for name in names)).hexdigest()[:16]
        folder = cache_dir() / "answers" / f"boot-{version}"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{release}.jsonl"
        self._known: dict[str, Answer] = {}
        for line in self._path.read_bytes().splitlines() if self._path.exists() else ():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                self._known[entry["case"]] = entry["answer"]

    def get(self, case: BootCase) -> Answer | None:
        """The kept answer for a case."""
        return self._known.get(case.digest)

    def put(self, case: BootCase, answer: Answer) -> None:
        """Keep an answer, by one write at the end of the file."""
        self._known[case.digest] = answer
        with self._path.open("ab") as stream:
            stream.write((json.dumps({"case": case.digest, "answer": slim(answer)}) + "\n").encode())


def boot_outcomes(release: str, chosen: Iterable[BootCase] | None = None, script: str = ASK) -> Iterator[BootOutcome]:
    """The outcomes of the cases of a release, in order."""
    answers = Answers(release, script)
    with contextlib.ExitStack() as exits:
        oracle: Oracle | None = None
        for case in cases(release) if chosen is None else chosen:
            with tempfile.TemporaryDirectory(prefix="pipedeck-boot-") as folder:
                placed = place(case, Path(folder).resolve())
                # Ours first: a boot may write into the project and the home.
                mine = our_answer(placed, release)
                theirs = answers.get(case)
                if theirs is None:
                    oracle = oracle or exits.enter_context(Oracle(environment(release), script))
                    home = Path(placed.env.get("HOME", placed.home))
                    theirs = oracle.ask(Question(placed.project, home, placed.env, TIMEOUT_S, placed.cwd))
                    answers.put(case, theirs)
            theirs = unwrapped(theirs)
            yield BootOutcome(case, theirs, mine, tuple(compare(theirs, mine)))


def unwrapped(theirs: Answer) -> Answer:
    """An answer with the class of the error beneath the wrapper that the whole boot puts around faulty settings."""
    chain = theirs.get("error_chain") or []
    return {**theirs, "error_type": chain[1]} if chain[:1] == ["PipelexConfigError"] and len(chain) > 1 else theirs


def our_answer(placed: Placed, release: str) -> Answer:
    """pipedeck's answer, as started in the case's folder."""
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(placed.home), **placed.env}
    try:
        with contextlib.chdir(placed.cwd):
            python = str(environment(release).python)
            report = inspect_tree(None, release=release, environ=environ, cwd=str(Path.cwd()), python=python)
            return answer_of(report)
    except NoTreeError as exc:
        return {"status": "error", "error_type": type(exc).__name__, "message": str(exc)}
    except Exception as exc:  # noqa: BLE001 - whatever escapes is the finding
        where = traceback.extract_tb(exc.__traceback__)[-1]
        message = f"{exc} at {Path(where.filename).name}:{where.lineno}"
        return {"status": "crash", "error_type": type(exc).__name__, "message": message}
