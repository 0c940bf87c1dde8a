"""The explanation of what is selected: its trail, what it is asked with, where its values come from, who uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from core.api import Report
from core.diagnostics import deck_codes
from core.entities import Place
from core.explain import Explanation, explain
from core.explain import node_of as reference_node
from core.formatting import counted
from core.json.explain_document import explain_document
from core.layers import settings_of
from core.mentions import Node
from core.toml.edit.layout_queries import snippet
from core.usage import Usage, Uses
from tui.inspector.reference import status_lines
from tui.inspector.trail import draw_trail
from tui.labels import STATUS_SYMBOLS, STATUS_TONES
from tui.pages import parts
from tui.pages.content import Page
from tui.pages.export import Export
from tui.pages.sheet import PageSheet
from tui.reports.explanation import print_explanation, print_values
from tui.reports.text_output import TextOutput
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from core.probes.check_plan import CheckPlan

Tokens = tuple[int, int]


class Known(NamedTuple):
    """What takes its time to work out: who uses what; of a backend what asking its provider by `key` would
    send, and whether that is the demo, where nobody is asked."""

    usage: Usage | None = None
    uses: Uses | None = None
    plan: CheckPlan | None = None
    key: str = ""
    demo: bool = False


def explained(view: ViewModel, ref: ItemRef) -> ItemRef | None:
    """What is to be explained when this is selected: a problem leads to what it is about; None for the overview."""
    if ref.kind == "problem" and ref in view.problems:
        return view.subject(view.problems[ref])
    return ref if ref.kind in (*DECK_KINDS, "model", "backend") and view.exists(ref) else None


def node_of(view: ViewModel, ref: ItemRef) -> Node:
    """An item of the lists as a node of the tree."""
    if ref in view.references:
        return reference_node(view.report, view.references[ref])
    return Node(ref.kind, ref.family, ref.name)


def _item(view: ViewModel, ref: ItemRef) -> Explanation:
    """The explanation of a reference; the last one is kept, as a page is laid out again and again."""
    last: tuple[ItemRef, Explanation] | None = view.kept.get("explained")  # type: ignore[assignment]
    if last is None or last[0] != ref:
        item = explain(view.report, view.references[ref], view.offers)
        last = view.kept["explained"] = (ref, item)
    return last[1]


def explain_page(view: ViewModel, ref: ItemRef, tokens: Tokens, width: int, known: Known) -> Page:
    """Everything there is to say about a reference or a backend."""
    if ref in view.references:
        return _reference(view, ref, tokens, width, known)
    return _backend(view, ref, width, known)


def _reference(view: ViewModel, ref: ItemRef, tokens: Tokens, width: int, known: Known) -> Page:
    item = _item(view, ref)
    resolution = item.resolution
    status = resolution.status
    out = PageSheet(
        view,
        width,
        (("explain  ", "dim"), (resolution.reference, "accent"), (f"  {ref.family} {ref.kind}", "dim")),
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
    parts.problems(out, [problem for problem in item.problems if problem.diagnostic not in deck_codes.DEAD.values()])
    note: Run = (f"{STATUS_SYMBOLS[status]} {status.value}", STATUS_TONES[status])
    return Page(out, (note,), export_of(view, ref), priced=item.spec is not None)


def _backend(view: ViewModel, ref: ItemRef, width: int, known: Known) -> Page:
    out = PageSheet(view, width, (("explain  ", "dim"), (ref.name, "accent"), ("  backend", "dim")))
    node = Node("backend", "", ref.name)
    on = ref.name in view.catalog.enabled
    served, declared = view.served_by.get(ref.name, 0), len(view.catalog.specs_by_backend.get(ref.name, ()))
    out.text(
        (
            f"serves {served} of the {counted(declared, 'model')} it declares"
            if on
            else f"off; declares {counted(declared, 'model')}",
            "",
        )
    )
    parts.values(out, settings_of(view.report, node))
    if known.plan is not None:
        from tui.pages.asking import asking

        asking(out, known.plan, known.key, stand_in=known.demo)
    parts.uses(out, known.uses, known.usage)
    out.problems(view.problems_of(ref))
    note: Run = ("+ on", "good") if on else ("- off", "warn")
    return Page(out, (note,), export_of(view, ref))


# ---- copying and keeping


def export_of(view: ViewModel, ref: ItemRef) -> Export:
    """What can be copied or written of a reference or a backend."""
    report = view.report
    if ref in view.references:
        item = _item(view, ref)
        reference = view.references[ref].reference
        command = f"pipedeck explain {quoted(reference)}"
        text, document = partial(print_explanation, report, item), partial(explain_document, report, [item], {})
    else:
        return values_export(view, Node(ref.kind, "", ref.name), toml_of(view, ref))
    return Export(file_name("explain", ref.name), command, text, document, toml_of(view, ref))


def values_export(view: ViewModel, node: Node, toml: Callable[[], str] | None) -> Export:
    """What can be copied or written of a backend or a profile."""
    text, document = partial(_print_thing, view.report, node), partial(_thing_document, view.report, node)
    command = f"pipedeck explain {quoted(f'{node.kind}:{node.name}')}"
    return Export(file_name("explain", node.name), command, text, document, toml)


def _print_thing(report: Report, node: Node, out: TextOutput) -> None:
    out.line((node.name, "bold"), (f"  {node.kind}", "dim"))
    print_values(report, settings_of(report, node), out)


def _thing_document(report: Report, node: Node) -> object:
    return explain_document(report, [], {node: settings_of(report, node)})


def toml_of(view: ViewModel, ref: ItemRef) -> Callable[[], str] | None:
    """What makes the TOML of an item, from the file that has it, with secrets hidden; None when no file has it."""
    place = _place(view, ref)
    if place is None:
        return None
    location = place.location
    source = next((one for one in view.catalog.tree.sources if one.shown == location.file), None)
    if source is None or source.document.text is None:
        return None
    return partial(snippet, source.document.text, place.path)


def _place(view: ViewModel, ref: ItemRef) -> Place | None:
    if ref.kind == "model":
        spec = view.spec_of(ref)
        return spec.place if spec is not None else None
    if ref in view.references:
        return view.references[ref].place
    if ref.kind == "backend" and ref.name in view.catalog.backends:
        return view.catalog.backends[ref.name].place
    return view.routes[ref].place if ref in view.routes else None


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
