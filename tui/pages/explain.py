"""The explanation of what is selected: its trail, what it is asked with, where its values come from, who uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from core.api import Report
from core.entities import Place
from core.explain import Explanation, explain
from core.explain import node_of as reference_node
from core.layers import settings_of
from core.mentions import Node
from core.toml.snippet import snippet
from core.usage import Usage, Uses
from core.views.explain import explain_document
from tui.details.reference import status_lines
from tui.details.trail import draw_trail
from tui.facts import Facts
from tui.pages import parts
from tui.pages.content import Page
from tui.pages.export import Export
from tui.pages.sheet import PageSheet
from tui.reports.explanation import print_explanation, print_values
from tui.reports.text_output import TextOutput
from tui.things import DECK_KINDS, Thing
from tui.widgets.runs import Run
from tui.words import STATUS_SIGNS, STATUS_TONES

if TYPE_CHECKING:
    from core.probes.plan import CheckPlan

Tokens = tuple[int, int]


class Known(NamedTuple):
    """What takes its time to work out: who uses what; of a backend what asking its provider by `key` would
    send, and whether that is the demo, where nobody is asked."""

    usage: Usage | None = None
    uses: Uses | None = None
    plan: CheckPlan | None = None
    key: str = ""
    demo: bool = False


def explained(facts: Facts, thing: Thing) -> Thing | None:
    """What is to be explained when this is selected: a problem leads to what it is about; None for the overview."""
    if thing.kind == "problem" and thing in facts.problems:
        return facts.subject(facts.problems[thing])
    return thing if thing.kind in (*DECK_KINDS, "model", "backend") and facts.exists(thing) else None


def node_of(facts: Facts, thing: Thing) -> Node:
    """A thing of the lists as a node of the tree."""
    if thing in facts.references:
        return reference_node(facts.report, facts.references[thing])
    return Node(thing.kind, thing.family, thing.name)


def _item(facts: Facts, thing: Thing) -> Explanation:
    """The explanation of a reference; the last one is kept, as a page is laid out again and again."""
    last: tuple[Thing, Explanation] | None = facts.kept.get("explained")  # type: ignore[assignment]
    if last is None or last[0] != thing:
        item = explain(facts.report, facts.references[thing], facts.offers)
        last = facts.kept["explained"] = (thing, item)
    return last[1]


def explain_page(facts: Facts, thing: Thing, tokens: Tokens, width: int, known: Known) -> Page:
    """Everything there is to say about a reference or a backend."""
    if thing in facts.references:
        return _reference(facts, thing, tokens, width, known)
    return _backend(facts, thing, width, known)


def _reference(facts: Facts, thing: Thing, tokens: Tokens, width: int, known: Known) -> Page:
    item = _item(facts, thing)
    resolution = item.resolution
    status = resolution.status
    out = PageSheet(
        facts,
        width,
        (("explain  ", "dim"), (resolution.reference, "accent"), (f"  {thing.family} {thing.kind}", "dim")),
    )
    if not resolution.alive:
        status_lines(out, resolution)
        out.blank()
    draw_trail(out, resolution, whole=True)
    if item.near:
        out.text(("did you mean ", ""), (" or ".join(item.near), "accent"), ("?", ""))
    parts.ending(out, item, tokens)
    parts.settings(out, item.settings)
    parts.values(out, item.values)
    parts.uses(out, known.uses, known.usage)
    parts.offers(out, "the same model elsewhere" if item.spec is not None else "declared by", item.others)
    parts.problems(out, [problem for problem in item.problems if not problem.code.endswith("-dead")])
    note: Run = (f"{STATUS_SIGNS[status]} {status.value}", STATUS_TONES[status])
    return Page(out, (note,), export_of(facts, thing), priced=item.spec is not None)


def _backend(facts: Facts, thing: Thing, width: int, known: Known) -> Page:
    out = PageSheet(facts, width, (("explain  ", "dim"), (thing.name, "accent"), ("  backend", "dim")))
    node = Node("backend", "", thing.name)
    on = thing.name in facts.catalog.enabled
    served, declared = facts.served_by.get(thing.name, 0), len(facts.catalog.specs_by_backend.get(thing.name, ()))
    out.text(
        (f"serves {served} of the {declared} models it declares" if on else f"off; declares {declared} models", "")
    )
    parts.values(out, settings_of(facts.report, node))
    if known.plan is not None:
        from tui.pages.asking import asking

        asking(out, known.plan, known.key, stand_in=known.demo)
    parts.uses(out, known.uses, known.usage)
    out.problems(facts.problems_of(thing))
    note: Run = ("+ on", "good") if on else ("- off", "warn")
    return Page(out, (note,), export_of(facts, thing))


# ---- copying and keeping


def export_of(facts: Facts, thing: Thing) -> Export:
    """What can be copied or written of a reference or a backend."""
    report = facts.report
    if thing in facts.references:
        item = _item(facts, thing)
        reference = facts.references[thing].reference
        command = f"pipedeck explain {quoted(reference)}"
        text, document = partial(print_explanation, report, item), partial(explain_document, report, [item], {})
    else:
        return values_export(facts, Node(thing.kind, "", thing.name), toml_of(facts, thing))
    return Export(file_name("explain", thing.name), command, text, document, toml_of(facts, thing))


def values_export(facts: Facts, node: Node, toml: Callable[[], str] | None) -> Export:
    """What can be copied or written of a backend or a profile."""
    text, document = partial(_print_thing, facts.report, node), partial(_thing_document, facts.report, node)
    command = f"pipedeck explain {quoted(f'{node.kind}:{node.name}')}"
    return Export(file_name("explain", node.name), command, text, document, toml)


def _print_thing(report: Report, node: Node, out: TextOutput) -> None:
    out.line((node.name, "bold"), (f"  {node.kind}", "dim"))
    print_values(report, settings_of(report, node), out)


def _thing_document(report: Report, node: Node) -> object:
    return explain_document(report, [], {node: settings_of(report, node)})


def toml_of(facts: Facts, thing: Thing) -> Callable[[], str] | None:
    """What makes the TOML of a thing, from the file that has it, with secrets hidden; None when no file has it."""
    place = _place(facts, thing)
    if place is None:
        return None
    location = place.location
    source = next((one for one in facts.catalog.tree.sources if one.shown == location.file), None)
    if source is None or source.document.text is None:
        return None
    return partial(snippet, source.document.text, place.path)


def _place(facts: Facts, thing: Thing) -> Place | None:
    if thing.kind == "model":
        spec = facts.spec_of(thing)
        return spec.place if spec is not None else None
    if thing in facts.references:
        return facts.references[thing].place
    if thing.kind == "backend" and thing.name in facts.catalog.backends:
        return facts.catalog.backends[thing.name].place
    return facts.routes[thing].place if thing in facts.routes else None


def file_name(*words: str) -> str:
    """Words as a part of a file's name."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", "-".join(words)).strip("-.")[:60] or "page"


def quoted(text: str) -> str:
    """A word as a shell takes it."""
    return (
        text
        if re.fullmatch(r"[A-Za-z0-9_@%+=:,./~-]+", text) and text[0] != "~"
        else "'" + text.replace("'", "'\\''") + "'"
    )
