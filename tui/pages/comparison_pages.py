"""Comparison pages: two profiles, two releases, a lost backend or key; and a table of all profiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.api import Report
from core.compare import Changed, Comparison, Outcome
from core.formatting import counted
from core.json.compare_document import compare_document, profiles_document
from core.verdict import Verdict
from core.what_if import ProfileSummary, survey
from tui.dialogs.pick import Choice, PickScreen
from tui.labels import VERDICT_SYMBOLS, plain
from tui.messages import PagePrepared
from tui.pages.comparison_choices import (
    EVERY_PROFILE,
    TWO_PROFILES,
    TWO_RELEASES,
    Question,
    profile,
    questions,
    releases,
    turning_releases,
)
from tui.pages.exports import Export, file_name
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.reports.comparison import OUTCOME_MARKS, print_comparison, print_survey, route_change, signed
from tui.selection import ItemRef, parse_ref
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Tone, fit

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

_SECTIONS: tuple[tuple[str, Callable[[Comparison], Sequence[Changed]]], ...] = (
    ("presets and choices", lambda found: found.used),
    ("aliases and waterfalls", lambda found: found.names),
    ("models", lambda found: found.models),
)
_ORDER = list(Outcome)


def compare_in(main: MainScreen, question: Question) -> None:
    """Open the page of a comparison."""
    view = main.session.view
    if view is not None:
        build = partial(comparison_page, question)
        main.app.push_screen(PageScreen(main, build, lambda now: question.make(now.report)))


def compare_by_key(main: MainScreen, key: str) -> None:
    """Open the page of what was picked from `choices`."""
    view = main.session.view
    if view is None:
        return
    if key == EVERY_PROFILE:
        main.app.push_screen(SurveyScreen(main))
        return
    if key == TWO_PROFILES:
        descriptions = [Choice(name, name, found.description) for name, found in view.catalog.profiles.items()]
        _pick_two(main, "profile", descriptions, lambda first, second: profile(second, first=first))
        return
    if key == TWO_RELEASES:
        _pick_two(main, "release", [Choice(number, number) for number in turning_releases()], releases)
        return
    question = next((question for question in questions(view) if question.key == key), None)
    if question is not None:
        compare_in(main, question)


def _pick_two(main: MainScreen, what: str, found: Sequence[Choice], ask: Callable[[str, str], Question]) -> None:
    """Choose two items to compare."""

    def first_taken(first: str | None) -> None:
        if first is None:
            return

        def second_taken(second: str | None) -> None:
            if second is not None:
                compare_in(main, ask(first, second))

        others = [choice for choice in found if choice.key != first]
        main.app.push_screen(PickScreen(f"compare {what} {first} with", others), second_taken)

    main.app.push_screen(PickScreen(f"compare which {what}", found), first_taken)


# ---- one comparison


def comparison_page(question: Question, view: ViewModel, width: int, found: Comparison | None) -> Page:
    """The changes of a comparison, the worst first, linked to their items."""
    title: Run = (f"{found.first} -> {found.second}" if found is not None else question.words, "accent")
    sheet = PageSheet(view, width, (("compare  ", "dim"), title))
    if found is None:
        sheet.text(("computing ...", "dim"))
        return Page(sheet)
    lost = found.kind in ("backend", "key")
    _state(sheet, "now", found.before)
    if lost:
        _outage(sheet, found)
    _state(sheet, "off" if lost and found.removed else "then", found.after)
    if found.refuses is not None and found.kind != "key" and found.refuses.fix:
        sheet.text((f"        fix: {plain(found.refuses.fix)}", "dim"), hang=5)
    sheet.blank()
    if found.same:
        sheet.text(("nothing changes", "good"))
    elif not found.used:
        sheet.text(("no preset and no choice changes", "good"))
    inward, outward = found.price_change
    if inward or outward:
        sheet.text((f"mean price change per M: {signed(inward)} input, {signed(outward)} output", ""))
    for name, changes in _SECTIONS:
        _changes(sheet, name, changes(found), found.summed(changes(found)))
    _differences(sheet, found)
    export = Export(
        file_name("compare", question.words),
        question.command,
        partial(print_comparison, found),
        partial(compare_document, found),
    )
    dies = found.count(Outcome.DIES, found.used)
    note: Run = (f"{dies} die", "bad") if dies else ("nothing dies", "good")
    return Page(sheet, (note,), export)


def _state(sheet: PageSheet, when: str, report: Report) -> None:
    verdict, sentence = report.verdict
    sign, tone = VERDICT_SYMBOLS[verdict]
    sheet.text((f"{when:<6}", "dim"), (f"{sign} ", tone), (plain(sentence), tone if tone != "good" else ""), hang=8)


def _outage(sheet: PageSheet, found: Comparison) -> None:
    """The references hit by an outage while the backend is still on."""
    taken = ", ".join(found.removed) or "no backend that is on"
    by_key = found.kind == "key"
    said: list[Run] = [(f"needed by {taken}", "")] if by_key else []
    if found.hit:
        used = [item for item in found.hit if item.kind.value in ("preset", "choice")]
        models = sum(1 for item in found.hit if item.kind.value == "model")
        words = f"{counted(len(used), 'preset or choice', 'presets and choices')} and {counted(models, 'model')}"
        said.append((f"{words} end there and fail", "warn"))
    if by_key and found.refuses is not None:
        said.append((f"does not start: {plain(found.refuses.message)}", "bad"))
    nothing: Run = ("nothing ends there", "")
    for number, (text, tone) in enumerate(said or [nothing]):
        when = ("lost" if by_key else "down") if number == 0 else ""
        sign = "! " if tone == "warn" else "x " if tone == "bad" else "  "
        sheet.text((f"{when:<6}", "dim"), (sign, tone), (text, tone), hang=8 if when else 2)


def _changes(sheet: PageSheet, name: str, changes: Sequence[Changed], summary: str) -> None:
    if not changes:
        return
    sheet.heading(name, summary)
    width = min(30, max(len(item.shown.reference) for item in changes))
    for item in sorted(changes, key=lambda item: _ORDER.index(item.outcome)):
        shown = item.shown
        ref: ItemRef | None = ItemRef(shown.kind.value, shown.family, shown.name)
        if ref is not None and not sheet.view.exists(ref):
            ref = None
        sign, tone = OUTCOME_MARKS[item.outcome]
        saved = f"  by {plain(item.saved_by)}" if item.saved_by else ""
        runs: list[Run] = [
            (sign, _tone(tone)),
            (fit(shown.reference, width) if len(shown.reference) <= width else shown.reference, "accent"),
            (f"  {route_change(item)}", ""),
            (saved, "dim"),
        ]
        sheet.text(*runs, link=ref, hang=4)


def _tone(tone: str) -> Tone:
    tones: dict[str, Tone] = {"bad": "bad", "warn": "warn", "good": "good", "dim": "dim"}
    return tones.get(tone, "")


def _differences(sheet: PageSheet, found: Comparison) -> None:
    if found.differences:
        sheet.heading("differences between the releases", str(len(found.differences)))
    for item in found.differences:
        sheet.text((plain(item.behaviour.title), ""))
        sheet.text((f"  {found.first:<9} {plain(item.first)}", "dim"), hang=10)
        sheet.text((f"  {found.second:<9} {plain(item.second)}", "dim"), hang=10)
        if item.effect:
            sheet.text((f"  here: {plain(item.effect)}", "warn"), hang=6)


# ---- every profile

_COUNTS = 35
"""Cells for the mark and the counts of a profile."""


class SurveyScreen(PageScreen[Sequence[ProfileSummary]]):
    """Every profile in a line; Enter compares one with the present state."""

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main, survey_page, self._survey)

    def _survey(self, view: ViewModel) -> Sequence[ProfileSummary]:
        """Survey the profiles one by one, each shown at once, until the page is closed."""
        found: list[ProfileSummary] = []
        for item in survey(view.report):
            found.append(item)
            if not self.is_attached:
                break
            self.post_message(PagePrepared(view, tuple(found)))
        return found

    def follow_link(self, link: str) -> None:
        """What that profile changes."""
        compare_in(self.main, profile(parse_ref(link).name))


def survey_page(view: ViewModel, width: int, found: Sequence[ProfileSummary] | None) -> Page:
    """A line for each profile: what is alive, what can be called, what dies and revives against now."""
    sheet = PageSheet(view, width, (("compare  ", "dim"), ("every profile", "accent")))
    if found is None:
        sheet.text(("computing ...", "dim"))
        return Page(sheet)
    longest = max((len(item.name) for item in found), default=8)
    beside = width >= longest + _COUNTS + 13
    names = min(longest, max(width - _COUNTS - (13 if beside else 0), 12))
    sheet.text((f"  {'profile':<{names}}  alive  ready  models  change", "dim"))
    for item in found:
        change = f"-{item.dies} +{item.revives}" if item.dies or item.revives else "="
        sign, tone = VERDICT_SYMBOLS[item.verdict]
        bad = item.verdict in (Verdict.REFUSED, Verdict.CANNOT_RUN)
        verdict: Run = (f" {sign} {item.verdict.value.replace('_', ' ')}", tone if bad else "dim")
        sheet.text(
            ("* " if item.active else "  ", "accent"),
            (fit(item.name, names), "accent"),
            (f"  {item.used - item.dead:>5}  {item.callable:>5}  {item.models:>6}  {change:<9}", ""),
            *((verdict,) if beside else ()),
            link=ItemRef("profile", "", item.name),
        )
        sheet.text(*(() if beside else (("   ", ""), verdict)), (f"    {item.description}", "dim"), hang=0)
    total = max((item.used for item in found), default=0)
    sheet.blank()
    told = f"* active; alive, ready (its key is set) and change count presets and choices, {total} in all"
    sheet.text((told, "dim"))

    every = len(view.catalog.profiles)
    note: Run = (f"{len(found)} of {every} so far", "dim")
    return Page(
        sheet,
        (note,) if len(found) < every else (),
        Export(
            "profiles",
            "pipedeck compare",
            partial(print_survey, found),
            partial(profiles_document, view.report, found),
        ),
    )
