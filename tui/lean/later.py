"""Modules that are imported when something of them is first used, rather than when somebody imports them."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from threading import RLock
from types import ModuleType
from typing import Any

_lock = RLock()
_LIGHT_PARENTS = frozenset({"urllib"})
"""Packages imported at once, so that `import urllib.parse` finds its module in them."""


class Later(ModuleType):
    """Stands in `sys.modules` for a module, and becomes it with the first attribute that was not promised."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        _load(self)
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None


class Promised:
    """Something of a module that waits, as others import it by name: called, asked or derived from, it loads it."""

    def __init__(self, module: Later, name: str) -> None:
        self._promise = (module, name)

    def _kept(self) -> Any:
        module, name = self._promise
        _load(module)
        return module.__dict__[name]

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self._kept()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept(), name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._kept())

    def __subclasscheck__(self, subclass: type) -> bool:
        return issubclass(subclass, self._kept())

    def __mro_entries__(self, bases: tuple[type, ...]) -> tuple[type, ...]:
        return (self._kept(),)

    def __or__(self, other: Any) -> Any:
        return self._kept() | other

    def __ror__(self, other: Any) -> Any:
        return other | self._kept()

    def __class_getitem__(cls, item: object) -> Any:
        return cls

    def __getitem__(self, item: Any) -> Any:
        return self._kept()[item]


def later(name: str, promised: tuple[str, ...] = (), **given: object) -> None:
    """Let a module wait. `promised`: what others import of it by name; `given`: what it has before it is loaded.

    Does nothing for a module that is there already.
    """
    if name in sys.modules:
        return
    module = Later(name)
    module.__dict__.update({one: Promised(module, one) for one in promised}, **given)
    module.__dict__["_waits"] = True
    sys.modules[name] = module
    _bind(module)


def _bind(module: Later) -> None:
    """Be an attribute of its package, as imported modules are."""
    parent, _, child = module.__name__.rpartition(".")
    if parent in _LIGHT_PARENTS:
        import_module(parent)
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)


def bind_all() -> None:
    """Let packages that were imported meanwhile have their modules that wait."""
    for module in list(sys.modules.values()):
        if isinstance(module, Later):
            _bind(module)


def take_back(name: str, given: tuple[str, ...]) -> None:
    """Let a module that still waits be loaded by whoever asks for one of these."""
    module = sys.modules.get(name)
    if isinstance(module, Later) and "_waits" in module.__dict__:
        for one in given:
            module.__dict__.pop(one, None)


def _load(module: Later) -> None:
    """Make it the real one, in place: whoever holds it has the real one too. Other threads wait meanwhile."""
    with _lock:
        if not module.__dict__.pop("_waits", False):
            return
        name = module.__name__
        del sys.modules[name]
        spec = find_spec(name)
        sys.modules[name] = module
        if spec is None or spec.loader is None:
            del sys.modules[name]
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        module.__spec__ = spec
        module.__loader__ = spec.loader
        module.__package__ = spec.parent
        if spec.origin is not None and spec.has_location:
            module.__file__ = spec.origin
        if spec.submodule_search_locations is not None:
            module.__path__ = spec.submodule_search_locations
        spec.loader.exec_module(module)
        _bind(module)
        module.__class__ = ModuleType  # type: ignore[assignment]  # what mypy takes for a widening is the point
