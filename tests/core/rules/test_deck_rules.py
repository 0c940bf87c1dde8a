"""Rules about the deck: dead references, wrong types, limits, shadowed names, appended lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.problems import Check, Severity
from tests.support.trees import (
    DECK,
    Files,
    codes,
    edited,
    extended,
    g1,
    g2,
    g2_1,
    g3_1,
    inspect,
    llm,
    minimal,
    only,
    place,
    with_preset,
)

OPENAI = "backends/openai.toml"


def names(section: str, line: str, files: Files | None = None) -> Files:
    """The tree with one more line in a section of its deck."""
    base = files or g3_1()
    return edited(base, DECK, f"[{section}]\n", f"[{section}]\n    {line}\n")


@pytest.mark.parametrize(
    ("model", "message", "fix"),
    [
        ("gpt-4o-mni", "no backend declares `gpt-4o-mni`", "did you mean `gpt-4o-mini`?"),
        ("@best-cluade", "there is no llm alias `best-cluade`", "did you mean `best-claude`?"),
        ("~chian", "there is no llm waterfall `chian`", "did you mean `chain`?"),
        ("$cheap", "`$cheap` is a preset, and a preset never stands for a model; name its model or an alias",
         "name the preset's model, or an alias"),
        ("cheap", "`cheap` is a preset, and a preset never stands for a model; name its model or an alias",
         "name the preset's model, or an alias"),
        ("painter", "`painter` is declared, but as img_gen, not llm", "name a model of the right type"),
        ("zzzzzzzz", "no backend declares `zzzzzzzz`", "name a served model"),
    ],
)  # fmt: skip
def test_a_dead_preset_is_an_error_with_its_reason(model: str, message: str, fix: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, with_preset(g3_1(), "odd", model))
    problem = only(report, "preset-dead")
    assert problem.message == f"preset `odd` is dead: {message}"
    assert problem.fix == fix
    assert (problem.severity, problem.check, problem.fatal) == (Severity.ERROR, Check.PRESETS, False)
    assert problem.error_type == "ModelNotFoundError"
    assert problem.reference == ("preset", "llm", "odd")
    assert place(problem) == (DECK, 27, "llm.presets.odd")


@pytest.mark.parametrize(
    ("release", "error"),
    [
        ("0.10.2", "LLMHandleNotFoundError"),
        ("0.11.0", "LLMHandleNotFoundError"),
        ("0.14.3", "ModelNotFoundError"),
        ("0.17.6", "ModelNotFoundError"),
        ("0.43.1", "ModelNotFoundError"),
    ],
)
def test_a_dead_preset_has_the_class_of_its_release(release: str, error: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, with_preset(minimal(release), "odd", "nobody"), release=release)
    assert only(report, "preset-dead").error_type == error
    assert report.boots


@pytest.mark.parametrize(
    ("release", "error"),
    [
        ("0.10.2", "LLMPresetNotFoundError"),
        ("0.14.3", "LLMChoiceNotFoundError"),
        ("0.17.6", "ModelChoiceNotFoundError"),
        ("0.92.2", "ModelChoiceNotFoundError"),
    ],
)
def test_a_dead_choice_has_the_class_of_its_release(release: str, error: str, tmp_path: Path) -> None:
    sigil = "$" if release == "0.92.2" else ""
    files = edited(minimal(release), DECK, f'for_text = "{sigil}cheap"', f'for_text = "{sigil}nobody"')
    problem = only(inspect(tmp_path, files, release=release), "choice-dead")
    assert (problem.error_type, problem.severity) == (error, Severity.ERROR)


def test_a_dead_alias_is_a_warning(tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, names("llm.aliases", 'odd = "nobody"')), "alias-dead")
    assert (problem.severity, problem.check) == (Severity.WARNING, Check.ALIASES)


def test_a_dead_waterfall_is_a_warning(tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, names("llm.waterfalls", 'odd = ["nobody", "none"]')), "waterfall-dead")
    assert problem.severity is Severity.WARNING
    assert problem.error_type == "ModelWaterfallError"


def without_image_models(files: Files) -> Files:
    return {**files, OPENAI: files[OPENAI].replace('model_type = "img_gen"', "")}


def test_dead_reference_in_a_family_without_models_is_a_warning(tmp_path: Path) -> None:
    files = names("img_gen", 'aliases = { art = "somebody" }')
    problem = only(inspect(tmp_path, without_image_models(files)), "choice-dead")
    assert (problem.severity, problem.subject) == (Severity.WARNING, "default")


def test_required_default_in_an_otherwise_empty_family_is_an_info(tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, without_image_models(g3_1())), "choice-dead")
    assert (problem.severity, problem.subject) == (Severity.INFO, "default")


@pytest.mark.parametrize(
    ("line", "way"), [('a = "@b"\n    b = "@a"', "a -> b -> a"), ('a = "@a"', "a -> a"), ('a = "a"', "a -> a")]
)
def test_cycle_is_reported_with_its_path(line: str, way: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, names("llm.aliases", line))
    messages = [problem.message for problem in report.problems if problem.code == "alias-cycle"]
    assert messages[0].endswith(f"a cycle: {way}")
    assert report.boots


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3", "0.17.6"])
def test_up_to_0_17_a_text_preset_may_end_at_an_image_model(release: str, tmp_path: Path) -> None:
    files = with_preset(minimal(release), "odd", "reader")
    if release == "0.10.2":
        files = extended(files, OPENAI, llm("reader", 'model_type = "text_extractor"\n'))
    problem = only(inspect(tmp_path, files, release=release), "preset-wrong-type")
    assert "`reader`, a model of type text_extractor" in problem.message


@pytest.mark.parametrize(
    ("requested", "reported"), [("8193", True), ("8192", False), ("1", False), ('"auto"', False), ("-1", False)]
)
def test_more_tokens_than_the_model_gives_are_reported(requested: str, reported: bool, tmp_path: Path) -> None:
    report = inspect(tmp_path, with_preset(g3_1(), "odd", "gpt-4o-mini", f"temperature = 0\nmax_tokens = {requested}"))
    assert ("preset-max-tokens" in codes(report)) == reported


def test_more_tokens_in_a_choice_written_in_place_are_reported(tmp_path: Path) -> None:
    inline = 'for_text = { model = "gpt-4o-mini", temperature = 0, max_tokens = 9000 }'
    report = inspect(tmp_path, edited(g3_1(), DECK, 'for_text = "$cheap"', inline))
    assert place(only(report, "preset-max-tokens")) == (DECK, 14, "llm.choice_defaults.for_text.max_tokens")


@pytest.mark.parametrize(("temperature", "reported"), [("0.5", True), ("1", False), ("1.0", False)])
@pytest.mark.parametrize("where", ["model", "backend", "old"])
def test_a_temperature_that_the_model_fixes_is_reported(
    temperature: str, reported: bool, where: str, tmp_path: Path
) -> None:
    fixed = "valued_constraints = { fixed_temperature = 1 }\n"
    if where == "old":
        files = extended(g1(), OPENAI, llm("odd", 'constraints = ["temperature_must_be_1"]\n'))
    elif where == "model":
        files = extended(g3_1(), OPENAI, llm("odd", fixed))
    else:
        files = extended(edited(g3_1(), "backends.toml", "[openai]\n", f"[openai]\n{fixed}"), OPENAI, llm("odd"))
        files = edited(
            files,
            DECK,
            'cheap = { model = "gpt-4o-mini", temperature = 0.5 }',
            'cheap = { model = "gpt-4o-mini", temperature = 1 }',
        )
    report = inspect(tmp_path, with_preset(files, "odd", "odd", f"temperature = {temperature}"))
    assert ("preset-temperature" in codes(report)) == reported


def test_an_alias_with_the_name_of_a_served_model_is_reported(tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, names("llm.aliases", 'gpt-4o-mini = "claude-4-sonnet"')), "alias-hidden")
    assert problem.fix == "give the alias another name"


def test_an_alias_with_the_name_of_a_model_of_another_type_is_not_reported(tmp_path: Path) -> None:
    assert codes(inspect(tmp_path, names("llm.aliases", 'painter = "claude-4-sonnet"'))) == []


def test_a_waterfall_with_the_name_of_an_alias_is_reported_up_to_0_17(tmp_path: Path) -> None:
    files = names("waterfalls", 'best-claude = ["gpt-4o-mini"]', g2_1())
    assert codes(inspect(tmp_path / "old", files)) == ["waterfall-hidden"]
    files = names("llm.waterfalls", 'best-claude = ["gpt-4o-mini"]')
    assert codes(inspect(tmp_path / "new", files)) == []


MORE = '[aliases]\nchain = ["claude-4-sonnet"]\n'


def test_up_to_0_16_a_list_set_twice_is_reported_as_appended(tmp_path: Path) -> None:
    report = inspect(tmp_path, {**g2(), "deck/overrides.toml": MORE})
    problem = only(report, "list-concatenated")
    assert "deck/base_deck.toml and .pipelex/inference/deck/overrides.toml" in problem.message
    alias = report.catalog.families["global"].aliases["chain"]
    assert alias.targets == ("nobody", "gpt-4o-mini", "claude-4-sonnet")


@pytest.mark.parametrize(("release", "entries"), [("0.16.0", 3), ("0.17.1", 1)])
def test_from_0_17_on_it_is_replaced(release: str, entries: int, tmp_path: Path) -> None:
    files: Files = {**g2_1(), "deck/overrides.toml": MORE.replace("aliases", "waterfalls")}
    report = inspect(tmp_path, files, release=release)
    assert len(report.catalog.families["global"].waterfalls["chain"].entries) == entries
    assert ("list-concatenated" in codes(report)) == (entries == 3)


def test_a_plain_alias_set_twice_is_not_reported(tmp_path: Path) -> None:
    more = '[aliases]\nbest-claude = "gpt-4o-mini"\n'
    assert codes(inspect(tmp_path, {**g2(), "deck/overrides.toml": more})) == []
