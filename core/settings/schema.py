"""The schema of the settings files of one release, from the table `schema.txt`.

The table is measured from the wheels of all releases: `python -m tests.conformance.settings.table`. A row has a key
path, its notation (see `notation.py`; `!` marks a required key) and the releases from a first to before a last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from core.records import dataclass
from core.releases import Release, parse_release

FileKind = Literal["pipelex", "telemetry", "service"]

_FILE = Path(__file__).with_name("schema.txt")


@dataclass(frozen=True)
class SettingsSchema:
    """The schema of one kind of settings file in one release."""

    rows: Mapping[str, str]
    """The notation of each key path; `*` stands for any key of an open table and any entry of a list."""
    supplied: frozenset[str]
    """The key paths of the tables in the settings that the package ships, over which the user's are merged."""
    plugins: Mapping[str, str]
    """The built-in plugins; `required` for those that cannot be disabled. None before 0.36."""
    capabilities: Mapping[str, str]
    """The registrations of plugins, with the plugin: `storage s3`, `secrets env`, `sink json`, `llm anthropic`."""
    operations: tuple[str, ...]
    """The operations with which the release reads settings of former releases, in order; none before 0.46."""

    @cached_property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the keys of each table, by its key path."""
        names: dict[str, list[str]] = {}
        for path in self.rows:
            if path:
                table, _, name = path.rpartition(".")
                names.setdefault(table, []).append(name)
        return {table: tuple(listed) for table, listed in names.items()}


@lru_cache(maxsize=8)
def settings_schema(kind: FileKind, release: Release) -> SettingsSchema:
    """The schema of a kind of settings file in a release; without rows where the release reads no such file."""
    sections = _sections()
    rows = dict(_valid(sections[kind], release))
    supplied = frozenset(path for path, _ in _valid(sections["tables"], release)) if kind == "pipelex" else frozenset()
    plugins = dict(_valid(sections["plugins"], release))
    capabilities = dict(_valid(sections["capabilities"], release))
    operations = tuple(line for line, _ in _valid(sections.get(f"{kind} operations", []), release))
    named = {path.strip("-"): notation for path, notation in rows.items()}
    return SettingsSchema(named, supplied, plugins, capabilities, operations)


def _valid(lines: list[str], release: Release) -> list[tuple[str, str]]:
    """The first two columns of the lines whose releases include this one."""
    return [
        (path, notation)
        for path, notation, ranges in (line.split("\t") for line in lines)
        if any(_within(release, part) for part in ranges.split())
    ]


@lru_cache(maxsize=512)
def _within(release: Release, text: str) -> bool:
    since, _, until = text.partition("..")
    first, last = parse_release(since), parse_release(until)
    return first is not None and first <= release and (last is None or release < last)


@lru_cache(maxsize=1)
def _sections() -> dict[str, list[str]]:
    """The lines of the table by section."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = sections[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections
