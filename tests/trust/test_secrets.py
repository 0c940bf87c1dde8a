"""Secrets from every source never appear in screens, output, drafts, logs or crash reports."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.edits.backend_edits import SwitchBackend
from core.workspace import Proposal, Workspace, write_draft
from tests.trust.audit import run
from tests.trust.terminal import Terminal
from tests.tui.app_driver import open_app, request_for
from tui.cli.main import main
from tui.cli.parsers import USAGE
from tui.sample import copy_sample

pytestmark = pytest.mark.pty

CANARIES = {
    "a literal in the tree": "sk-canaryliteral0123456789abcdefgh",
    "a header in a model": "canaryheadervalue0123456789abcdef",
    "a user in a URL": "canaryuserinfo0123456789abcdefghij",
    "a query of a URL": "canaryquery0123456789abcdefghijklm",
    "a comment": "sk-canarycomment0123456789abcdefgh",
    "the environment": "canaryenvironment0123456789abcdefg",
    "./.env": "canarydotenv0123456789abcdefghijkl",
    "~/.pipelex/.env": "canaryhomedotenv0123456789abcdefgh",
}
TREE = f"""

# api_key = "{CANARIES["a comment"]}"
[secretive]
enabled = true
endpoint = "https://someone:{CANARIES["a user in a URL"]}@host.example/v1?api_key={CANARIES["a query of a URL"]}"
api_key = "{CANARIES["a literal in the tree"]}"
extra = {{ password = "{CANARIES["a literal in the tree"]}", token = ["{CANARIES["a literal in the tree"]}"] }}

[from_env]
enabled = true
api_key = "${{CANARY_ENV}}"
other_key = "${{CANARY_DOTENV}}"
third_key = "${{CANARY_HOME}}"
"""
MODELS = f"""
[defaults]
sdk = "openai"

[canary-model]
model_id = "canary-model"
inputs = ["text"]
outputs = ["text"]
costs = {{ input = 1, output = 2 }}
X-Api-Key = "{CANARIES["a header in a model"]}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a canary in every place that may contain a secret."""
    root = tmp_path / "shop"
    tree = copy_sample(root)
    path = tree / "backends.toml"
    path.write_text(path.read_text() + TREE)
    for name in ("secretive", "from_env"):
        (tree / "backends" / f"{name}.toml").write_text(MODELS.replace("canary-model", f"model-of-{name}"))
    (root / ".env").write_text(f"CANARY_DOTENV={CANARIES['./.env']}\n")
    home = tmp_path / "home" / ".pipelex"
    home.mkdir(parents=True)
    (home / ".env").write_text(f"CANARY_HOME={CANARIES['~/.pipelex/.env']}\n")
    return root


def variables() -> dict[str, str]:
    """The variables of the shell."""
    return {"CANARY_ENV": CANARIES["the environment"], "OPENAI_API_KEY": CANARIES["the environment"]}


def escaped(text: bytes) -> Iterator[str]:
    """The canaries in a text."""
    for channel, canary in CANARIES.items():
        if canary.encode() in text or canary[:20].encode() in text:
            yield channel


COMMANDS = (
    ["validate"],
    ["validate", "--json"],
    ["resolve"],
    ["resolve", "--json"],
    ["explain", "model-of-secretive"],
    ["explain", "model-of-secretive", "--json"],
    ["uses", "secretive"],
    ["models"],
    ["models", "--json"],
    ["keys"],
    ["keys", "--json"],
    ["routes"],
    ["compare", "--without", "secretive"],
    ["check", "--dry-run", "--all"],
    ["check", "--dry-run", "--all", "--json"],
    ["releases", "0.16.0", "0.92.2"],
    ["explain", "--json"],
    ["uses", "--json"],
    ["routes", "--json"],
    ["routes", "--test", "model-of-secretive", "--json"],
    ["compare", "--without", "secretive", "--json"],
    ["keys", "--lines"],
    ["models", "--compare", "model-of-secretive", "model-of-from_env", "--json"],
    ["use", "secretive", "--dry-run"],
    ["use", "secretive", "--dry-run", "--json"],
    ["set", "backends.secretive.enabled", "false", "--dry-run", "--json"],
    ["set", "backends.secretive.api_key", "${CANARY_ENV}", "--dry-run", "--anyway"],
    ["unset", "backends.secretive.api_key", "--dry-run", "--json", "--anyway"],
    ["unset", "backends.secretive.extra", "--dry-run", "--anyway"],
    ["backend", "secretive", "--delete", "--dry-run", "--json"],
    ["fix", "--dry-run"],
    ["fix", "--dry-run", "--json"],
    ["repoint", "--dry-run", "--json"],
    ["undo", "--list", "--json"],
    ["settings"],
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_prints_a_secret(
    arguments: list[str],
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    for name, value in {**variables(), "HOME": str(tmp_path / "home")}.items():
        monkeypatch.setenv(name, value)
    assert main(arguments) != USAGE
    output = "".join(capfd.readouterr())
    assert output
    assert list(escaped(output.encode())) == []


@pytest.mark.parametrize("arguments", COMMANDS[:2], ids=" ".join)
def test_no_process_prints_a_secret(arguments: list[str], project: Path, tmp_path: Path) -> None:
    done = run([*arguments, "--tree", str(project)], tmp_path / "home", variables(), project)
    assert b"Traceback" not in done.stderr
    assert done.stdout or done.stderr
    assert list(escaped(done.stdout + done.stderr)) == []


PAGES = """
1 end e esc I esc Y esc y esc 6 esc c esc = m o d esc ! esc L esc 5 enter y f esc
2 / m o d e l enter enter down down esc 1 end o esc p esc v enter pagedown esc esc esc x esc r esc
"""
COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)")

WALK = """
1 end l down down down pagedown pagedown esc up l pagedown esc 2 / m o d e l enter l pagedown esc 4 l esc 5 down enter
1 end space w pagedown pagedown esc : s e c r enter ? esc
"""


def test_no_screen_or_saved_file_contains_a_secret(project: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Terminal(home, [str(project)], variables=variables()) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send(*WALK.split())
        assert terminal.ended is None
        terminal.drop()
        terminal.wait(5)
        assert list(escaped(terminal.raw)) == []
    files = [path for path in home.rglob("*") if path.is_file() and path.name != ".env"]
    assert files
    for path in files:
        assert list(escaped(path.read_bytes())) == [], path
        assert path.stat().st_mode & 0o077 == 0, path


def test_no_page_form_or_copy_contains_a_secret(project: Path, tmp_path: Path) -> None:
    with Terminal(tmp_path / "home", [str(project)], columns=140, rows=50, variables=variables()) as terminal:
        terminal.wait_for("5 Problems")
        for key in PAGES.split():
            terminal.send(key)
            # The text editor shows the file unmasked.
            if key == "v":
                assert list(escaped(terminal.raw)) == []
                break
        assert terminal.ended is None
        copied = [base64.b64decode(content) for content in COPIED.findall(terminal.raw)]
        assert copied
        assert list(escaped(b" ".join(copied))) == []
        assert b"\x1b]0;" not in terminal.raw
        assert b"\x1b]2;" not in terminal.raw


async def test_no_screenshot_contains_a_secret(project: Path, tmp_path: Path) -> None:
    pictures = []
    async with open_app(request_for(project, tmp_path / "home", **variables()), (140, 50)) as app:
        for keys in (
            "0",
            "1 end",
            "enter",
            "escape l",
            "escape e",
            "escape v",
            "escape 5 enter",
            "L",
            "escape 6",
            "escape",
        ):
            await app.press(*keys.split())
            pictures.append(app.app.export_screenshot() + app.text)
        assert app.app._exception is None
    assert list(escaped("".join(pictures).encode())) == []
    assert "secretive" in "".join(pictures)


async def test_no_crash_report_contains_a_secret(
    project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], fenced_environment: Path
) -> None:
    canary = CANARIES["a literal in the tree"]

    async def fail() -> None:
        async with open_app(request_for(project, tmp_path / "home", **variables())) as app:
            app.main.session.pane = canary  # the next key raises an error
            await app.press("1", "2")

    with pytest.raises(KeyError):
        await fail()
    output = capfd.readouterr()
    reports = [path.read_text() for path in fenced_environment.rglob("*.txt")]
    assert "had to stop" in output.err
    assert reports
    assert list(escaped((output.err + output.out + "".join(reports)).encode())) == []


def test_no_repr_contains_a_value(project: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(str(project), environ={**variables(), "HOME": str(tmp_path / "home")})
    proposal = workspace.propose(SwitchBackend("secretive", False))
    assert isinstance(proposal, Proposal)
    workspace.accept(proposal)
    assert write_draft(workspace) is None
    report = workspace.report
    things = (workspace, workspace.history, proposal, report, report.catalog.environment, report.catalog.tree)
    shown = " ".join(repr(thing) for thing in things) + "".join(diff.unified() for diff in workspace.diff())
    assert list(escaped(shown.encode())) == []
