"""Settings that decide whether the release starts, beyond their types: plugins, and what only a plugin registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.entities import Path
from core.records import dataclass
from core.releases import Release
from core.settings.schema import SettingsSchema

SECRETS_METHOD = ("runtime.secrets.method", "pipelex.secrets_config.method")
TOKENS = (
    ("secrets", SECRETS_METHOD),
    ("sink", ("runtime.log.sink",)),
    ("storage", ("runtime.storage.method", "pipelex.storage_config.method")),
    ("pipe_func", ("interpreter.pipe_func.execution_mode", "pipelex.pipe_func_config.execution_mode")),
)
"""The settings that name something a plugin registers, in the order in which the release looks them up."""
_DISABLED = ("runtime.plugins.disabled", "plugins.disabled")
_LOG_TARGETS = ("runtime.log.console_log_target", "pipelex.log_config.console_log_target")
_PRINT_TARGETS = ("runtime.log.console_print_target", "pipelex.log_config.console_print_target")
_CONSOLE_SINKS = (None, "console", "json")
_BUCKET_KEYS = {"s3": ("bucket_name", "region"), "gcp": ("bucket_name", "project_id")}
_URI_CHECKED_SINCE = Release(0, 34, 0)
_URI_RELATIVE_SINCE = Release(0, 47, 0)


@dataclass(frozen=True, slots=True)
class StartFault:
    """A setting at which the release stops: its kind, key path, value, and the values to write instead.

    `kind` is `required plugin`, `unregistered` (with the word for what is not registered in `what`) or `value`.
    """

    kind: str
    path: Path
    value: str
    what: str
    known: tuple[str, ...] = ()


def value_at(data: Mapping[str, object], path: str) -> object:
    """The value at a dotted key path; None without one."""
    node: object = data
    for key in path.split("."):
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def setting(schema: SettingsSchema, data: Mapping[str, object], paths: tuple[str, ...]) -> tuple[str, object]:
    """The key path that the release has of several, and its value; an empty path where it has none."""
    path = next((path for path in paths if path in schema.rows), "")
    return path, value_at(data, path) if path else None


def disabled_plugins(schema: SettingsSchema, data: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the disabled plugins."""
    _, names = setting(schema, data, _DISABLED)
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def start_faults(schema: SettingsSchema, data: Mapping[str, object], release: Release) -> Iterator[StartFault]:
    """The settings at which a release with its own plugins stops, in its order."""
    yield from _console_faults(schema, data, _PRINT_TARGETS)
    disabled = disabled_plugins(schema, data)
    path, _ = setting(schema, data, _DISABLED)
    # The release asks its plugins in their order, whatever the order of the list.
    for name, required in schema.plugins.items():
        if required and name in disabled:
            at: Path = (*path.split("."), disabled.index(name))
            yield StartFault("required plugin", at, name, "plugin")
    for what, paths in TOKENS:
        path, token = setting(schema, data, paths)
        known = _registered(schema, what, disabled)
        if known and isinstance(token, str) and token not in known:
            yield StartFault("unregistered", tuple(path.split(".")), token, what, known)
        elif what == "sink" and token in _CONSOLE_SINKS:
            yield from _console_faults(schema, data, _LOG_TARGETS)
        elif what == "storage" and isinstance(token, str | None):
            yield from _storage_faults(data, path.rpartition(".")[0], token or "local", release)


def _console_faults(schema: SettingsSchema, data: Mapping[str, object], paths: tuple[str, ...]) -> Iterator[StartFault]:
    """A console target that the schema knows and no release writes to."""
    path, target = setting(schema, data, paths)
    if target == "file":
        yield StartFault("value", tuple(path.split(".")), "file", "stdout or stderr")


def _registered(schema: SettingsSchema, what: str, disabled: tuple[str, ...]) -> tuple[str, ...]:
    """The tokens of a kind that the enabled plugins register."""
    kinds = (key.partition(" ") for key, plugin in schema.capabilities.items() if plugin not in disabled)
    return tuple(token for kind, _, token in kinds if kind == what)


def _storage_faults(data: Mapping[str, object], table: str, method: str, release: Release) -> Iterator[StartFault]:
    """The faults of the storage in use. The package has empty texts for the keys of a bucket."""
    if not table:
        return
    keys = _BUCKET_KEYS.get(method, ())
    for key in keys:
        value = value_at(data, f"{table}.{method}.{key}") or ""
        if isinstance(value, str) and (not value or (key == "bucket_name" and set("./") & set(value))):
            yield StartFault("value", (*table.split("."), method, key), value, f"a {key.replace('_', ' ')}")
    lifespan = value_at(data, f"{table}.{method}.signed_urls_lifespan_seconds")
    if keys and release >= _URI_CHECKED_SINCE and isinstance(lifespan, int) and lifespan <= 0:
        path = (*table.split("."), method, "signed_urls_lifespan_seconds")
        yield StartFault("value", path, str(lifespan), "a positive number, or disabled")
    uri = value_at(data, f"{table}.{method}.uri_format")
    if isinstance(uri, str) and (keys or release >= _URI_CHECKED_SINCE) and not _is_uri_format(uri, release):
        path = (*table.split("."), method, "uri_format")
        yield StartFault("value", path, uri, "a format with a plain {hash}, such as {hash}.{extension}")
    folder = value_at(data, f"{table}.local.local_storage_path")
    if method == "local" and folder == "" and release >= _URI_CHECKED_SINCE:
        yield StartFault("value", (*table.split("."), "local", "local_storage_path"), "", "a folder")


def _is_uri_format(text: str, release: Release) -> bool:
    """Whether a release takes a text as the format of the addresses of stored objects."""
    if release < _URI_CHECKED_SINCE:
        return "{hash}" in text
    is_relative = release >= _URI_RELATIVE_SINCE
    names = {"hash", "extension"} if is_relative else {"primary_id", "secondary_id", "hash", "extension"}
    from string import Formatter  # its module compiles a pattern

    try:
        fields = [field[1:] for field in Formatter().parse(text) if field[1] is not None]
    except ValueError:
        return False
    if is_relative and text.startswith("/"):
        return False
    return ("hash", "", None) in fields and all(name in names and not (spec or how) for name, spec, how in fields)
