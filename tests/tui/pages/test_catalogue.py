"""The models as a catalogue: filters by one key, sorting by price, marks, models side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.calls import counted_calls
from tests.support.stock import StockFactory
from tests.tui.app_driver import AppDriver, demo, open_app, request_for
from tests.tui.pages.reading import Shop, export, page
from tui.pages.token_prompt import read_tokens


def first(app: AppDriver) -> str:
    """The model under the cursor."""
    selected = app.main.panes["models"].table.selected
    return str(selected.cells[1]) if selected is not None else ""


def listed(app: AppDriver) -> list[str]:
    """The models that are listed, in their order."""
    table = app.main.panes["models"].table
    return [str(table.rows[number].cells[1]) for number in table._order]


async def test_job_7_the_cheapest_vision_model_that_i_have_a_key_for(shop: Shop) -> None:
    """Keys: V, K, $, from wherever one is."""
    async with shop.open_app() as app:
        await app.press("V", "K", "dollar_sign")
        assert first(app) == "mistral-small"
        assert "model  mistral-small" in app.right
        assert "2 Models  vision, key set" in app.left
        assert app.lines[-1].startswith(" by the price of a call of 1,000 input and 500 output tokens")
        names = listed(app)
    output = shop.says("models", "--vision", "--key", "--sort", "price", "--cost", "1000,500")
    assert [line.split()[0] for line in output.splitlines()[1 : len(names) + 1]] == names


@pytest.mark.parametrize("keys", [("V",), ("O",), ("N",), ("K", "O"), ("greater_than_sign",), ("N", "less_than_sign")])
async def test_filters_match_those_of_the_command(shop: Shop, keys: tuple[str, ...]) -> None:
    flags = {
        "V": ("--vision",),
        "O": ("--structured",),
        "N": ("--served",),
        "K": ("--key",),
        "greater_than_sign": ("--type", "llm"),
        "less_than_sign": ("--type", "text_extractor"),
    }
    async with shop.open_app() as app:
        await app.press("2", *keys)
        left = listed(app)
        data = shop.document("models", *(flag for key in keys for flag in flags[key]))
        assert isinstance(data, dict)
        assert left == [row["handle"] for row in data["models"]]
        await app.press("escape")
        assert len(listed(app)) == 14
        assert app.main.session.catalogue_filter.description == ""


async def test_a_filter_that_leaves_nothing_says_so_and_how_to_undo_it() -> None:
    async with demo() as app:
        await app.press("2", "V", "less_than_sign")
        assert listed(app) == []
        assert app.lines[-1].endswith("none is left, esc clears the filter")
        await app.press("escape")
        assert len(listed(app)) == 14


async def test_any_column_sorts_and_a_hidden_one_is_named_in_the_title() -> None:
    async with demo((100, 30)) as app:
        await app.press("2", "s", "s")
        assert app.lines[-1] == " sorted by input"
        assert first(app) == "claude-4.5-haiku"
        assert listed(app)[0] == "mistral-small"
        assert listed(app)[-2:] == ["mistral-ocr", "pypdfium2-extract-pdf"]
        await app.press("S")
        assert listed(app)[-2:] == ["mistral-ocr", "pypdfium2-extract-pdf"]
        await app.press("dollar_sign")
        assert "12 served, by price" in app.left
        await app.press("dollar_sign")
        assert "by price" not in app.left


async def test_job_17_two_marked_models_side_by_side_with_the_cost_of_a_call(shop: Shop) -> None:
    """Keys: 2, space, space, c; # and numbers for another call."""
    async with shop.open_app() as app:
        await app.press("2", "down", "space", "space")
        assert app.lines[-1] == " 2 marked: c compares them"
        assert "2 marked" in app.left
        await app.press("c")
        assert "model claude-4.5-sonnet claude-4.5-opus" in page(app)
        assert "$ in per M $3 * $5" in page(app)
        assert "a call $0.0105 * $0.0175" in page(app)
        command = "models --compare anthropic/claude-4.5-sonnet anthropic/claude-4.5-opus --cost 1000,500"
        assert export(app).command == f"pipedeck {command}"
        assert export(app).plain() == shop.says(*command.split())
        assert json.loads(export(app).json()) == shop.document(*command.split())
        await app.press("number_sign", *["backspace"] * 8, *"2k", "space", *"1M", "enter")
        assert "a call $15.006 * $25.01" in page(app)
        assert "a call: 2,000 input, 1,000,000 output tokens" in app.lines[0]
        await app.press("escape", "escape")
        assert app.main.session.marked == {}


async def test_one_model_is_compared_on_all_its_backends(stock: StockFactory, fenced_environment: Path) -> None:
    async with open_app(request_for(stock("0.92.2").root, fenced_environment), (120, 40)) as app:
        await app.press("2", "slash", *"claude-4.5-sonnet", "enter", "c")
        assert "claude-4.5-sonnet" in page(app)
        assert "anthropic (" in page(app)
        assert "bedrock (" in page(app)
        assert app.app.screen.page.export.command.startswith(  # type: ignore[attr-defined]
            "pipedeck models --compare"
        )


async def test_a_model_of_one_backend_alone_says_how_to_compare_it() -> None:
    async with demo() as app:
        await app.press("2", "c")
        assert app.lines[-1] == " only one backend offers it: mark other models with space, then c"


async def test_the_list_over_the_whole_width_shows_more_columns_and_goes_back() -> None:
    async with demo() as app:
        await app.press("2", "z")
        assert "max status   ends" in app.text
        assert "│" not in app.text
        await app.press("l")
        assert "│" in app.text
        assert app.main.focused is app.main.inspector
        await app.press("h", "z", "z")
        assert "│" in app.text


async def test_space_marks_models_and_turns_backends_on_and_off() -> None:
    async with demo() as app:
        await app.press("2", "space", "1", "space")
        assert "3 on" in app.left
        assert len(app.main.session.marked) == 1


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("1000,500", (1000, 500)), ("2k 1K", (2000, 1000)), ("1M / 10_000", (1_000_000, 10_000)), ("0 5", (0, 5))],
)
def test_a_call_is_written_as_people_write_it(text: str, tokens: tuple[int, int]) -> None:
    assert read_tokens(text) == tokens


@pytest.mark.parametrize("text", ["", "5", "1 2 3", "a b", "-1 5", "1k 1.5", "5 ²", "1 9999999999999"])
def test_a_call_that_is_none_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"write (two numbers|one such as)"):
        read_tokens(text)


QUICK = ("V", "K", "dollar_sign", "space", "z", "greater_than_sign", "s", "slash", "7", "enter", "escape", "escape")
MANY = 2000
MOVING = ("down", "pagedown", "G", "g", "k")


async def test_large_catalogues_scroll_sort_filter_and_mark_without_a_pause(
    tmp_path: Path, fenced_environment: Path
) -> None:
    """The calls of functions against those of opening the tree."""
    root = many_models(tmp_path)
    with counted_calls() as calls:
        async with open_app(request_for(root, fenced_environment, OPENAI_API_KEY="x"), (120, 40)) as app:
            opening = calls()

            async def cost(key: str) -> float:
                before = calls()
                await app.pilot.press(key)
                while not app.app.is_idle:
                    await app.pilot.pause()
                return (calls() - before) / opening

            await app.press("2")
            assert {key: share for key in MOVING if (share := await cost(key)) > 1 / 40} == {}
            assert {key: share for key in QUICK if (share := await cost(key)) > 1 / 4} == {}
            await app.press("escape")
            assert len(listed(app)) == MANY


def many_models(folder: Path) -> Path:
    """The sample, with many models at one backend."""
    from tui.sample import copy_sample

    copy_sample(folder / "large")
    lines = []
    for number in range(MANY):
        inputs = '["text", "images"]' if number % 3 else '["text"]'
        lines.append(f'[model-{number:04}]\nmodel_id = "m{number}"\ninputs = {inputs}\noutputs = ["text"]\n')
        lines.append(f"costs = {{ input = {number % 97}.5, output = {number % 89} }}\n")
    path = folder / "large" / ".pipelex" / "inference" / "backends" / "openai.toml"
    path.write_text('default_sdk = "openai"\n' + "".join(lines), encoding="utf-8")
    for other in ("anthropic", "mistral", "google", "internal"):
        (path.parent / f"{other}.toml").write_text("", encoding="utf-8")
    return folder / "large"
