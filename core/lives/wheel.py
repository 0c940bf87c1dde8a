"""The reader of a data package's wheel: its files up to a size, and its licence texts."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from core.errors import PipedeckError

MAX_MEMBER: Final = 32 << 20
"""Bytes of the largest file that is read from a wheel."""


class SourceError(PipedeckError):
    """A package without the expected data."""


class Wheel:
    """Reads files of a wheel, up to a size."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            raise SourceError("not a wheel") from None

    def read(self, pattern: str) -> bytes:
        """The first file with this name. Raises SourceError."""
        for item in self._zip.infolist():
            if re.fullmatch(pattern, item.filename):
                if item.file_size > MAX_MEMBER:
                    raise SourceError(f"{item.filename} is larger than {MAX_MEMBER >> 20} MiB")
                return self._zip.read(item)
        raise SourceError(f"no file {pattern}")

    def text(self, pattern: str) -> str:
        return self.read(pattern).decode("utf-8", "replace")

    @property
    def notices(self) -> str:
        """The licence texts."""
        names = sorted(name for name in self._zip.namelist() if re.search(r"\.dist-info/licenses/.*LICENSE", name))
        return "\n".join(self.text(re.escape(name)).strip() for name in names)
