"""The sheets of backends, routing rules, models, causes and problems."""

from __future__ import annotations

from core.entities import ModelSpec
from core.formatting import counted
from core.prices import price_of
from core.problems import CHECK_TITLES, LIVE_TITLES, Severity
from tui.inspector.live import answer_section, live_section, ran_line, ran_of, tried_line
from tui.inspector.reference import draw_trail, drift_line, status_lines
from tui.inspector.sheet import MAX_LISTED, Sheet
from tui.labels import SEVERITY_SYMBOLS, variables_label
from tui.live import age
from tui.panes.problems import brief
from tui.panes.routes import sign
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run


def backend_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """The sheet of a backend."""
    catalog = view.catalog
    backend = catalog.backends[ref.name]
    sheet = Sheet(view, width, (("backend  ", "dim"), (backend.name, "heading")))
    served, declared = view.served_by.get(backend.name, 0), len(catalog.specs_by_backend.get(backend.name, ()))
    word, tone = variables_label(view.variables(backend.name))
    if backend.enabled:
        ready = {"key set": "its key is set", "-": "needs no key"}.get(word, f"{word}: see below")
        sign: Run = ("+ on", "good") if word in ("key set", "-") else ("o on", "warn")
        if view.live.fails(catalog, backend.name):
            sign, tone = ("x on", "bad"), ""
        if view.live.refuses_key(catalog, backend.name):
            ready, tone = "its key is refused", "bad"
        sheet.text(sign, (", ", ""), (ready, tone if tone != "dim" else ""))
        sheet.text((f"serves {served} of the {counted(declared, 'model')} it declares", "" if served else "warn"))
    else:
        sheet.text(("- off", "dim"), (", so no request goes to it", ""))
        sheet.text((f"declares {counted(declared, 'model')}", "dim"))
    live_section(sheet, backend.name)
    drift_line(sheet, ref)
    sheet.blank()
    sheet.home = view.location_text(backend.place.location)
    sheet.field("written at", sheet.home)
    if "enabled" not in backend.fields:
        sheet.field("enabled", "true", "Pipelex's default")
    for key, value in backend.fields.items():
        sheet.value(key, value, backend.place.at(key).location)
    source = catalog.tree.specs.get(backend.name)
    if source is not None:
        sheet.field("its models", view.location_text(source.locate(())).rpartition(":")[0])
    elif backend.enabled:
        sheet.field("its models", f"backends/{backend.name}.toml is missing", tone="bad")
    routes = [route for route, rule in view.routes.items() if rule.backend == backend.name]
    if routes:
        sheet.heading("routes to it", f"in {catalog.active}")
        for route in routes:
            rule = view.routes[route]
            caught = f"  {counted(len(rule.caught), 'model')}" if rule.live else "  asleep"
            sheet.with_place(
                ((rule.pattern, "accent"), (caught, "dim")), view.location_text(rule.place.location), link=route
            )
    elif backend.enabled and catalog.active is not None:
        sheet.heading("routes to it")
        sheet.text((f"none in {catalog.active}", "dim"))
    sheet.problems(view.problems_of(ref))
    return sheet


_MEANINGS = {
    "exact": "catches the model of exactly this name, before all patterns",
    "pattern": "catches models that no exact rule and no pattern above catches",
    "optional": "counts only while its backend is on, after all other routes",
    "default": "catches models that no route catches",
    "internal": "serves models that no other rule catches",
}


def route_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """The details of a rule of the shown profile."""
    rule = view.routes[ref]
    catalog = view.catalog
    sheet = Sheet(view, width, (("route  ", "dim"), (rule.pattern, "heading")))
    mark, tone = sign(view, rule)
    state = {"+": "in force", "-": "asleep: its backend is off", "x": "goes to a backend that is not enabled"}[mark]
    sheet.text((f"{mark} ", tone), (state, tone if tone != "dim" else ""))
    sheet.text((_MEANINGS.get(rule.label, "tried in this order when the default does not declare the model"), "dim"))
    sheet.blank()
    sheet.field("profile", catalog.active or "")
    backend: ItemRef | None = ItemRef("backend", "", rule.backend)
    is_known = rule.backend in catalog.backends
    word = "" if rule.backend in catalog.enabled else " (off)" if is_known else " (no such backend)"
    sheet.field("goes to", rule.backend + word, tone="accent", link=backend if is_known else None)
    sheet.field("written at", view.location_text(rule.place.location))
    if rule.live:
        sheet.heading("catches", f"{counted(len(rule.caught), 'model')}, {rule.served} of them served")
        _models(sheet, rule.caught, rule.backend)
    profiles = [name for name in catalog.profiles if name != catalog.active]
    if profiles:
        sheet.heading("other profiles", "p switches, or views")
        sheet.text((", ".join(profiles), ""))
    sheet.problems(view.problems_of(ref))
    return sheet


def _models(sheet: Sheet, handles: tuple[str, ...], backend: str) -> None:
    for handle in handles:
        ref = sheet.view.reference("model", "", handle)
        resolution = sheet.view.references.get(ref) if ref is not None else None
        runs: list[Run] = [(handle, "accent")]
        if resolution is not None and resolution.spec is None:
            runs.append(("  x dead", "bad"))
        elif resolution is not None and resolution.spec is not None and resolution.spec.backend != backend:
            runs.append((f"  at {resolution.spec.backend}", "dim"))
        sheet.text(*runs, link=ref)


FIRST = ("model_type", "sdk", "model_id", "max_tokens", "inputs", "outputs", "costs")
"""Fields that are shown first, whether the file says them or Pipelex's defaults do."""


def model_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A handle."""
    resolution = view.references[ref]
    spec = view.spec_of(ref)
    kind = spec.model_type if spec is not None else ref.family
    sheet = Sheet(view, width, (("model  ", "dim"), (ref.name, "heading"), (f"  {kind}", "dim")))
    status_lines(sheet, resolution)
    tried_line(sheet, spec)
    ran_line(sheet, ran_of(sheet, resolution))
    drift_line(sheet, ref)
    sheet.blank()
    draw_trail(sheet, resolution)
    answer_section(sheet, spec)
    if spec is not None:
        _fields(sheet, spec)
        if view.lives is not None:
            from tui.inspector.published import published_section  # after the first screen

            published_section(sheet, spec)
    specs = [declared for declared in view.declaring(ref) if declared is not spec]
    if specs:
        sheet.heading("also declared by")
        for other_spec in specs:
            state = "on" if other_spec.backend in view.catalog.enabled else "off"
            sheet.with_place(
                (
                    (other_spec.backend, "accent"),
                    (f" {state}", "" if state == "on" else "dim"),
                    (f"  {price_of(other_spec).text}", "dim"),
                ),
                view.location_text(other_spec.place.location),
                link=ItemRef("backend", "", other_spec.backend),
            )
    sheet.links("used by", view.users(ref))
    sheet.problems(view.problems_of(ref))
    return sheet


def _fields(sheet: Sheet, spec: ModelSpec) -> None:
    sheet.home = sheet.view.location_text(spec.place.location)
    sheet.heading("fields", sheet.home)
    for key in FIRST:
        if key == "costs" and spec.costs:
            _costs(sheet, spec)
        elif key in spec.fields:
            _field(sheet, spec, key, spec.fields[key])
        elif key == "model_type":
            sheet.field(key, spec.model_type, "Pipelex's default")
        elif key == "model_id":
            sheet.field(key, spec.model_id, "the handle")
        elif key in ("costs", "max_tokens"):
            sheet.field("price" if key == "costs" else key, "unknown", "not in the file", tone="dim")
    for key, value in spec.fields.items():
        if key not in FIRST:
            _field(sheet, spec, key, value)


def _field(sheet: Sheet, spec: ModelSpec, key: str, value: object) -> None:
    place = spec.origin(key)
    inherited = key not in spec.own
    if place is None:
        sheet.field(key, str(value), "Pipelex's default")
        return
    sheet.value(key, value, place.location, "defaults" if inherited else "")


def _costs(sheet: Sheet, spec: ModelSpec) -> None:
    place = spec.origin("costs")
    for name, amount in spec.costs.items():
        location = place.at(name).location if place is not None else None
        sheet.field(f"$ {name}", f"{amount:g} per million tokens", sheet.near(location))


_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "for your information"}


def cause_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A cause with everything behind it."""
    cause = view.causes[ref]
    problems = view.problems_behind(cause)
    sheet = Sheet(view, width, (("cause  ", "dim"), (counted(len(problems), "problem"), "heading")))
    sign, tone = SEVERITY_SYMBOLS[cause.severity]
    sheet.text((f"{sign} ", tone), (view.sentence(cause.title), tone))
    if cause.effect:
        sheet.text((f"  {cause.effect}", ""))
    sheet.blank()
    if cause.fatal:
        sheet.field("severity", "the release does not start with it", tone="bad")
    if cause.fix:
        sheet.field("fix", view.sentence(cause.fix))
    if cause.location is not None:
        sheet.field("where", view.location_text(cause.location))
    if cause.key.startswith("off "):
        backend = ItemRef("backend", "", cause.key.removeprefix("off "))
        sheet.field("see", backend.name, tone="accent", link=backend)
    sheet.heading("problems of this cause")
    for other in problems[:MAX_LISTED]:
        problem = view.problems[other]
        target = view.subject(problem)
        subject = target if problem.reference is not None else None
        name = view.title(subject) if subject is not None else brief(view, problem)
        sheet.text((name, "accent"), link=target or other)
    return sheet


def _window(line: str, caret: str, width: int) -> tuple[str, str]:
    """The part of a line of a file, and of the caret below it, that fits the width and holds the caret."""
    first = max(0, len(caret) - width * 2 // 3)
    return line[first : first + width], caret[first:]


def problem_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """One problem."""
    problem = view.problems[ref]
    sheet = Sheet(view, width, (("problem  ", "dim"), (problem.code, "heading")))
    sign, tone = SEVERITY_SYMBOLS[problem.severity]
    sheet.text((f"{sign} ", tone), (view.sentence(problem.message), tone if tone != "dim" else ""))
    if problem.excerpt is not None:
        sheet.blank()
        for line in _window(*problem.excerpt, width):
            sheet.text((line, ""), hang=-1)
    sheet.blank()
    sheet.field("severity", _WORDS[problem.severity])
    if problem.fatal:
        stops = problem == view.report.stops_at
        sheet.field("", f"{view.report.release} {'stops' if stops else 'would stop'} here", tone="bad")
    result = view.live_results.of(problem)
    if result is not None:
        sheet.field("tried", age(result) + (", in a previous session" if result.cached else ""))
    if problem.fix:
        sheet.field("fix", view.sentence(problem.fix))
    if problem.location is not None:
        sheet.field("where", f"{view.location_text(problem.location)}, column {problem.location.column}")
        if problem.location.key:
            sheet.field("key", problem.location.key)
    titles = CHECK_TITLES if result is None else LIVE_TITLES
    sheet.field("check", titles.get(problem.check, CHECK_TITLES[problem.check]))
    if problem.error_type:
        sheet.field("Pipelex says", problem.error_type)
    subject = view.subject(problem)
    if subject is not None:
        sheet.heading("about")
        sheet.text((view.title(subject), "accent"), link=subject)
    if result is not None and subject != ItemRef("backend", "", result.backend):
        sheet.text((f"{result.backend}, which was checked", "accent"), link=ItemRef("backend", "", result.backend))
    cause = next((cause for cause in view.causes if problem.cause and cause.name == problem.cause), None)
    if cause is not None:
        sheet.heading("because")
        sheet.text((view.sentence(view.causes[cause].title), "accent"), link=cause)
    return sheet
