"""Comparison pages: two profiles, two releases, a lost backend or key; and a table of all profiles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.api import Report
from core.change_groups import headline
from core.compare import Comparison, Outcome
from core.errors import PipedeckError
from core.json.compare_document import CompareDocument, ProfilesDocument
from core.json.review_document import ReviewDocument
from core.review import Review
from core.verdict import Verdict
from core.what_if import ProfileSummary, survey
from tui.dialogs.pick import Choice, PickScreen
from tui.labels import VERDICT_SYMBOLS, plain
from tui.messages import PagePrepared
from tui.pages.change_lines import FOLD, changed_lines, release_sections
from tui.pages.comparison_questions import (
    EVERY_PROFILE,
    TWO_PROFILES,
    TWO_RELEASES,
    Question,
    changed_releases,
    profile,
    questions,
    releases,
)
from tui.pages.exports import Export, file_name
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet, computing_page
from tui.reports.comparison import STATES, change_sections, hit_text, print_comparison, print_survey, signed
from tui.reports.review import SEVERITY_MARKS, print_review
from tui.selection import ItemRef, parse_ref
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Runs, fit

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


class ComparisonScreen(PageScreen["Comparison | Review | PipedeckError"]):
    """One comparison. Enter unfolds a group of changes, and folds it."""

    def __init__(self, main: MainScreen, question: Question) -> None:
        self.unfolded: set[str] = set()
        super().__init__(main, partial(comparison_page, question, self.unfolded), partial(_answer, question))

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The command for the line under the cursor, with its label."""
        if self.link.startswith(FOLD):
            return [("open", "fold" if self.link in self.unfolded else "unfold")]
        return super().hints

    def follow_link(self, link: str) -> None:
        """Unfold a group or fold it, or go to the item."""
        if not link.startswith(FOLD):
            super().follow_link(link)
            return
        self.unfolded ^= {link}
        self.show(keep_place=True)


def compare_in(main: MainScreen, question: Question) -> None:
    """Open the page of a comparison."""
    if main.session.view is not None:
        main.app.push_screen(ComparisonScreen(main, question))


def _answer(question: Question, view: ViewModel) -> Comparison | Review | PipedeckError:
    """The comparison, or why there is none."""
    try:
        return question.make(view.report)
    except PipedeckError as error:
        return error


def compare_by_key(main: MainScreen, key: str) -> None:
    """Open the page of a key of `choices`."""
    view = main.session.view
    if view is None:
        return
    if key == EVERY_PROFILE:
        main.app.push_screen(SurveyScreen(main))
    elif key == TWO_PROFILES:
        names = [Choice(name, name, item.description) for name, item in view.catalog.profiles.items()]
        _pick_two(main, "profile", names, lambda first, second: profile(second, first=first))
    elif key == TWO_RELEASES:
        _pick_two(main, "release", [Choice(number, number) for number in changed_releases()], releases)
    elif question := next((question for question in questions(view) if question.key == key), None):
        compare_in(main, question)


def _pick_two(main: MainScreen, noun: str, choices: Sequence[Choice], ask: Callable[[str, str], Question]) -> None:
    """Choose two items to compare."""

    def pick_second(first: str | None) -> None:
        if first is not None:
            remaining = [choice for choice in choices if choice.key != first]
            main.app.push_screen(PickScreen(f"compare {noun} {first} with", remaining), partial(compare, first))

    def compare(first: str, second: str | None) -> None:
        if second is not None:
            compare_in(main, ask(first, second))

    main.app.push_screen(PickScreen(f"compare which {noun}", choices), pick_second)


# ---- one comparison


def comparison_page(
    question: Question,
    unfolded: Collection[str],
    view: ViewModel,
    width: int,
    answer: Comparison | Review | PipedeckError | None,
) -> Page:
    """The changes of a comparison, the worst first, linked to their items; of a review its problems too.

    Those of releases are groups by cause, of which `unfolded` are shown in full, as are long sections of others.
    """
    review = answer if isinstance(answer, Review) else None
    comparison = review.comparison if review is not None else answer
    if not isinstance(comparison, Comparison):
        sheet = PageSheet(view, width, "compare", question.label)
        if comparison is None:
            return computing_page(sheet)
        sheet.text((plain(str(comparison)), "bad"))
        return Page(sheet)
    sheet = PageSheet(view, width, "compare", f"{comparison.first} -> {comparison.second}")
    outage = comparison.kind in ("backend", "key")
    was, now = STATES.get(comparison.kind, ("now", "then"))
    _state(sheet, was, comparison.before)
    if outage:
        _outage(sheet, comparison)
    _state(sheet, "off" if outage and comparison.removed else now, comparison.after)
    if comparison.refuses is not None and comparison.kind != "key" and comparison.refuses.fix:
        sheet.text((f"        fix: {plain(comparison.refuses.fix)}", "dim"), hang=5)
    sheet.blank()
    if comparison.same:
        sheet.text(("nothing changes", "good"))
    elif comparison.kind == "releases":
        sheet.text(("here  ", "dim"), (headline(comparison) or "no name ends elsewhere", "heading"), hang=6)
    elif not comparison.used:
        sheet.text(("no preset and no choice changes", "good"))
    input_change, output_change = comparison.price_change
    if input_change or output_change:
        sheet.text((f"mean price change per M: {signed(input_change)} input, {signed(output_change)} output", ""))
    if comparison.kind == "releases":
        release_sections(sheet, comparison, unfolded)
    else:
        for title, changes in change_sections(comparison):
            sheet.heading(title, comparison.summed(changes))
            changed_lines(sheet, changes, f"{FOLD}{title}", unfolded)
    name = file_name("compare", question.label)
    export = Export(name, question.command, partial(print_comparison, comparison), partial(CompareDocument, comparison))
    if review is not None:
        _review(sheet, review)
        export = Export(name, question.command, partial(print_review, review), partial(ReviewDocument, review))
    counted_changes = comparison.used if comparison.kind != "releases" else (*comparison.used, *comparison.names)
    dies = comparison.count(Outcome.DIES, counted_changes)
    refused = comparison.count(Outcome.REFUSED, counted_changes)
    losses = [f"{count} {word}" for count, word in ((dies, "die"), (refused, "refused")) if count]
    note: Run = (", ".join(losses), "bad") if losses else ("nothing dies", "good")
    return Page(sheet, (note,), export)


def _state(sheet: PageSheet, label: str, report: Report) -> None:
    verdict, sentence = report.verdict
    sign, tone = VERDICT_SYMBOLS[verdict]
    sheet.text((f"{label:<6}", "dim"), (f"{sign} ", tone), (plain(sentence), tone if tone != "good" else ""), hang=8)


def _outage(sheet: PageSheet, comparison: Comparison) -> None:
    """The references hit by an outage while the backend is still on."""
    by_key = comparison.kind == "key"
    lines: list[tuple[str, Run]] = []
    if by_key:
        lines.append(("  ", (f"needed by {', '.join(comparison.removed) or 'no enabled backend'}", "")))
    if comparison.hit:
        lines.append(("! ", (hit_text(comparison), "warn")))
    if by_key and comparison.refuses is not None:
        lines.append(("x ", (f"does not start: {plain(comparison.refuses.message)}", "bad")))
    label = "lost" if by_key else "down"
    for sign, run in lines or [("  ", ("nothing ends there", ""))]:
        sheet.text((f"{label:<6}", "dim"), (sign, run[1]), run, hang=8 if label else 2)
        label = ""


def _review(sheet: PageSheet, review: Review) -> None:
    """The capabilities lost, and the problems added and removed."""
    if review.lost:
        sheet.heading("capabilities lost", str(len(review.lost)))
    for item in review.lost:
        sheet.text(("- ", "warn"), (item.after.reference, "accent"), (f"  {item.text}", ""), hang=4)
    for title, findings in (("problems added", review.added), ("problems removed", review.removed)):
        if findings:
            sheet.heading(title, str(len(findings)))
        for finding in findings:
            mark: Run = SEVERITY_MARKS[finding.problem.severity] if findings is review.added else ("+ ", "good")
            sheet.text(mark, (finding.message, ""), (f"  {plain(finding.path)}:{finding.line}", "dim"), hang=4)


# ---- every profile

_COUNTS, _VERDICT, _NAME = 32, 18, 28
"""Cells for the mark and the counts of a profile, for its verdict, and for its name before it is cut."""


class SurveyScreen(PageScreen[Sequence[ProfileSummary]]):
    """A line for each profile; Enter compares it with the current state."""

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main, survey_page, self._survey)

    def _survey(self, view: ViewModel) -> Sequence[ProfileSummary]:
        """Survey the profiles one by one, each shown at once, until the page is closed."""
        summaries: list[ProfileSummary] = []
        for item in survey(view.report):
            summaries.append(item)
            if not self.is_attached:
                break
            self.post_message(PagePrepared(view, tuple(summaries)))
        return summaries

    def follow_link(self, link: str) -> None:
        """Open the comparison with that profile."""
        compare_in(self.main, profile(parse_ref(link).name))


def survey_page(view: ViewModel, width: int, summaries: Sequence[ProfileSummary] | None) -> Page:
    """A line for each profile: live and callable references, and the changes against the current state."""
    sheet = PageSheet(view, width, "compare", "every profile")
    if summaries is None:
        return computing_page(sheet)
    longest = max((len(item.name) for item in summaries), default=8)
    described = width >= longest + _COUNTS + _VERDICT + 30
    beside = width >= min(longest, _NAME) + _COUNTS + _VERDICT
    names = min(longest, max(width - _COUNTS - _VERDICT, 12)) if beside else longest
    sheet.text((f"  {'profile':<{min(names, width - _COUNTS - 2)}}  alive  ready  models  change", "dim"))
    for item in summaries:
        change = f"-{item.dies} +{item.revives}" if item.dies or item.revives else "="
        sign, tone = VERDICT_SYMBOLS[item.verdict]
        bad = item.verdict in (Verdict.REFUSED, Verdict.CANNOT_RUN)
        verdict: Run = (f" {sign} {item.verdict.words.partition(',')[0]}", tone if bad else "dim")
        name: Runs = (("* " if item.active else "  ", "accent"), (fit(item.name, names, cut="middle"), "accent"))
        counts: Run = (f"  {item.used - item.dead:>5}  {item.callable:>5}  {item.models:>6}  {change:<8}", "")
        link = ItemRef("profile", "", item.name)
        if beside:
            note: Run = (f"  {item.description}" if described else "", "dim")
            sheet.text(*name, counts, verdict, note, link=link, hang=-1)
        else:
            sheet.text(*name, link=link)
            sheet.text(("  ", ""), counts, verdict, hang=0)
    total = max((item.used for item in summaries), default=0)
    sheet.blank()
    legend = f"* active; alive, ready (its key is set) and change count presets and choices, {total} in all"
    sheet.text((legend, "dim"))
    every = len(view.catalog.profiles)
    so_far: Run = (f"{len(summaries)} of {every} so far", "dim")
    document = partial(ProfilesDocument, view.report, summaries)
    export = Export("profiles", "pipedeck compare", partial(print_survey, summaries), document)
    return Page(sheet, (so_far,) if len(summaries) < every else (), export)
