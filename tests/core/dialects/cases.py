"""Cases: a fault in an otherwise valid tree, and the error class that each of five releases raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.trees import KEYS, Files

RELEASES = ("0.10.2", "0.14.3", "0.17.6", "0.43.1", "0.92.2")
LOADS = None
Changed = Mapping[str, str | bytes]


@dataclass(frozen=True)
class Case:
    """`raises` are the error classes of RELEASES; `file` and `key` are the location of the problem."""

    name: str
    change: Callable[[Files], Changed]
    code: str
    raises: tuple[str | None, str | None, str | None, str | None, str | None]
    file: str | None = None
    key: str | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: KEYS)

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def same(name: str) -> tuple[str, str, str, str, str]:
    """One error class in all releases."""
    return (name,) * 5


def put(file: str, content: str | bytes) -> Callable[[Files], Changed]:
    """Replace a file."""
    return lambda files: {**files, file: content}


def drop(*names: str) -> Callable[[Files], Changed]:
    """Remove files."""
    return lambda files: {name: text for name, text in files.items() if name not in names}


def replace(file: str, old: str, new: str) -> Callable[[Files], Changed]:
    """Replace text of a file, which must contain it."""

    def change(files: Files) -> Changed:
        assert old in files[file], f"{old!r} is not in {file}"
        return {**files, file: files[file].replace(old, new)}

    return change


OPENAI = "backends/openai.toml"
ROUTING = "routing_profiles.toml"
LIBRARY, MANAGER = "InferenceBackendLibraryError", "ModelManagerError"
VALIDATION, CREDENTIALS = "InferenceBackendLibraryValidationError", "InferenceBackendCredentialsError"
PROFILES = "RoutingProfileLibraryError"
OLD_TOML, TOML = "TomlDecodeError", "TomlError"
BROKEN = "[openai\n"
NOT_UTF8 = b'[openai]\nname = "caf\xe9"\n'
