"""The sheets of backends, routing rules, models, causes and problems."""

from __future__ import annotations

from core.entities import ModelSpec
from core.formatting import counted
from core.prices import price_of
from core.problems import CHECK_TITLES, LIVE_TITLES, Severity
from tui.inspector.live import answer_section, live_section, tried_line
from tui.inspector.reference import draw_trail, status_lines
from tui.inspector.sheet import MOST_LISTED, Sheet
from tui.labels import SEVERITY_SYMBOLS, variables_label
from tui.live import age
from tui.panes.routes import sign
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run


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


_MEANINGS = {
    "exact": "takes the model of exactly this name, wherever the rule stands",
    "pattern": "takes what no exact rule and no pattern above takes",
    "optional": "counts only while its backend is on, after all other routes",
    "default": "takes what no route takes",
    "internal": "serves what nothing else takes",
}


def route_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """The details of a rule of the shown profile."""
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


FIRST = ("model_type", "sdk", "model_id", "max_tokens", "inputs", "outputs", "costs")
"""Fields that are shown first, whether the file says them or Pipelex's defaults do."""


def model_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A handle."""
    resolution = view.references[ref]
    spec = view.spec_of(ref)
    kind = spec.model_type if spec is not None else ref.family
    out = Sheet(view, width, (("model  ", "dim"), (ref.name, "heading"), (f"  {kind}", "dim")))
    status_lines(out, resolution)
    tried_line(out, spec)
    out.blank()
    draw_trail(out, resolution)
    answer_section(out, spec)
    if spec is not None:
        _fields(out, spec)
    others = [other for other in view.declaring(ref) if other is not spec]
    if others:
        out.heading("also declared by")
        for other in others:
            state = "on" if other.backend in view.catalog.enabled else "off"
            out.with_place(
                (
                    (other.backend, "accent"),
                    (f" {state}", "" if state == "on" else "warn"),
                    (f"  {price_of(other).text}", "dim"),
                ),
                view.where(other.place.location),
                link=ItemRef("backend", "", other.backend),
            )
    out.links("used by", view.users(ref))
    out.problems(view.problems_of(ref))
    return out


def _fields(out: Sheet, spec: ModelSpec) -> None:
    out.home = out.view.where(spec.place.location)
    out.heading("fields", out.home)
    for key in FIRST:
        if key == "costs" and spec.costs:
            _costs(out, spec)
        elif key in spec.fields:
            _field(out, spec, key, spec.fields[key])
        elif key == "model_type":
            out.field(key, spec.model_type, "Pipelex's default")
        elif key == "model_id":
            out.field(key, spec.model_id, "the handle")
        elif key in ("costs", "max_tokens"):
            out.field("price" if key == "costs" else key, "unknown", "not in the file", tone="dim")
    for key, value in spec.fields.items():
        if key not in FIRST:
            _field(out, spec, key, value)


def _field(out: Sheet, spec: ModelSpec, key: str, value: object) -> None:
    place = spec.origin(key)
    inherited = key not in spec.own
    if place is None:
        out.field(key, str(value), "Pipelex's default")
        return
    out.value(key, value, place.location, "defaults" if inherited else "")


def _costs(out: Sheet, spec: ModelSpec) -> None:
    place = spec.origin("costs")
    for name, amount in spec.costs.items():
        location = place.at(name).location if place is not None else None
        out.field(f"$ {name}", f"{amount:g} per million tokens", out.near(location))


_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "for your information"}


def cause_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A cause with everything behind it."""
    cause = view.causes[ref]
    behind = view.problems_behind(cause)
    out = Sheet(view, width, (("cause  ", "dim"), (counted(len(behind), "problem"), "heading")))
    sign, tone = SEVERITY_SYMBOLS[cause.severity]
    out.text((f"{sign} ", tone), (view.sentence(cause.title), tone))
    if cause.effect:
        out.text((f"  {cause.effect}", ""))
    out.blank()
    if cause.fatal:
        out.field("weight", "the release does not start with it", tone="bad")
    if cause.fix:
        out.field("fix", view.sentence(cause.fix))
    if cause.location is not None:
        out.field("where", view.where(cause.location))
    if cause.key.startswith("off "):
        backend = ItemRef("backend", "", cause.key.removeprefix("off "))
        out.field("see", backend.name, tone="accent", link=backend)
    out.heading("problems behind it")
    for other in behind[:MOST_LISTED]:
        problem = view.problems[other]
        target = view.subject(problem)
        subject = target if problem.reference is not None else None
        name = view.title(subject) if subject is not None else view.sentence(problem.message)
        out.text((name, "accent"), link=target or other)
    return out


def _window(line: str, caret: str, width: int) -> tuple[str, str]:
    """As much of a line of a file, and of the caret below it, as there is room for: the caret is always in it."""
    first = max(0, len(caret) - width * 2 // 3)
    return line[first : first + width], caret[first:]


def problem_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """One problem."""
    problem = view.problems[ref]
    out = Sheet(view, width, (("problem  ", "dim"), (problem.code, "heading")))
    sign, tone = SEVERITY_SYMBOLS[problem.severity]
    out.text((f"{sign} ", tone), (view.sentence(problem.message), tone if tone != "dim" else ""))
    if problem.excerpt is not None:
        out.blank()
        for line in _window(*problem.excerpt, width):
            out.text((line, ""), hang=-1)
    out.blank()
    out.field("weight", _WORDS[problem.severity])
    if problem.fatal:
        stops = problem == view.report.stops_at
        out.field("", f"{view.report.release} {'stops' if stops else 'would stop'} here", tone="bad")
    result = view.live_results.of(problem)
    if result is not None:
        out.field("tried", age(result) + (", in an earlier session" if result.cached else ""))
    if problem.fix:
        out.field("fix", view.sentence(problem.fix))
    if problem.location is not None:
        out.field("where", f"{view.where(problem.location)}, column {problem.location.column}")
        if problem.location.key:
            out.field("key", problem.location.key)
    titles = CHECK_TITLES if result is None else LIVE_TITLES
    out.field("check", titles.get(problem.check, CHECK_TITLES[problem.check]))
    if problem.error_type:
        out.field("Pipelex says", problem.error_type)
    subject = view.subject(problem)
    if subject is not None:
        out.heading("about")
        out.text((view.title(subject), "accent"), link=subject)
    if result is not None and subject != ItemRef("backend", "", result.backend):
        out.text((f"{result.backend}, which was asked", "accent"), link=ItemRef("backend", "", result.backend))
    cause = next((cause for cause in view.causes if problem.cause and cause.name == problem.cause), None)
    if cause is not None:
        out.heading("because")
        out.text((view.sentence(view.causes[cause].title), "accent"), link=cause)
    return out
