"""The documents of toml-test, from the source package of tomlkit, in a cache outside the checkout."""

from __future__ import annotations

import tarfile
import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.support import watchdog
from tests.support.stock import StockUnavailable, cache_dir, download

SOURCE = "tomlkit==0.15.2"
_FOLDER = "tests/toml-test/tests/"


@cache
def _corpus() -> Path | str:
    """The folder of the documents, or the reason why there is none."""
    target = cache_dir() / "toml-test" / SOURCE
    if target.is_dir():
        return target
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=target.parent) as name:
        try:
            with watchdog.suspended():
                archive = download(SOURCE, Path(name), "--no-binary=:all:")
        except StockUnavailable as error:
            return str(error)
        unpacked = Path(name, "documents")
        with tarfile.open(archive) as files:
            for member in files:
                inside = member.name.partition(_FOLDER)[2]
                if member.isfile() and inside and ".." not in Path(inside).parts:
                    path = unpacked / inside
                    path.parent.mkdir(parents=True, exist_ok=True)
                    content = files.extractfile(member)
                    assert content is not None
                    path.write_bytes(content.read())
        try:
            unpacked.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was first
                raise
    return target


def toml_test(version: str = "1.0.0") -> dict[str, bytes]:
    """The documents for a version of TOML by name: `valid/...` and `invalid/...`. Skips the test without them."""
    corpus = _corpus()
    if isinstance(corpus, str):
        pytest.skip(corpus)
    names = (corpus / f"files-toml-{version}").read_text().split()
    return {name: (corpus / name).read_bytes() for name in names if name.endswith(".toml")}


def valid_texts(version: str = "1.0.0") -> dict[str, str]:
    """The valid documents by name. Skips the test without them."""
    return {name: content.decode() for name, content in toml_test(version).items() if name.startswith("valid/")}
