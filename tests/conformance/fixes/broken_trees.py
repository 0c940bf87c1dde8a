"""Generated trees with one diagnostic that has a fix: the faults of the tests of fixes, in varied trees."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from core.api import Report
from core.edits.fixes.fix_table import FIXERS
from tests.core.edits.test_fixes import CASES, Break, mine, model
from tests.core.lives.test_lives import ends, index, known
from tests.core.methods.test_pipes import pipe
from tests.support.trees import DECK, LINKUP_KEY, Files, extended, inspect, llm, minimal, with_preset

CODES = tuple(diagnostic.code for diagnostic in FIXERS)
RELEASES = ("0.92.2", "0.43.1", "0.14.3", "0.11.0")
ENVIRON = {"OPENAI_API_KEY": "sk-of-a-test", "ANTHROPIC_API_KEY": "ant-of-a-test", **LINKUP_KEY}
_WORDS = ("draft", "notes", "mail", "recap", "outline", "quotes")
_NESTED = "\n[shut]\nenabled = false\nextra = {\n  a = 1\n}\n"
_DOTTED = '\n[gpt-4.1]\nmodel_id = "gpt-4.1"\noutputs = ["text"]\n[gpt-4.1.costs]\ninput = 2\noutput = 8\n'
_MISSPELLED = "[inference.model_deck]\nis_model_fallback_enabld = true\n"


def _seed(text: str) -> str:
    """The file of a backend with each of its tables below `[models]`."""
    return text.replace("\n[", "\n[models.").replace("[models.defaults]", "[defaults]")


def _piped(lines: str, reference: str = "$cheap") -> Break:
    """A tree with a model that sees, and a method with one pipe, in the form of the tree's release."""

    def broken(files: Files) -> Files:
        sigils = "[llm.aliases]" in files[DECK]
        name = reference if sigils else reference.lstrip("$@~")
        key, ending = ("llm" if "llm_handle" in files[DECK] else "model"), ("mthds" if sigils else "plx")
        method = 'domain = "shop"\n' + pipe(f'{lines}\n{key} = "{name}"')
        eye = llm("eye", 'max_prompt_images = 2\nthinking_mode = "manual"\n').replace('["text"]', '["text", "images"]')
        return {**extended(files, "backends/openai.toml", eye), f"../../shop.{ending}": method}

    return broken


def _preset_of_pipe(settings: str) -> Break:
    return lambda files: _piped(_TEXT, "$hard")(with_preset(files, "hard", "gpt-4o-mini", settings))


_TEXT = 'output = "Text"'
_SEES = 'inputs = { photo = "Image" }\noutput = "Text"\nprompt = "$photo"'
_INDEXES = {
    "model-ended": index(openai={"gpt-4o-mini-id": ends(["1", "", "2026-11-30"])}),
    "model-ends-soon": index(openai={"gpt-4o-mini-id": ends(["1", "", "2026-12-20"])}),
}
"""What is published of the lives of models, on 2026-12-01."""
_CYCLE = '[llm.aliases]\na = "@b"\nb = "@a"\n'
_MORE: tuple[tuple[str, Break], ...] = (
    ("preset-cycle", mine(f'{_CYCLE}[llm.presets]\nround = {{ model = "@a", temperature = 0.5 }}\n')),
    ("choice-cycle", mine(f'{_CYCLE}[llm.choice_overrides]\nfor_text = "@a"\n')),
    ("file-bom", lambda files: {**files, "backends.toml": "\ufeff" + files["backends.toml"]}),
    ("toml-too-new", lambda files: extended(files, "backends.toml", _NESTED)),
    ("key-unquoted", lambda files: extended(files, "backends/openai.toml", _DOTTED)),
    ("seed-models-table", lambda files: {**files, "backends/openai.toml": _seed(files["backends/openai.toml"])}),
    ("settings-invalid", lambda files: {**files, "../pipelex.toml": _MISSPELLED}),
    ("pipe-dead", _piped(_TEXT, "$wirting")),
    ("pipe-dead", _piped(_TEXT, "gpt-4o-minu")),
    ("pipe-capability", _piped(_SEES)),
    ("pipe-capability", _piped(_SEES, "gpt-4o-mini")),
    ("pipe-refused", _preset_of_pipe('temperature = 0.5\nreasoning_effort = "high"')),
    ("pipe-refused", _preset_of_pipe('temperature = 0.5\nreasoning_effort = "low"')),
    ("model-ended", model("# ended")),
    ("model-ends-soon", model("# ends")),
    ("preset-wrong-type", lambda files: with_preset(files, "odd", "painter", "temperature = 0.5")),
)
"""Faults of diagnostics that the tests of fixes have no lines for, or of another release."""


def varied(files: Files, seed: int) -> Files:
    """The tree with comments, presets, blank lines or line ends that do not concern its fault."""
    chance = random.Random(seed)
    for number in range(chance.randrange(3)):
        files = with_preset(files, f"{chance.choice(_WORDS)}-{number}", "gpt-4o-mini", f"temperature = 0.{seed % 9}")
    for name in chance.sample(sorted(files), min(2, len(files))):
        files = extended(files, name, f"\n# {chance.choice(_WORDS)} {seed}\n")
    if chance.random() < 0.2:
        name = chance.choice(sorted(files))
        files = {**files, name: files[name].replace("\n", "\r\n")}
    return files


def broken_trees(code: str, release: str, count: int, folder: Path) -> Iterator[tuple[Files, Report]]:
    """Trees of a release with a diagnostic, each with its report; fewer where the release has no such fault."""
    rows = [(release, fault) for row_code, fault in _MORE if row_code == code]
    rows = rows or [(own, fault) for own, fault, row_code, _ in CASES if row_code == code]
    rows.sort(key=lambda row: row[0] != release)
    made = 0
    for seed in range(count * 3):
        if made == count or not rows:
            return
        fault = rows[seed % len(rows)][1]
        try:
            files = fault(varied(minimal(release), seed))
        except (AssertionError, KeyError, ValueError):
            continue  # the fault is none of this layout
        report = inspect(folder / f"{release}-{code}-{seed}", files, release=release, environ=ENVIRON)
        report = report.read_methods()
        report = known(report, _INDEXES[code]) if code in _INDEXES else report
        if any(problem.code == code for problem in report.problems):
            made += 1
            yield files, report
