"""Define subclasses of Textual's nodes with less work: what bases contribute is collected once per base.

Textual looks at every attribute of every base for each class, some hundreds of them fifty times. This saves 54 of
938 million instructions to the first frame: `valgrind --tool=callgrind`, and `python -m tests.benchmarks --only start`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from textual.dom import DOMNode
from textual.reactive import Reactive


@cache
def _reactives_of(base: type) -> dict[str, Reactive[Any]]:
    return {name: value for name, value in base.__dict__.items() if isinstance(value, Reactive)}


@cache
def _computes_of(base: type) -> tuple[str, ...]:
    return tuple(name.lstrip("_")[8:] for name in base.__dict__ if name.startswith(("_compute_", "compute_")))


def init_subclass(
    cls: type[DOMNode],
    inherit_css: bool = True,
    inherit_bindings: bool = True,
    inherit_component_classes: bool = True,
) -> None:
    """`DOMNode.__init_subclass__`, with the same results."""
    super(DOMNode, cls).__init_subclass__()
    reactives: dict[str, Reactive[Any]] = {}
    computes: set[str] = set()
    for base in reversed(cls.__mro__[1:]):
        reactives.update(_reactives_of(base))
        computes.update(_computes_of(base))
    reactives.update(_reactives_of.__wrapped__(cls))
    computes.update(_computes_of.__wrapped__(cls))
    cls._reactives = reactives
    cls._computes = frozenset(computes)
    cls._inherit_css = inherit_css
    cls._inherit_bindings = inherit_bindings
    cls._inherit_component_classes = inherit_component_classes
    bases = cls._css_bases(cls)
    cls._css_type_name = bases[0].__name__
    cls._css_type_names = frozenset(base.__name__ for base in bases)
    cls._merged_bindings = cls._merge_bindings()


def define_fast() -> None:
    """Use it for all classes that are defined from now on."""
    DOMNode.__init_subclass__ = classmethod(init_subclass)  # type: ignore[assignment, method-assign]
