"""Measure a release: build cases, have both sides answer, compare; keep what the release answered for the next run."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.stock import cache_dir

from . import ours
from .compare import Difference, compare
from .environments import ReleaseEnvironment, environment
from .generate import Case, build, generator_hash, write_case
from .oracle import Oracle, Question

Answer = dict[str, Any]
UNCOMPARED = ("log", "costs", "max_tokens")
KEPT_DAYS = 7


@dataclass(frozen=True)
class Outcome:
    """One case with both answers and how they differ."""

    case: Case
    theirs: Answer
    ours: Answer
    differences: tuple[Difference, ...]

    @property
    def loads(self) -> bool:
        return bool(self.theirs["status"] == "ok")


class Store:
    """The answers of one release for one version of the generator, in a file of the cache."""

    def __init__(self, release: str) -> None:
        folder = cache_dir() / "answers" / generator_hash()
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{release}.jsonl"
        self._known: dict[int, Answer] = {}
        if self._path.exists():
            for line in self._path.read_bytes().splitlines():
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue  # the tail of a run that was interrupted while it wrote
                self._known[entry["seed"]] = entry["answer"]

    def get(self, seed: int) -> Answer | None:
        """The kept answer for a seed."""
        return self._known.get(seed)

    def put(self, seed: int, answer: Answer) -> None:
        """Keep an answer. One write at the end of the file, so that several processes may keep answers at once."""
        self._known[seed] = answer
        line = json.dumps({"seed": seed, "answer": slim(answer)}) + "\n"
        with self._path.open("ab") as stream:
            stream.write(line.encode())


def slim(node: Any) -> Any:
    """An answer without the facts that are never compared."""
    if isinstance(node, dict):
        return {key: slim(value) for key, value in node.items() if key not in UNCOMPARED}
    return node


def forget_old_answers() -> None:
    """Remove stored answers that were not used for some days."""
    oldest = time.time() - KEPT_DAYS * 86400
    answers = cache_dir() / "answers"
    for folder in answers.iterdir() if answers.is_dir() else ():
        if folder.name != generator_hash() and folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


class Bench:
    """Both sides of one release. Starts the release only when an answer is not kept yet. A context manager."""

    def __init__(self, release: str) -> None:
        self.environment: ReleaseEnvironment = environment(release)
        self.store = Store(release)
        self._oracle: Oracle | None = None
        self._exits = ExitStack()

    def case(self, seed: int) -> Case:
        """The case of a seed."""
        return build(self.environment.release, seed, self.environment.stock)

    def try_case(self, case: Case, *, keep: bool = False, timeout: int = 60) -> Outcome:
        """Have both sides answer for a case; with `keep`, the release's answer is stored under the case's seed."""
        with tempfile.TemporaryDirectory(prefix="pipedeck-case-") as folder:
            project, home = write_case(case, Path(folder).resolve())
            theirs = self.store.get(case.seed) if keep else None
            if theirs is None:
                theirs = self.ask(Question(project, home, case.env, timeout))
                if keep:
                    self.store.put(case.seed, theirs)
            mine = our_answer(project, case.release, case.env, home)
        return Outcome(case, theirs, mine, tuple(compare(theirs, mine)))

    def ask(self, question: Question) -> Answer:
        """What the release makes of a project."""
        if self._oracle is None:
            self._oracle = self._exits.enter_context(Oracle(self.environment))
        return self._oracle.ask(question)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()


def our_answer(project: Path, release: str, env: Any, home: Path | None) -> Answer:
    """pipedeck's answer; an exception that escapes it is an answer of its own, and always a difference."""
    try:
        return ours.answer(project, release, env, home)
    except Exception as exc:  # noqa: BLE001 - whatever escapes is the finding
        where = traceback.extract_tb(exc.__traceback__)[-1]
        message = f"{exc} at {os.path.basename(where.filename)}:{where.lineno}"  # noqa: PTH119
        return {"status": "crash", "error_type": type(exc).__name__, "message": message}


def measure(release: str, seeds: Iterable[int]) -> Iterator[Outcome]:
    """The outcomes of a release's seeds, in order."""
    with Bench(release) as bench:
        for seed in seeds:
            yield bench.try_case(bench.case(seed), keep=True)
