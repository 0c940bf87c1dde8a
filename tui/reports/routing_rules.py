"""Text of the routing rules, and of the backend of a name."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Report
from core.route_check import NameTest, Rule, rules
from core.routing import DEFAULT
from tui.reports.text_output import TextOutput


def print_rules(report: Report, output: TextOutput, *, names: bool) -> None:
    """Print the rules of the active profile with their counts; `names`: with all handles."""
    catalog = report.catalog
    profile_rules = rules(catalog, report.serving)
    output.line((f"profile {catalog.active or 'none'}", "bold"), (f"  {_described(report)}", "dim"))
    if not profile_rules:
        output.line("it has no rules")
        return
    folder = catalog.tree.paths.folder
    cells, tones = [], []
    for rule in profile_rules:
        place = f"{rule.place.location.line}"
        cells.append((rule.pattern, rule.backend, *_counts(rule), place, _note(rule)))
        dim = "" if rule.live and not rule.never else "dim"
        tones.append((dim, dim, dim, dim, dim, "dim", "warn" if rule.never and rule.live else "dim"))
    heads = ("RULE", "SENDS TO", "CATCHES", "SERVED", "SHADOWS", "LINE", "")
    output.table(heads, cells, [(*row, "") for row in tones], right=(2, 3, 4, 5), flexible=(0, 1, 6))
    output.line((f"lines of {profile_rules[0].place.location.within(folder).rpartition(':')[0]}", "dim"))
    if names:
        for rule in profile_rules:
            _print_names(rule, output)


def _described(report: Report) -> str:
    profile = report.catalog.profile
    return profile.description if profile is not None else ""


def _counts(rule: Rule) -> tuple[str, str, str]:
    shadows = str(len(rule.shadows)) if rule.shadows else "-"
    return str(len(rule.caught)), str(rule.served), shadows


def _note(rule: Rule) -> str:
    if rule.never:
        return f"never: {rule.never}".replace("`", "")
    if rule.missed:
        return f"drops {len(rule.missed)}"
    return "matches nothing here" if not rule.caught and rule.kind in ("route", "optional") else ""


def _print_names(rule: Rule, output: TextOutput) -> None:
    if not rule.caught:
        return
    output.line()
    output.line((rule.pattern, "bold"), (f" -> {rule.backend}", "dim"))
    output.wrapped("  ", "catches " + ", ".join(rule.caught))
    if rule.missed:
        output.wrapped("  ", f"drops, as {rule.backend} does not declare them: " + ", ".join(rule.missed), "warn")
    for item in rule.shadows:
        output.wrapped("  ", f"shadows {item.pattern} -> {item.backend} for {item.handle}")


def _by(test: NameTest) -> str:
    if test.match is None:
        return ""
    return "(default)" if test.match.method == DEFAULT else test.match.pattern or ""


def print_everywhere(tests: Sequence[NameTest], output: TextOutput) -> None:
    """Print the backend of a name in each profile."""
    output.line((tests[0].name if tests else "", "bold"))
    cells, tones = [], []
    for test in tests:
        line = str(test.match.place.location.line) if test.match is not None else ""
        cells.append((test.profile, test.backend or "none", _by(test), line))
        tones.append(("", "good" if test.backend is not None else "bad", "dim", "dim"))
    output.table(("PROFILE", "SERVED BY", "RULE", "LINE"), cells, tones, right=(3,), flexible=(0, 1, 2))


def print_test(report: Report, test: NameTest, output: TextOutput) -> None:
    """Print the backend of a name, the rule that wins, and those that lost."""
    folder = report.catalog.tree.paths.folder
    match, by = test.match, _by(test)
    tone = "good" if test.backend is not None else "bad"
    runs: list[str | tuple[str, str]] = [(test.name, "bold"), " -> ", (test.backend or "none", tone)]
    if by:
        runs.append((f"  by {by}", "dim"))
    output.entry(0, runs, match.place.location.within(folder) if match is not None else "")
    for destination in test.destinations:
        kind = f"{destination.model_type}: " if destination.model_type else ""
        if destination.backend is None:
            output.wrapped("  ", f"{kind}{destination.reason}", "bad")
        else:
            output.line("  ", kind, (f"served by {destination.backend} ({destination.method})", "dim"))
    for lost in test.lost:
        text = f"{lost.route.pattern} -> {lost.route.backend}  {lost.why}"
        output.entry(2, [("also matches: ", "dim"), text], lost.route.place.location.within(folder))
    declared = [*test.on, *(f"{name} (off)" for name in test.off)]
    output.wrapped("  ", f"declared by {', '.join(declared)}" if declared else "no backend declares it", "dim")
