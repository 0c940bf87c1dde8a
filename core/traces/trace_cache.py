"""The cached summary of a tree's traces: a private file beside its other state, and how far each trace file is read."""

from __future__ import annotations

import base64
import json
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import astuple, field
from pathlib import Path
from typing import Any, Final

from core.files.state_folder import tree_folder
from core.files.store.commit_results import error_text
from core.files.store.disk import Disk, make_private_folder, read_whole, replace_private
from core.records import dataclass
from core.traces.events import Unit
from core.traces.location import SUMMARY_FILE
from core.traces.summary import Gap, Row, Summary, Totals

FORMAT: Final = 2
_MAX_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class FileState:
    """A trace file as it was read: its path below the folder, `inode`, `size` and `changed` (ns), and the offset.

    `finished`: the run has ended.
    """

    path: str
    inode: int
    size: int
    changed: int
    offset: int
    finished: bool = False


class Settled:
    """Folders of finished runs, by digest: eight bytes each, as there may be hundreds of thousands."""

    def __init__(self, digests: Iterable[int] = ()) -> None:
        self._digests = array("Q", sorted(set(digests)))

    def __contains__(self, digest: int) -> bool:
        index = bisect_left(self._digests, digest)
        return index < len(self._digests) and self._digests[index] == digest

    def __len__(self) -> int:
        return len(self._digests)

    def with_more(self, digests: Iterable[int]) -> Settled:
        """With further folders."""
        return Settled((*self._digests, *digests))

    @property
    def text(self) -> str:
        """Its text in a file."""
        return base64.b64encode(self._digests.tobytes()).decode()

    @classmethod
    def of_text(cls, text: str) -> Settled:
        """The folders of a text. Raises ValueError."""
        digests = array("Q")
        digests.frombytes(base64.b64decode(text, validate=True))
        return cls(digests)


@dataclass(frozen=True, slots=True)
class TraceCache:
    """A summary, with the folder that it is of, the files by the digest of their first line, and `at`: unix time."""

    folder: str
    summary: Summary = field(default_factory=Summary)
    files: Mapping[str, FileState] = field(default_factory=dict)
    settled: Settled = field(default_factory=Settled)
    at: float = 0.0


def traces_file(root: str, state: str) -> str:
    """The path of the cached summary of the tree at `root`."""
    return str(Path(tree_folder(state, root), SUMMARY_FILE))


def load_cache(root: str, state: str, folder: str, *, disk: Disk | None = None) -> TraceCache:
    """The cached summary of a folder of traces; an empty one if there is none, or it is damaged. Never raises."""
    try:
        raw = read_whole(disk or Disk(), traces_file(root, state))
        content = json.loads(raw) if len(raw) <= _MAX_BYTES else None
        if not isinstance(content, dict) or content["format"] != FORMAT or content["folder"] != folder:
            return TraceCache(folder)
        names: list[str] = content["names"]
        return TraceCache(
            folder,
            Summary(
                dict(_row(item, names) for item in content["rows"]),
                {Gap(name): int(count) for name, count in content["gaps"].items()},
            ),
            {str(head): _file_state(*rest) for head, *rest in content["files"]},
            Settled.of_text(content["settled"]),
            float(content["at"]),
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError):
        return TraceCache(folder)


def save_cache(root: str, state: str, cache: TraceCache, *, disk: Disk | None = None) -> str | None:
    """Store a summary. Returns the error, or None."""
    disk = disk or Disk()
    path = traces_file(root, state)
    numbers: dict[str, int] = {}
    rows = [
        [*(numbers.setdefault(text, len(numbers)) for text in row), *astuple(totals)]
        for row, totals in cache.summary.rows.items()
    ]
    content = {
        "format": FORMAT,
        "folder": cache.folder,
        "at": cache.at,
        "names": list(numbers),
        "rows": rows,
        "gaps": dict(cache.summary.gaps),
        "files": [[head, *astuple(file)] for head, file in cache.files.items()],
        "settled": cache.settled.text,
    }
    try:
        make_private_folder(disk, str(Path(path).parent))
        replace_private(disk, path, json.dumps(content, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    except OSError as error:
        return f"the summary of the traces could not be stored ({error_text(error)})"
    return None


def _file_state(path: str, inode: int, size: int, changed: int, offset: int, finished: bool) -> FileState:
    """The state of a file. Raises ValueError or TypeError if it is not valid."""
    return FileState(str(path), int(inode), int(size), int(changed), int(offset), bool(finished))


_TEXTS: Final = len(Row._fields)


def _row(item: list[Any], names: list[str]) -> tuple[Row, Totals]:
    """A row with its totals. Raises ValueError, TypeError or IndexError if it is not valid."""
    day, pipe, model, model_id, backend, model_type, unit, reference = (str(names[index]) for index in item[:_TEXTS])
    numbers = item[_TEXTS:]
    totals = Totals(*numbers)
    if len(numbers) != len(astuple(totals)) or not all(n is None or 0 <= float(n) < math.inf for n in numbers):
        raise ValueError("no totals")
    return Row(day, pipe, model, model_id, backend, model_type, Unit(unit), reference), totals
