"""The commands `lives` and `prices`: the end of models and their prices, by published data."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from core.api import Report
from core.errors import PipedeckError
from core.formatting import counted
from core.suggest import choose_among
from tui.cli.edit import add_write_options, apply_intents, open_workspace
from tui.cli.edit_output import EditPrinter
from tui.cli.ignores import ignored_lives
from tui.cli.knowledge import know, with_knowledge
from tui.cli.parsers import Commands, add_format_options, add_output_options, add_tree_options, epilog, read_report
from tui.cli.stored_checks import add_offline_option
from tui.reports.text_output import TextOutput, print_error

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.lives.life_rows import LifeRow
    from core.lives.price_check import PriceCheck

WITHIN_DAYS = 90
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def add_lives(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "lives",
        help="models that have ended or will end, by published data",
        description="List the models of enabled backends that have ended, will end, or are deprecated, with source"
        " and day, their users in the deck, and their successor. The data travels with pipedeck; its age is shown. It"
        " is no proof: a check that lists a model wins.",
        epilog=epilog(
            ("pipedeck lives", "ended, deprecated, or ending within 90 days"),
            ("pipedeck lives --within 30 --fail", "in CI: fail when a used model ends within 30 days"),
            ("pipedeck lives --fail --ignore gpt-4o=2027-01-10", "accepted until that day"),
            ("pipedeck lives --format github", "annotations, a warning for each used model"),
            ("pipedeck lives --refresh", "make a new index from the newest data packages, with pip"),
            status="0; with --fail 1 when a used model has ended or ends in time; 1 a failed --refresh; 2 wrong usage",
        ),
    )
    parser.add_argument("--within", metavar="DAYS", type=_days, help=f"days to look ahead (default {WITHIN_DAYS})")
    parser.add_argument(
        "--fail", action="store_true", help="exit with 1 when a name of the deck or a pipe uses a listed model"
    )
    parser.add_argument(
        "--ignore", metavar="MODEL=DAY", action="append", default=[], help="with --fail: accept a model up to this day"
    )
    parser.add_argument("--off-too", action="store_true", help="models of disabled backends too")
    parser.add_argument(
        "--refresh", action="store_true", help="download the newest data packages and make your own index of them"
    )
    add_offline_option(parser)
    parser.operations = {"": ("--within", "--fail", "--ignore", "--off-too", "--offline"), "--refresh": ()}
    parser.bare = True
    add_tree_options(parser)
    add_output_options(parser, formats=True)
    parser.set_defaults(run=run_lives)


def _days(text: str) -> int:
    if not text.isdecimal() or len(text) > 5:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days")
    return int(text)


def run_lives(options: argparse.Namespace) -> int:
    """Print the lives of the models, or renew the index."""
    if options.refresh:
        return _refresh(options)
    from core.lives.life_rows import life_rows
    from core.lives.lives import LifeState

    report, notes = with_knowledge(read_report(options).read_methods(), options)
    within = options.within if options.within is not None else WITHIN_DAYS
    lives = report.lives
    backends = tuple(report.catalog.backends) if options.off_too else report.catalog.enabled
    rows: tuple[LifeRow, ...] = ()
    unknown = None
    if lives is not None:
        every = life_rows(lives, _users(report), tuple(report.serving.served.values()), backends=backends)
        rows = tuple(row for row in every if row.state is not LifeState.ENDS or row.end.days <= within)
        specs = [spec for spec in report.catalog.specs if spec.backend in backends]
        unknown = sum(lives.facts(spec) is None for spec in specs)
    ignored = _ignored(report, options.ignore) | ignored_lives(report)
    output = TextOutput(sys.stdout)
    if options.format:
        from core.rules.lives import row_problems

        accepted = [row for row in rows if row.spec.handle not in ignored]
        output.formatted(options.format, report, row_problems(lives, accepted) if lives is not None else ())
    elif options.json:
        from core.json.lives_document import LivesDocument

        output.json(LivesDocument(report, rows, within=within, ignored=ignored, unknown=unknown, notes=notes))
    else:
        from tui.reports.lives_text import print_lives

        print_lives(report, rows, output, within=within, ignored=ignored, unknown=unknown)
    ends = (LifeState.ENDED, LifeState.ENDS)
    failing = [row for row in rows if row.names and row.state in ends and row.spec.handle not in ignored]
    return 1 if options.fail and (failing or lives is None) else 0


def _users(report: Report) -> Mapping[int, Sequence[str]]:
    """The names of the deck and the pipes of the project that end at each model, by the id() of its spec."""
    from core.lives.life_rows import names_by_spec
    from core.methods import Origin

    users = {key: list(names) for key, names in names_by_spec(report.resolutions).items()}
    for answer in report.pipes:
        specs = {id(call.spec) for call in answer.calls if call.spec is not None}
        for key in specs if answer.pipe.origin is Origin.PROJECT else ():
            users.setdefault(key, []).append(f"pipe {answer.pipe.code}")
    return users


def _ignored(report: Report, pairs: Iterable[str]) -> frozenset[str]:
    """The handles that are accepted today. Raises PipedeckError for a wrong pair."""
    from core.lives.clock import today

    day = today()
    handles = set()
    for pair in pairs:
        handle, _, until = pair.rpartition("=")
        if not handle or not _DAY.fullmatch(until):
            raise PipedeckError(f"--ignore {pair}: write it as MODEL=DAY, such as gpt-4o=2027-01-10")
        if handle not in report.catalog.declared:
            raise PipedeckError(f"--ignore {pair}: no backend declares {handle!r}")
        if day <= until:
            handles.add(handle)
        else:
            print_error(f"--ignore {pair}: this day has passed")
    return frozenset(handles)


def _refresh(options: argparse.Namespace) -> int:
    from core.json.lives_document import RefreshDocument
    from core.lives.clock import today
    from core.lives.index import own_index_path
    from core.lives.refresh import refresh
    from core.lives.wheel import SourceError

    output = TextOutput(sys.stdout)
    try:
        index = refresh(os.environ, today())
    except SourceError as error:
        if options.json:
            output.json(RefreshDocument(None, today(), str(error)))
        else:
            print_error(f"{error}; the previous index is kept")
        return 1
    if options.json:
        output.json(RefreshDocument(index, today()))
        return 0
    output.line(f"wrote {own_index_path(os.environ)}: {counted(len(index), 'model')}")
    for origin in index.sources:
        output.line(f"  {origin.name} {origin.version}", (f"  data of {origin.day}", "dim"))
    return 0


def add_prices(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "prices",
        help="list prices that differ from published data, or take them over",
        description="List the language models whose price agrees with no source of the index, with the price of each"
        " source. --take writes the price that most sources state into your files.",
        epilog=epilog(
            ("pipedeck prices --off 2", "wrong by a factor of 2 or more"),
            ("pipedeck prices --take gpt-4o openai/o3 --dry-run", "see the edit"),
            ("pipedeck prices --json", "with cached tokens, service tiers and long contexts"),
            ("pipedeck prices --off 5 --format github", "annotations, a warning for each price"),
            status="0, 1 refused or, without --take, a price differs; 2 wrong usage or no tree; 3 nothing to change;"
            " 4 not written",
        ),
    )
    parser.add_argument("--off", metavar="FACTOR", type=_factor, help="only prices off by this factor or more")
    parser.add_argument(
        "--take", metavar="MODEL", nargs="+", default=[], help="take the published price of HANDLE or BACKEND/HANDLE"
    )
    add_write_options(parser)
    parser.operations = {"": ("--off",), "--take": ("--dry-run", "--base", "--override", "--anyway")}
    parser.bare = True
    add_tree_options(parser)
    add_format_options(parser)
    parser.set_defaults(run=run_prices, offline=True, assume_keys=False)


def _factor(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a factor of 1 or more")
    return value


def run_prices(options: argparse.Namespace) -> int:
    """Print the prices that differ, or take some over."""
    if options.take and options.format:
        raise PipedeckError(f"--format {options.format} has the prices that differ: leave out --take")
    if options.take:
        return _take(options)
    report, notes = with_knowledge(read_report(options), options)
    checks = tuple(report.lives.price_checks()) if report.lives is not None else ()
    differing = tuple(check for check in checks if not check.agrees and check.factor >= (options.off or 1))
    differing = tuple(sorted(differing, key=lambda check: -check.factor))
    output = TextOutput(sys.stdout)
    if options.format:
        from core.rules.lives import price_problems

        output.formatted(options.format, report, price_problems(differing))
    elif options.json:
        from core.json.lives_document import PricesDocument

        output.json(PricesDocument(report, differing, len(checks), notes))
    else:
        from tui.reports.lives_text import print_prices

        print_prices(report, differing, len(checks), output)
    return 1 if differing else 0


def _take(options: argparse.Namespace) -> int:
    from core.edits.price_edits import take_prices

    workspace = open_workspace(options)
    know(workspace, options)
    report = workspace.report
    checks = tuple(report.lives.price_checks()) if report.lives is not None else ()
    chosen: list[PriceCheck] = []
    for name in options.take:
        matches = [
            check for check in checks if name in (check.spec.handle, f"{check.spec.backend}/{check.spec.handle}")
        ]
        if not matches:
            names = dict.fromkeys(check.spec.handle for check in checks)
            raise PipedeckError(f"--take {name}: no source prices such a model here: {choose_among(name, names)}")
        chosen += matches
    intents: Sequence[Intent] = take_prices(check for check in chosen if not check.agrees)
    if not intents:
        return EditPrinter(options, workspace, "take prices").nothing()
    return apply_intents(options, workspace, intents)
