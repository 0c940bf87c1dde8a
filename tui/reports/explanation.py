"""Text of an explained reference, of values with their layers, and of the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.api import Report
from core.catalogue import Offer
from core.defaults import Default
from core.diagnostics import deck_codes
from core.explain import Explanation
from core.formatting import counted, usd
from core.layers import Layers
from core.layers.layer_stack import LayerValue
from core.mentions import Node
from core.resolution import Resolution, Status
from core.secret_texts import shown_name
from core.trail import Step
from core.usage import Usage, Use
from tui.reports.pipes import ran_tone
from tui.reports.text_output import STATUS_LABELS, STATUS_TONES, TextOutput

_MAX_KEY_WIDTH = 44
COMMON_ORIGINS = ("project", "deck file", "the model's own table")


def print_defaults(rows: Sequence[Default], output: TextOutput) -> None:
    """Print a table of the defaults of pipes that name no model."""
    cells, tones = [], []
    for row in rows:
        spec, end = row.spec, row.resolution
        status = end.status.value if end is not None else ""
        price = f"{usd(row.price.input)} / {usd(row.price.output)}" if spec is not None else ""
        model = spec.handle if spec is not None else "a pipe must name one" if end is None else "-"
        backend = spec.backend if spec is not None else "-"
        cells.append((row.purpose, row.says or "-", model, backend, price, STATUS_LABELS.get(status, "")))
        tones.append(("", "", "" if spec is not None else "dim", "dim", "", STATUS_TONES.get(status, "")))
    heads = ("FOR", "SAYS", "MODEL", "BACKEND", "$ IN/OUT", "STATUS")
    output.table(heads, cells, tones, flexible=(1, 2, 3))
    for row in rows:
        if row.hides:
            output.wrapped("  ", f"{row.purpose}: an override, over {row.hides}", "dim")
        end = row.resolution
        if end is not None and end.status is Status.DEAD and end.unresolved is not None:
            output.wrapped(("x ", "bad"), f"{row.purpose}: {end.unresolved.message}")
        elif end is not None and end.refusal is not None:
            output.wrapped(("x ", "bad"), f"{row.purpose}: {end.refused_words}")


def print_explanations(
    report: Report, items: Sequence[Explanation], values: Mapping[Node, Sequence[Layers]], output: TextOutput
) -> None:
    """Print references, and backends and profiles with their values, separated by empty lines."""
    for index, item in enumerate(items):
        if index:
            output.line()
        print_explanation(report, item, output)
    for index, (node, layers) in enumerate(values.items()):
        if index or items:
            output.line()
        output.line((node.name, "bold"), (f"  {node.kind}", "dim"))
        print_values(report, layers, output)


def print_heading(resolution: Resolution, output: TextOutput) -> None:
    """Print a reference with its family, kind and status."""
    status = resolution.status
    output.line(
        (resolution.reference, "bold"),
        (f"  {resolution.family} {resolution.kind.value}  ", "dim"),
        ("callable" if status is Status.CALLABLE else STATUS_LABELS[status.value], STATUS_TONES[status.value]),
    )


def print_explanation(report: Report, item: Explanation, output: TextOutput) -> None:
    """Print the explanation of a reference."""
    resolution = item.resolution
    status = resolution.status
    print_heading(resolution, output)
    folder = report.catalog.tree.paths.folder
    for step in item.steps:
        location = step.location.within(folder) if step.location is not None else ""
        output.entry(2, step_runs(step, 9), location)
    if report.lives is not None and item.spec is not None and (life := report.lives.text(item.spec)):
        output.wrapped("  ", life, ("dim", "warn", "bad")[report.lives.rank(item.spec)])
    if report.runs is not None and (ran := report.runs.of_name(resolution)) is not None:
        output.wrapped("  ", ran.text, ran_tone(ran))
    if status is Status.DEAD and resolution.unresolved is not None:
        output.wrapped("  ", f"dead: {resolution.unresolved.message} ({resolution.unresolved.error})", "bad")
    if item.near:
        output.line("  did you mean ", " or ".join(item.near), "?")
    if item.spec is not None:
        _print_model(item, output)
    if item.settings:
        output.line(("settings", "dim"))
        for setting in item.settings:
            sent = f" -> {setting.sent}" if setting.changed else ""
            note = f"  {setting.note}" if setting.note else ""
            location = setting.place.location.within(folder) if setting.place is not None else ""
            output.entry(2, [f"{setting.key} ", setting.requested, (sent, "warn"), (note, "dim")], location)
    if item.values:
        print_values(report, item.values, output)
    if item.other_offers:
        output.line(("the same model on other backends" if item.spec is not None else "declared by", "dim"))
        for offer in item.other_offers:
            output.entry(2, _offer(offer), offer.spec.place.location.within(folder))
    for problem in item.problems:
        if problem.diagnostic in deck_codes.STATUS_SAYS:
            if problem.fix:
                output.wrapped("  fix: ", problem.fix)
            continue
        location = f"  {problem.location.within(folder)}" if problem.location is not None else ""
        output.wrapped(("! ", "warn"), f"{problem.message} [{problem.code}]{location}")


def step_runs(step: Step, width: int = 0) -> list[str | tuple[str, str]]:
    """The kind of a step, padded to `width`, its name and its note."""
    tone = "dim" if step.kind in ("lost", "candidate") else "bad" if step.kind == "refused" else ""
    note = f"  {step.note}" if step.note else ""
    return [(f"{step.kind.ljust(width)} ", "dim"), (step.name, tone), (note, tone)]


def _print_model(item: Explanation, output: TextOutput) -> None:
    spec = item.spec
    assert spec is not None
    output.line(("model", "dim"))
    output.line("  price    ", item.price.text)
    for kind, amount in item.price.other_costs.items():
        output.line(f"           {usd(amount)} {kind} per M")
    output.line("  inputs   ", ", ".join(spec.names("inputs")) or "unknown")
    output.line("  outputs  ", ", ".join(spec.names("outputs")) or "unknown")
    output.line("  limit    ", counted(item.max_tokens, "token") if item.max_tokens is not None else "unknown")
    for variable in item.variables:
        source = f" in {variable.source}" if variable.source else ""
        hides = f", hiding {', '.join(variable.hidden)}" if variable.hidden else ""
        output.line("  key      ", f"{shown_name(variable.name)} {variable.state}{source}{hides}")


def _offer(offer: Offer) -> list[str | tuple[str, str]]:
    state = "on" if offer.on else "off"
    key = "" if offer.key.usable else f", key {offer.key}"
    return [offer.backend, (f"  {offer.handle}  {state}{key}  {offer.price.text}", "dim")]


def hidden_layers(layers: Layers) -> Iterator[LayerValue]:
    """The layers below the one in force, the top one first, without the empty defaults of Pipelex."""
    for layer in reversed(layers.stack[:-1]):
        if layer.place is not None or layer.shown not in ("[]", "{}", layers.shown):
            yield layer


def use_text(use: Use, graph: Usage) -> str:
    """The text of a use with its chain, and whether it counts now."""
    text = {"takes": use.note, "unnamed": use.note, "placeholder": shown_name(use.text)}.get(use.role, use.text)
    chain = [graph.label(node) for node in use.via]
    line = " -> ".join([text, *(chain[1:] if use.text else chain)])
    if use.role in ("default", "fallback", "route"):
        line = f"{use.role} {use.text}"
    if not use.in_force:
        return f"{line} (hidden by a following file)"
    return line if use.now else f"{line} (not now)"


def print_values(report: Report, values: Sequence[Layers], output: TextOutput) -> None:
    """Print values: the layer in force, and below it the layers that it hides."""
    folder = report.catalog.tree.paths.folder
    output.line(("values", "dim"))
    width = min(_MAX_KEY_WIDTH, max((len(layers.key) for layers in values), default=0))
    for layers in values:
        top = layers.winner
        location = top.place.location.within(folder) if top is not None and top.place is not None else ""
        origin = f"  {top.origin}" if top is not None and top.origin not in COMMON_ORIGINS else ""
        merged = "  (layers add up)" if layers.is_merged else ""
        output.entry(2, [f"{layers.key.ljust(width)}  ", layers.shown, (origin + merged, "dim")], location)
        word = "with" if layers.is_merged else "over"
        for layer in hidden_layers(layers):
            place = layer.place.location.within(folder) if layer.place is not None else ""
            output.entry(4, [(f"{word} {layer.shown}  {layer.origin}", "dim")], place)
    hidden = dict.fromkeys(layers.hides for layers in values if layers.hides)
    for name in hidden:
        output.line((f"  {name} is hidden entirely by the project's", "dim"))
