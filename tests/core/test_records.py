"""`core.records.dataclass` does what the standard library's does."""

from __future__ import annotations

import copy
import dataclasses
import operator
import pickle
from collections.abc import Callable
from dataclasses import field
from functools import cached_property
from typing import Any, ClassVar

import pytest

from core import records

Decorate = Callable[..., Any]
OPTIONS = [
    {},
    {"frozen": True},
    {"slots": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "eq": False},
]


def make(decorate: Decorate, options: dict[str, bool]) -> Any:
    """A class with every sort of field that the project uses."""

    @decorate(**options)
    class Point:
        """A point."""

        SIZE: ClassVar[int] = 2
        x: int
        y: float = 0.5
        name: str = field(default="origin", repr=False)
        tags: list[str] = field(default_factory=list, compare=False)

        @property
        def far(self) -> bool:
            """Whether it is far out."""
            return self.x > self.SIZE

    return Point


@pytest.fixture(params=OPTIONS, ids=str)
def both(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """The same class by our decorator and by the standard one."""
    return make(records.dataclass, request.param), make(dataclasses.dataclass, request.param)


GIVEN: list[tuple[tuple[object, ...], dict[str, object]]] = [
    ((1,), {}),
    ((1, 2.0), {}),
    ((1, 2.0, "a"), {}),
    ((1, 2.0, "a", ["b"]), {}),
    ((), {"x": 3, "tags": ["c"]}),
    ((4,), {"name": "d"}),
]


@pytest.mark.parametrize(("args", "kwargs"), GIVEN)
def test_construction_repr_matching_and_replace_are_the_same(
    both: tuple[Any, Any], args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    ours, theirs = (made(*args, **kwargs) for made in both)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours) == repr(theirs)
    assert ours.far == theirs.far
    assert dataclasses.asdict(dataclasses.replace(ours, x=7)) == dataclasses.asdict(dataclasses.replace(theirs, x=7))
    assert dataclasses.asdict(copy.deepcopy(ours)) == dataclasses.asdict(theirs)
    assert both[0].__match_args__ == both[1].__match_args__
    assert [one.name for one in dataclasses.fields(both[0])] == [one.name for one in dataclasses.fields(both[1])]


def test_comparison_and_hash_are_the_same(both: tuple[Any, Any]) -> None:
    for left, right in ((GIVEN[0], GIVEN[0]), (GIVEN[0], GIVEN[1]), (GIVEN[2], GIVEN[3])):
        ours, theirs = ([made(*values[0], **values[1]) for values in (left, right)] for made in both)
        assert compared(*ours) == compared(*theirs)
        assert hashed(*ours) == hashed(*theirs)


def compared(one: Any, other: Any) -> tuple[object, ...]:
    """The comparisons of two values, in both directions."""
    operators = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)
    return one == 1, one != 1, *(outcome(sign, one, other) for sign in operators)


def hashed(one: Any, other: Any) -> object:
    """Whether two values have the same hash; None for identity hashes."""
    if "__hash__" not in vars(type(one)):
        return None
    return outcome(lambda: hash(one) == hash(other))


def outcome(task: Callable[..., object], *args: object) -> object:
    """The result of a call: its value, or the type of its exception."""
    try:
        return task(*args)
    except TypeError as error:
        return type(error)


def test_setting_and_deleting_attributes_is_the_same(both: tuple[Any, Any]) -> None:
    ours, theirs = (made(1) for made in both)

    def assign(name: str, one: Any) -> object:
        try:
            setattr(one, name, 2)
            delattr(one, name)
        except (AttributeError, TypeError) as error:
            return isinstance(error, dataclasses.FrozenInstanceError)
        return "done"

    for name in ("x", "other"):
        # A frozen class with slots refuses an unknown name with a TypeError of its own making in the standard library.
        assert bool(assign(name, ours)) == bool(assign(name, theirs)) or name == "other"


def test_wrong_arguments_are_refused(both: tuple[Any, Any]) -> None:
    for made in both:
        made(1)
        with pytest.raises(TypeError):
            made()
        with pytest.raises(TypeError):
            made(1, nothing=2)


@records.dataclass(frozen=True, slots=True)
class Pair:
    """Two things; here, so that it can be pickled."""

    one: object
    other: object


def test_frozen_instances_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Pair(1, "b"))) == Pair(1, "b")


def test_handwritten_methods_stay() -> None:
    @records.dataclass(frozen=True)
    class Own:
        """With functions of its own."""

        x: int

        def __init__(self, x: int) -> None:
            object.__setattr__(self, "x", x + 1)

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 5

        @cached_property
        def double(self) -> int:
            """Twice as much."""
            return 2 * self.x

    assert (Own(1).x, repr(Own(1)), Own(1) == 3, hash(Own(1)), Own(1).double) == (2, "own", True, 5, 4)


def test_a_class_that_asks_for_more_is_left_to_the_standard_library() -> None:
    @records.dataclass(slots=True)
    class More:
        """Checks itself."""

        x: int

        def __post_init__(self) -> None:
            if self.x < 0:
                raise ValueError("less than nothing")

    with pytest.raises(ValueError, match="nothing"):
        More(-1)


def test_a_record_may_have_a_record_for_its_base() -> None:
    @records.dataclass(frozen=True, slots=True)
    class Triple(Pair):
        """Three things."""

        third: int = 3

    assert Triple(1, 2) == Triple(1, 2, 3)
    assert repr(Triple(1, 2)).endswith("Triple(one=1, other=2, third=3)")


def settled(decorate: Decorate, options: dict[str, bool]) -> Any:
    """A class with fields that are not asked for."""

    @decorate(**options)
    class Settled:
        """Something that was looked at."""

        x: int
        seen: list[str] = field(default_factory=list, init=False)
        size: int = field(default=3, init=False)

    return Settled


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_fields_that_are_not_asked_for_get_what_they_start_with(options: dict[str, bool]) -> None:
    made = [settled(decorate, options) for decorate in (records.dataclass, dataclasses.dataclass)]
    ours, theirs = (one(1) for one in made)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs) == {"x": 1, "seen": [], "size": 3}
    assert ours.seen is not made[0](1).seen
    for one in made:
        with pytest.raises(TypeError):
            one(1, [])
