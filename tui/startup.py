"""The light start of the app: garbage collection is held until the first screen, unused modules are lazy.

The held collection saves 27 ms of 285 ms of imports alone: `python -m tests.benchmarks --only start`.

Modules that Textual, rich and asyncio import at their head without using them before the first screen are imported at
their first use: Textual cannot be told to leave them out. This buys 28 of 318 ms of processor time to the first screen,
8 % of its instructions (`valgrind --tool=callgrind`), and 4.9 of 46.4 MiB: the same command, also with an empty `LAZY`.
"""

from __future__ import annotations

import gc
import sys
import typing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from threading import RLock
from types import ModuleType
from typing import Any, Final

THRESHOLDS: Final = (10_000, 20, 50)
"""The arguments of `gc.set_threshold`: an edit allocates a hundred thousand objects that live on, and scanning them
repeatedly takes longer than the edit.
"""
_SWITCH_INTERVAL_S: Final = 0.0005


def start_light() -> None:
    """Hold garbage collection, as almost all objects of the start live on, make modules lazy, define classes fast.

    To be called before Textual is imported; does nothing afterwards.
    """
    if "textual" not in sys.modules:
        gc.disable()
        install()
        import dataclasses  # lazy modules first: it imports some

        dataclasses.dataclass = FastDataclass(dataclasses.dataclass)
        from tui.subclasses import define_fast

        define_fast()


class FastDataclass:
    """The `dataclass` decorator while Textual is imported: for its classes and those of rich, that of `core.records`.

    This saves 38 of 1,630 million instructions to the first frame, for 24 classes: `valgrind --tool=callgrind`.
    """

    def __init__(self, standard: Any) -> None:
        from core.records import dataclass

        self.standard, self._record = standard, dataclass

    def __call__(self, cls: Any = None, /, **options: bool) -> Any:
        """Decorate a class; the standard decorator does all that the other one does not know."""
        if cls is None:
            return partial(self, **options)
        fast = cls.__module__.startswith(("textual.", "rich.")) and options.keys() <= {"frozen", "slots", "eq"}
        return (self._record if fast else self.standard)(**options)(cls)


def resume_collection() -> None:
    """Resume garbage collection, but never scan the objects made so far; let worker threads yield to keys quickly."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
        gc.enable()


@contextmanager
def collection_paused() -> Iterator[None]:
    """Collect no garbage meanwhile: one collection over a large tree stops every thread.

    The objects that remain are not scanned any more; without cycles they are freed by their reference counts.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


LAZY: Final[Mapping[str, tuple[str, ...]]] = {
    "tokenize": (),
    "ipaddress": (),
    "typing_extensions": (),
    "ssl": (),
    "asyncio.sslproto": (),
    "pickle": ("dumps", "loads"),
    "difflib": ("SequenceMatcher", "get_close_matches"),
    "tempfile": (),
    "platformdirs": ("user_downloads_path",),
    "uuid": ("uuid4",),
    "mimetypes": (),
    "locale": (),
    "bz2": (),
    "lzma": (),
    "decimal": ("Decimal",),
    "textwrap": (),
    "rich.table": ("Table",),
    "rich.panel": ("Panel",),
    "rich.tree": ("Tree",),
    "rich.markup": ("render",),
    "textual.canvas": ("Canvas", "Rectangle", "CanvasLineType"),
    "textual.markup": ("parse_style",),
    "textual.command": ("CommandListItem", "CommandPalette", "SimpleProvider", "DiscoveryHit", "Hit", "Hits"),
}
"""Each module with the names that others import from it. A missing name costs time only: the module loads at once."""

IN_TYPING: Final = (
    "Final", "Literal", "Self", "TypeAlias", "Protocol", "runtime_checkable", "get_args", "TypeGuard", "TypedDict",
    "ParamSpec", "Coroutine",
)  # fmt: skip
"""The names of `typing_extensions` that Textual and rich import, which `typing` has as well."""

_lock = RLock()


class NoProvider:
    """The provider of Textual's command palette, which the app has disabled: Textual checks its subclasses early."""


class LazyModule(ModuleType):
    """A module in `sys.modules` that is executed at the first use of an attribute without a placeholder."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        _load(self)
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None


class Placeholder:
    """A name imported from a lazy module: a call, a check or a subclass loads the module."""

    def __init__(self, module: LazyModule, name: str) -> None:
        self._target = (module, name)

    def _load(self) -> Any:
        module, name = self._target
        _load(module)
        return module.__dict__[name]

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self._load()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._load(), name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._load())

    def __subclasscheck__(self, subclass: type) -> bool:
        return issubclass(subclass, self._load())

    def __mro_entries__(self, bases: tuple[type, ...]) -> tuple[type, ...]:
        return (self._load(),)

    def __or__(self, other: Any) -> Any:
        return self._load() | other

    def __ror__(self, other: Any) -> Any:
        return other | self._load()

    def __getitem__(self, item: Any) -> Any:
        return self._load()[item]


def install() -> None:
    """Make the modules of `LAZY` lazy, as far as they are not imported; to be called before Textual is imported."""
    for name, placeholders in LAZY.items():
        make_lazy(name, placeholders)
    extensions = sys.modules["typing_extensions"]
    if isinstance(extensions, LazyModule):
        extensions.__dict__.update({name: getattr(typing, name) for name in IN_TYPING})
    command = sys.modules.get("textual.command")
    if isinstance(command, LazyModule):
        command.__dict__["Provider"] = NoProvider


def make_lazy(name: str, placeholders: tuple[str, ...] = ()) -> None:
    """Make one module lazy, unless it is imported. `placeholders` are the names that others import from it."""
    if name in sys.modules:
        return
    module = LazyModule(name)
    module.__dict__.update({placeholder: Placeholder(module, placeholder) for placeholder in placeholders})
    module.__dict__["_is_lazy"] = True
    sys.modules[name] = module
    _bind(module)


def finish_imports() -> None:
    """Set the lazy modules as attributes of packages that were imported since, and restore the standard `dataclass`.

    To be called after Textual's import.
    """
    import dataclasses

    if isinstance(dataclasses.dataclass, FastDataclass):
        dataclasses.dataclass = dataclasses.dataclass.standard
    for module in list(sys.modules.values()):
        if isinstance(module, LazyModule):
            _bind(module)


def _bind(module: ModuleType) -> None:
    parent, _, child = module.__name__.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)


def _load(module: LazyModule) -> None:
    """Execute a module in place, once; other threads wait."""
    with _lock:
        if not module.__dict__.pop("_is_lazy", False):
            return
        name = module.__name__
        del sys.modules[name]
        spec = find_spec(name)
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        sys.modules[name] = module
        module.__spec__ = spec
        module.__loader__ = spec.loader
        module.__package__ = spec.parent
        if spec.origin is not None and spec.has_location:
            module.__file__ = spec.origin
        if spec.submodule_search_locations is not None:
            module.__path__ = spec.submodule_search_locations
        spec.loader.exec_module(module)
        _bind(module)
        module.__class__ = ModuleType  # type: ignore[assignment]  # the class widens on purpose
