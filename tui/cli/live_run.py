"""Live checks from the command line: consent, the run with its progress line, and the cache of results."""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

from core.api import Report
from core.catalog import Catalog
from core.errors import PipedeckError
from core.files.state_folder import state_folder
from core.probes.certificates import certificates_of
from core.probes.check_plan import CheckPlan, KeyDestination
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult, with_previous
from core.probes.consent import host_of, parse_host, questions
from core.probes.plan_options import PlanOptions
from core.probes.proxies import proxies_of, proxy_fault
from core.probes.result_cache import load_results, save_results
from core.probes.run_settings import Settings
from core.probes.runner import Event, Run, Stage
from core.probes.trust import Trust, parse_destination
from core.safe_text import safe
from tui.checks.check_inputs import settings_from
from tui.reports.text_output import print_error
from tui.settings import read_settings

_POLL_S = 0.05


def settings_of(options: argparse.Namespace, catalog: Catalog, fallback: Settings | None = None) -> Settings:
    """The limits and certificates of a run."""
    values = read_settings(os.environ).values
    defaults = settings_from(values, catalog)
    fallback = fallback or defaults
    per_check = options.timeout or fallback.per_check
    total = options.deadline or max(fallback.total, per_check)
    return Settings(
        concurrency=options.at_once or defaults.concurrency,
        per_check=per_check,
        total=total,
        connect=min(fallback.connect, per_check),
        retry=fallback.retry,
        certificates=certificates_of(catalog, options.ca_file or values.ca_file),
    )


def _proxy(option: str | None, catalog: Catalog) -> str:
    """The proxy setting: empty for that of the variables. Raises PipedeckError for an unusable one."""
    if option == "env":
        if not proxies_of(catalog.environment).by_scheme:
            raise PipedeckError("there is no proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY")
        return ""
    setting = option or read_settings(os.environ).values.proxy
    if proxy_fault(setting):
        raise PipedeckError(proxy_fault(setting))
    return setting


def _approvals(option: str, texts: Sequence[str], parse: Callable[[str], KeyDestination | str]) -> list[KeyDestination]:
    pairs = []
    for text in texts:
        pair = parse(text)
        if isinstance(pair, str):
            raise PipedeckError(f"{option} {text}: {pair}")
        pairs.append(pair)
    return pairs


def with_consent(
    options: argparse.Namespace, catalog: Catalog, plan: Callable[[PlanOptions], list[CheckPlan]], *, ask: bool
) -> list[CheckPlan]:
    """The plans, after asking at the terminal about each host that a key would be sent to for the first time.

    `--trust` and `--allow-host` are stored as answers. Raises PipedeckError for malformed ones and for a bad proxy.
    """
    trust = Trust(state_folder(os.environ))
    ca_file = options.ca_file or read_settings(os.environ).values.ca_file
    deep = getattr(options, "deep", False)
    terms = PlanOptions(trust=trust, deep=deep, proxy=_proxy(options.proxy, catalog), ca_file=ca_file)
    hosts = _approvals("--allow-host", options.allow_host, parse_host)
    named = [*_approvals("--trust", options.trust, parse_destination), *hosts]
    if named:
        _approve(trust, named)
    origins = {host.origin for host in hosts}
    approved: list[KeyDestination] = []
    for question in questions(plan(terms)):
        if any(host_of(pair) in origins for pair in question.pairs) or (
            ask and sys.stdin.isatty() and sys.stderr.isatty() and confirmed(f"{question.text}. Send it?")
        ):
            approved += question.pairs
    if approved:
        _approve(trust, approved)
    return plan(terms)


def confirmed(question: str) -> bool:
    """Ask at the terminal; any answer but yes means no."""
    sys.stderr.write(f"{safe(question)} [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    return answer.strip().lower() in ("y", "yes")


def _approve(trust: Trust, pairs: Sequence[KeyDestination]) -> None:
    failed = trust.approve(*pairs)
    if failed:
        print_error(failed)


def run_plans(
    plans: Sequence[CheckPlan],
    settings: Settings,
    on_result: Callable[[CheckResult], None],
    previous: Mapping[str, CheckResult] | None = None,
) -> tuple[list[CheckResult], bool]:
    """Run plans, and call `on_result` with each result. Returns all of them, and whether Ctrl+C interrupted it.

    `previous` are results by backend for the same keys and addresses: what requests to models proved then still counts.
    Raises PipedeckError when the file of certificates cannot be read.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    run = Run(plans, settings, events.put)
    results: dict[str, CheckResult] = {}
    progress = _ProgressLine(len(plans))
    try:
        with interrupts(run.cancel) as interrupted, progress:
            run.start()
            for event in _events_of(run, events):
                progress.note(event)
                if event.stage is Stage.DONE and event.result is not None:
                    result = with_previous(event.result, (previous or {}).get(event.backend))
                    results[event.backend] = result
                    with progress.aside():
                        on_result(result)
    except OSError:
        path = settings.certificates.path or "the system's certificates"
        raise PipedeckError(f"{path}: no certificates can be read from it") from None
    return [results[plan.backend] for plan in plans], interrupted.is_set()


def _events_of(run: Run, events: queue.SimpleQueue[Event]) -> Iterator[Event]:
    """Every event of a run until its end. Raises OSError as the run does."""
    ended = False
    while not ended:
        # A run ends after its last event: what the queue holds then is all there will be.
        ended = run.wait(0) is not None
        with contextlib.suppress(queue.Empty):
            while True:
                yield events.get(block=not ended, timeout=_POLL_S)


class _ProgressLine:
    """A progress line on the terminal, erased at the end."""

    def __init__(self, total: int) -> None:
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._asked: dict[str, None] = {}
        self._total = total
        self._done = 0

    def __enter__(self) -> _ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._write("")

    @property
    def _words(self) -> str:
        return f"{self._done} of {self._total} done, asking {', '.join(self._asked)}" if self._asked else ""

    def note(self, event: Event) -> None:
        """Update the line with a step of a check."""
        if event.stage is Stage.STARTED:
            self._asked[event.backend] = None
        elif event.stage is Stage.DONE:
            self._asked.pop(event.backend, None)
            self._done += 1
        else:
            return
        self._write(self._words)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """TextOutput of the way while something is printed."""
        self._write("")
        yield
        sys.stdout.flush()
        self._write(self._words)

    def _write(self, text: str) -> None:
        if self._shown:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r\x1b[K{safe(text)[:width]}")
            sys.stderr.flush()


@contextlib.contextmanager
def interrupts(on_interrupt: Callable[[], None] = lambda: None) -> Iterator[threading.Event]:
    """Let Ctrl+C call a function and set the event; a second one raises KeyboardInterrupt."""
    interrupted = threading.Event()

    def cancel(*_: object) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        on_interrupt()

    before = signal.getsignal(signal.SIGINT)
    ours = threading.current_thread() is threading.main_thread() and before not in (signal.SIG_IGN, None)
    if ours:
        signal.signal(signal.SIGINT, cancel)
    try:
        yield interrupted
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)


def backends_of(catalog: Catalog, names: Sequence[str], *, everything: bool) -> list[str]:
    """The named backends, else all or the enabled ones. Raises PipedeckError for an unknown name."""
    from core.suggest import choose_among

    for name in names:
        if name not in catalog.backends:
            raise PipedeckError(f"there is no backend `{name}`: {choose_among(name, catalog.backends)}")
    if names and everything:
        raise PipedeckError("--all cannot be combined with BACKEND")
    if names:
        return list(dict.fromkeys(names))
    return list(catalog.backends if everything else catalog.enabled)


def check_enabled(report: Report, options: argparse.Namespace) -> tuple[list[CheckResult], bool]:
    """Check the enabled backends and store the results. Returns them, and whether Ctrl+C interrupted it."""
    catalog = report.catalog
    settings = settings_of(options, catalog)
    plans = with_consent(options, catalog, lambda terms: plan_checks(catalog, None, terms), ask=not options.json)
    results, interrupted = run_plans(plans, settings, lambda _: None, earlier_results(report, plans))
    store_results(report, plans, results)
    return results, interrupted


def earlier_results(report: Report, plans: Sequence[CheckPlan]) -> dict[str, CheckResult]:
    """The stored results by backend for the same keys and addresses."""
    results = load_results(report.catalog.tree.paths.inference, state_folder(os.environ), plans)
    return {result.backend: result for result in results}


def store_results(report: Report, plans: Sequence[CheckPlan], results: Sequence[CheckResult]) -> None:
    """Store results for the next session, if there is a folder for them."""
    failed = save_results(report.catalog.tree.paths.inference, state_folder(os.environ), plans, results)
    if failed:
        print_error(failed)
