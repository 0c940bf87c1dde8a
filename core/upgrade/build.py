"""Makes the index of kits from wheels: `python -m core.upgrade.build FOLDER`.

FOLDER has the wheels of Pipelex, as `pip download --no-deps pipelex==NUMBER` puts them there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.toml.edit.editor import comments_of, read_data
from core.toml.edit.toml_commands import Refusal
from core.upgrade.index import INDEX_FILE, packed
from core.upgrade.kit import Kit, KitError, read_kit
from core.upgrade.units import comment_digest, file_digest, kind_of, unit_digest, units


def kit_digests(kit: Kit) -> frozenset[str]:
    """The digests of everything in a kit."""
    return frozenset(_digests(kit))


def _digests(kit: Kit) -> Iterator[str]:
    for name, content in kit.files.items():
        yield file_digest(name, content)
        if not kind_of(name):
            continue
        text = content.decode("utf-8")
        data = read_data(text)
        if not isinstance(data, Refusal):
            yield from (unit_digest(name, path, value) for path, value in units(name, data).items())
            yield from map(comment_digest, comments_of(text))


def main(argv: Sequence[str] | None = None) -> int:
    """Write the index of all wheels of a folder; those without a kit are left out."""
    [folder] = sys.argv[1:] if argv is None else argv
    kits = []
    for path in Path(folder).glob("pipelex-*.whl"):
        try:
            kits.append(read_kit(str(path)))
        except KitError as error:
            sys.stderr.write(f"{error}\n")
    kits.sort(key=lambda kit: kit.release)
    data = packed((str(kit.release) for kit in kits), (kit_digests(kit) for kit in kits))
    INDEX_FILE.write_bytes(data)
    sys.stdout.write(f"{len(kits)} kits, {len(data):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
