"""The cache between two reports of a tree: results are reused while the values they were computed from are identical.

Every step of the pipeline is a pure function. This package is the only place that keeps results between two reports:
`update_catalog` reads what an edit changed, `update_resolutions` resolves what depends on that, and `Cache.reuse`
returns the previous result of a step whose inputs are the same objects. The law for all of it, tested in
`tests/core/workspace/test_incremental.py`: the result equals that of reading everything from scratch.

A full report takes 28 ms for the stock tree of 0.92 and 830 ms for 10,000 models, where the limits of an edit are 60 ms
(model, alias) and 200 ms (route). With the parts below an edit takes 30, 65 and 70 ms there, its file edit included.
CPU time on a busy machine; `python -m tests.benchmarks --only core` measures it. Each part saves, for 10,000 models:

    unchanged files, backends, models and deck entries   220 ms   `update_catalog`
    assignments of unchanged routes                       60 ms   `update_serving`
    resolutions that depend on no changed name           180 ms   `update_resolutions`
    findings of unchanged inputs                         130 ms   `Cache`, in `core/rules`
    unreachable handles of unchanged names                15 ms   `Cache`, in `core/load_checks`
    causes of unchanged problems                          10 ms   `Cache`, in `core/api`
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from operator import is_
from typing import Any, TypeVar

__all__ = ["Cache"]

Result = TypeVar("Result")
Inputs = tuple[object, ...]


class Cache:
    """The last results of the steps for one report, each with its inputs; a key holds one result.

    A report starts with the results of the report before the edit. Inputs are compared by identity, so a result is
    right for whichever tree it was computed. Entries are replaced whole: threads may share a cache.
    """

    def __init__(self, previous: Cache | None = None) -> None:
        self._results: dict[Hashable, tuple[Inputs, Any]] = dict(previous._results) if previous else {}
        self._tables: dict[Hashable, dict[Hashable, tuple[Inputs, Any]]] = dict(previous._tables) if previous else {}

    def reuse(self, key: Hashable, inputs: Inputs, compute: Callable[[], Result]) -> Result:
        """The previous result for these inputs, else a new one. `inputs` are all values that the result depends on."""
        entry = self._results.get(key)
        if entry is None or not identical(entry[0], inputs):
            entry = self._results[key] = (inputs, compute())
        result: Result = entry[1]
        return result

    def reuse_each(
        self, key: Hashable, rows: Iterable[tuple[Hashable, Inputs]], compute: Callable[..., Result]
    ) -> list[Result]:
        """`compute(*inputs)` for each row of a key and its inputs; run only where the inputs have changed."""
        previous = self._tables.get(key, {})
        entries: dict[Hashable, tuple[Inputs, Any]] = {}
        for name, inputs in rows:
            entry = previous.get(name)
            if entry is None or not identical(entry[0], inputs):
                entry = (inputs, compute(*inputs))
            entries[name] = entry
        self._tables[key] = entries
        return [entry[1] for entry in entries.values()]

    def last(self, key: Hashable) -> Any:
        """The last result for a key, whatever its inputs; None without one."""
        entry = self._results.get(key)
        return entry[1] if entry is not None else None

    def same(self, key: Hashable, value: Result) -> Result:
        """The previous value of this key where it is equal, so that identity shows that nothing has changed."""
        previous = self.last(key)
        return previous if previous == value else self.reuse(key, (value,), lambda: value)


def identical(left: Inputs, right: Inputs) -> bool:
    """Whether two tuples hold the same objects."""
    return len(left) == len(right) and all(map(is_, left, right))
