"""Exceptions of pipedeck, and the error class that each Pipelex release raises for a condition."""

from __future__ import annotations

from core.releases import Release, parse_release


class PipedeckError(Exception):
    """Base of every exception of pipedeck."""


class NoTreeError(PipedeckError):
    """There is no `.pipelex/inference` at the path."""


class NoTreeYetError(NoTreeError):
    """There is no tree in an existing folder, above it or at home: `pipedeck init` can create one."""


class ModelsManagerError(PipedeckError):
    """The release refuses to load the tree."""


class ModelDeckNotFoundError(ModelsManagerError):
    """The tree has no deck file."""


class LLMHandleNotFoundError(ModelsManagerError):
    """A reference resolves to no served model."""


class LLMPresetNotFoundError(ModelsManagerError):
    """A reference names a preset that does not exist."""


# For each condition the error classes, each with the first release that raises it ("-": tolerated from there on).
_RAISED: dict[str, tuple[tuple[str, str], ...]] = {
    "backends missing": (
        ("0.10", "InferenceBackendLibraryError"),
        ("0.12", "InferenceBackendLibraryNotFoundError"),
    ),
    "routing missing": (
        ("0.10", "RoutingProfileLibraryNotFoundError"),
        ("0.15", "ModelManagerError"),
        ("0.56", "RoutingProfileLibraryNotFoundError"),
    ),
    "deck missing": (("0.10", "ModelDeckNotFoundError"),),
    "backends syntax": (
        ("0.10", "TomlDecodeError"),
        ("0.12", "TomlError"),
        ("0.56", "InferenceBackendLibraryValidationError"),
    ),
    "routing syntax": (("0.10", "TomlDecodeError"), ("0.12", "TomlError"), ("0.56", "RoutingProfileLibraryError")),
    "deck syntax": (("0.10", "TomlDecodeError"), ("0.12", "TomlError")),
    "spec syntax": (("0.10", "TomlDecodeError"), ("0.12", "TomlError")),
    "file is a folder": (("0.10", "IsADirectoryError"),),
    "file forbidden": (("0.10", "PermissionError"),),
    "file unreadable": (("0.10", "OSError"),),
    "settings": (("0.10", "ConfigValidationError"),),
    "encoding": (("0.10", "UnicodeDecodeError"),),
    "routing shape": (
        ("0.10", "RoutingProfileLibraryError"),
        ("0.12", "RoutingProfileValidationError"),
        ("0.15", "ModelManagerError"),
        ("0.56", "RoutingProfileLibraryError"),
    ),
    "active unknown": (
        ("0.10", "RoutingProfileLibraryError"),
        ("0.15", "ModelManagerError"),
        ("0.56", "RoutingProfileLibraryError"),
    ),
    "active substring": (("0.10", "KeyError"),),
    "route backend": (
        ("0.10", "ModelsManagerError"),
        ("0.12", "ModelManagerError"),
        ("0.15", "RoutingProfileLibraryError"),
        ("0.56", "RoutingProfileDisabledBackendError"),
    ),
    "exact miss": (("0.10", "ModelsManagerError"), ("0.12", "ModelManagerError")),
    "backend shape": (("0.10", "ValidationError"), ("0.46", "InferenceBackendLibraryValidationError")),
    "backend not a table": (("0.10", "AttributeError"), ("0.56", "InferenceBackendLibraryValidationError")),
    "variable": (("0.10", "InferenceBackendCredentialsError"),),
    "variable list": (("0.10", "VarFallbackPatternError"), ("0.10.2", "InferenceBackendCredentialsError")),
    "spec variable": (("0.10", "InferenceBackendLibraryError"), ("0.46", "InferenceBackendCredentialsError")),
    "spec variable list": (("0.10", "VarFallbackPatternError"), ("0.46", "InferenceBackendCredentialsError")),
    "spec prefix": (("0.10", "InferenceBackendLibraryError"), ("0.46", "InferenceBackendCredentialsError")),
    "descriptive placeholder": (("0.75", "InferenceBackendLibraryValidationError"),),
    "spec missing": (("0.10", "InferenceBackendLibraryError"),),
    "spec shape": (("0.10", "InferenceBackendLibraryError"),),
    "spec not a table": (("0.10", "InferenceBackendLibraryError"), ("0.11", "InferenceModelSpecError")),
    "defaults not a table": (("0.10", "AttributeError"), ("0.78", "InferenceBackendLibraryError")),
    "table expected": (("0.10", "AttributeError"), ("0.82", "InferenceBackendLibraryError")),
    "list expected": (("0.10", "TypeError"), ("0.82", "InferenceBackendLibraryError")),
    "cost text": (
        ("0.10", "InferenceBackendLibraryError"),
        ("0.18", "TypeError"),
        ("0.82", "InferenceBackendLibraryError"),
    ),
    "backend table expected": (("0.10", "AttributeError"), ("0.82", "InferenceBackendLibraryValidationError")),
    "backend list expected": (("0.10", "TypeError"), ("0.82", "InferenceBackendLibraryValidationError")),
    "duplicate handle": (("0.78", "InferenceBackendLibraryError"),),
    "specs section": (("0.73", "InferenceBackendLibraryValidationError"), ("0.79", "FormerReleaseConfigError")),
    "no models": (("0.73", "InferenceBackendLibraryValidationError"),),
    "former release": (("0.79", "FormerReleaseConfigError"),),
    "deck shape": (("0.10", "ValidationError"), ("0.12", "ModelDeckValidationError")),
    "preset max_tokens": (("0.10", "ConfigValidationError"), ("0.11", "-"), ("0.82", "ModelDeckValidationError")),
    "image quality and steps": (("0.10", "ImgGenSettingsValidationError"), ("0.15", "ModelDeckValidationError")),
    "empty reference": (("0.10", "-"), ("0.18", "ModelReferenceParseError")),
    "override unknown": (
        ("0.10", "LLMPresetNotFoundError"),
        ("0.11", "LLMChoiceNotFoundError"),
        ("0.15", "ModelChoiceNotFoundError"),
        ("0.90", "ModelDeckChoiceUnresolvedError"),
    ),
    "handle unreachable": (("0.10", "-"), ("0.18", "ModelNotFoundError")),
    "preset unknown": (
        ("0.10", "-"),
        ("0.15", "ModelDeckPresetValidatonError"),
        ("0.90", "ModelDeckPresetValidationError"),
    ),
    "use: model": (("0.10", "LLMHandleNotFoundError"), ("0.12", "ModelNotFoundError")),
    "use: llm choice": (
        ("0.10", "LLMPresetNotFoundError"),
        ("0.11", "LLMChoiceNotFoundError"),
        ("0.15", "ModelChoiceNotFoundError"),
    ),
    "use: waterfall": (("0.15", "ModelWaterfallError"),),
    "use: cycle": (("0.10", "RecursionError"),),
}


def error_type(condition: str, release: Release) -> str | None:
    """The error class that a release raises for a condition; None if it raises none.

    Taken from the source of each release and confirmed with the installed packages (`tests/conformance`).
    """
    current: str | None = None
    for since, name in _RAISED[condition]:
        first = parse_release(since)
        assert first is not None
        if first > release:
            break
        current = None if name == "-" else name
    return current
