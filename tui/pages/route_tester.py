"""The route tester: the rule that wins a typed name, and the other rules that match it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from core.entities import Path
from core.formatting import counted
from core.json.routes_document import RoutesDocument
from core.route_check import NameTest, Rule, route_of, routes_everywhere, rules
from core.suggest import near
from tui.base_app import CommandScreen
from tui.command import CommandContext
from tui.inspector.sheet import Sheet
from tui.labels import plain
from tui.pages.exports import Export, file_name, offer, quoted
from tui.pages.page_sheet import MAX_COLUMNS
from tui.reports.tables import print_test
from tui.selection import ItemRef, parse_ref
from tui.styles import DIALOGS
from tui.view_model import ViewModel
from tui.widgets.lines import Bar, Inspector, Lines
from tui.widgets.runs import Run, Tone, fit
from tui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from tui.base_app import BaseApp
    from tui.screens.main import MainScreen


class RouteTesterScreen(CommandScreen[None]):
    """An input line for a name, its backend, and all rules with the models that each catches and shadows."""

    CSS_PATH = DIALOGS
    AUTO_FOCUS = "#tested"
    FOOT = "#page-foot"
    MIXES_TEXT = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab,shift+tab", "nothing", "", show=False, priority=True)]

    app: BaseApp

    def __init__(self, main: MainScreen, view: ViewModel, name: str) -> None:
        super().__init__(main.table, "route-tester")
        self._main = main
        self._view = view
        self._first = name
        self._rules = rules(view.catalog, view.report.serving)
        self._refs = refs_of_rules(view)

    def compose(self) -> ComposeResult:
        """The title, the input line, the answer with the rules, and the keys."""
        yield Bar(id="page-title")
        with Horizontal(id="tested-line"):
            yield Bar(id="tested-name")
            yield SafeInput(self._first, placeholder="any model name", id="tested", select_on_focus=True)
        yield Inspector(id="page")
        yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """Show the page for the initial name."""
        catalog = self._view.catalog
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), ("test a name  ", "dim"), (f"profile {catalog.active or 'none'}", "accent")),
            ((counted(len(self._rules), "rule"), "dim"), (" ━", "accent")),
            rule="━",
            rule_tone="accent",
        )
        self.query_one("#tested-name", Bar).show(((" model name", "accent"),))
        self._show()

    @on(Input.Changed, "#tested")
    def typed(self, event: Input.Changed) -> None:
        """Update the page for the typed name."""
        event.stop()
        self._show()

    def on_resize(self, _: events.Resize) -> None:
        """Lay out for the new width."""
        self._show()

    @property
    def name_typed(self) -> str:
        """The name that is tested."""
        return self.query_one(Input).value.strip()

    def _test(self) -> NameTest | None:
        return route_of(self._view.report, self.name_typed) if self.name_typed else None

    def _show(self) -> None:
        sheet = Sheet(self._view, min(self.app.size.width - 2, MAX_COLUMNS), ())
        test = self._test()
        if test is not None:
            answer_lines(sheet, test)
            everywhere_lines(sheet, routes_everywhere(self._view.report, test.name), self._view.catalog.active)
        elif self._view.catalog.profile is None:
            sheet.text(("no profile is active, so no rule counts", "bad"))
        else:
            sheet.text(
                ("type a name, declared or not, for its backend, its rule, and the other rules that match", "dim")
            )
        rule_lines(sheet, self._rules, test, self._refs)
        self.query_one("#page", Inspector).set_lines(sheet.lines)
        self.show_status()

    def context(self) -> CommandContext:
        """The context that decides which commands can run now."""
        return CommandContext("route-tester", kind=self.name_typed)

    # ---- keys

    def action_leave(self) -> None:
        """Close the page."""
        self.dismiss(None)

    def go_to_rule(self) -> None:
        """Go to the rule that wins the name."""
        test = self._test()
        rule = winning_rule(self._rules, test) if test is not None else None
        ref = ref_of_rule(self._refs, rule) if rule is not None else None
        if ref is None:
            self.show_status("no rule matches it" if self.name_typed else "type a name first")
            return
        self.dismiss(None)
        self._main.arrive(ref)

    @on(Lines.Followed)
    def clicked(self, event: Lines.Followed) -> None:
        """A click on a rule selects it."""
        event.stop()
        self.dismiss(None)
        self._main.arrive(parse_ref(event.link))

    def export(self) -> None:
        """Copy or write the answer."""
        test = self._test()
        if test is None:
            self.show_status("type a name first")
            return
        report = self._view.report
        offer(
            self.app,
            Export(
                file_name("route", test.name),
                f"pipedeck routes --test {quoted(test.name)}",
                partial(print_test, report, test),
                partial(RoutesDocument, report, [test]),
            ),
        )

    def scroll_by(self, lines: int, pages: int) -> None:
        """Scroll by lines and by screens."""
        page = self.query_one("#page", Inspector)
        page.scroll_to_line(page.scroll_offset.y + lines + pages * max(page.page_size - 1, 1))
        page.repaint()

    def action_nothing(self) -> None:
        """Do nothing: Tab has no other input to move to."""


# ---- lines


def winning_rule(all_rules: Sequence[Rule], test: NameTest) -> Rule | None:
    """The rule that wins a name."""
    return next((rule for rule in all_rules if test.is_rule(rule)), None)


RouteRefs = Mapping[tuple[Path, str], ItemRef]
"""The routes in the list by their path in the file and their backend."""


def refs_of_rules(view: ViewModel) -> RouteRefs:
    """The routes in the list by their rules."""
    return {(rule.place.path, rule.backend): ref for ref, rule in view.routes.items()}


def ref_of_rule(refs: RouteRefs, rule: Rule) -> ItemRef | None:
    """The route of a rule in the list."""
    return refs.get((rule.place.path, rule.backend))


def answer_lines(sheet: Sheet, test: NameTest) -> None:
    """The backend and rule of a name, and the other rules that match it."""
    view, match = sheet.view, test.match
    matched_by = test.rule_name
    good = test.backend is not None
    sheet.with_place(
        (
            ("+ " if good else "x ", "good" if good else "bad"),
            (test.name, "accent"),
            (f" -> {test.backend or 'no backend'}", "" if good else "bad"),
            (f"  by {matched_by}" if matched_by else "", ""),
        ),
        view.location_text(match.place.location) if match is not None else "",
    )
    for destination in test.destinations:
        kind = f"{destination.model_type}: " if destination.model_type and len(test.destinations) > 1 else ""
        if destination.backend is None:
            sheet.text((f"  {kind}{plain(destination.reason)}", "bad"), hang=0)
        elif kind:
            sheet.text((f"  {kind}served by {destination.backend}", "dim"), hang=0)
    for lost in test.lost:
        route = lost.route
        text = f"  also matches: {route.pattern} -> {route.backend}  {plain(lost.reason)}"
        sheet.with_place(((text, "dim"),), view.location_text(route.place.location))
    declared = [*test.on, *(f"{name} (off)" for name in test.disabled)]
    sheet.text((f"  declared by {', '.join(declared)}" if declared else "  no backend declares it", "dim"), hang=2)
    if test.undeclared and (suggestions := near(test.name, view.catalog.declared)):
        sheet.text(("  did you mean ", ""), (" or ".join(suggestions), "accent"), ("?", ""))


_FEW = 4
"""Other profiles that are all named."""


def everywhere_lines(sheet: Sheet, tests: Sequence[NameTest], active: str | None) -> None:
    """The backend of a name in the other profiles."""
    other_tests = [test for test in tests if test.profile != active]
    if not other_tests:
        return
    by_backend: dict[str | None, list[str]] = {}
    for test in other_tests:
        by_backend.setdefault(test.backend, []).append(test.profile)
    few = len(other_tests) <= _FEW
    runs: list[Run] = [("  in other profiles: ", "dim")]
    for number, (backend, profiles) in enumerate(sorted(by_backend.items(), key=lambda item: item[0] is None)):
        which = ", ".join(profiles) if few or len(profiles) <= 2 else f"{profiles[0]} and {len(profiles) - 1} more"
        runs.append(("; " if number else "", "dim"))
        runs.append((backend or "none", "" if backend is not None else "warn"))
        runs.append((f" in {which}", "dim"))
    sheet.text(*runs, hang=4)


def rule_lines(sheet: Sheet, all_rules: Sequence[Rule], test: NameTest | None, refs: RouteRefs) -> None:
    """All rules in the order in which they are tried; the winner of the name is marked."""
    if not all_rules:
        return
    winner = winning_rule(all_rules, test) if test is not None else None
    would = {lost.route.place.path for lost in test.lost} if test is not None else set()
    sheet.heading("rules", "in the order in which they are tried")
    names = min(max(len(rule.pattern) for rule in all_rules), max(sheet.width // 3, 12))
    backends = min(max(len(rule.backend) for rule in all_rules), 18)
    sheet.text((f"  {'models named':<{names}}    {'go to':<{backends}}  count shadows  models", "dim"), hang=-1)
    for rule in all_rules:
        mark, tone = _mark(rule, winner, would)
        quiet: Tone = "" if rule.live and not rule.idle_reason else "dim"
        shadows = str(len(rule.shadows)) if rule.shadows else "-"
        runs: list[Run] = [
            (f"{mark} ", tone),
            (fit(rule.pattern, names), "accent" if rule is winner else quiet),
            (" -> ", "dim"),
            (fit(rule.backend, backends), quiet),
            (f"  {len(rule.caught):>5} {shadows:>7}  ", quiet),
            (_note(rule), "warn" if rule.idle_reason and rule.live else "dim"),
        ]
        sheet.text(*runs, link=ref_of_rule(refs, rule), hang=-1)
        if rule.shadows:
            names_ = ", ".join(f"{item.handle} from {item.pattern}" for item in rule.shadows[:3])
            more = f" and {len(rule.shadows) - 3} more" if len(rule.shadows) > 3 else ""
            sheet.text((f"    shadows {names_}{more}", "dim"), hang=-1)


def _mark(rule: Rule, winner: Rule | None, would: Collection[object]) -> tuple[str, Tone]:
    if rule is winner:
        return ">", "accent"
    if rule.place.path in would:
        return "~", "warn"
    if rule.idle_reason:
        return ("!", "warn") if rule.live else ("-", "dim")
    return ("+", "good") if rule.live else ("-", "dim")


def _note(rule: Rule) -> str:
    if rule.idle_reason:
        return f"never: {plain(rule.idle_reason)}"
    if rule.missed:
        return f"drops {counted(len(rule.missed), 'model')} it does not declare"
    return ", ".join(rule.caught) or ("it catches no model" if rule.kind in ("route", "optional") else "")
