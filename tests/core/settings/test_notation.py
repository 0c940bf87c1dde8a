"""The notation of settings: which values each form accepts, and how an error names the values that it expects."""

from __future__ import annotations

import pytest

from core.settings.notation import accepts_plain, alternatives, parse_notation

FORMS: tuple[tuple[str, tuple[object, ...], tuple[object, ...], str], ...] = (
    ("bool", (True, False), (1, "true", 0.0), "true or false"),
    ("~bool", (True, 1, 0.0, "Yes", "off"), (2, "maybe", []), "true or false"),
    ("int", (0, -3), (True, 1.0, "1"), "an integer"),
    ("~int", (1, True, 2.0, "+4", " 1_000 ", "3.0"), (1.5, "1.5", "x", []), "an integer"),
    ("float", (1, 0.5), (False, "0.5"), "a number"),
    ("~float", (1, True, "1e3", " .5 "), ("one", None), "a number"),
    ("str", ("", "text"), (1, True), "a string"),
    ("int>=1<=5", (1, 5), (0, 6), "an integer of at least 1 and of at most 5"),
    ("float>0<1", (0.5,), (0, 1.0), "a number above 0 and below 1"),
    ('"a"|"b"', ("a", "b"), ("c", 1), "one of a, b"),
    ('"a"|int', ("a", 7), ("b", 0.5), '"a" or an integer'),
    ("WxH", ("2048x1152",), ("0x5", "2048", 3), "a size such as 2048x1152"),
    ("timedelta", ("PT30S", "P1D", "1 day, 0:00:05", "30", 5, 0.5), ("soon", True), "a duration such as PT30S"),
    ("any", (1, "x", None), (), "any value"),
    ("never", (), (1, "x"), "nothing: no value of TOML fits"),
)


@pytest.mark.parametrize(("text", "accepted", "refused", "expected"), FORMS, ids=[form[0] for form in FORMS])
def test_form_accepts_its_values_and_names_them(
    text: str, accepted: tuple[object, ...], refused: tuple[object, ...], expected: str
) -> None:
    notation = parse_notation(text)
    assert notation.expected == expected
    for value in accepted:
        assert any(accepts_plain(kind, value) for kind in notation.types), value
    for value in refused:
        assert not any(accepts_plain(kind, value) for kind in notation.types), value


def test_lists_and_tables_are_parsed_with_their_entries_and_checks() -> None:
    notation = parse_notation('[int]|{"a"|"b":[table]}|{str}|open@pattern')
    a_list, keyed, free, opened = notation.types
    assert notation.checks == ("pattern",)
    assert notation.expected == "a list, each an integer or a table or a table or a table"
    assert keyed.words == ("a", "b")
    assert keyed.item is not None
    assert keyed.item.expected == "a list"
    assert tuple(alternatives(notation, [])) == (a_list,)
    assert tuple(alternatives(notation, {})) == (keyed, free, opened)
