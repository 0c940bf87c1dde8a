"""What pages are put together from: values with their layers, settings, prices, users, offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.catalogue import Offer
from core.explain import Explanation, Setting
from core.formatting import counted, usd
from core.layers import Layers
from core.masking import shown_name
from core.mentions import Node
from core.prices import Price
from core.problems import Problem
from core.usage import Usage, Use, Uses
from tui.labels import SEVERITY_SYMBOLS, plain, variable_label
from tui.pages.page_sheet import PageSheet
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

MOST = 500
"""Lines of one part that are shown; what is copied or written holds all."""
DEFAULTS = "the file's defaults"
"""Where a value comes from that a file gives to all its models, as `core` names it."""
_USUAL = ("project", "deck file", "the model's own table")
_NAME = 12


def thing_at(view: ViewModel, node: Node) -> ItemRef | None:
    """The item in the lists that a node of the tree is, if it is in any."""
    if node.kind in DECK_KINDS or node.kind == "model":
        return view.reference(node.kind, node.family, node.name)
    ref = ItemRef(node.kind, "", node.name)
    return ref if node.kind == "backend" and view.exists(ref) else None


def price_lines(out: PageSheet, price: Price, tokens: tuple[int, int]) -> None:
    """A price, and what a call costs."""
    out.field("price", plain(price.words) if price.words != "price unknown" else "unknown")
    for kind, amount in price.others.items():
        out.field("", f"{usd(amount)} {kind} per M")
    cost = price.cost(*tokens)
    if cost is not None:
        out.field("a call", f"{usd(cost)} for {tokens[0]:,} input and {tokens[1]:,} output tokens")


def ending(out: PageSheet, item: Explanation, tokens: tuple[int, int]) -> None:
    """The model at the end: price, abilities, limit, and the variables that its backend needs."""
    spec = item.spec
    if spec is None:
        return
    out.heading("the model", f"{spec.handle} at {spec.backend}")
    price_lines(out, item.price, tokens)
    out.field("takes", ", ".join(spec.names("inputs")) or "not said")
    out.field("gives", ", ".join(spec.names("outputs")) or "not said")
    out.field("limit", f"{counted(item.max_tokens, 'token')}" if item.max_tokens is not None else "not said")
    for variable in item.variables:
        word, tone = variable_label(variable)
        source = f", from {variable.source}" if variable.source else ""
        hides = f", hiding {', '.join(variable.hidden)}" if variable.hidden else ""
        out.text(
            (f"{'key':<{_NAME}} ", "dim"), (f"{shown_name(variable.name)} ", ""), (word, tone), (source + hides, "dim")
        )


def settings(out: PageSheet, found: Sequence[Setting], *, inside: str = "") -> None:
    """What it is asked with: as asked, as sent where that differs, and why."""
    if not found:
        return
    out.heading("asked with", inside)
    for setting in found:
        runs: list[Run] = [(_name(setting.key), "dim"), (plain(setting.asked), "")]
        if setting.changed:
            runs.append((f" -> {plain(setting.sent)}", "warn"))
        if setting.note:
            runs.append((f"  {plain(setting.note)}", "dim"))
        place = out.view.where(setting.place.location) if setting.place is not None else ""
        out.with_place(runs, place, hang=_NAME + 1)


def values(out: PageSheet, found: Sequence[Layers]) -> None:
    """Values with the layers behind them: the one in force, below it what it hides and what removing it leaves."""
    if not found:
        return
    out.heading("values", "the layer in force first, below it what it hides")
    for layers in found:
        value_lines(out, layers)
    for name in dict.fromkeys(layers.hides for layers in found if layers.hides):
        out.text((f"{name} is hidden whole by the project's", "dim"))


def value_lines(out: PageSheet, layers: Layers) -> None:
    """One value with its layers."""
    top = layers.winner
    runs: list[Run] = [(_name(layers.key), "dim"), (plain(layers.shown), "")]
    place = out.view.where(top.place.location) if top is not None and top.place is not None else ""
    if top is not None and top.origin not in _USUAL and not place.endswith(f"({top.origin})"):
        runs.append((f"  {top.origin}", "dim"))
    if layers.is_merged:
        runs.append(("  the layers add up", "dim"))
    out.with_place(runs, place, hang=_NAME + 1)
    indent = " " * (_NAME + 1)
    for below in reversed(layers.stack[:-1]):
        if below.place is None and below.shown in ("[]", "{}", layers.shown):
            continue  # a default of Pipelex's own that nobody would miss
        word = "with" if layers.is_merged else "over"
        where = out.view.where(below.place.location) if below.place is not None else ""
        out.with_place(((f"{indent}{word} ", "dim"), (plain(below.shown), "dim"), (f"  {below.origin}", "dim")), where)


def removal_lines(out: PageSheet, layers: Layers) -> None:
    """What a value becomes when its top layer is removed."""
    restores = layers.restores
    if restores is None:
        return
    origin = f"  {restores.origin}" if restores.origin else ""
    runs: list[Run] = [(" " * (_NAME + 1) + "removed: ", "dim"), (plain(restores.shown), ""), (origin, "dim")]
    if restores.refused:
        runs.append(("  without it the release does not start", "dim"))
    out.text(*runs, hang=2)


def uses(out: PageSheet, found: Uses | None, known: Usage | None) -> None:
    """Who uses an item: in the tree, by which routes, in method files."""
    if found is None or known is None:
        out.heading("used by")
        out.text(("looking for method files ...", "dim"))
        return
    direct = [use for use in found.tree if use.direct and use.role != "takes"]
    _uses(out, "used by", "", direct, known)
    _uses(out, "used through other names", "", [use for use in found.tree if not use.direct], known)
    _uses(out, "taken by routes", "of all profiles", [use for use in found.tree if use.role == "takes"], known)
    files = counted(known.methods.files, "method file")
    _uses(out, "used by methods", files, list(found.methods), known)
    if found.served:
        out.heading("ends here", counted(len(found.served), "reference"))
        _nodes(out, found.served, known)
    if not found.all:
        cut = f"; {known.methods.cut_short}" if known.methods.cut_short else ""
        out.heading("used by")
        searched = (
            f"in the tree or in {files}{cut}" if known.methods.files else "in the tree; there are no method files"
        )
        out.text((f"nothing {searched}", "dim"))


def _uses(out: PageSheet, title: str, note: str, found: Sequence[Use], known: Usage) -> None:
    if not found:
        return
    out.heading(title, note)
    for use in found[:MOST]:
        ref = thing_at(out.view, use.user)
        runs: list[Run] = [(use.label, "accent" if ref is not None else "")]
        if words := _says(use, known):
            runs.append((f"  {plain(words)}", "dim"))
        place = out.view.where(use.location)
        out.with_place(runs, place, link=ref)
        if use.user.kind == "pipe":
            out.files[place] = use.file
    _more(out, len(found))


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


def _nodes(out: PageSheet, nodes: Iterable[Node], known: Usage) -> None:
    found = list(nodes)
    for node in found[:MOST]:
        ref = thing_at(out.view, node)
        out.text((known.label(node), "accent" if ref is not None else ""), link=ref)
    _more(out, len(found))


def _more(out: PageSheet, count: int) -> None:
    if count > MOST:
        out.text((f"and {count - MOST} more", "dim"))


def offers(out: PageSheet, title: str, found: Sequence[Offer]) -> None:
    """Models as backends offer them, each leading to its backend."""
    if not found:
        return
    out.heading(title)
    for offer in found:
        key = "" if offer.key.usable else f", key {offer.key}"
        runs: list[Run] = [
            (offer.backend, "accent"),
            ("  on" if offer.on else "  off", "" if offer.on else "warn"),
            (f"{key}  {offer.handle}  {offer.price.words}", "dim"),
        ]
        out.with_place(runs, out.view.where(offer.spec.place.location), link=ItemRef("backend", "", offer.backend))


def problems(out: PageSheet, found: Sequence[Problem]) -> None:
    """Problems, with their fixes."""
    if not found:
        return
    out.heading("problems")
    refs = {id(problem): ref for ref, problem in out.view.problems.items()}
    for problem in found:
        sign, tone = SEVERITY_SYMBOLS[problem.severity]
        out.text((f"{sign} ", tone), (plain(problem.message), ""), link=refs.get(id(problem)))
        if problem.fix:
            out.text((f"  fix: {plain(problem.fix)}", "dim"), hang=5)


def _name(name: str) -> str:
    return f"{name:<{_NAME}} " if len(name) <= _NAME else f"{name} "
