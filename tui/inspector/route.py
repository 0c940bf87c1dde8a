"""What the inspector says of a routing rule: what it takes, where it sends it, and what becomes of that."""

from __future__ import annotations

from core.formatting import counted
from tui.inspector.sheet import Sheet
from tui.panes.routes import sign
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

_MEANINGS = {
    "exact": "takes the model of exactly this name, wherever the rule stands",
    "pattern": "takes what no exact rule and no pattern above takes",
    "optional": "counts only while its backend is on, after all other routes",
    "default": "takes what no route takes",
    "internal": "serves what nothing else takes",
}


def route_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A rule of the profile that is looked at."""
    rule = view.routes[ref]
    catalog = view.catalog
    out = Sheet(view, width, (("route  ", "dim"), (rule.pattern, "heading")))
    mark, tone = sign(view, rule)
    state = {"+": "in force", "-": "asleep: its backend is off", "x": "goes to a backend that is not on"}[mark]
    out.text((f"{mark} ", tone), (state, tone if tone != "dim" else ""))
    out.text((_MEANINGS.get(rule.what, "asked in this order when the default does not declare the model"), "dim"))
    out.blank()
    out.field("profile", catalog.active or "")
    backend: ItemRef | None = ItemRef("backend", "", rule.backend)
    known = rule.backend in catalog.backends
    word = "" if rule.backend in catalog.enabled else " (off)" if known else " (no such backend)"
    out.field("goes to", rule.backend + word, tone="accent", link=backend if known else None)
    out.field("written at", view.where(rule.place.location))
    if rule.live:
        out.heading("takes", f"{counted(len(rule.caught), 'model')}, {rule.served} of them served")
        _models(out, rule.caught, rule.backend)
    others = [name for name in catalog.profiles if name != catalog.active]
    if others:
        out.heading("other profiles", "p switches, or looks")
        out.text((", ".join(others), ""))
    out.problems(view.problems_of(ref))
    return out


def _models(out: Sheet, handles: tuple[str, ...], backend: str) -> None:
    for handle in handles:
        ref = out.view.reference("model", "", handle)
        resolution = out.view.references.get(ref) if ref is not None else None
        runs: list[Run] = [(handle, "accent")]
        if resolution is not None and resolution.spec is None:
            runs.append(("  x dead", "bad"))
        elif resolution is not None and resolution.spec is not None and resolution.spec.backend != backend:
            runs.append((f"  at {resolution.spec.backend}", "dim"))
        out.text(*runs, link=ref)
