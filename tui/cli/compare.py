"""`pipedeck compare`: two profiles, the tree without a backend or a key, or two releases."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from core.api import Report
from core.compare import (
    Changed,
    Comparison,
    Fate,
    across_releases,
    compare_profiles,
    without_backends,
    without_keys,
)
from core.errors import PipedeckError
from core.prices import difference, dollars
from core.releases import NEWEST_RELEASE
from core.resolution import Resolution
from core.suggest import choose_among
from core.views.compare import compare_document, profiles_document
from core.what_if import survey
from tui.cli.options import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.cli.output import Out

_SHOWN = 20
FATE_SIGNS = {
    Fate.DIES: ("x ", "bad"),
    Fate.REVIVES: ("+ ", "good"),
    Fate.MOVES: ("> ", "accent"),
    Fate.KEY: ("o ", "warn"),
    Fate.PRICE: ("$ ", "accent"),
    Fate.NEW: ("+ ", "dim"),
    Fate.GONE: ("- ", "dim"),
}


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "compare",
        help="two profiles, life without a backend or a key, or two releases",
        description="What changes for the tree: what is routed elsewhere, what dies and what comes alive, what saves"
        " the rest, and how prices move. PROFILE alone is compared with the active one; nothing at all gives a line for"
        " each profile. With --without: what an outage of a provider hits, and what is left once its backend is off.",
        epilog=epilog(
            ("pipedeck compare", "a line for each profile"),
            ("pipedeck compare all_openai", "it, next to the active one"),
            ("pipedeck compare --without openai", "when that provider is down"),
            ("pipedeck compare --without-key OPENAI_API_KEY", "when that key is lost"),
            ("pipedeck compare --releases 0.16.0 0.92.2", "two releases of Pipelex"),
            status="0, 1 a preset or choice dies or the release would not start, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help="one or two routing profiles")
    parser.add_argument("--without", action="append", metavar="BACKEND", help="a backend that is down (repeatable)")
    parser.add_argument("--without-key", action="append", metavar="VAR", help="a variable that is lost (repeatable)")
    parser.add_argument("--releases", nargs="+", metavar="R", help="one release (with the newest) or two")
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one comparison, or a line for each profile."""
    ways = (options.profiles, options.without, options.without_key, options.releases)
    if sum(1 for way in ways if way) > 1:
        raise PipedeckError("compare one thing at a time: profiles, --without, --without-key or --releases")
    if len(options.profiles) > 2 or len(options.releases or ()) > 2:
        raise PipedeckError("two profiles or releases are compared, not more: leave the others out")
    report = read_report(options)
    out = Out(sys.stdout)
    if not any(ways):
        print_survey(report, out, as_json=options.json)
        return 0
    found = _comparison(report, options)
    if options.json:
        out.json(compare_document(found))
    else:
        print_comparison(found, out)
    return 1 if found.refuses is not None or found.count(Fate.DIES, found.used) else 0


def _comparison(report: Report, options: argparse.Namespace) -> Comparison:
    catalog = report.catalog
    if options.without:
        _known(options.without, catalog.backends, "backend")
        return without_backends(report, options.without)
    if options.without_key:
        variables = dict.fromkeys(name for backend in catalog.backends for name in catalog.variables_of(backend))
        _known(options.without_key, variables, "variable in backends.toml called")
        return without_keys(report, options.without_key)
    if options.releases:
        return across_releases(report, options.releases[0], (*options.releases, NEWEST_RELEASE)[1])
    _known(options.profiles, catalog.profiles, "profile")
    first = options.profiles[0] if len(options.profiles) == 2 else None
    return compare_profiles(report, options.profiles[-1], first)


def _known(names: Iterable[str], known: Iterable[str], what: str) -> None:
    there = tuple(known)
    for name in names:
        if name not in there:
            raise PipedeckError(f"there is no {what} {name!r}: {choose_among(name, there)}")


# ---- one comparison


def print_comparison(found: Comparison, out: Out) -> None:
    """One comparison, as text."""
    out.line((found.first, "bold"), (" -> ", "dim"), (found.second, "bold"))
    out.told("  now   ", found.before.verdict[1])
    if found.kind in ("backend", "key"):
        _outage(found, out)
    out.told("  then  ", found.after.verdict[1])
    if found.refuses is not None and found.kind != "key":
        out.told("  ! ", f"the release would not start: {found.refuses.message}", "bad")
        if found.refuses.fix:
            out.told("    ", f"fix: {found.refuses.fix}", "dim")
    if found.same:
        out.line("  nothing changes")
        return
    out.told("  ", f"presets and choices: {found.summary}")
    inward, outward = found.price_change
    if inward or outward:
        out.line(f"  prices move by {signed(inward)} in, {signed(outward)} out per M on average")
    _section("presets and choices", found.used, out)
    _section("aliases and waterfalls", found.names, out)
    _section("models", found.models, out)
    for item in found.differences:
        out.line()
        out.told("", item.behaviour.title)
        out.told(f"  {found.first}  ", item.first, "dim")
        out.told(f"  {found.second}  ", item.second, "dim")
        if item.effect:
            out.told("  here: ", item.effect, "warn")


def _outage(found: Comparison, out: Out) -> None:
    """What is hit before anybody has turned anything off."""
    taken = ", ".join(found.taken) or "no backend that is on"
    if found.kind == "key":
        out.line("        needed by ", taken)
    if found.hit:
        used = [item for item in found.hit if item.kind.value in ("preset", "choice")]
        models = sum(1 for item in found.hit if item.kind.value == "model")
        out.told("        ", f"{len(used)} presets and choices and {models} models end there: they fail")
    if found.kind == "key" and found.refuses is not None:
        out.told("  ! ", f"the release does not start: {found.refuses.message}", "bad")
    if found.taken:
        out.line((f"        with {taken} off:", "dim"))


def _section(title: str, changes: Sequence[Changed], out: Out) -> None:
    if not changes:
        return
    out.line((f"{title} {len(changes)}", "dim"))
    order = list(Fate)
    shown = sorted(changes, key=lambda item: order.index(item.fate))[:_SHOWN]
    width = min(30, max(len(item.shown.reference) for item in shown))
    for item in shown:
        saved = f"  by {item.saved_by}" if item.saved_by else ""
        way = way_words(item)
        if width + len(way) + 4 > out.width:
            out.line(FATE_SIGNS[item.fate], item.shown.reference)
            out.entry(4, [way], saved.strip())
        else:
            out.entry(0, [FATE_SIGNS[item.fate], item.shown.reference.ljust(width), "  ", way], saved.strip())
    if len(changes) > _SHOWN:
        out.line((f"  and {len(changes) - _SHOWN} more (--json lists all)", "dim"))


def way_words(item: Changed) -> str:
    """From where to where, and what that does to the price."""
    before, after = item.before, item.after
    if before is not None and after is not None and before.spec is not None and after.spec is not None:
        one, other = before.spec, after.spec
        if item.fate is Fate.KEY:
            return f"{other.backend}: {before.status} -> {after.status}"
        if one.handle == other.handle:
            way = f"{one.backend} -> {other.backend}" if one.backend != other.backend else other.backend
        else:
            way = f"{one.backend}/{one.handle} -> {other.backend}/{other.handle}"
        return f"{way}{_price_words(item)}"
    return f"{_end(before)} -> {_end(after)}"


def _price_words(item: Changed) -> str:
    before, after = item.prices
    if before == after:
        return ""
    return f", in {difference(before.input, after.input)}, out {difference(before.output, after.output)}"


def _end(resolution: Resolution | None) -> str:
    if resolution is None:
        return "not there"
    spec = resolution.spec
    return f"{spec.backend}/{spec.handle}" if spec is not None else resolution.status.value


def signed(amount: float | None) -> str:
    """A change of a price: `+$0.40`, `-$2`; `?` when it is unknown."""
    if amount is None:
        return "?"
    return ("+" if amount > 0 else "") + dollars(amount)


# ---- all profiles


def print_survey(report: Report, out: Out, *, as_json: bool) -> None:
    """A line for each profile: what it would serve, what that changes."""
    found = list(survey(report))
    if as_json:
        out.json(profiles_document(report, found))
        return
    cells, tones = [], []
    for item in found:
        mark = "*" if item.active else " "
        alive = str(item.used - item.dead)
        change = f"-{item.dies} +{item.revives}" if item.dies or item.revives else "="
        cells.append((mark + item.name, alive, str(item.callable), str(item.models), change, item.verdict.value))
        bad = item.verdict.value in ("refused", "cannot_run")
        tones.append(("bold" if item.active else "", "", "", "", "", "bad" if bad else ""))
    heads = (" PROFILE", "ALIVE", "READY", "MODELS", "CHANGE", "VERDICT")
    out.table(heads, cells, tones, right=(1, 2, 3, 4), flexible=(0,))
    total = max((item.used for item in found), default=0)
    told = f"* active; ALIVE, READY (its key is set) and CHANGE count presets and choices, {total} in all"
    out.told("", told, "dim")
