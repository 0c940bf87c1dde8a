"""The content of a page: its title and lines, with the source location of each line, and its export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from core.catalogue import Offer
from core.explain import Explanation, Setting
from core.formatting import counted, usd
from core.layers import Layers
from core.masking import shown_name
from core.mentions import Node
from core.prices import Price
from core.problems import Problem
from core.records import dataclass
from core.usage import Usage, Use, Uses
from tui.inspector.sheet import Sheet
from tui.labels import SEVERITY_SYMBOLS, plain, variable_label
from tui.pages.exports import Export
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Runs, Tone

PLACE = "place:"
"""Prefix of links to the text at a location."""


class PageSheet(Sheet):
    """A sheet that knows the places of its lines. `places` are those by the number of the line, as they are shown;
    `files` are the paths of those that are in no file of the tree.
    """

    def __init__(self, view: ViewModel, width: int, title: Runs) -> None:
        super().__init__(view, width, title)
        self.places: dict[int, str] = {}
        self.files: dict[str, str] = {}

    def with_place(
        self, runs: Sequence[Run], place: str, *, link: ItemRef | None = None, tone: Tone = "dim", hang: int = 2
    ) -> None:
        """Text at the left and a place at the right, which is where Enter leads when nothing else is named."""
        index = len(self.lines)
        super().with_place(runs, place, link=link, tone=tone, hang=hang)
        if place:
            self.places[index] = place
            self.lead(index, PLACE + place)

    def lead(self, index: int, link: str) -> None:
        """Let a line lead somewhere, unless it does already."""
        line = self.lines[index]
        if not line.link:
            self.lines[index] = type(line)(line.spans, link, line.hang)


MAX_COLUMNS = 118
"""Maximum line width: locations at the end of longer lines are too far from their text."""


@dataclass(frozen=True)
class Page:
    """What a page shows. `note` stands at the right of its title.

    `export` is what can be copied or written. `copies` are texts that `y` copies on lines with these links. `priced`
    says that it tells what a call costs.
    """

    sheet: PageSheet
    note: Runs = ()
    export: Export | None = None
    copies: Mapping[str, str] = field(default_factory=dict)
    priced: bool = False


MAX_LINES = 500
"""Lines of one part that are shown; what is copied or written holds all."""
DEFAULTS = "the file's defaults"
"""Where a value comes from that a file gives to all its models, as `core` names it."""
_USUAL = ("project", "deck file", "the model's own table")
_NAME = 12


def ref_of_node(view: ViewModel, node: Node) -> ItemRef | None:
    """The item in the lists that a node of the tree is, if it is in any."""
    if node.kind in DECK_KINDS or node.kind == "model":
        return view.reference(node.kind, node.family, node.name)
    ref = ItemRef(node.kind, "", node.name)
    return ref if node.kind == "backend" and view.exists(ref) else None


def price_lines(sheet: PageSheet, price: Price, tokens: tuple[int, int]) -> None:
    """A price, and what a call costs."""
    sheet.field("price", plain(price.text) if price.text != "price unknown" else "unknown")
    for kind, amount in price.others.items():
        sheet.field("", f"{usd(amount)} {kind} per M")
    cost = price.cost(*tokens)
    if cost is not None:
        sheet.field("a call", f"{usd(cost)} for {tokens[0]:,} input and {tokens[1]:,} output tokens")


def ending(sheet: PageSheet, item: Explanation, tokens: tuple[int, int]) -> None:
    """The model at the end: price, abilities, limit, and the variables that its backend needs."""
    spec = item.spec
    if spec is None:
        return
    sheet.heading("the model", f"{spec.handle} at {spec.backend}")
    price_lines(sheet, item.price, tokens)
    sheet.field("takes", ", ".join(spec.names("inputs")) or "not said")
    sheet.field("gives", ", ".join(spec.names("outputs")) or "not said")
    sheet.field("limit", f"{counted(item.max_tokens, 'token')}" if item.max_tokens is not None else "not said")
    for variable in item.variables:
        word, tone = variable_label(variable)
        source = f", from {variable.source}" if variable.source else ""
        hides = f", hiding {', '.join(variable.hidden)}" if variable.hidden else ""
        sheet.text(
            (f"{'key':<{_NAME}} ", "dim"), (f"{shown_name(variable.name)} ", ""), (word, tone), (source + hides, "dim")
        )


def settings(sheet: PageSheet, found: Sequence[Setting], *, inside: str = "") -> None:
    """The settings of requests: as written, and as sent with the reason where that differs."""
    if not found:
        return
    sheet.heading("asked with", inside)
    for setting in found:
        runs: list[Run] = [(_name(setting.key), "dim"), (plain(setting.asked), "")]
        if setting.changed:
            runs.append((f" -> {plain(setting.sent)}", "warn"))
        if setting.note:
            runs.append((f"  {plain(setting.note)}", "dim"))
        place = sheet.view.where(setting.place.location) if setting.place is not None else ""
        sheet.with_place(runs, place, hang=_NAME + 1)


def values(sheet: PageSheet, found: Sequence[Layers]) -> None:
    """Values with the layers behind them: the one in force, below it what it hides and what removing it leaves."""
    if not found:
        return
    sheet.heading("values", "the layer in force first, below it what it hides")
    for layers in found:
        value_lines(sheet, layers)
    for name in dict.fromkeys(layers.hides for layers in found if layers.hides):
        sheet.text((f"{name} is hidden whole by the project's", "dim"))


def value_lines(sheet: PageSheet, layers: Layers) -> None:
    """One value with its layers."""
    top = layers.winner
    runs: list[Run] = [(_name(layers.key), "dim"), (plain(layers.shown), "")]
    place = sheet.view.where(top.place.location) if top is not None and top.place is not None else ""
    if top is not None and top.origin not in _USUAL and not place.endswith(f"({top.origin})"):
        runs.append((f"  {top.origin}", "dim"))
    if layers.is_merged:
        runs.append(("  the layers add up", "dim"))
    sheet.with_place(runs, place, hang=_NAME + 1)
    indent = " " * (_NAME + 1)
    for below in reversed(layers.stack[:-1]):
        if below.place is None and below.shown in ("[]", "{}", layers.shown):
            continue  # a default of Pipelex's own that nobody would miss
        word = "with" if layers.is_merged else "over"
        where = sheet.view.where(below.place.location) if below.place is not None else ""
        sheet.with_place(
            ((f"{indent}{word} ", "dim"), (plain(below.shown), "dim"), (f"  {below.origin}", "dim")), where
        )


def removal_lines(sheet: PageSheet, layers: Layers) -> None:
    """What a value becomes when its top layer is removed."""
    restores = layers.restores
    if restores is None:
        return
    origin = f"  {restores.origin}" if restores.origin else ""
    runs: list[Run] = [(" " * (_NAME + 1) + "removed: ", "dim"), (plain(restores.shown), ""), (origin, "dim")]
    if restores.refused:
        runs.append(("  the release does not start without it", "dim"))
    sheet.text(*runs, hang=2)


def uses(sheet: PageSheet, found: Uses | None, known: Usage | None) -> None:
    """The users of an item: in the tree, in routes, in method files."""
    if found is None or known is None:
        sheet.heading("used by")
        sheet.text(("looking for method files ...", "dim"))
        return
    direct = [use for use in found.tree if use.direct and use.role != "takes"]
    _uses(sheet, "used by", "", direct, known)
    _uses(sheet, "used through other names", "", [use for use in found.tree if not use.direct], known)
    _uses(sheet, "taken by routes", "of all profiles", [use for use in found.tree if use.role == "takes"], known)
    files = counted(known.methods.files, "method file")
    _uses(sheet, "used by methods", files, list(found.methods), known)
    if found.served:
        sheet.heading("ends here", counted(len(found.served), "reference"))
        _nodes(sheet, found.served, known)
    if not found.all:
        cut = f"; {known.methods.cut_short}" if known.methods.cut_short else ""
        sheet.heading("used by")
        searched = (
            f"in the tree or in {files}{cut}" if known.methods.files else "in the tree; there are no method files"
        )
        sheet.text((f"nothing {searched}", "dim"))


def _uses(sheet: PageSheet, title: str, note: str, found: Sequence[Use], known: Usage) -> None:
    if not found:
        return
    sheet.heading(title, note)
    for use in found[:MAX_LINES]:
        ref = ref_of_node(sheet.view, use.user)
        runs: list[Run] = [(use.label, "accent" if ref is not None else "")]
        if words := _says(use, known):
            runs.append((f"  {plain(words)}", "dim"))
        place = sheet.view.where(use.location)
        sheet.with_place(runs, place, link=ref)
        if use.user.kind == "pipe":
            sheet.files[place] = use.file
    _more(sheet, len(found))


def _says(use: Use, known: Usage) -> str:
    """What stands there, and what is to be known about it."""
    said = {"takes": use.note, "unnamed": use.note, "placeholder": shown_name(use.text)}.get(use.role, use.text)
    chain = [known.label(node) for node in use.via]
    words = " -> ".join([said, *(chain[1:] if use.text else chain)])
    if use.role in ("default", "fallback", "route"):
        words = f"{use.role} {use.text}"
    if not use.in_force:
        return f"{words} (hidden by a later file)"
    return words if use.now else f"{words} (not now)"


def _nodes(sheet: PageSheet, nodes: Iterable[Node], known: Usage) -> None:
    found = list(nodes)
    for node in found[:MAX_LINES]:
        ref = ref_of_node(sheet.view, node)
        sheet.text((known.label(node), "accent" if ref is not None else ""), link=ref)
    _more(sheet, len(found))


def _more(sheet: PageSheet, count: int) -> None:
    if count > MAX_LINES:
        sheet.text((f"and {count - MAX_LINES} more", "dim"))


def offers(sheet: PageSheet, title: str, found: Sequence[Offer]) -> None:
    """Models as backends offer them, each leading to its backend."""
    if not found:
        return
    sheet.heading(title)
    for offer in found:
        key = "" if offer.key.usable else f", key {offer.key}"
        runs: list[Run] = [
            (offer.backend, "accent"),
            ("  on" if offer.on else "  off", "" if offer.on else "warn"),
            (f"{key}  {offer.handle}  {offer.price.text}", "dim"),
        ]
        sheet.with_place(runs, sheet.view.where(offer.spec.place.location), link=ItemRef("backend", "", offer.backend))


def problems(sheet: PageSheet, found: Sequence[Problem]) -> None:
    """Problems, with their fixes."""
    if not found:
        return
    sheet.heading("problems")
    refs = {id(problem): ref for ref, problem in sheet.view.problems.items()}
    for problem in found:
        sign, tone = SEVERITY_SYMBOLS[problem.severity]
        sheet.text((f"{sign} ", tone), (plain(problem.message), ""), link=refs.get(id(problem)))
        if problem.fix:
            sheet.text((f"  fix: {plain(problem.fix)}", "dim"), hang=5)


def _name(name: str) -> str:
    return f"{name:<{_NAME}} " if len(name) <= _NAME else f"{name} "
