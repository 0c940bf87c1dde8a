"""`pipedeck help`: topic pages, the keys of the app and the registry of diagnostics."""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from core.diagnostics.diagnostic import Diagnostic
from core.diagnostics.registry import DIAGNOSTICS
from core.diagnostics.unresolved import UnresolvedCode
from core.errors import PipedeckError
from core.suggest import did_you_mean
from tui.cli.parsers import Commands, epilog
from tui.reports.text_output import TextOutput

FOLDER = Path(__file__).parent / "topics"
APP, CODES = "app", "diagnostics"
"""The topics generated from the table of commands and from the registry of diagnostics."""
ORDER = ("start", "trails", "layers", "editing", "releases", "upgrade", "checks", "policy", "scripts", "terminals")
_WIDTH = 78
UNRESOLVED = {code.value: code for code in UnresolvedCode if code.value not in DIAGNOSTICS}
"""The codes of unresolved references, without those that are the code of a diagnostic too."""


def topics() -> tuple[str, ...]:
    """The names of all topics, in reading order."""
    written = {path.stem for path in FOLDER.glob("*.txt")}
    return (*(name for name in ORDER if name in written), *sorted(written - set(ORDER)), CODES, APP)


def add_help(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "help",
        help="explain a topic, a command or a diagnostic code",
        description="Print the page of a topic, the meaning and fix of a diagnostic code, or a command's --help;"
        " without an argument, list the topics.",
        epilog=epilog(
            ("pipedeck help", "the topics"),
            ("pipedeck help trails", "how a name resolves to a model"),
            ("pipedeck help validate", "as pipedeck validate --help"),
            ("pipedeck help secret-literal", "the meaning and fix of a diagnostic"),
            status="0, 2 no such topic",
        ),
    )
    parser.add_argument("topic", nargs="?", metavar="TOPIC", help="a topic, a command or a diagnostic code")
    parser.set_defaults(run=run_help)


def run_help(options: argparse.Namespace) -> int:
    """Print a page."""
    from tui.cli.commands import COMMANDS
    from tui.cli.parsers import build_parser

    output = TextOutput(sys.stdout)
    topic = options.topic
    if topic is None:
        _print_list(output)
    elif topic == APP:
        _print_keys(output)
    elif topic == CODES:
        _print_codes(output)
    elif topic in DIAGNOSTICS:
        _print_diagnostic(DIAGNOSTICS[topic], output)
    elif topic in UNRESOLVED:
        _print_unresolved(UNRESOLVED[topic], output)
    elif topic in topics():
        _print_page((FOLDER / f"{topic}.txt").read_text(encoding="utf-8"), output)
    elif topic in COMMANDS:
        build_parser((topic,)).parse_args([topic, "--help"])
    else:
        known = (*topics(), *COMMANDS, *DIAGNOSTICS, *UNRESOLVED)
        hint = did_you_mean(topic, known) or f"topics are {', '.join(topics())}"
        raise PipedeckError(f"there is no page about {topic!r}: {hint}")
    return 0


def title(topic: str) -> str:
    """The title of a topic."""
    if topic == APP:
        return "the keys of the app"
    if topic == CODES:
        return "every problem code and its meaning"
    with (FOLDER / f"{topic}.txt").open(encoding="utf-8") as stream:
        return stream.readline().partition(" ")[2].strip()


def _print_list(output: TextOutput) -> None:
    output.line("topics, printed by `pipedeck help TOPIC`:")
    output.line()
    width = max(map(len, topics())) + 2
    for topic in topics():
        output.line("  ", (topic.ljust(width), "accent"), title(topic))
    output.line()
    output.line("pipedeck --help lists the commands, `pipedeck COMMAND --help` describes one")


def _print_page(text: str, output: TextOutput) -> None:
    for line in text.splitlines():
        heading = line[:1].isupper() and line.partition("  ")[0].isupper()
        output.line((line, "bold") if heading else line)


def _print_codes(output: TextOutput) -> None:
    output.line((f"{CODES.upper():26}{title(CODES)}", "bold"))
    output.line()
    for diagnostic in DIAGNOSTICS.values():
        _wrapped(f"  {diagnostic.code:24}", diagnostic.meaning, output)
    output.line()
    output.line("reasons why a reference is dead, as `pipedeck resolve --format json` has them:")
    output.line()
    for code in UNRESOLVED.values():
        _wrapped(f"  {code:24}", code.meaning, output)
    output.line()
    output.line("`pipedeck help CODE` explains one; `pipedeck fix` lists the automatic fixes")


def _print_diagnostic(diagnostic: Diagnostic, output: TextOutput) -> None:
    output.line((diagnostic.code, "bold"), (f"  {diagnostic.severity}, {diagnostic.check.replace('_', ' ')}", "dim"))
    automatic = f"`pipedeck fix {diagnostic.code}` does it where it is safe."
    if diagnostic.no_fix:
        automatic = f"No automatic fix: {diagnostic.no_fix}."
    _print_texts(diagnostic.meaning, diagnostic.why, diagnostic.example, f"{diagnostic.fix} {automatic}", output)


def _print_unresolved(code: UnresolvedCode, output: TextOutput) -> None:
    output.line((code, "bold"), ("  reason why a reference is dead", "dim"))
    _print_texts(code.meaning, code.why, code.example, f"{code.fix[0].upper()}{code.fix[1:]}.", output)


def _print_texts(meaning: str, reason: str, example: str, fix: str, output: TextOutput) -> None:
    _wrapped("", meaning, output)
    output.line()
    _wrapped("why      ", reason, output)
    for number, line in enumerate(example.splitlines()):
        output.line("         " if number else "example  ", (line, "accent"))
    _wrapped("fix      ", fix, output)


def _wrapped(label: str, text: str, output: TextOutput) -> None:
    for line in textwrap.wrap(text, _WIDTH, initial_indent=label, subsequent_indent=" " * len(label)):
        output.line(line)


def _print_keys(output: TextOutput) -> None:
    """Print the default keys; those of the settings file are shown by the app."""
    from tui.command import DIALOGS, LISTS
    from tui.commands import DEFAULT

    output.line(("APP                       the keys of the app", "bold"))
    parts = (
        ("everywhere", "everywhere"),
        ("in a list", "pane"),
        *((f"in the {name}", name) for name in LISTS),
        ("in the inspector", "inspector"),
        ("on a page over the lists", "page"),
        ("without a tree", "start"),
        *((words, place) for place, words in DIALOGS.items()),
    )
    listed: set[str] = set()
    for words, place in parts:
        actions = [action for action in DEFAULT.commands if place in action.where and action.id not in listed]
        listed |= {action.id for action in actions}
        lines = [(DEFAULT.grouped_key_labels(action), action.help) for action in actions if not action.listed_with]
        if not lines:
            continue
        output.line()
        output.line((words.upper(), "bold"))
        for keys, help_ in lines:
            for number, part in enumerate(textwrap.wrap(help_, _WIDTH - 20)):
                output.line("  ", ("" if number else keys).ljust(18), part)
