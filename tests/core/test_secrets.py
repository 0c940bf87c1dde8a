"""No secret's value comes out: not of the shell, a `.env` or a file, wherever in it a key strayed to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.api import Report
from core.catalogue import offers
from core.explain import explain
from core.json.resolve_document import ResolveDocument
from core.json.validate_document import ValidateDocument
from core.keys import keys
from core.layers import settings_of
from core.mentions import Node
from tests.core.dialects.cases import RELEASES
from tests.support.trees import DECK, Files, edited, extended, g3_1, inspect, minimal
from tui.cli.main import main

SHELL, DOTENV, LITERAL = "canary-of-the-shell", "canary-of-the-env-file", "canary-in-the-toml"
KEY_LIKE = "sk-canary-0123456789abcdef"
CANARIES = (SHELL, DOTENV, LITERAL, KEY_LIKE)
ENVIRON = {"OPENAI_API_KEY": SHELL, "ANTHROPIC_API_KEY": SHELL, "SPARE": SHELL}


def everything(report: Report) -> str:
    """All that the library says of a tree, as one text."""
    outputs = [
        json.dumps(ValidateDocument(report), default=vars),
        json.dumps(ResolveDocument(report, report.resolutions), default=vars),
        repr(report),
        repr(report.problems),
        repr(report.causes),
        *(repr(report.trail(resolution)) for resolution in report.resolutions),
        *(repr(report.catalog.environment.variable(name)) for name in ENVIRON),
        repr(keys(report)),
        *(repr(explain(report, resolution)) for resolution in report.resolutions),
        *(repr(settings_of(report, Node("backend", "", name))) for name in report.catalog.backends),
        repr(offers(report)),
    ]
    return "\n".join(outputs)


COMMANDS = (
    ["validate"],
    ["validate", "all"],
    ["resolve"],
    ["resolve", "writing", "gpt-4o-mini", "odd"],
)
FINDING = (
    ["explain"],
    ["explain", "writing", "gpt-4o-mini", "odd", "openai", "all", "api_key"],
    ["uses"],
    ["uses", "odd", "openai", "gpt-4o-mini", "api_key", "OPENAI_API_KEY"],
    ["models", "--same"],
    ["models", "--compare", "gpt-4o-mini", "odd"],
    ["routes", "--test", "odd", "gpt-4o-mini"],
    ["keys", "--all"],
    ["keys", "--lines"],
    ["compare"],
    ["compare", "--without", "openai"],
    ["compare", "--without-key", "ANTHROPIC_API_KEY"],
)


def commands(project: Path, release: str, capsys: pytest.CaptureFixture[str]) -> str:
    """All that the commands say."""
    for command in (*COMMANDS, *(FINDING if release in ("0.10.2", "0.92.2") else ())):
        for form in ([], ["--json"]) if "--lines" not in command else ([],):
            main([*command, *form, "--tree", str(project), "--release", release])
    out, err = capsys.readouterr()
    return out + err


def _line(file: str, line: str, *, top: bool = False) -> object:
    def change(files: Files) -> Files:
        if top:
            return {**files, file: f"{line}\n{files[file]}"}
        if file == "backends.toml":
            return edited(files, file, "[openai]\nenabled = true", f"[openai]\n{line}")
        return extended(files, file, f"\n[odd]\n{line}\n")

    return change


STRAYS = {
    "api_key": _line("backends.toml", f'token = "{LITERAL}"'),
    "at the top": _line("backends.toml", f'api_key = "{LITERAL}"', top=True),
    "for extra_config": _line("backends.toml", f'extra_config = "{LITERAL}"'),
    "for enabled": _line("backends.toml", f'enabled = "{LITERAL}"'),
    "in the endpoint": _line("backends.toml", f'endpoint = "http://user:{LITERAL}@example.org/"'),
    "in a broken line": _line("backends.toml", f'api_key = "{LITERAL}'),
    "in place of a variable's name": _line("backends.toml", f'token = "${{{KEY_LIKE}}}"'),
    "in place of a list's names": _line("backends.toml", f'token = "${{{KEY_LIKE}|env:{KEY_LIKE}}}"'),
    "in place of a prefix": _line("backends.toml", f'token = "${{{KEY_LIKE}:X}}"'),
    "in place of a name in a backend file": _line("backends/openai.toml", f'X-Api-Key = "${{{KEY_LIKE}}}"'),
    "variable for enabled": _line("backends.toml", 'enabled = "${SPARE}"'),
    "variable for a table": _line("backends.toml", 'extra_config = "${SPARE}"'),
    "in a model": _line("backends/openai.toml", f'api_key = "{LITERAL}"'),
    "at the top of a backend file": _line("backends/openai.toml", f'api_key = "{LITERAL}"', top=True),
    "header": _line("backends/openai.toml", f'X-Api-Key = "{LITERAL}"'),
    "for max_tokens": _line("backends/openai.toml", f'max_tokens = "{LITERAL}"'),
    "for costs": _line("backends/openai.toml", f'costs = "{LITERAL}"'),
    "variable for model_type": _line("backends/openai.toml", 'model_type = "${SPARE}"'),
    "variable for sdk": _line("backends/openai.toml", 'sdk = "${SPARE}"\nmodel_id = "${SPARE}"\ncosts = {}'),
    "variable for thinking_mode": _line("backends/openai.toml", 'thinking_mode = "${SPARE}"'),
    "in routing": _line("routing_profiles.toml", f'api_key = "{LITERAL}"', top=True),
    "in the deck": _line(DECK, f'api_key = "{LITERAL}"', top=True),
    "as a preset": lambda files: extended(files, DECK, f'\n[llm.presets]\napi_key = "{LITERAL}"\n'),
}


@pytest.mark.parametrize("where", STRAYS)
@pytest.mark.parametrize("release", RELEASES)
def test_no_output_contains_a_value(
    where: str, release: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    change = STRAYS[where]
    assert callable(change)
    files = minimal(release)
    if "[llm.presets]" in files[DECK] and where == "as a preset":
        files[DECK] = files[DECK].replace("[llm.presets]", "[llm.other]")
    files = {**change(files), "../../.env": f"ANTHROPIC_API_KEY={DOTENV}\nEXTRA={DOTENV}\n"}
    report = inspect(tmp_path, files, release=release, environ=ENVIRON)
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    text = everything(report) + commands(tmp_path, release, capsys)
    assert [line for line in text.splitlines() if any(canary in line for canary in CANARIES)] == []


def test_literal_key_is_reported_without_its_value(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", '"${OPENAI_API_KEY}"', f'"{LITERAL}"')
    report = inspect(tmp_path, files)
    (problem,) = report.problems
    assert problem.code == "secret-literal"
    assert LITERAL not in everything(report)
    assert problem.fix == 'write api_key = "${OPENAI_API_KEY}" and set OPENAI_API_KEY in the environment or ./.env'


def test_key_in_place_of_a_variable_name_is_reported(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", "${OPENAI_API_KEY}", f"${{{KEY_LIKE}}}")
    stop = inspect(tmp_path, files).stops_at
    assert stop is not None
    assert stop.code == "variable-missing"
    assert stop.message.endswith("is not a variable name: is it the key itself?")
    assert stop.fix == "write the name of a variable there, and put the key in ./.env under that name"
