"""`pipedeck explain`: where a name ends and by which steps, what it is asked with, and where each value comes from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from core.api import Report
from core.catalogue import Offer
from core.defaults import Default, defaults
from core.errors import PipedeckError
from core.explain import Explanation, explanations
from core.layers import Layers, settings_of
from core.masking import shown_name
from core.mentions import Node
from core.prices import dollars
from core.resolution import Resolution, Status
from core.suggest import choose_among
from core.trail import Step
from core.views.explain import explain_document
from tui.cli.options import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.cli.output import SIGNS, TONES, Out

_WIDEST = 44
_USUAL = ("project", "deck file", "the model's own table")


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explain",
        help="why a name ends where it does, and where its values come from",
        description="Everything about a reference: its trail with file and line, the route that won and those that"
        " lost, the variables, limits and price, what it is asked with and what is sent, who else could serve it, and"
        " the layers behind each value. For a backend or a routing profile: its values with their layers. Without REF:"
        " what a pipe gets that names no model.",
        epilog=epilog(
            ("pipedeck explain '$writing'", "a preset: trail, route, price"),
            ("pipedeck explain @best --release 0.17.6", "an alias, as that release has it"),
            ("pipedeck explain backend:openai", "its values, layer by layer"),
            ("pipedeck explain", "what a step that names none gets"),
            status="0, 1 a REF (without REF: a default) is dead, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument(
        "refs",
        nargs="*",
        metavar="REF",
        help="$preset, @alias, ~waterfall, a model, llm/default/for_text, backend:NAME or profile:NAME",
    )
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what there is to say about each reference."""
    report = read_report(options)
    if not options.refs:
        return _defaults(report, Out(sys.stdout), as_json=options.json)
    found: list[Explanation] = []
    things: dict[Node, Sequence[Layers]] = {}
    for ref in options.refs:
        named = _things(report, ref)
        _refuse_unknown(report, ref, named)
        things.update(named)
        told = explanations(report, ref)
        # A text that names no reference is answered as a model's name, unless it names something else.
        found += [item for item in told if not named or _exists(report, item.resolution)]
    out = Out(sys.stdout)
    if options.json:
        out.json(explain_document(report, found, things))
    else:
        _print_all(report, found, things, out)
    return 1 if any(item.resolution.status is Status.DEAD for item in found) else 0


def _defaults(report: Report, out: Out, *, as_json: bool) -> int:
    rows = defaults(report)
    if as_json:
        out.json(explain_document(report, [], {}, rows))
    else:
        print_defaults(rows, out)
    ends = [row.resolution for row in rows if row.resolution is not None]
    return 1 if any(end.status is Status.DEAD for end in ends) else 0


def print_defaults(rows: Sequence[Default], out: Out) -> None:
    """What a pipe gets that names no model, as a table."""
    cells, tones = [], []
    for row in rows:
        spec, end = row.spec, row.resolution
        status = end.status.value if end is not None else ""
        price = f"{dollars(row.price.input)} / {dollars(row.price.output)}" if spec is not None else ""
        model = spec.handle if spec is not None else "a pipe must name one" if end is None else "-"
        cells.append(
            (row.work, row.says or "-", model, spec.backend if spec is not None else "-", price, SIGNS.get(status, ""))
        )
        tones.append(("", "", "" if spec is not None else "dim", "dim", "", TONES.get(status, "")))
    heads = ("FOR", "SAYS", "MODEL", "BACKEND", "$ IN/OUT", "STATUS")
    out.table(heads, cells, tones, flexible=(1, 2, 3))
    for row in rows:
        if row.hides:
            out.told("  ", f"{row.work}: an override, over {row.hides}", "dim")
        if row.resolution is not None and row.resolution.status is Status.DEAD and row.resolution.death is not None:
            out.told(("x ", "bad"), f"{row.work}: {row.resolution.death.message}")


def _refuse_unknown(report: Report, ref: str, named: Mapping[Node, Sequence[Layers]]) -> None:
    """Raise PipedeckError for a backend or profile that does not exist: as a model's name it would make no sense."""
    kind, colon, name = ref.partition(":")
    there = {"backend": report.catalog.backends, "profile": report.catalog.profiles}.get(kind)
    if colon and there is not None and not named:
        raise PipedeckError(f"there is no {kind} {name!r}: {choose_among(name, there)}")


def _exists(report: Report, resolution: Resolution) -> bool:
    return resolution.place is not None or resolution.name in report.catalog.declared


def _things(report: Report, text: str) -> dict[Node, Sequence[Layers]]:
    """The backends and profiles of that name, with their values."""
    kind, _, name = text.partition(":") if text.startswith(("backend:", "profile:")) else ("", "", text)
    held = {"backend": report.catalog.backends, "profile": report.catalog.profiles}
    nodes = [Node(what, "", name) for what, names in held.items() if kind in ("", what) and name in names]
    return {node: settings_of(report, node) for node in nodes}


def _print_all(report: Report, found: Sequence[Explanation], things: Mapping[Node, Sequence[Layers]], out: Out) -> None:
    first = True
    for item in found:
        if not first:
            out.line()
        first = False
        print_explanation(report, item, out)
    for node, values in things.items():
        if not first:
            out.line()
        first = False
        out.line((node.name, "bold"), (f"  {node.kind}", "dim"))
        print_values(report, values, out)


def print_explanation(report: Report, item: Explanation, out: Out) -> None:
    """One reference, as text."""
    resolution = item.resolution
    status = resolution.status
    out.line(
        (resolution.reference, "bold"),
        (f"  {resolution.family} {resolution.kind.value}  ", "dim"),
        ("callable" if status is Status.CALLABLE else SIGNS[status.value], TONES[status.value]),
    )
    folder = report.catalog.tree.found.folder
    for step in item.steps:
        where = step.location.within(folder) if step.location is not None else ""
        out.entry(2, _step(step), where)
    if status is Status.DEAD and resolution.death is not None:
        out.told("  ", f"dead: {resolution.death.message} ({resolution.death.error})", "bad")
    if item.near:
        out.line("  did you mean ", " or ".join(item.near), "?")
    if item.spec is not None:
        _ending(item, out)
    if item.settings:
        out.line(("asked with", "dim"))
        for setting in item.settings:
            sent = f" -> {setting.sent}" if setting.changed else ""
            note = f"  {setting.note}" if setting.note else ""
            where = setting.place.location.within(folder) if setting.place is not None else ""
            out.entry(2, [f"{setting.key} ", setting.asked, (sent, "warn"), (note, "dim")], where)
    if item.values:
        print_values(report, item.values, out)
    if item.others:
        out.line(("the same model on other backends" if item.spec is not None else "declared by", "dim"))
        for offer in item.others:
            out.entry(2, _offer(offer), offer.spec.place.location.within(folder))
    for problem in item.problems:
        if problem.code.endswith("-dead"):
            if problem.fix:
                out.told("  fix: ", problem.fix)
            continue
        where = f"  {problem.location.within(folder)}" if problem.location is not None else ""
        out.told(("! ", "warn"), problem.message + where)


def _step(step: Step) -> list[str | tuple[str, str]]:
    tone = "dim" if step.kind in ("lost", "candidate") else ""
    note = f"  {step.note}" if step.note else ""
    return [(f"{step.kind.ljust(10)}", "dim"), (step.name, tone), (note, tone)]


def _ending(item: Explanation, out: Out) -> None:
    spec = item.spec
    assert spec is not None
    out.line(("model", "dim"))
    out.line("  price    ", item.price.words)
    for kind, amount in item.price.others.items():
        out.line(f"           {dollars(amount)} {kind} per M")
    out.line("  takes    ", ", ".join(spec.names("inputs")) or "not said")
    out.line("  gives    ", ", ".join(spec.names("outputs")) or "not said")
    out.line("  limit    ", f"{item.max_tokens} tokens" if item.max_tokens is not None else "not said")
    for variable in item.variables:
        source = f" in {variable.source}" if variable.source else ""
        hides = f", hiding {', '.join(variable.hidden)}" if variable.hidden else ""
        out.line("  key      ", f"{shown_name(variable.name)} {variable.state}{source}{hides}")


def _offer(offer: Offer) -> list[str | tuple[str, str]]:
    state = "on" if offer.on else "off"
    key = "" if offer.key.usable else f", key {offer.key}"
    return [offer.backend, (f"  {offer.handle}  {state}{key}  {offer.price.words}", "dim")]


def print_values(report: Report, values: Sequence[Layers], out: Out) -> None:
    """Values with the layers behind them: the one in force, and below it what it hides."""
    folder = report.catalog.tree.found.folder
    out.line(("values", "dim"))
    width = min(_WIDEST, max((len(layers.key) for layers in values), default=0))
    for layers in values:
        top = layers.winner
        where = top.place.location.within(folder) if top is not None and top.place is not None else ""
        origin = f"  {top.origin}" if top is not None and top.origin not in _USUAL else ""
        merged = "  (layers add up)" if layers.is_merged else ""
        out.entry(2, [f"{layers.key.ljust(width)}  ", layers.shown, (origin + merged, "dim")], where)
        for below in reversed(layers.stack[:-1]):
            if below.place is None and below.shown in ("[]", "{}", layers.shown):
                continue  # a default of Pipelex's own that nobody would miss
            place = below.place.location.within(folder) if below.place is not None else ""
            word = "with" if layers.is_merged else "over"
            out.entry(4, [(f"{word} {below.shown}  {below.origin}", "dim")], place)
    hidden = dict.fromkeys(layers.hides for layers in values if layers.hides)
    for name in hidden:
        out.line((f"  {name} is hidden whole by the project's", "dim"))
