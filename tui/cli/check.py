"""`pipedeck check`: live checks of the providers: do they answer, accept the key, and serve the declared models."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.api import Report
from core.errors import PipedeckError
from core.formatting import counted, duration
from core.json.check_document import CheckDocument
from core.probes.availability import Comparison, Declared, compare
from core.probes.check_counts import CheckCounts, count_results
from core.probes.check_plan import CheckPlan
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus
from core.probes.completion import PROMPT, CompletionPlan, plan_completion
from core.probes.run_settings import Settings
from core.probes.runner import skipped_result
from core.resolution import find_references
from tui.cli.knowledge import with_knowledge
from tui.cli.live_options import add_live_options
from tui.cli.live_run import (
    backends_of,
    confirmed,
    earlier_results,
    run_plans,
    settings_of,
    store_results,
    with_consent,
)
from tui.cli.parsers import USAGE, Commands, add_format_options, add_tree_options, epilog, read_report
from tui.cli.watch import add_watch_options, return_backend, watch
from tui.reports.text_output import TextOutput, print_error

FAILED, NOTHING, CANCELLED = 1, 3, 130
_MAX_MODELS = 5
_COMPLETION = Settings(per_check=60, total=60, retry=False)


def add_check(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "check",
        help="ask the providers: reachable, key accepted, models served",
        description="Ask the providers of the enabled or named backends, with the keys that Pipelex would use, at the"
        " hosts that it would call. Only lists of models are requested, which cost nothing. Of all commands only this"
        " one and `validate --live` use the network.",
        epilog=epilog(
            ("pipedeck check", "every enabled backend"),
            ("pipedeck check --dry-run", "the requests, without sending them"),
            ("pipedeck check anthropic --models", "list which of its models are served"),
            ("pipedeck check openai --model gpt-4o-mini", "request a one-word completion"),
            ("pipedeck check openai --watch 10 --for 15m", "repeat the check, with its latency"),
            status="0 no check failed, 1 one failed, 2 wrong usage or no tree, 3 nothing to ask, 130 cancelled",
        ),
    )
    parser.add_argument("backends", nargs="*", metavar="BACKEND", help="a backend (default: the enabled ones)")
    parser.add_argument("--all", action="store_true", help="include disabled backends")
    parser.add_argument("--dry-run", action="store_true", help="only print the requests; send nothing")
    parser.add_argument(
        "--deep",
        action="store_true",
        help="check each model by an empty request where a provider has no usable list",
    )
    parser.add_argument("--model", metavar="NAME", help="request a one-word completion; shows the cost and asks first")
    parser.add_argument("--yes", action="store_true", help="with --model: do not ask first")
    parser.add_argument("--models", action="store_true", help="list every model: served, not served, undeclared")
    add_format_options(parser)
    add_watch_options(parser)
    general = ("--all", "--deep")
    parser.operations = {"": (*general, "--models"), "--model": ("--yes",), "--watch": (*general, "--for")}
    parser.bare = True
    add_live_options(parser)
    add_tree_options(parser)
    parser.set_defaults(run=run_check)


def run_check(options: argparse.Namespace) -> int:
    """Plan the checks, ask for consent where needed, run them, and print the results."""
    _refuse_formats(options)
    return_backend(options)
    report = read_report(options)
    if options.model is not None:
        return _complete(report, options)
    names = backends_of(report.catalog, options.backends, everything=options.all)
    settings = settings_of(options, report.catalog)
    quiet = bool(options.json or options.format)
    ask = not quiet and not options.dry_run
    plans = with_consent(options, report.catalog, lambda terms: plan_checks(report.catalog, names, terms), ask=ask)
    output = TextOutput(sys.stdout)
    if options.dry_run:
        _dry(report, plans, output, as_json=options.json)
        return 0 if any(plan.sends for plan in plans) else NOTHING
    if options.watch is not None:
        if not any(plan.sends for plan in plans):
            _dry(report, plans, output, as_json=False)
            return NOTHING
        return 0 if watch(report, plans, settings, output, options) else FAILED
    show = _Rows(report, output, [plan.backend for plan in plans], lists=options.models)
    on_result = (lambda _: None) if quiet else show.row
    results, interrupted = run_plans(plans, settings, on_result, earlier_results(report, plans))
    comparisons = {result.backend: compare(report.catalog, result, report.resolutions) for result in results}
    store_results(report, plans, results)
    if options.format:
        checked = with_knowledge(report, options, results)[0].with_live(results)
        output.formatted(options.format, checked, checked.live_problems)
    elif options.json:
        tree = report.catalog.tree.paths.inference
        output.json(CheckDocument(plans, results, comparisons, tree=tree, dry_run=False))
    else:
        show.summary(count_results(results, comparisons.values()))
    return CANCELLED if interrupted else exit_status(count_results(results, comparisons.values()))


def _refuse_formats(options: argparse.Namespace) -> None:
    """Refuse a format where results are only shown, or are none about the tree."""
    name = f"--format {options.format}" if options.format else "--json"
    if options.watch is not None and (options.json or options.format):
        raise PipedeckError(f"{name} cannot be combined with --watch")
    if options.format and (options.dry_run or options.model is not None):
        raise PipedeckError(f"{name} cannot be combined with {'--dry-run' if options.dry_run else '--model'}")


def exit_status(counts: CheckCounts) -> int:
    """0: no check failed; 1: one failed, or a model in use is not served; 3: nothing to ask."""
    return FAILED if counts.failed else 0 if counts.good or counts.inconclusive else NOTHING


# ---- dry run


def _dry(report: Report, plans: Sequence[CheckPlan], output: TextOutput, *, as_json: bool) -> None:
    if as_json:
        output.json(CheckDocument(plans, [], {}, tree=report.catalog.tree.paths.inference, dry_run=True))
        return
    for plan in plans:
        print_plan(plan, output)
    requests = [request for plan in plans if plan.sends for request in plan.requests]
    more = sum(request.fallback for request in requests)
    only_if = f", and up to {more} more that depend on the answers" if more else ""
    output.line((f"{counted(len(requests) - more, 'request')} would be sent{only_if}; none was", "dim"))


def print_plan(plan: CheckPlan, output: TextOutput) -> None:
    """Print the requests of one backend."""
    title = plan.provider.title if plan.provider is not None else "unknown"
    output.line((plan.backend, "bold"), (f"  {title}", "dim"))
    if plan.verdict is not None:
        message, advice = skipped_result(plan).texts
        output.wrapped(("  not sent: ", "warn"), message)
        if advice:
            output.wrapped("  ", f"fix: {advice}", "dim")
    for ask in plan.requests:
        output.line("  ", f"{ask.method} {plan.shown(ask.url)}")
        when = f", only if {ask.condition}" if ask.condition else ""
        output.wrapped("    ", f"{ask.purpose}{when}", "dim")
        if ask.header_names:
            output.wrapped("    ", f"headers: {', '.join(ask.header_names)}", "dim")
    for note in plan.notes:
        output.wrapped("  note: ", note)


# ---- results


class _Rows:
    """Prints results as they arrive."""

    def __init__(self, report: Report, output: TextOutput, names: Sequence[str], *, lists: bool) -> None:
        self._report = report
        self._output = output
        self._width = max([len(name) for name in names], default=0)
        self._lists = lists

    def row(self, result: CheckResult) -> None:
        """Print the result of one backend."""
        mark, tone = mark_of(result)
        message = result.texts[0]
        comparison = compare(self._report.catalog, result, self._report.resolutions)
        took = duration(result.latency) if result.latency is not None else "-"
        lead = f"{mark.ljust(4)}{result.backend.ljust(self._width)}  {took.rjust(7)}  "
        margin = " " * len(lead)
        self._output.wrapped((lead, tone), message)
        if result.exchanges:
            self._output.wrapped(margin, result.proofs.text, "dim")
        if result.good:
            self._output.wrapped(margin, _counts(comparison), "dim")
        _print_details(result, result.facts if result.good else (), self._output, margin)
        self._models(comparison, margin)

    def _models(self, comparison: Comparison, margin: str) -> None:
        limit = None if self._lists else _MAX_MODELS
        for item in comparison.not_served[:limit]:
            self._output.wrapped((margin + "x ", "bad" if item.users else "warn"), _missing(item))
        more = len(comparison.not_served) - len(comparison.not_served[:limit])
        if more:
            self._output.line(margin, (f"and {more} more that are not served (--models lists all)", "dim"))
        for item in comparison.served:
            if item.note or self._lists:
                note = f": {item.note}" if item.note else ""
                self._output.wrapped(
                    (margin + ("! " if note else "ok "), "warn" if note else "good"), _name(item) + note
                )
        if self._lists:
            for item in comparison.unknown:
                self._output.wrapped(margin + "? ", _name(item))
            for model in comparison.undeclared:
                self._output.wrapped(margin + "+ ", model.id)

    def summary(self, counts: CheckCounts) -> None:
        """Print the counts."""
        parts = [f"{counts.good} good", f"{counts.bad} not"]
        if counts.inconclusive:
            parts.append(f"{counts.inconclusive} not proven")
        if counts.not_checkable:
            parts.append(f"{counts.not_checkable} with nothing to ask")
        if not (counts.good or counts.bad or counts.inconclusive or counts.not_checkable):
            parts = ["no backend is enabled"]
        if counts.unserved:
            parts.append(f"{counted(counts.unserved, 'model')} in use not served")
        self._output.line((", ".join(parts), "bad" if counts.failed else "good" if counts.good else "dim"))


def _print_details(result: CheckResult, facts: Iterable[tuple[str, str]], output: TextOutput, margin: str) -> None:
    """Print the fix of a failed check, facts, and notes."""
    fixes = [f"fix: {result.texts[1]}"] if result.texts[1] and not result.good else []
    notes = [f"note: {note}" for note in result.notes]
    for line in (*fixes, *(f"{name}: {value}" for name, value in facts), *notes):
        output.wrapped(margin, line, "dim")


def mark_of(result: CheckResult) -> tuple[str, str]:
    """The mark of a result and its tone."""
    if result.good:
        return "ok", "good"
    if result.inconclusive:
        return "?", "warn"
    if result.finding.status is CheckStatus.CANCELLED or not result.applicable:
        return "-", "dim"
    return ("!", "warn") if result.finding.status is CheckStatus.NOT_CHECKABLE else ("x", "bad")


def _counts(comparison: Comparison) -> str:
    total = len(comparison.served) + len(comparison.not_served) + len(comparison.unknown)
    parts = [f"{len(comparison.served)} of {total} declared models served"]
    if comparison.unknown:
        parts.append(f"{len(comparison.unknown)} unknown{' (' + comparison.gap + ')' if comparison.gap else ''}")
    if comparison.undeclared:
        parts.append(f"{len(comparison.undeclared)} more not declared")
    return ", ".join(parts)


def _name(item: Declared) -> str:
    spec = item.spec
    return spec.handle if spec.handle == spec.model_id else f"{spec.handle} ({spec.model_id})"


def _missing(item: Declared) -> str:
    note = f": {item.note}" if item.note else ""
    users = f", used by {', '.join(item.users[:3])}" if item.users else ""
    more = f" and {len(item.users) - 3} more" if len(item.users) > 3 else ""
    return f"not served: {_name(item)}{note}{users}{more}"


# ---- a real completion


def _complete(report: Report, options: argparse.Namespace) -> int:
    completion = _planned(report, options)
    output, tree = TextOutput(sys.stdout), report.catalog.tree.paths.inference
    if options.dry_run:
        if options.json:
            output.json(CheckDocument([completion.plan], [], {}, tree=tree, dry_run=True, completion=completion))
        else:
            print_plan(completion.plan, output)
            output.wrapped("  ", _request_words(completion), "dim")
        return 0 if completion.plan.sends else NOTHING
    if completion.plan.sends and not options.yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            print_error(f"{_request_words(completion)}: confirm with --yes, or see the request with --dry-run")
            return USAGE
        if not confirmed(f"{_request_words(completion)}. Send it?"):
            return CANCELLED
    settings = settings_of(options, report.catalog, _COMPLETION)
    results, interrupted = run_plans([completion.plan], settings, lambda _: None)
    store_results(report, [completion.plan], results)
    if options.json:
        output.json(CheckDocument([completion.plan], results, {}, tree=tree, dry_run=False, completion=completion))
    else:
        for result in results:
            _print_completion(completion, result, output)
    return CANCELLED if interrupted else exit_status(count_results(results))


def _planned(report: Report, options: argparse.Namespace) -> CompletionPlan:
    matches = find_references(report.resolver, report.resolutions, options.model)
    specs = [item.spec for item in matches if item.spec is not None]
    if options.backends:
        named = report.catalog.declared.get(options.model, ())
        specs = [spec for spec in (*specs, *named) if spec.backend in options.backends]
    if not specs:
        reason = (
            matches[0].unresolved.message if matches and matches[0].unresolved is not None else "no backend serves it"
        )
        raise PipedeckError(f"--model {options.model}: {reason}")
    plans = with_consent(
        options,
        report.catalog,
        lambda terms: [plan_completion(report.catalog, specs[0], terms).plan],
        ask=not options.json and not options.dry_run,
    )
    return replace(plan_completion(report.catalog, specs[0]), plan=plans[0])


def _request_words(completion: CompletionPlan) -> str:
    spec = completion.spec
    return (
        f"{spec.handle} of {spec.backend} at {completion.plan.host or 'its provider'}: {PROMPT!r},"
        f" {completion.tokens_text}, {completion.cost_text}"
    )


def _print_completion(completion: CompletionPlan, result: CheckResult, output: TextOutput) -> None:
    mark, tone = mark_of(result)
    message = f"answered in {duration(result.seconds)}" if result.good else result.texts[0]
    output.wrapped((f"{mark.ljust(4)}", tone), f"{completion.spec.handle} of {completion.spec.backend}: {message}")
    answered = dict(result.facts).get("answered by", "")
    if answered and answered not in (completion.spec.model_id, completion.spec.handle):
        output.wrapped(("    ! ", "warn"), f"another model answered: {answered}")
    _print_details(result, result.facts, output, "    ")
