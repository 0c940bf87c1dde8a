"""The index of kits: digests of the files, units and comments of the kits of known releases, and no text of them."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from core.records import dataclass
from core.releases import Release, parse_release

INDEX_FILE = Path(__file__).with_name("kits.json.gz")


@dataclass(frozen=True)
class KitIndex:
    """Digests, each with the releases whose kits have it, as ranges of positions in `releases`."""

    releases: tuple[str, ...]
    ranges: Mapping[str, tuple[int, ...]]
    """The first position of a range, then that behind its last one, and so on."""

    def position(self, release: Release) -> int:
        """The position of a release, or of the last one before it."""
        numbers = [parse_release(text) or release for text in self.releases]
        return max(bisect_right(numbers, release) - 1, 0)

    def has(self, digest: str, position: int) -> bool:
        """Whether the kit of the release at a position has a digest."""
        return bisect_right(self.ranges.get(digest, ()), position) % 2 == 1

    def knows(self, digest: str) -> bool:
        """Whether any kit has a digest."""
        return digest in self.ranges

    def counts(self, digests: Iterable[str]) -> Counter[int]:
        """The number of digests that the kit of each release shares."""
        counts: Counter[int] = Counter()
        for digest in digests:
            edges = self.ranges.get(digest, ())
            for first, stop in zip(edges[::2], edges[1::2], strict=True):
                counts.update(range(first, stop))
        return counts


@lru_cache(maxsize=1)
def kit_index() -> KitIndex:
    """The index of the package."""
    document = json.loads(gzip.decompress(INDEX_FILE.read_bytes()))
    ranges = {}
    for edges, digests in document["digests"].items():
        shared = tuple(map(int, edges.split()))
        ranges.update(dict.fromkeys(digests.split(), shared))
    return KitIndex(tuple(document["releases"]), ranges)


def packed(releases: Iterable[str], digests: Iterable[frozenset[str]]) -> bytes:
    """The index of releases, oldest first, each with the digests of its kit, as it is stored."""
    releases, kits = list(releases), list(digests)
    by_edges: dict[str, list[str]] = {}
    for digest in sorted(frozenset[str]().union(*kits)):
        edges = " ".join(map(str, _edges([digest in kit for kit in kits])))
        by_edges.setdefault(edges, []).append(digest)
    document = {"releases": releases, "digests": {edges: " ".join(names) for edges, names in by_edges.items()}}
    return gzip.compress(json.dumps(document, separators=(",", ":")).encode(), 9, mtime=0)


def _edges(flags: Iterable[bool]) -> Iterator[int]:
    """The positions at which a run of true flags starts or has ended."""
    last, position = False, -1
    for position, flag in enumerate(flags):
        if flag != last:
            yield position
        last = flag
    if last:
        yield position + 1
