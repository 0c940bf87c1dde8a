"""`pipedeck routes`: what each rule of the profile takes and steals, and where any name would go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from core.api import Report
from core.route_check import NameTest, Rule, route_of, routes_everywhere, rules
from core.routing import DEFAULT
from core.views.routes import routes_document
from tui.cli.options import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.cli.output import Out, complain

_SHOWN = 6


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "routes",
        help="what each route takes and steals, and where any model name would go",
        description="The rules of the active profile in the order in which they are tried, with what each catches and"
        " what it takes from later ones; rules that can never match are marked. With --test: where names go, whether"
        " any backend declares them or not.",
        epilog=epilog(
            ("pipedeck routes", "every rule, in order"),
            ("pipedeck routes --test my-new-model gpt-4o", "where these names would go"),
            ("pipedeck routes --test gpt-4o --everywhere", "in every profile"),
            status="0, 1 nobody serves a name that is tested, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("--test", nargs="+", metavar="NAME", default=[], help="model names to test")
    parser.add_argument("--everywhere", action="store_true", help="test the names in every profile")
    parser.add_argument("--names", action="store_true", help="list the handles below each rule")
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the rules, or where names go."""
    report = read_report(options)
    tests = list(_tests(report, options.test, everywhere=options.everywhere))
    out = Out(sys.stdout)
    if options.json:
        out.json(routes_document(report, tests))
    elif options.test:
        for name in options.test if options.everywhere else ():
            _print_everywhere([test for test in tests if test.name == name], out)
        for index, test in enumerate(() if options.everywhere else tests):
            if index:
                out.line()
            print_test(report, test, out)
    else:
        print_rules(report, out, names=options.names)
    if report.catalog.profile is None:
        complain('there is no active profile: write active = "..." in routing_profiles.toml')
        return 1
    return 1 if any(test.backend is None for test in tests if test.profile == report.catalog.active) else 0


def _tests(report: Report, names: Sequence[str], *, everywhere: bool) -> Iterator[NameTest]:
    for name in names:
        if everywhere:
            yield from routes_everywhere(report, name)
        else:
            found = route_of(report, name)
            if found is not None:
                yield found


def print_rules(report: Report, out: Out, *, names: bool) -> None:
    """The rules of the active profile with what each takes; with `names` all handles too."""
    catalog = report.catalog
    found = rules(catalog, report.serving)
    out.line((f"profile {catalog.active or 'none'}", "bold"), (f"  {_described(report)}", "dim"))
    if not found:
        out.line("it has no rules")
        return
    folder = catalog.tree.found.folder
    cells, tones = [], []
    for rule in found:
        place = f"{rule.place.location.line}"
        cells.append((rule.pattern, rule.backend, *_counts(rule), place, _note(rule)))
        dim = "" if rule.live and not rule.never else "dim"
        tones.append((dim, dim, dim, dim, dim, "dim", "warn" if rule.never and rule.live else "dim"))
    heads = ("RULE", "SENDS TO", "CATCHES", "SERVED", "STEALS", "LINE", "")
    out.table(heads, cells, [(*row, "") for row in tones], right=(2, 3, 4, 5), flexible=(0, 1, 6))
    out.line((f"lines of {found[0].place.location.within(folder).rpartition(':')[0]}", "dim"))
    if names:
        for rule in found:
            _print_names(rule, out)


def _described(report: Report) -> str:
    profile = report.catalog.profile
    return profile.description if profile is not None else ""


def _counts(rule: Rule) -> tuple[str, str, str]:
    stolen = str(len(rule.steals)) if rule.steals else "-"
    return str(len(rule.caught)), str(rule.served), stolen


def _note(rule: Rule) -> str:
    if rule.never:
        return f"never: {rule.never}".replace("`", "")
    if rule.missed:
        return f"drops {len(rule.missed)}"
    return "nothing here to take" if not rule.caught and rule.kind in ("route", "optional") else ""


def _print_names(rule: Rule, out: Out) -> None:
    if not rule.caught:
        return
    out.line()
    out.line((rule.pattern, "bold"), (f" -> {rule.backend}", "dim"))
    out.told("  ", "catches " + ", ".join(rule.caught))
    if rule.missed:
        out.told("  ", f"drops, as {rule.backend} does not declare them: " + ", ".join(rule.missed), "warn")
    for item in rule.steals:
        out.told("  ", f"steals {item.handle} from {item.pattern} -> {item.backend}")


def _by(test: NameTest) -> str:
    if test.match is None:
        return ""
    return "(default)" if test.match.method == DEFAULT else test.match.pattern or ""


def _print_everywhere(tests: Sequence[NameTest], out: Out) -> None:
    """Where one name goes in each profile."""
    out.line((tests[0].name if tests else "", "bold"))
    cells, tones = [], []
    for test in tests:
        line = str(test.match.place.location.line) if test.match is not None else ""
        cells.append((test.profile, test.backend or "nobody", _by(test), line))
        tones.append(("", "good" if test.backend is not None else "bad", "dim", "dim"))
    out.table(("PROFILE", "SERVED BY", "RULE", "LINE"), cells, tones, right=(3,), flexible=(0, 1, 2))


def print_test(report: Report, test: NameTest, out: Out) -> None:
    """Where a name goes, by which rule, and what would take it otherwise."""
    folder = report.catalog.tree.found.folder
    match, by = test.match, _by(test)
    tone = "good" if test.backend is not None else "bad"
    parts: list[str | tuple[str, str]] = [(test.name, "bold"), " -> ", (test.backend or "nobody", tone)]
    if by:
        parts.append((f"  by {by}", "dim"))
    out.entry(0, parts, match.place.location.within(folder) if match is not None else "")
    for outcome in test.outcomes:
        kind = f"{outcome.model_type}: " if outcome.model_type else ""
        if outcome.backend is None:
            out.told("  ", f"{kind}{outcome.reason}", "bad")
        else:
            out.line("  ", kind, (f"served by {outcome.backend} ({outcome.method})", "dim"))
    for lost in test.lost:
        told = f"{lost.route.pattern} -> {lost.route.backend}  {lost.why}"
        out.entry(2, [("would take it too: ", "dim"), told], lost.route.place.location.within(folder))
    declared = [*test.on, *(f"{name} (off)" for name in test.off)]
    out.told("  ", f"declared by {', '.join(declared)}" if declared else "no backend declares it", "dim")
