"""Headers under another name than was meant: said as what they are, as one cause with one fix, which mends the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.fixes import better_fixes
from tests.core.edits.scenes import Scene
from tests.support.trees import KEYS, edited, inspect, minimal

BACKENDS, ROUTING, SPECS, DECK = "backends.toml", "routing_profiles.toml", "backends/openai.toml", "deck/base_deck.toml"
LOOKS = "`{}` is U+{:04X}, which only looks like `{}`: type it anew"


@pytest.mark.parametrize(
    ("file", "header", "written", "said", "is_fixed"),
    [
        (BACKENDS, "[openai]", "[\u043epenai]", LOOKS.format("\u043e", 0x43E, "o"), True),
        (BACKENDS, "[openai]", "[open\u0430i]", LOOKS.format("\u0430", 0x430, "a"), True),
        (BACKENDS, "[openai]", '["\u043epenai"]', "write [openai]", True),
        (BACKENDS, "[openai]", "[OpenAI]", "write [openai]", True),
        (BACKENDS, "[openai]", '[" openai"]', "write [openai]", True),
        (BACKENDS, "[openai]", "[backends.openai]", "write [openai]", False),
        (BACKENDS, "[openai]", "[open-ai]", "write [openai]", True),
        (BACKENDS, "[anthropic]", "[antropic]", "write [anthropic]", True),
        (BACKENDS, "[openai]", "[open_ai]", "[open_ai] in backends.toml is not `openai`: the spelling differs", True),
        (SPECS, "[gpt-4o-mini]", "[gpt-4o-m\u0456ni]", LOOKS.format("\u0456", 0x456, "i"), True),
        (SPECS, "[gpt-4o-mini]", "[gpt\u20114o-mini]", LOOKS.format("\u2011", 0x2011, "-"), True),
        (SPECS, "[gpt-4o-mini]", '["gpt-4o-mini "]', "remove the blanks around it: write `gpt-4o-mini`", False),
        (SPECS, "[gpt-4o-mini]", '["GPT-4o-mini"]', "upper and lower case differ: write `GPT-4o-mini`", True),
        (SPECS, "[gpt-4o-mini]", "[models.gpt-4o-mini]", "write `[gpt-4o-mini]`", True),
        (SPECS, "[defaults]", "[Defaults]", "write [defaults] in place of [Defaults], which is read as a model", False),
        (SPECS, "[defaults]", "[default]", "write [defaults] in place of [default], which is read as a model", False),
        (DECK, "[llm.presets]", "[llm.\u0440resets]", LOOKS.format("\u0440", 0x440, "p"), True),
        (DECK, "[llm.presets]", "[llm.Presets]", "upper and lower case differ: write `presets`", True),
        (DECK, "[llm.presets]", "[LLM.presets]", "upper and lower case differ: write `llm`", False),
        (DECK, "[llm.presets]", "[presets]", "write [llm.presets], or the table of another family", False),
        (DECK, "[llm.presets]", "[llm_presets]", "this is the table of 0.10; write [llm.presets]", False),
        (ROUTING, "[profiles.all.routes]", "[profiles.All.routes]", "upper and lower case differ: write `all`", False),
        (ROUTING, "[profiles.all.routes]", "[profiles.all.route]", "did you mean `routes`?", True),
    ],
)
def test_misnamed_header(file: str, header: str, written: str, said: str, is_fixed: bool, tmp_path: Path) -> None:
    files = edited(minimal("0.92.2"), file, header, written)
    report = inspect(tmp_path, files, release="0.92.2", environ=KEYS)
    told = [
        problem
        for problem in report.problems
        if said in " | ".join(filter(None, (problem.message, problem.fix, problem.cause)))
    ]
    assert told, [(problem.message, problem.fix) for problem in report.problems]
    assert len({problem.cause or problem.message for problem in told}) == 1 or file == SPECS
    assert report.stops_at in (told[0], None)
    tree = Scene(report)
    fixes = [fix for problem in told for fix in better_fixes(report, tree.view, problem)]
    assert bool(fixes) is is_fixed
    if is_fixed:
        assert tree.after(tree.done(fixes[0].intent, fixes[0].layer)).boots


def test_blanks_inside_of_a_header_are_no_fault(tmp_path: Path) -> None:
    report = inspect(
        tmp_path, edited(minimal("0.92.2"), BACKENDS, "[openai]", "[ openai ]"), release="0.92.2", environ=KEYS
    )
    assert [problem.code for problem in report.problems] == []


@pytest.mark.parametrize("name", ["\u043epenai", "OpenAI", "openai ", "open-ai", "opena"])
def test_misnamed_file_of_a_backend(name: str, tmp_path: Path) -> None:
    files = {path.replace("openai.toml", f"{name}.toml"): text for path, text in minimal("0.92.2").items()}
    report = inspect(tmp_path, files, release="0.92.2", environ=KEYS)
    codes = ("backend-file-missing", "backend-file-orphan")
    told = [problem for problem in report.problems if problem.code in codes]
    assert [problem.fix for problem in told] == [f"rename {name}.toml to openai.toml"] * 2
    assert len({problem.cause for problem in told}) == 1
