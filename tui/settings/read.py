"""Reads the settings: flag over environment over file over default. What is wrong is said, and the rest counts.

The keys of commands, which only the app needs, are read by `tui.settings.keymap`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from core.entities import Layer
from core.files.source import Source, read_source
from core.files.view import MISSING
from core.records import dataclass
from tui.settings.schema import BY_KEY, KEYS, SETTINGS, Setting, Value

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


class Effective(NamedTuple):
    """The value of a setting that is in force, and where it comes from."""

    setting: Setting
    value: Value
    origin: str = "default"


@dataclass(frozen=True)
class Settings:
    """All settings in force. `problems` say what was not understood, each with its place and what to write."""

    source: Source = field(repr=False)
    """The file, whether it exists or not."""
    effective: Mapping[str, Effective]
    problems: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file as people call it."""
        return self.source.shown

    def text(self, key: str) -> str:
        """A setting that is a text."""
        return str(self.effective[key].value)

    def flag(self, key: str) -> bool:
        """A setting that is true or false."""
        return bool(self.effective[key].value)

    def number(self, key: str) -> int:
        """A setting that is a number."""
        return int(self.effective[key].value)


def settings_file(environ: Mapping[str, str]) -> Path:
    """`$XDG_CONFIG_HOME/pipedeck/settings.toml`, or that below `~/.config` (XDG: a relative value is ignored)."""
    named = Path(environ.get("XDG_CONFIG_HOME") or "")
    home = Path(environ.get("HOME") or Path("~").expanduser())
    return (named if named.is_absolute() else home / ".config") / "pipedeck" / "settings.toml"


def read_settings(environ: Mapping[str, str], flags: Mapping[str, Value | None] | None = None) -> Settings:
    """The settings in force. `flags` are those given on the command line, None for those that are not. Never raises."""
    path = str(settings_file(environ))
    home = (environ.get("HOME") or "").rstrip("/")
    shown = "~" + path[len(home) :] if home and path.startswith(home + "/") else path
    source = read_source(path, shown, Layer.HOME)
    problems = list(_file_problems(source))
    effective = {setting.key: Effective(setting, setting.default) for setting in SETTINGS}
    for key, value in source.data.items():
        if key in BY_KEY:
            _take(effective, key, value, str(source.locate((key,))), problems)
        elif key != KEYS:
            problems.append(f"{source.locate((key,))}: there is no setting {key}{meant(key, (*BY_KEY, KEYS))}")
    for setting in SETTINGS:
        if text := environ.get(setting.variable):
            _take(effective, setting.key, _from_text(setting, text), setting.variable, problems)
    for key, given in (flags or {}).items():
        if given is not None:
            _take(effective, key, given, BY_KEY[key].flag, problems)
    _check_release(effective, problems)
    return Settings(source, effective, tuple(problems))


def _check_release(effective: dict[str, Effective], problems: list[str]) -> None:
    """A release that is none is passed over. One on the command line is not: its author stands before the screen."""
    setting, value, origin = effective["release"]
    if value and origin != setting.flag:
        from core.releases import FIRST_RELEASE, parse_release

        wanted, first = parse_release(str(value)), parse_release(FIRST_RELEASE)
        if wanted is None or first is None or wanted < first:
            problems.append(f'{origin}: "{value}" is no Pipelex release; write one from {FIRST_RELEASE} on, or ""')
            effective["release"] = Effective(setting, setting.default)


def _file_problems(source: Source) -> Iterator[str]:
    if source.error is not None and source.error != MISSING:
        yield f"{source.shown} {source.error}: the settings are as they come"
    elif source.document.parse_error is not None:
        fault = source.document.parse_error
        yield f"{source.shown}:{fault.line}: {fault.message}: the settings are as they come"


def _take(effective: dict[str, Effective], key: str, value: object, origin: str, problems: list[str]) -> None:
    setting = BY_KEY[key]
    if _fits(setting, value):
        assert isinstance(value, str | bool | int)
        effective[key] = Effective(setting, value, origin)
        return
    found = f'"{value}"' if isinstance(value, str) else _kind(value)
    hint = meant(value, setting.choices) if isinstance(value, str) else ""
    problems.append(f"{origin}: {key} cannot be {found}; write {setting.wanted}{hint}")


def _fits(setting: Setting, value: object) -> bool:
    if setting.choices:
        return value in setting.choices
    if isinstance(setting.default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(setting.default, bool)
    if isinstance(setting.default, int):
        return isinstance(value, int) and 1 <= value <= setting.most
    return isinstance(value, str)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)[:20]
    return "a table" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else "a date or time"


def _from_text(setting: Setting, text: str) -> Value:
    """What the text of a variable means; the text itself when it means nothing, so that it is refused by its words."""
    if isinstance(setting.default, bool):
        folded = text.strip().lower()
        return True if folded in _YES else False if folded in _NO else text
    if isinstance(setting.default, int):
        return int(text) if text.strip().isdecimal() and len(text) < 20 else text
    return text.strip().lower() if setting.choices else text


def meant(name: str, names: Iterable[str]) -> str:
    """`: did you mean ...?`, or nothing."""
    from core.suggest import near

    found = near(name, names)
    return f": did you mean {' or '.join(found)}?" if found else ""
