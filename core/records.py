"""A drop-in `dataclass` decorator with a tenth of the import time: methods are compiled on first use.

The standard decorator looks at each field and compiles six functions for each class when its module is imported; with a
hundred classes that was a quarter of the time until the first screen. Here only `__init__` is compiled, with the first
instance, and `__dataclass_fields__` is built when it is asked for; the other functions are closures over the names.
`fields`, `replace`, `asdict` and `match` work unchanged, and type checkers see the standard decorator.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass

    Get = Callable[[Any], tuple[object, ...]]
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True):
        """The standard decorator, for these arguments.

        Classes with `InitVar`, keyword-only fields or fields with a `hash` of their own use the standard decorator.
        """
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, eq=eq)
        notes = str(cls.__annotations__)
        if "InitVar" in notes or "KW_ONLY" in notes or any(map(_is_special, vars(cls).values())):
            return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq)(cls)
        return _record(cls, frozen, slots, eq)


def _is_special(value: object) -> bool:
    """Whether a field has an option that only the standard decorator knows."""
    return isinstance(value, Field) and (value.hash is not None or value.kw_only not in (MISSING, False))


Values = dict[str, Any]
"""The fields of a class: each name with its default, `MISSING`, or the `Field` that says more."""


class _Fields:
    """The `__dataclass_fields__` of a class, built when they are asked for."""

    def __init__(self, owner: type, values: Values) -> None:
        self.owner, self.values = owner, values

    def __get__(self, instance: object, owner: type) -> dict[str, Field[Any]]:
        built = {name: self._field(name, value) for name, value in self.values.items()}
        self.owner.__dataclass_fields__ = built  # type: ignore[attr-defined]
        return built

    def _field(self, name: str, value: Any) -> Field[Any]:
        item: Any
        if name not in self.owner.__annotations__:
            bases: Any = self.owner.__mro__[1:]
            item = next(base.__dataclass_fields__[name] for base in bases if name in _values(base))
            return cast("Field[Any]", item)
        item = value if isinstance(value, Field) else dataclasses.field(default=value)
        item.name, item.type, item.kw_only = name, self.owner.__annotations__[name], False
        item._field_type = dataclasses._FIELD  # type: ignore[attr-defined]  # as the standard decorator marks a field
        return cast("Field[Any]", item)


def _values(cls: type) -> Values:
    """The fields of a class that was decorated, with those of its bases."""
    fields: Any = cls.__dict__.get("__dataclass_fields__", {})
    return fields.values if isinstance(fields, _Fields) else fields


def _has(value: Any, option: str) -> bool:
    """An option of a field: `init`, `repr` or `compare`."""
    return not isinstance(value, Field) or bool(getattr(value, option))


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
    values: Values = {}
    for base in cls.__mro__[-2:0:-1]:
        values.update(_values(base))
    own = [name for name, note in cls.__annotations__.items() if "ClassVar" not in str(note)]
    for name in own:
        values[name] = value = namespace.get(name, MISSING)
        if isinstance(value, Field):
            if value.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, value.default)
    record: Any = _with_slots(cls, own) if slots else cls
    record.__dataclass_fields__ = _Fields(record, values)
    record.__dataclass_params__ = _PARAMS
    matched = tuple(name for name, value in values.items() if _has(value, "init"))
    record.__match_args__ = matched  # type: ignore[misc]
    if not written[0]:
        record.__init__ = _first_init(record, values, frozen)
    if not written[1]:
        record.__repr__ = _repr([name for name, value in values.items() if _has(value, "repr")])
    get = _getter([name for name, value in values.items() if _has(value, "compare")])
    if eq and not written[2]:
        record.__eq__ = _equal(get)
    if eq and not written[3]:
        record.__hash__ = _hash(get) if frozen else None
    if frozen:
        record.__setattr__, record.__delattr__ = _refuse_to_set, _refuse_to_delete
        if slots:
            record.__getstate__, record.__setstate__ = _state, _set_state
    return record


_PARAMS: Any = dataclasses.dataclass(init=False, repr=False, eq=False)(
    type("Plain", (), {"__doc__": "No fields."})
).__dataclass_params__  # type: ignore[attr-defined]


def _with_slots(cls: Any, names: list[str]) -> Any:
    """The same class with slots for its own fields, as the standard decorator makes it."""
    namespace = {name: value for name, value in cls.__dict__.items() if name not in names}
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    inherited = {slot for base in cls.__mro__[1:-1] for slot in base.__dict__.get("__slots__", ())}
    namespace["__slots__"] = tuple(name for name in names if name not in inherited)
    record = type(cls)(cls.__name__, cls.__bases__, namespace)
    record.__qualname__ = cls.__qualname__
    return record


def _getter(names: list[str]) -> Get:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _first_init(cls: Any, values: Values, frozen: bool) -> Callable[..., None]:
    """An `__init__` that replaces itself by a compiled one on the first call."""

    def __init__(self: object, *args: object, **kwargs: object) -> None:
        cls.__init__ = compiled = _compile_init(cls, values, frozen)
        compiled(self, *args, **kwargs)

    __init__.__qualname__ = f"{cls.__qualname__}.__init__"
    return __init__


def _compile_init(cls: Any, values: Values, frozen: bool) -> Callable[..., None]:
    default_value: Any
    factory: Any
    names: dict[str, Any] = {"MISSING": MISSING, "set_": object.__setattr__}
    parameters: list[str] = []
    lines: list[str] = []
    for name, default_value in values.items():
        value, factory = name, MISSING
        if isinstance(default_value, Field):
            default_value, factory = default_value.default, default_value.default_factory
        default = f"default_{name}"
        if default_value is not MISSING:
            names[default] = default_value
        elif factory is not MISSING:
            names[default] = factory
        if _has(values[name], "init"):
            absent = "MISSING" if factory is not MISSING else default
            parameters.append(f"{name}={absent}" if default in names else name)
            if factory is not MISSING:
                value = f"{default}() if {name} is MISSING else {name}"
        elif factory is not MISSING:
            value = f"{default}()"
        elif default_value is MISSING or "__slots__" not in cls.__dict__:
            continue
        else:
            value = default
        slot = cls.__dict__.get(name)
        if not frozen:
            lines.append(f" self.{name} = {value}")
        elif hasattr(slot, "__set__"):  # the slot's own setter: shorter than looking it up by name
            names[f"set_{name}"] = slot.__set__
            lines.append(f" set_{name}(self, {value})")
        else:
            lines.append(f' set_(self, "{name}", {value})')
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    code = f"def __init__(self{''.join(', ' + name for name in parameters)}):\n" + ("\n".join(lines) or " pass")
    space: dict[str, Any] = {}
    exec(code, names, space)
    init: Callable[..., None] = space["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _repr(names: list[str]) -> Callable[[Any], str]:
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
