"""Reads the settings: flag over environment over file over default. Wrong values are reported, the rest is used.

The keys of commands, which only the app needs, are read by `tui.settings.keymap`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from core.entities import Layer
from core.files.source import Source, read_source
from core.files.view import MISSING
from core.records import dataclass
from tui.settings.schema import KEYS, SPECS, AppSettings, SettingSpec, Value

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True)
class LoadedSettings:
    """The effective settings. `origins` has the place of every value that is not a default.

    Each of the `problems` is a sentence with the place of a wrong value and the correct form.
    """

    source: Source = field(repr=False)
    """The settings file, whether it exists or not."""
    values: AppSettings
    origins: Mapping[str, str]
    problems: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The path of the file, shortened for display."""
        return self.source.shown


def settings_file(environ: Mapping[str, str]) -> Path:
    """`$XDG_CONFIG_HOME/pipedeck/settings.toml`, by default below `~/.config` (XDG: a relative value is ignored)."""
    config = Path(environ.get("XDG_CONFIG_HOME") or "")
    home = Path(environ.get("HOME") or Path("~").expanduser())
    return (config if config.is_absolute() else home / ".config") / "pipedeck" / "settings.toml"


def read_settings(environ: Mapping[str, str], flags: Mapping[str, Value | None] | None = None) -> LoadedSettings:
    """The effective settings. `flags` are the command line's, None for those that are absent. Never raises."""
    path = str(settings_file(environ))
    home = (environ.get("HOME") or "").rstrip("/")
    shown = "~" + path[len(home) :] if home and path.startswith(home + "/") else path
    source = read_source(path, shown, Layer.HOME)
    reader = _Reader([*_file_problems(source)])
    for key, value in source.data.items():
        if key in SPECS:
            reader.add(SPECS[key], value, str(source.locate((key,))))
        elif key != KEYS:
            reader.problems.append(
                f"{source.locate((key,))}: there is no setting {key}{suggestion(key, (*SPECS, KEYS))}"
            )
    for spec in SPECS.values():
        if text := environ.get(spec.variable):
            reader.add(spec, _parse(spec, text), spec.variable)
    for key, flag in (flags or {}).items():
        if flag is not None:
            reader.add(SPECS[key], flag, SPECS[key].flag.option)
    reader.check_release()
    return LoadedSettings(source, AppSettings(**reader.values), reader.origins, tuple(reader.problems))


class _Reader:
    """Collects valid values with their origins; each value replaces the previous one."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        self.values: dict[str, Any] = {}
        self.origins: dict[str, str] = {}

    def add(self, spec: SettingSpec, value: object, origin: str) -> None:
        if _is_valid(spec, value):
            self.values[spec.key], self.origins[spec.key] = value, origin
            return
        shown = f'"{value}"' if isinstance(value, str) else _shown(value)
        hint = suggestion(value, spec.choices) if isinstance(value, str) else ""
        self.problems.append(f"{origin}: {spec.key} cannot be {shown}; write {spec.expected}{hint}")

    def check_release(self) -> None:
        """Ignore an unknown release, except on the command line, where the command itself refuses it."""
        value, origin = self.values.get("release"), self.origins.get("release")
        if not value or origin == SPECS["release"].flag.option:
            return
        from core.releases import FIRST_RELEASE, parse_release

        release, first = parse_release(value), parse_release(FIRST_RELEASE)
        if release is None or first is None or release < first:
            self.problems.append(f'{origin}: "{value}" is no Pipelex release; write one from {FIRST_RELEASE} on, or ""')
            del self.values["release"], self.origins["release"]


def _file_problems(source: Source) -> Iterator[str]:
    if source.error is not None and source.error != MISSING:
        yield f"{source.shown} {source.error}: the defaults are used"
    elif (error := source.document.parse_error) is not None:
        yield f"{source.shown}:{error.line}: {error.message}: the defaults are used"


def _is_valid(spec: SettingSpec, value: object) -> bool:
    if spec.choices:
        return value in spec.choices
    if isinstance(spec.default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(spec.default, bool)
    if isinstance(spec.default, int):
        return isinstance(value, int) and 1 <= value <= spec.maximum
    return isinstance(value, str)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)[:20]
    return "a table" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else "a date or time"


def _parse(spec: SettingSpec, text: str) -> Value:
    """The value of an environment variable; the text itself when it is invalid."""
    if isinstance(spec.default, bool):
        folded = text.strip().lower()
        return True if folded in _TRUE else False if folded in _FALSE else text
    if isinstance(spec.default, int):
        return int(text) if text.strip().isdecimal() and len(text) < 20 else text
    return text.strip().lower() if spec.choices else text


def suggestion(name: str, names: Iterable[str]) -> str:
    """`: did you mean ...?`, or nothing."""
    from core.suggest import near

    matches = near(name, names)
    return f": did you mean {' or '.join(matches)}?" if matches else ""
