"""`dataclass` as in the standard library, at a quarter of its import time: a class compiles nothing until it is used.

The standard decorator compiles six functions for each class when its module is imported; with a hundred classes that
was a quarter of the time until the first screen. Here only `__init__` is compiled, with the first instance; the other
functions are closures over the fields. `fields`, `replace`, `asdict` and `match` work as ever, and type checkers see
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

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, order=False):
        """What the standard decorator of this name does with these arguments.

        A class with `__post_init__`, `InitVar` or keyword-only fields is left to the standard one, and so is one whose
        base is a standard frozen dataclass.
        """
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, eq=eq, order=order)
        if hasattr(cls, "__post_init__") or any(_asks_for_more(note) for note in cls.__annotations__.values()):
            return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, order=order)(cls)
        return _record(cls, frozen, slots, eq, order)


def _asks_for_more(note: object) -> bool:
    return "InitVar" in str(note) or "KW_ONLY" in str(note)


def _record(cls: Any, frozen: bool, slots: bool, eq: bool, order: bool) -> Any:
    own = cls.__dict__
    written = "__init__" in own, "__repr__" in own, "__eq__" in own, "__hash__" in own and own["__hash__"] is not None
    if not cls.__doc__:  # else the standard decorator works out a signature to write one
        cls.__doc__ = cls.__name__
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    known = dataclasses.fields(made)
    if not written[0]:
        made.__init__ = _first_init(made, frozen)
    if not written[1]:
        made.__repr__ = _repr(tuple(one.name for one in known if one.repr))
    get = _getter([one.name for one in known if one.compare])
    if eq and not written[2]:
        made.__eq__ = _equal(get)
    if eq and not written[3]:
        made.__hash__ = _hash(get) if frozen else None
    if order:
        made.__lt__, made.__le__, made.__gt__, made.__ge__ = _orders(get)
    if frozen:
        made.__setattr__, made.__delattr__ = _refuse_to_set, _refuse_to_delete
        if slots:
            made.__getstate__, made.__setstate__ = _state, _set_state
    return made


def _getter(names: list[str]) -> Get:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _first_init(cls: Any, frozen: bool) -> Callable[..., None]:
    """An `__init__` that puts a compiled one in its place."""

    def __init__(self: object, *args: object, **kwargs: object) -> None:
        cls.__init__ = compiled = _compile_init(cls, frozen)
        compiled(self, *args, **kwargs)

    __init__.__qualname__ = f"{cls.__qualname__}.__init__"
    return __init__


def _compile_init(cls: Any, frozen: bool) -> Callable[..., None]:
    names: dict[str, Any] = {"MISSING": MISSING, "set_": object.__setattr__}
    taken: list[str] = []
    lines: list[str] = []
    for one in dataclasses.fields(cls):
        value = one.name
        default = f"default_{one.name}"
        if one.default is not MISSING:
            names[default] = one.default
        elif one.default_factory is not MISSING:
            names[default] = one.default_factory
        if one.init:
            absent = "MISSING" if one.default_factory is not MISSING else default
            taken.append(f"{one.name}={absent}" if default in names else one.name)
            if one.default_factory is not MISSING:
                value = f"{default}() if {one.name} is MISSING else {one.name}"
        elif one.default_factory is not MISSING:
            value = f"{default}()"
        elif one.default is MISSING or "__slots__" not in cls.__dict__:
            continue
        else:
            value = default
        slot = cls.__dict__.get(one.name)
        if not frozen:
            lines.append(f" self.{one.name} = {value}")
        elif hasattr(slot, "__set__"):  # the slot's own setter: shorter than looking it up by name
            names[f"set_{one.name}"] = slot.__set__
            lines.append(f" set_{one.name}(self, {value})")
        else:
            lines.append(f' set_(self, "{one.name}", {value})')
    code = f"def __init__(self{''.join(', ' + name for name in taken)}):\n" + ("\n".join(lines) or " pass")
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


def _orders(get: Get) -> tuple[Callable[[Any, object], bool], ...]:
    def __lt__(self: Any, other: object) -> bool:
        return get(self) < get(other) if other.__class__ is self.__class__ else NotImplemented

    def __le__(self: Any, other: object) -> bool:
        return get(self) <= get(other) if other.__class__ is self.__class__ else NotImplemented

    def __gt__(self: Any, other: object) -> bool:
        return get(self) > get(other) if other.__class__ is self.__class__ else NotImplemented

    def __ge__(self: Any, other: object) -> bool:
        return get(self) >= get(other) if other.__class__ is self.__class__ else NotImplemented

    return __lt__, __le__, __gt__, __ge__


def _refuse_to_set(self: object, name: str, _: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for one, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
