"""Exports of a page or an item: the text and JSON of the same command, and the TOML; copied or written to a file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.api import Report
from core.entities import Place
from core.explain import Explanation, explain
from core.explain import node_of as reference_node
from core.formatting import counted
from core.json.check_document import ResultDocument
from core.json.document import dump_json
from core.json.explain_document import ExplainDocument
from core.json.routes_document import RoutesDocument
from core.json.validate_document import ValidateDocument
from core.layers import settings_of
from core.masking import in_backend_file
from core.mentions import Node
from core.records import dataclass
from core.safe_text import safe
from core.toml.edit.layout_queries import snippet
from tui.dialogs.ask import AskScreen, Option
from tui.reports.explanation import print_explanation, print_values
from tui.reports.tables import print_rules
from tui.reports.text_output import TextOutput
from tui.reports.validation import print_report
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.base_app import BaseApp

WIDTH = 80
"""Columns of a text that is copied: those of the command line's output in a pipe."""


@dataclass(frozen=True)
class Export:
    """A text to copy or write. `name` is the name of its file, `command` prints the same.

    `text` writes the text, `document` makes what is written as JSON, `toml` gives the TOML, secrets hidden, if any.
    """

    name: str
    command: str
    text: Callable[[TextOutput], object]
    document: Callable[[], object]
    toml: Callable[[], str] | None = None

    def plain(self) -> str:
        """The text, as a pipe gets it."""
        stream = io.StringIO()
        self.text(PlainOutput(stream, {}))
        return stream.getvalue()

    def json(self) -> str:
        """The JSON, indented."""
        return dump_json(self.document(), indent=2)


class PlainOutput(TextOutput):
    """Output for a file or the clipboard: 80 columns, no colours."""

    @property
    def width(self) -> int:
        """The number of columns."""
        return WIDTH


def offer(app: BaseApp, export: Export) -> None:
    """Ask for the format of an export, and copy or write it."""
    options = [
        Option("copy text", "copy as text"),
        Option("copy json", "copy as JSON"),
        *([Option("copy toml", "copy as TOML", "secrets hidden")] if export.toml is not None else []),
        Option("write text", f"write {free_name(export.name, 'txt')}", "here, as text"),
        Option("write json", f"write {free_name(export.name, 'json')}", "here, as JSON"),
    ]
    lines = [Line((("The command line gives the same: ", "dim"), (export.command, "")))]

    def take(answer: str | None) -> None:
        match answer:
            case "copy text":
                app.copy(export.plain())
            case "copy json":
                app.copy(export.json())
            case "copy toml":
                app.copy(export.toml() if export.toml is not None else "")
            case "write text":
                app.say(write(export.name, "txt", export.plain()))
            case "write json":
                app.say(write(export.name, "json", export.json()))

    app.push_screen(AskScreen("copy or write", lines, options), take)


def free_name(name: str, ending: str) -> str:
    """The name of a file that is not there yet."""
    number, path = 1, f"pipedeck-{name}.{ending}"
    while Path(path).exists() and number < 1000:
        number += 1
        path = f"pipedeck-{name}-{number}.{ending}"
    return path


def write(name: str, ending: str, text: str) -> str:
    """Write a new file into the current folder. Returns the message for the status line."""
    path = Path(free_name(name, ending))
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name cannot be written"
        return f"not written: {path}: {reason}"
    return f"wrote {safe(str(path.resolve()))}, {counted(len(text), 'character')}"


def explained(view: ViewModel, ref: ItemRef) -> ItemRef | None:
    """The item to explain for a selection: for a problem its subject; None for the overview."""
    if ref.kind == "problem" and ref in view.problems:
        return view.subject(view.problems[ref])
    kinds = (*DECK_KINDS, "model", "backend")
    return ref if (ref.kind in kinds and view.exists(ref)) or (ref.kind == "pipe" and ref in view.references) else None


def node_of(view: ViewModel, ref: ItemRef) -> Node:
    """An item of the lists as a node of the tree."""
    if ref in view.references:
        return reference_node(view.report, view.references[ref])
    return Node(ref.kind, ref.family, ref.name)


def explanation_of(view: ViewModel, ref: ItemRef) -> Explanation:
    """The explanation of a reference; the last one is cached for layouts of the same page."""
    if view.explained is None or view.explained[0] != ref:
        view.explained = (ref, explain(view.report, view.references[ref], view.offers))
    return view.explained[1]


def export_of(view: ViewModel, ref: ItemRef) -> Export:
    """The exports of a reference or a backend."""
    report = view.report
    if ref in view.references:
        item = explanation_of(view, ref)
        reference = view.references[ref].reference
        command = f"pipedeck explain {quoted(reference)}"
        text, document = partial(print_explanation, report, item), partial(ExplainDocument, report, [item], {})
    else:
        return values_export(view, Node(ref.kind, "", ref.name), toml_of(view, ref))
    return Export(file_name("explain", ref.name), command, text, document, toml_of(view, ref))


def values_export(view: ViewModel, node: Node, toml: Callable[[], str] | None) -> Export:
    """The exports of a backend or a profile."""
    text, document = partial(_print_values, view.report, node), partial(_values_document, view.report, node)
    command = f"pipedeck explain {quoted(f'{node.kind}:{node.name}')}"
    return Export(file_name("explain", node.name), command, text, document, toml)


def _print_values(report: Report, node: Node, output: TextOutput) -> None:
    output.line((node.name, "bold"), (f"  {node.kind}", "dim"))
    print_values(report, settings_of(report, node), output)


def _values_document(report: Report, node: Node) -> object:
    return ExplainDocument(report, [], {node: settings_of(report, node)})


def toml_of(view: ViewModel, ref: ItemRef) -> Callable[[], str] | None:
    """A function that returns the TOML of an item from its file, with secrets hidden; None when no file has it."""
    place = _place(view, ref)
    if place is None:
        return None
    location = place.location
    source = next((one for one in view.catalog.tree.sources if one.shown == location.file), None)
    if source is None or source.document.text is None:
        return None
    return partial(snippet, source.document.text, place.path, strict=in_backend_file(source.path))


def _place(view: ViewModel, ref: ItemRef) -> Place | None:
    if ref.kind == "model":
        spec = view.spec_of(ref)
        return spec.place if spec is not None else None
    if ref in view.references:
        return view.references[ref].place
    if ref.kind == "backend" and ref.name in view.catalog.backends:
        return view.catalog.backends[ref.name].place
    return view.routes[ref].place if ref in view.routes else None


def file_name(*text: str) -> str:
    """A text as part of a file name."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", "-".join(text)).strip("-.")[:60] or "page"


def quoted(text: str) -> str:
    """A word as a shell takes it."""
    return (
        text
        if re.fullmatch(r"[A-Za-z0-9_@%+=:,./~-]+", text) and text[0] != "~"
        else "'" + text.replace("'", "'\\''") + "'"
    )


def rules_export(view: ViewModel, ref: ItemRef | None = None) -> Export:
    """The exports of the routing."""
    toml = toml_of(view, ref) if ref is not None else None
    return Export(
        "routes",
        "pipedeck routes --names",
        partial(_print, view.report),
        partial(RoutesDocument, view.report, []),
        toml,
    )


def _print(report: Report, output: TextOutput) -> None:
    print_rules(report, output, names=True)


def overview_export(view: ViewModel) -> Export:
    """The answer of `pipedeck validate`, with live results."""
    text, document = partial(_print_report, view), partial(_report_document, view)
    return Export("validate", "pipedeck validate", text, document)


def _print_report(view: ViewModel, output: TextOutput) -> None:
    print_report(view.live_results.report, output, tuple(view.live_results.results.values()) or None)


def _report_document(view: ViewModel) -> object:
    report, results = view.live_results.report, view.live_results.results.values()
    if not results:
        return ValidateDocument(report)
    from core.probes.availability import compare  # only after a live check

    live = [ResultDocument(result, compare(report.catalog, result, report.resolutions)) for result in results]
    return ValidateDocument(report, live=live)
