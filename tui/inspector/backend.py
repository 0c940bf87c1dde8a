"""What the inspector says of a backend: whether it can be asked, its fields, and who is sent to it."""

from __future__ import annotations

from core.formatting import counted
from tui.inspector.live import live_section
from tui.inspector.sheet import Sheet
from tui.labels import variables_label
from tui.selection import ItemRef
from tui.view_model import ViewModel


def backend_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A backend."""
    catalog = view.catalog
    backend = catalog.backends[ref.name]
    out = Sheet(view, width, (("backend  ", "dim"), (backend.name, "heading")))
    served, declared = view.served_by.get(backend.name, 0), len(catalog.specs_by_backend.get(backend.name, ()))
    word, tone = variables_label(view.variables(backend.name))
    if backend.enabled:
        ready = {"key set": "its key is set", "-": "needs no key"}.get(word, f"{word}: see below")
        out.text(("+ on", "good"), (", ", ""), (ready, tone if tone != "dim" else ""))
        out.text((f"serves {served} of the {counted(declared, 'model')} it declares", "" if served else "warn"))
    else:
        out.text(("- off", "warn"), (", so nothing is asked of it", ""))
        out.text((f"declares {counted(declared, 'model')}", "dim"))
    live_section(out, backend.name)
    out.blank()
    out.home = view.where(backend.place.location)
    out.field("written at", out.home)
    if "enabled" not in backend.fields:
        out.field("enabled", "true", "Pipelex's default")
    for key, value in backend.fields.items():
        out.value(key, value, backend.place.at(key).location)
    source = catalog.tree.specs.get(backend.name)
    if source is not None:
        out.field("its models", view.where(source.locate(())).rpartition(":")[0])
    elif backend.enabled:
        out.field("its models", f"backends/{backend.name}.toml is missing", tone="bad")
    routes = [route for route, rule in view.routes.items() if rule.backend == backend.name]
    if routes:
        out.heading("routes to it", f"in {catalog.active}")
        for route in routes:
            rule = view.routes[route]
            caught = f"  {counted(len(rule.caught), 'model')}" if rule.live else "  asleep"
            out.with_place(((rule.pattern, "accent"), (caught, "dim")), view.where(rule.place.location), link=route)
    elif backend.enabled and catalog.active is not None:
        out.heading("routes to it")
        out.text((f"none in {catalog.active}", "dim"))
    out.problems(view.problems_of(ref))
    return out
