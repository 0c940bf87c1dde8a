"""The decompression of bodies, as the clients of Pipelex do it, with a limit of the size."""

from __future__ import annotations

import zlib
from typing import Final

UNREAD: Final = frozenset({"br", "zstd"})
"""Encodings that the clients read only with a package that they do not require. Like unknown ones, they are skipped."""
_DEFLATE: Final = ("gzip", "x-gzip", "deflate")


def encodings(header: str) -> tuple[str, ...]:
    """The names in a `Content-Encoding` in the order in which they were applied."""
    return tuple(name.strip().lower() for name in header.split(","))


class Decoder:
    """Decompresses the chunks of one body."""

    def __init__(self, header: str, limit: int) -> None:
        """`limit`: the maximum number of bytes that one chunk may expand to."""
        self._stages = [_Stage(name) for name in reversed(encodings(header)) if name in _DEFLATE]
        self._limit = limit
        self.is_full = False
        """Whether a chunk was cut off at the limit."""

    def decode(self, chunk: bytes) -> bytes:
        """The text of a chunk, at most one byte above the limit. Raises zlib.error."""
        for stage in self._stages:
            chunk = stage.decompress(chunk, self._limit + 1)
            self.is_full = self.is_full or len(chunk) > self._limit
        return chunk


class _Stage:
    """One encoding. A body in `deflate` may lack its frame."""

    def __init__(self, name: str) -> None:
        self._bare_first = name == "deflate"
        self._decompressor = zlib.decompressobj(zlib.MAX_WBITS if self._bare_first else zlib.MAX_WBITS | 16)

    def decompress(self, chunk: bytes, limit: int) -> bytes:
        first, self._bare_first = self._bare_first, False
        try:
            return self._decompressor.decompress(chunk, limit)
        except zlib.error:
            if not first:
                raise
            self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._decompressor.decompress(chunk, limit)
