"""Exceptions of pipedeck, and the error class that each Pipelex release raises for a condition."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Self

from core.releases import Release, parse_release


class PipedeckError(Exception):
    """Base of every exception of pipedeck."""


class NoTreeError(PipedeckError):
    """There is no `.pipelex/inference` at the path."""


class NoTreeYetError(NoTreeError):
    """There is no tree in an existing folder, above it or at home.

    `obstacle`: why `pipedeck init` cannot create one there; empty: it can.
    """

    def __init__(self, message: str, *, obstacle: str = "") -> None:
        super().__init__(message)
        self.obstacle = obstacle


class ModelsManagerError(PipedeckError):
    """The release refuses to load the tree."""


class ModelDeckNotFoundError(ModelsManagerError):
    """The tree has no deck file."""


class LLMHandleNotFoundError(ModelsManagerError):
    """A reference resolves to no served model."""


class LLMPresetNotFoundError(ModelsManagerError):
    """A reference names a preset that does not exist."""


class Condition(Enum):
    """A fault for which some releases refuse to load a tree, or fail when a reference is used.

    Each member lists the error classes with the first release that raises them ("-": tolerated from there on), as read
    in the source of each release and confirmed with the installed packages (`tests/conformance`).
    """

    raised: tuple[tuple[str, str], ...]

    def __new__(cls, *raised: tuple[str, str]) -> Self:
        """A member of its own for each row, also where two rows list the same classes."""
        member = object.__new__(cls)
        member._value_ = len(cls.__members__)
        member.raised = raised
        return member

    BACKENDS_MISSING = (
        ("0.10", "InferenceBackendLibraryError"),
        ("0.12", "InferenceBackendLibraryNotFoundError"),
    )
    ROUTING_MISSING = (
        ("0.10", "RoutingProfileLibraryNotFoundError"),
        ("0.15", "ModelManagerError"),
        ("0.56", "RoutingProfileLibraryNotFoundError"),
    )
    DECK_MISSING = (("0.10", "ModelDeckNotFoundError"),)
    BACKENDS_SYNTAX = (
        ("0.10", "TomlDecodeError"),
        ("0.12", "TomlError"),
        ("0.56", "InferenceBackendLibraryValidationError"),
    )
    ROUTING_SYNTAX = (("0.10", "TomlDecodeError"), ("0.12", "TomlError"), ("0.56", "RoutingProfileLibraryError"))
    DECK_SYNTAX = (("0.10", "TomlDecodeError"), ("0.12", "TomlError"))
    SPEC_SYNTAX = (("0.10", "TomlDecodeError"), ("0.12", "TomlError"))
    NESTING = (("0.10", "RecursionError"),)
    NUMBER_SYNTAX = (("0.10", "TomlDecodeError"), ("0.12", "ValueError"))
    OLD_READER_INDEX = (("0.10", "IndexError"),)
    OLD_READER_KEY = (("0.10", "KeyError"),)
    OLD_READER_TYPE = (("0.10", "TypeError"),)
    OLD_READER_ATTRIBUTE = (("0.10", "AttributeError"),)
    OLD_READER_VALUE = (("0.10", "ValueError"),)
    OLD_READER_OVERFLOW = (("0.10", "OverflowError"),)
    OLD_READER_RECURSION = (("0.10", "RecursionError"),)
    FILE_IS_A_FOLDER = (("0.10", "IsADirectoryError"),)
    FILE_FORBIDDEN = (("0.10", "PermissionError"),)
    FILE_UNREADABLE = (("0.10", "OSError"),)
    SETTINGS = (("0.10", "ConfigValidationError"), ("0.46", "PipelexConfigError"))
    DOTENV_VALUE = (("0.10", "ValueError"),)
    RUN_VARIABLE = (("0.10", "ValueError"),)
    PYPROJECT_SYNTAX = (("0.10", "TomlDecodeError"), ("0.12", "TomlError"))
    SETTINGS_SYNTAX = (("0.11", "TomlDecodeError"), ("0.12", "TomlError"))
    SETTINGS_TOLERATED = ()
    PLUGIN_REQUIRED = (("0.36", "CoreUnconditionalPluginDisabledError"),)
    SECRETS_UNREGISTERED = (("0.36", "UnknownSecretsMethodError"),)
    STORAGE_UNREGISTERED = (("0.36", "UnknownStorageMethodError"),)
    SINK_UNREGISTERED = (("0.36", "UnknownLogSinkError"),)
    PIPE_FUNC_UNREGISTERED = (("0.36", "UnknownPipeFuncExecutionModeError"),)
    STORAGE_CONFIG = (("0.18.0b1", "StorageConfigError"),)
    TELEMETRY = (("0.18.0b1", "TelemetryConfigValidationError"),)
    TERMS_INVALID = (("0.18.0b1", "PipelexServiceConfigValidationError"),)
    TERMS = (("0.18.0b1", "GatewayTermsNotAcceptedError"), ("0.23.5", "InferenceSetupRequiredError"), ("0.73", "-"))
    CONSOLE_TARGET = (("0.10", "ValueError"),)
    HOME_NO_FOLDER = (("0.10", "-"), ("0.18", "FileExistsError"))
    HOME_LINK_LOOP = (("0.74.1", "RuntimeError"),)
    ENCODING = (("0.10", "UnicodeDecodeError"),)
    ROUTING_SHAPE = (
        ("0.10", "RoutingProfileLibraryError"),
        ("0.12", "RoutingProfileValidationError"),
        ("0.15", "ModelManagerError"),
        ("0.56", "RoutingProfileLibraryError"),
    )
    ACTIVE_UNKNOWN = (
        ("0.10", "RoutingProfileLibraryError"),
        ("0.15", "ModelManagerError"),
        ("0.56", "RoutingProfileLibraryError"),
    )
    ACTIVE_SUBSTRING = (("0.10", "KeyError"),)
    ROUTE_BACKEND = (
        ("0.10", "ModelsManagerError"),
        ("0.12", "ModelManagerError"),
        ("0.15", "RoutingProfileLibraryError"),
        ("0.56", "RoutingProfileDisabledBackendError"),
    )
    EXACT_MISS = (("0.10", "ModelsManagerError"), ("0.12", "ModelManagerError"))
    BACKEND_SHAPE = (("0.10", "ValidationError"), ("0.46", "InferenceBackendLibraryValidationError"))
    BACKEND_NOT_A_TABLE = (("0.10", "AttributeError"), ("0.56", "InferenceBackendLibraryValidationError"))
    VERTEX_CONFIG = (("0.10", "VertexAIConfigError"),)
    VERTEX_ACCOUNT = (("0.10", "VertexAICredentialsError"),)
    DEPENDENCY = (("0.10", "MissingDependencyError"),)
    VARIABLE = (("0.10", "InferenceBackendCredentialsError"),)
    VARIABLE_LIST = (("0.10", "InferenceBackendCredentialsError"),)
    SPEC_VARIABLE = (("0.10", "InferenceBackendLibraryError"), ("0.46", "InferenceBackendCredentialsError"))
    SPEC_VARIABLE_LIST = (
        ("0.10", "InferenceBackendLibraryError"),
        ("0.10.2", "VarFallbackPatternError"),
        ("0.46", "InferenceBackendCredentialsError"),
    )
    SPEC_PREFIX = (("0.10", "InferenceBackendLibraryError"), ("0.46", "InferenceBackendCredentialsError"))
    DESCRIPTIVE_PLACEHOLDER = (("0.75", "InferenceBackendLibraryValidationError"),)
    SPEC_MISSING = (("0.10", "InferenceBackendLibraryError"),)
    SPEC_NAME_TOO_LONG = (("0.10", "OSError"),)
    SPEC_NAME_NUL = (("0.10", "ValueError"),)
    METHODS_FOLDER = (("0.10", "LibraryError"), ("0.12", "-"))
    NOT_A_FOLDER = (("0.10", "NotADirectoryError"),)
    SPEC_SHAPE = (("0.10", "InferenceBackendLibraryError"),)
    SPEC_NOT_A_TABLE = (("0.10", "InferenceBackendLibraryError"), ("0.11", "InferenceModelSpecError"))
    DEFAULTS_NOT_A_TABLE = (("0.10", "AttributeError"), ("0.78", "InferenceBackendLibraryError"))
    TABLE_EXPECTED = (("0.10", "AttributeError"), ("0.82", "InferenceBackendLibraryError"))
    LIST_EXPECTED = (("0.10", "TypeError"), ("0.82", "InferenceBackendLibraryError"))
    COST_TEXT = (
        ("0.10", "InferenceBackendLibraryError"),
        ("0.18", "TypeError"),
        ("0.82", "InferenceBackendLibraryError"),
    )
    BACKEND_TABLE_EXPECTED = (("0.10", "AttributeError"), ("0.82", "InferenceBackendLibraryValidationError"))
    BACKEND_LIST_EXPECTED = (("0.10", "TypeError"), ("0.82", "InferenceBackendLibraryValidationError"))
    DUPLICATE_HANDLE = (("0.78", "InferenceBackendLibraryError"),)
    SPECS_SECTION = (("0.73", "InferenceBackendLibraryValidationError"),)
    NO_MODELS = (("0.73", "InferenceBackendLibraryValidationError"),)
    FORMER_RELEASE = (("0.79", "FormerReleaseConfigError"),)
    DECK_SHAPE = (("0.10", "ValidationError"), ("0.12", "ModelDeckValidationError"))
    PRESET_MAX_TOKENS = (("0.10", "ConfigValidationError"), ("0.11", "-"), ("0.82", "ModelDeckValidationError"))
    IMAGE_QUALITY_AND_STEPS = (("0.10", "ImgGenSettingsValidationError"), ("0.15", "ModelDeckValidationError"))
    EMPTY_REFERENCE = (("0.10", "-"), ("0.18.0b3", "ModelReferenceParseError"))
    OVERRIDE_UNKNOWN = (
        ("0.10", "LLMPresetNotFoundError"),
        ("0.11", "LLMChoiceNotFoundError"),
        ("0.15", "ModelChoiceNotFoundError"),
        ("0.90", "ModelDeckChoiceUnresolvedError"),
    )
    HANDLE_UNREACHABLE = (("0.10", "-"), ("0.18.0b3", "ModelNotFoundError"))
    PRESET_UNKNOWN = (
        ("0.10", "-"),
        ("0.15", "ModelDeckPresetValidatonError"),
        ("0.90", "ModelDeckPresetValidationError"),
    )
    USE_MODEL = (("0.10", "LLMHandleNotFoundError"), ("0.12", "ModelNotFoundError"))
    USE_LLM_CHOICE = (
        ("0.10", "LLMPresetNotFoundError"),
        ("0.11", "LLMChoiceNotFoundError"),
        ("0.15", "ModelChoiceNotFoundError"),
    )
    USE_OCR_CHOICE = (("0.10", "OcrChoiceNotFoundError"), ("0.15", "ModelChoiceNotFoundError"))
    USE_EXTRACT_CHOICE = (("0.10", "ExtractChoiceNotFoundError"), ("0.15", "ModelChoiceNotFoundError"))
    USE_IMG_GEN_CHOICE = (("0.10", "ImgGenChoiceNotFoundError"), ("0.15", "ModelChoiceNotFoundError"))


@lru_cache(maxsize=256)
def error_type(condition: Condition, release: Release) -> str | None:
    """The error class that a release raises for a condition; None if it raises none."""
    current: str | None = None
    for since, name in condition.raised:
        first = parse_release(since)
        assert first is not None
        if first > release:
            break
        current = None if name == "-" else name
    return current
