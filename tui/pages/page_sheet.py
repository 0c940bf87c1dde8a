"""The content of a page: its title and lines, with the source location of each line, and its export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from core.catalogue import Offer
from core.explain import Explanation, Setting
from core.formatting import counted, usd
from core.layers import Layers
from core.mentions import Node
from core.prices import Price
from core.records import dataclass
from core.secret_texts import shown_name
from core.usage import Usage, Use, Uses
from tui.inspector.sheet import LABEL, Sheet, variable_run
from tui.labels import plain
from tui.pages.exports import Export
from tui.reports.explanation import COMMON_ORIGINS, hidden_layers, use_text
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Runs, Tone

PLACE = "place:"
"""Prefix of links to the text at a location."""
_MAX_LINES = 500
"""Lines of a section that are shown; the export holds all."""
_INDENT = " " * (LABEL + 1)


def ref_of_node(view: ViewModel, node: Node) -> ItemRef | None:
    """The item of a node of the tree; None when no list has it."""
    if node.kind in DECK_KINDS or node.kind == "model":
        return view.reference(node.kind, node.family, node.name)
    ref = ItemRef(node.kind, "", node.name)
    return ref if node.kind == "backend" and view.exists(ref) else None


class PageSheet(Sheet):
    """A sheet with the source location of each of its lines, and sections that several pages have.

    `places` has the location shown on a line, by the number of the line; `files` has the path of a location outside
    the files of the tree. The title is the name of the page, its subject and a note.
    """

    def __init__(self, view: ViewModel, width: int, page: str, subject: str, note: str = "") -> None:
        title: Runs = ((f"{page}  ", "dim"), (subject, "accent"))
        super().__init__(view, width, (*title, (note, "dim")) if note else title)
        self.places: dict[int, str] = {}
        self.files: dict[str, str] = {}

    def with_place(
        self, runs: Sequence[Run], place: str, *, link: ItemRef | None = None, tone: Tone = "dim", hang: int = 2
    ) -> None:
        """Text at the left and a location at the right, to which Enter leads on a line without a link."""
        index = len(self.lines)
        super().with_place(runs, place, link=link, tone=tone, hang=hang)
        if place:
            self.places[index] = place
            if not self.lines[index].link:
                self.set_link(index, PLACE + place)

    def set_link(self, index: int, link: str) -> None:
        """Change the link of a line."""
        line = self.lines[index]
        self.lines[index] = type(line)(line.spans, link, line.hang)

    def price(self, price: Price, tokens: tuple[int, int]) -> None:
        """A price, and the cost of a call."""
        self.field("price", plain(price.text) if price.text != "price unknown" else "unknown")
        for kind, amount in price.other_costs.items():
            self.field("", f"{usd(amount)} {kind} per M")
        cost = price.cost(*tokens)
        if cost is not None:
            self.field("a call", f"{usd(cost)} for {tokens[0]:,} input and {tokens[1]:,} output tokens")

    def model(self, item: Explanation, tokens: tuple[int, int]) -> None:
        """The model of a reference: price, abilities, limit, and the variables that its backend needs."""
        spec = item.spec
        if spec is None:
            return
        self.heading("the model", f"{spec.handle} at {spec.backend}")
        self.price(item.price, tokens)
        self.field("inputs", ", ".join(spec.names("inputs")) or "unknown")
        self.field("outputs", ", ".join(spec.names("outputs")) or "unknown")
        self.field("limit", counted(item.max_tokens, "token") if item.max_tokens is not None else "unknown")
        for variable in item.variables:
            word, tone = variable_run(self.view, variable)
            source = f", from {variable.source}" if variable.source else ""
            hides = f", hiding {', '.join(variable.hidden)}" if variable.hidden else ""
            name: Run = (f"{shown_name(variable.name)} ", "")
            self.text((_padded("key"), "dim"), name, (word, tone), (source + hides, "dim"))

    def settings(self, settings: Sequence[Setting]) -> None:
        """The settings of requests: as written, and as sent with the reason where that differs."""
        if settings:
            self.heading("settings")
        for setting in settings:
            runs: list[Run] = [(_padded(setting.key), "dim"), (plain(setting.requested), "")]
            if setting.changed:
                runs.append((f" -> {plain(setting.sent)}", "warn"))
            if setting.note:
                runs.append((f"  {plain(setting.note)}", "dim"))
            place = self.view.location_text(setting.place.location) if setting.place is not None else ""
            self.with_place(runs, place, hang=LABEL + 1)

    def values(self, values: Sequence[Layers]) -> None:
        """Values with their layers: the layer in force, below it the layers that it hides."""
        if values:
            self.heading("values", "the layer in force first, below it those that it hides")
        for layers in values:
            self.layers(layers)
        for name in dict.fromkeys(layers.hides for layers in values if layers.hides):
            self.text((f"{name} is hidden entirely by the project's", "dim"))

    def layers(self, layers: Layers) -> None:
        """One value with its layers."""
        top = layers.winner
        runs: list[Run] = [(_padded(layers.key), "dim"), (plain(layers.shown), "")]
        place = self.view.location_text(top.place.location) if top is not None and top.place is not None else ""
        if top is not None and top.origin not in COMMON_ORIGINS and not place.endswith(f"({top.origin})"):
            runs.append((f"  {top.origin}", "dim"))
        if layers.is_merged:
            runs.append(("  the layers add up", "dim"))
        self.with_place(runs, place, hang=LABEL + 1)
        word = "with" if layers.is_merged else "over"
        for layer in hidden_layers(layers):
            location = self.view.location_text(layer.place.location) if layer.place is not None else ""
            self.with_place(((_INDENT + f"{word} {plain(layer.shown)}  {layer.origin}", "dim"),), location)

    def removal(self, layers: Layers) -> None:
        """The value after its top layer is removed: nothing where it is then not set, unless it is required."""
        restores = layers.restores
        if restores is None:
            return
        if restores.value is None:
            if restores.refused:
                self.text((_INDENT + "required: the release does not start without it", "dim"))
            return
        origin = f"  {restores.origin}" if restores.origin else ""
        refusal: Run = ("  the release does not start with it" if restores.refused else "", "bad")
        self.text((_INDENT + "removed: ", "dim"), (plain(restores.shown), ""), (origin, "dim"), refusal, hang=2)

    def uses(self, uses: Uses | None, graph: Usage | None) -> None:
        """The users of an item: in the tree, in routes, in method files."""
        if uses is None or graph is None:
            self.heading("used by")
            self.text(("looking for method files ...", "dim"))
            return
        files = counted(len(graph.methods.files), "method file")
        self._uses("used by", "", [use for use in uses.tree if use.direct and use.role != "takes"], graph)
        self._uses("used through other names", "", [use for use in uses.tree if not use.direct], graph)
        self._uses("matched by routes", "of all profiles", [use for use in uses.tree if use.role == "takes"], graph)
        self._uses("used by methods", files, list(uses.methods), graph)
        if uses.served:
            self.heading("ends here", counted(len(uses.served), "reference"))
            for node in uses.served[:_MAX_LINES]:
                ref = ref_of_node(self.view, node)
                self.text((graph.label(node), "accent" if ref is not None else ""), link=ref)
            self._more(len(uses.served))
        if not uses.all:
            cut = f"; {graph.methods.cut_short}" if graph.methods.cut_short else ""
            ending = f" or in {files}{cut}" if graph.methods.files else "; there are no method files"
            self.heading("used by")
            self.text((f"nothing in the tree{ending}", "dim"))

    def _uses(self, title: str, note: str, uses: Sequence[Use], graph: Usage) -> None:
        if uses:
            self.heading(title, note)
        for use in uses[:_MAX_LINES]:
            ref = ref_of_node(self.view, use.user)
            runs: list[Run] = [(use.label, "accent" if ref is not None else "")]
            if text := use_text(use, graph):
                runs.append((f"  {plain(text)}", "dim"))
            place = self.view.location_text(use.location)
            self.with_place(runs, place, link=ref)
            if use.user.kind == "pipe":
                self.files[place] = use.file
        self._more(len(uses))

    def _more(self, count: int) -> None:
        if count > _MAX_LINES:
            self.text((f"and {count - _MAX_LINES} more", "dim"))

    def offers(self, title: str, offers: Sequence[Offer]) -> None:
        """The offers of models, each with a link to its backend."""
        if offers:
            self.heading(title)
        for offer in offers:
            key = "" if offer.key.usable else f", key {offer.key}"
            runs: list[Run] = [
                (offer.backend, "accent"),
                ("  on" if offer.on else "  off", "" if offer.on else "dim"),
                (f"{key}  {offer.handle}  {offer.price.text}", "dim"),
            ]
            self.with_place(
                runs, self.view.location_text(offer.spec.place.location), link=ItemRef("backend", "", offer.backend)
            )


def _padded(name: str) -> str:
    return f"{name:<{LABEL}} "


MAX_COLUMNS = 118
"""Maximum line width: locations at the end of longer lines are too far from their text."""


@dataclass(frozen=True)
class Page:
    """The content of a page. `note` is at the right of its title.

    `export` is the text to copy or write. `copies` are the texts that `y` copies, by the link of the line. `priced`:
    it has the cost of a call.
    """

    sheet: PageSheet
    note: Runs = ()
    export: Export | None = None
    copies: Mapping[str, str] = field(default_factory=dict)
    priced: bool = False


def computing_page(sheet: PageSheet) -> Page:
    """The page until its data is prepared."""
    sheet.text(("computing ...", "dim"))
    return Page(sheet)
