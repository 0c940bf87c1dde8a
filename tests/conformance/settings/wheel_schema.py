"""Print, as JSON, what one release accepts in `pipelex.toml` and `telemetry.toml`: its own schema, asked for its facts.

`python wheel_schema.py WHEEL RELEASE` imports the configuration classes of an unpacked wheel. Modules of other
distributions that are not installed are replaced by stubs: the schema does not depend on them.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import inspect
import json
import re
import sys
import tomllib
import types
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

from pydantic._internal import _config, _generate_schema

SETTINGS = ("pipelex.system.configuration.configs:PipelexConfig", "pipelex.config:PipelexConfig")
TELEMETRY = ("pipelex.system.telemetry.telemetry_config:TelemetryConfig",)
SERVICE = ("pipelex.system.pipelex_service.pipelex_service_config:PipelexServiceConfig",)
BUILT_IN = ("pipelex.interpreter_plugins.builtins:BUILTIN_PLUGINS", "pipelex.plugins.builtins:BUILTIN_PLUGINS")
REQUIRED = tuple(place.replace("BUILTIN_PLUGINS", "CORE_UNCONDITIONAL_PLUGIN_NAMES") for place in BUILT_IN)
CAPABILITIES = {
    "add_storage_provider": "storage",
    "add_secrets_provider": "secrets",
    "add_log_sink": "sink",
    "add_pipe_func_executor": "pipe_func",
}
"""The calls that register what a setting may name, with the word for it in the table."""
LAX_BEFORE = ("validate_package_log_levels", "validate_reactions", "_coerce_targets")
"""Validators that turn texts into members of an enumeration before a strict schema sees them."""
TABLE_CHECKS = {
    "_validate_targets": "targets",
    "validate_storage_config": "storage",
    "validate_storage_provider_config": "storage",
    "validate_user_id": "user_id",
}
VALUE_CHECKS = {
    "validate_image_urls": "nonempty",
    "validate_excluded_dirs": "iterable",
    "validate_extra_patterns": "patterns",
}
BOUNDS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "min_length": "#>=", "max_length": "#<=", "pattern": "~"}


class Stub(str):
    """Anything a module that is not installed could hold: a base class, a decorator, a type."""

    def __getattr__(self, name: str) -> Stub:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(name)

    def __call__(self, *values: Any, **named: Any) -> Any:
        decorated = len(values) == 1 and callable(values[0]) and not named and not isinstance(values[0], Stub)
        return values[0] if decorated else Stub(self)

    def __getitem__(self, _key: Any) -> Stub:
        return self

    def __or__(self, _other: Any) -> Stub:
        return self

    __ror__ = __or__

    def __mro_entries__(self, _bases: Any) -> tuple[type, ...]:
        error = self.endswith(("Error", "Exception"))
        return (type(str(self), (Exception,) if error else (), {}),)

    def __get_pydantic_core_schema__(self, *_rest: Any) -> dict[str, str]:
        return {"type": "any"}

    def __hash__(self) -> int:
        return id(self)


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last finder: it makes an empty package of any module that nobody found."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] == "pipelex":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = module_attribute  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""


def module_attribute(name: str) -> Stub:
    """The value of any name of a stubbed module."""
    if name.startswith("__"):
        raise AttributeError(name)
    return Stub(name)


def prepare(wheel: str, release: str) -> None:
    """Make the wheel importable, whatever else is installed here."""
    sys.meta_path.append(StubFinder())
    version, metadata = importlib.metadata.version, importlib.metadata.metadata
    package: Any = importlib.metadata
    package.version = lambda name: release if name == "pipelex" else version(name)
    about = {"Name": "pipelex", "Version": release}
    package.metadata = lambda name: about if name == "pipelex" else metadata(name)
    # Classes beside the settings may derive from stubs, which declare no fields and are no types.
    _generate_schema.check_decorator_fields_exist = lambda *_values, **_named: None
    _config.config_defaults["arbitrary_types_allowed"] = True
    sys.path.insert(0, wheel)


def load(places: tuple[str, ...]) -> Any:
    """The first class that exists, or None."""
    for place in places:
        module, _, name = place.partition(":")
        try:
            return getattr(importlib.import_module(module), name)
        except (ModuleNotFoundError, AttributeError):
            continue
    return None


class Reader:
    """The rows of a schema: the type of every key path, in the notation of `core/settings/notation.py`."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.rows: dict[str, str] = {}
        self.definitions: dict[str, Any] = {}
        if schema["type"] == "definitions":
            self.definitions = {item["ref"]: item for item in schema["definitions"]}
            schema = schema["schema"]
        self.root = self.type(schema, (), strict=True)

    def type(self, schema: dict[str, Any], path: tuple[str, ...], *, strict: bool) -> str:
        """The notation of a schema; the rows of the tables inside are added."""
        kind = schema["type"]
        strict = schema.get("strict", strict)
        handler = getattr(self, "type_" + kind.replace("-", "_"), None)
        if handler is None:
            raise LookupError(f"{'.'.join(path)}: a schema of type {kind}")
        text: str = handler(schema, path, strict)
        return text

    def type_definition_ref(self, schema: dict[str, Any], path: tuple[str, ...], strict: bool) -> str:
        return self.type(self.definitions[schema["schema_ref"]], path, strict=strict)

    def type_default(self, schema: dict[str, Any], path: tuple[str, ...], strict: bool) -> str:
        return self.type(schema["schema"], path, strict=strict)

    type_nullable = type_default

    def type_any(self, _schema: dict[str, Any], _path: tuple[str, ...], _strict: bool) -> str:
        return "any"

    def plain(self, schema: dict[str, Any], _path: tuple[str, ...], strict: bool) -> str:
        bounds = "".join(f"{sign}{schema[name]}" for name, sign in BOUNDS.items() if schema.get(name) is not None)
        name: str = schema["type"]
        return ("" if strict else "~") + name + bounds

    type_str = type_bool = type_int = type_float = plain

    def type_timedelta(self, _schema: dict[str, Any], _path: tuple[str, ...], strict: bool) -> str:
        return "never" if strict else "~timedelta"

    def type_enum(self, schema: dict[str, Any], _path: tuple[str, ...], strict: bool) -> str:
        return "never" if strict else one_of(schema["cls"])

    def type_literal(self, schema: dict[str, Any], _path: tuple[str, ...], _strict: bool) -> str:
        return "|".join(json.dumps(value) for value in schema["expected"])

    def type_union(self, schema: dict[str, Any], path: tuple[str, ...], strict: bool) -> str:
        return "|".join(self.type(choice, path, strict=strict) for choice in schema["choices"])

    def type_list(self, schema: dict[str, Any], path: tuple[str, ...], strict: bool) -> str:
        return f"[{self.type(schema['items_schema'], (*path, '*'), strict=strict)}]"

    def type_frozenset(self, schema: dict[str, Any], path: tuple[str, ...], strict: bool) -> str:
        # A strict set is no list, so no TOML value is one.
        return "never" if strict else self.type_list(schema, path, True)

    def type_dict(self, schema: dict[str, Any], path: tuple[str, ...], strict: bool) -> str:
        values = self.type(schema["values_schema"], (*path, "*"), strict=strict)
        keys = self.type(schema["keys_schema"], path, strict=strict)
        return f"{{{values}}}" if keys in ("str", "~str") else f"{{{keys}:{values}}}"

    def type_model(self, schema: dict[str, Any], path: tuple[str, ...], _strict: bool) -> str:
        config = schema.get("config") or {}
        fields = schema["schema"]
        checks = ""
        while fields["type"].startswith("function"):
            checks += table_check(fields)
            fields = fields["schema"]
        for name, field in fields["fields"].items():
            key = (*path, field.get("validation_alias", name))
            required = field["schema"]["type"] != "default"
            text = self.type(field["schema"], key, strict=bool(config.get("strict")))
            self.rows[".".join(key)] = ("!" if required else "") + text
        extra = config.get("extra_fields_behavior") or fields.get("extra_behavior")
        return ("table" if extra == "forbid" else "open") + checks

    def type_function_after(self, schema: dict[str, Any], path: tuple[str, ...], strict: bool) -> str:
        function, inner = validator(schema), schema["schema"]
        if function.__name__ in TABLE_CHECKS or path[:1] == ("temporal",):
            return self.type(inner, path, strict=strict) + table_check(schema)
        if function.__name__ in VALUE_CHECKS:
            return self.type(inner, path, strict=strict) + "@" + VALUE_CHECKS[function.__name__]
        if function.__name__ == "validate_effort_map":
            shared = function.__globals__["validate_effort_to_level_map"].__globals__
            levels = named_enums(function)
            values = f'{one_of(levels[0])}|"{shared["DISABLED_LEVEL"]}"' if levels else "str"
            return f"{{{one_of(shared['ReasoningEffort'])}:{values}}}@exact"
        if function.__name__ in ("validate_quality_mapping", "validate_effort_to_budget_mapping"):
            keys = one_of(named_enums(function)[0])
            exact = f"{{{keys}:int}}@exact"
            text = self.type(inner, path, strict=strict)
            return exact if text == "{int}" else f"{{{exact}}}"
        raise LookupError(f"{'.'.join(path)}: validator {function.__qualname__}")

    def type_function_before(self, schema: dict[str, Any], path: tuple[str, ...], strict: bool) -> str:
        function, inner = validator(schema), schema["schema"]
        if function.__name__ in LAX_BEFORE:
            return self.type(lax(inner), path, strict=False)
        if function.__name__ == "validate_excluded_dirs":
            return "[str]@iterable"
        if function.__name__ in VALUE_CHECKS:
            return self.type(inner, path, strict=strict) + "@" + VALUE_CHECKS[function.__name__]
        if function.__name__ == "parse_img_gen_size":
            # The texts of the enumeration are converted by the validator.
            return "|".join(self.type(choice, path, strict=False) for choice in inner["choices"]) + "|WxH"
        raise LookupError(f"{'.'.join(path)}: validator {function.__qualname__}")


def validator(schema: dict[str, Any]) -> Any:
    """The function of a validator, without its class."""
    function = schema["function"]["function"]
    return getattr(function, "__func__", function)


def table_check(schema: dict[str, Any]) -> str:
    """The notation of a validator of a whole table."""
    function = validator(schema)
    if ".temporal." in function.__module__:
        return "@other"
    if function.__name__ not in TABLE_CHECKS:
        raise LookupError(f"validator {function.__qualname__}")
    return "@" + TABLE_CHECKS[function.__name__]


def named_enums(function: Any) -> list[Any]:
    """The enumerations that a function names."""
    names = [function.__globals__.get(name) for name in function.__code__.co_names]
    return [value for value in names if inspect.isclass(value) and issubclass(value, Enum)]


def lax(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, read leniently."""
    return {key: lax(value) if isinstance(value, dict) else value for key, value in schema.items() if key != "strict"}


def one_of(enumeration: Any) -> str:
    """The notation of the values of an enumeration."""
    return "|".join(json.dumps(member.value) for member in enumeration)


def rows(places: tuple[str, ...]) -> dict[str, str]:
    """The rows of the class at one of these places; none when the release has none."""
    found = load(places)
    if found is None:
        return {}
    reader = Reader(found.__pydantic_core_schema__)
    return {"": reader.root, **reader.rows}


def default_tables(node: dict[str, Any], path: str = "") -> list[str]:
    """The key paths of the tables that the packaged settings hold."""
    tables = [path] if path else []
    for key, value in node.items():
        if isinstance(value, dict):
            tables += default_tables(value, f"{path}.{key}" if path else key)
    return tables


def ledger(wheel: Path, name: str) -> list[str]:
    """The operations with which a release reads settings of former releases, one a line."""
    path = wheel / "pipelex" / "migration" / "ledgers" / f"{name}.toml"
    loader = "\n".join(text.read_text() for text in (wheel / "pipelex" / "system").rglob("*.py"))
    if not path.exists() or "replay_surface_files_in_memory" not in loader:
        return []
    lines = []
    for entry in tomllib.loads(path.read_text())["migration"]:
        if entry["safety"] != "safe":
            continue
        for operation in entry.get("ops", ()):
            source = ".".join([*operation["table_path"], *([operation["key"]] if "key" in operation else [])])
            line = f"{operation['kind'].partition('_')[0]} {source}"
            if "new_key" in operation:
                parent = operation.get("new_table_path", operation["table_path"])
                line += " " + ".".join([*parent, operation["new_key"]])
            if "mapping" in operation:
                line += " " + json.dumps(operation["mapping"], sort_keys=True, separators=(",", ":"))
            if operation["kind"] == "delete_table":
                line = line.replace("delete", "drop", 1)
            lines.append(line)
    return lines


class Registrar:
    """What a plugin registers itself with: it notes each capability under the plugin's name."""

    boot_orchestrator = None

    def __init__(self) -> None:
        self.plugin = ""
        self.capabilities: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_values, **named: self.note(name, named)

    def note(self, call: str, named: dict[str, Any]) -> None:
        """Note a capability that a setting or a model names."""
        if call == "add_inference_backend":
            self.capabilities[f"{named['family']} {named['sdk']}"] = self.plugin
        elif call in CAPABILITIES:
            self.capabilities[f"{CAPABILITIES[call]} {named.get('method') or named.get('mode')}"] = self.plugin


def plugins() -> tuple[dict[str, str], dict[str, str]]:
    """The built-in plugins, with `required` where one cannot be disabled; and the plugin of each capability."""
    built_in, required = load(BUILT_IN), load(REQUIRED)
    if built_in is None:
        return {}, {}
    registrar = Registrar()
    for plugin in built_in:
        registrar.plugin = plugin.name
        plugin.register(registrar)
    names = {plugin.name: "required" if plugin.name in required else "" for plugin in built_in}
    return names, registrar.capabilities


def main() -> NoReturn:
    """Print the facts of the wheel and release named on the command line."""
    wheel, release = Path(sys.argv[1]).resolve(), sys.argv[2]
    prepare(str(wheel), release)
    packaged = tomllib.loads(re.sub(r"^﻿", "", (wheel / "pipelex" / "pipelex.toml").read_text()))
    names, capabilities = plugins()
    facts = {
        "release": release,
        "pipelex": rows(SETTINGS),
        "telemetry": rows(TELEMETRY),
        "service": rows(SERVICE),
        "tables": default_tables(packaged),
        "plugins": names,
        "capabilities": capabilities,
        "pipelex ledger": ledger(wheel, "pipelex-config"),
        "telemetry ledger": ledger(wheel, "telemetry-config"),
    }
    print(json.dumps(facts))
    sys.exit()


if __name__ == "__main__":
    main()
