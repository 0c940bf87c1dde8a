"""`pipedeck init`: create a tree."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from core.formatting import counted
from core.variables import State, Variable
from tui.cli.edit import UNWRITTEN, print_recoveries
from tui.cli.parsers import Commands, app_settings, epilog
from tui.reports.text_output import TextOutput, print_error

if TYPE_CHECKING:
    from core.api import Report
    from core.scaffold import Scaffold, ScaffoldPlan

_FAILED = 1
STATES = {
    State.SET: "set",
    State.EMPTY: "empty",
    State.MISSING: "not set",
    State.PLACEHOLDER: "a placeholder",
    State.UNKNOWN: "unknown",
}


def add_init(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "init",
        help="create a tree in which every reference works",
        description="Create .pipelex/inference in DIR, with comments that explain it. Without --backend it has the"
        " providers whose variables are set (in the shell or in .env), or Ollama, which needs none. Existing files are"
        " never overwritten.",
        epilog=epilog(
            ("pipedeck init", "with the providers you have keys for"),
            ("pipedeck init --list", "the providers"),
            ("pipedeck init shop --backend openai,fal", "these two, in the folder shop"),
            ("pipedeck init --release 0.14.3 --dry-run", "the tree for 0.14.3"),
            status="0 created, 1 it could not be written, 2 wrong usage, or there is a tree already",
        ),
    )
    parser.add_argument("dir", nargs="?", metavar="DIR", help="the folder of the project (default: here)")
    parser.add_argument("--release", metavar="R", help="the Pipelex release it is for (default: the newest known)")
    parser.add_argument(
        "--backend",
        action="append",
        default=[],
        metavar="NAME",
        help="a provider, or several separated by commas; the first is preferred",
    )
    parser.add_argument("--list", action="store_true", help="list the providers and the state of their variables")
    parser.add_argument("--dry-run", action="store_true", help="print the files instead of writing them")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.operations, parser.bare = {"": ("--backend", "--dry-run"), "--list": ()}, True
    parser.set_defaults(run=run_init, outcome=UNWRITTEN)


def run_init(options: argparse.Namespace) -> int:
    """Plan the tree, write it, and print the files and next steps."""
    from core.api import current_directory
    from core.files.store import Committed, DiskState, Failed
    from core.releases import NEWEST_RELEASE, behaviours_of
    from core.scaffold import scaffold_at
    from core.target import named_release

    behaviours = behaviours_of(named_release(app_settings(options).values.release or NEWEST_RELEASE))
    scaffold = scaffold_at(options.dir, behaviours, cwd=current_directory(), environ=os.environ)
    output = TextOutput(sys.stdout)
    if options.list:
        _list(scaffold, output, as_json=options.json)
        return 0
    _refuse_provider_as_folder(scaffold, options.dir)
    names = [name for value in options.backend for name in value.split(",") if name]
    plan = scaffold.plan(names or scaffold.preselected)
    outcomes = () if options.dry_run else scaffold.settle()
    print_recoveries(outcomes)
    if not (outcomes and scaffold.holds(plan)):  # an `init` that was cut off, and is finished now
        _refuse_existing(scaffold)
        if options.dry_run:
            _show(scaffold, plan, output, as_json=options.json)
            return 0
        result = scaffold.write(plan)
        if not isinstance(result, Committed):
            created = isinstance(result, Failed) and result.state is DiskState.ALL
            print_error(f"the tree was {'' if created else 'not '}created, {result.message}")
            return _FAILED
        for note in result.notes:
            print_error(note)
    return _report_created(scaffold, plan, options, output)


def _refuse_provider_as_folder(scaffold: Scaffold, folder: str | None) -> None:
    """Refuse `init anthropic`: it means the provider, and would create a folder of that name."""
    if folder in {offer.name for offer in scaffold.offers} and not os.path.lexists(folder):
        raise PipedeckError(
            f"there is no folder {folder}: write `--backend {folder}` for the provider, `./{folder}` for a new folder"
        )


def _refuse_existing(scaffold: Scaffold) -> None:
    existing = scaffold.existing_files
    if not existing:
        return
    more = f" and {len(existing) - 1} more" if len(existing) > 1 else ""
    raise PipedeckError(
        f"{existing[0]} exists{more}, and existing files are never overwritten: open that tree with"
        f" `pipedeck {shlex.quote(scaffold.location.project)}`, or create the new one in another folder"
    )


def _report_created(scaffold: Scaffold, plan: ScaffoldPlan, options: argparse.Namespace, output: TextOutput) -> int:
    from core.api import inspect_tree
    from core.diagnostics.life_codes import MODEL_ENDED, MODEL_ENDS_SOON
    from tui.cli.knowledge import with_knowledge

    options.outcome = "the tree was created"
    release = str(plan.behaviours.release)
    location = scaffold.location
    report = inspect_tree(location.inference, release=release, assume_keys=True, cwd=location.project)
    known, _ = with_knowledge(report, options)
    for problem in known.problems:
        if problem.diagnostic in (MODEL_ENDED, MODEL_ENDS_SOON):
            print_error(problem.message)
    if options.json:
        from core.json.init_document import InitDocument

        output.json(InitDocument(scaffold, plan, report))
    else:
        _print_result(scaffold, plan, report, options.dir, output)
    return 0


def _list(scaffold: Scaffold, output: TextOutput, *, as_json: bool) -> None:
    chosen = scaffold.preselected
    if as_json:
        from core.json.init_document import providers_document

        output.json(providers_document(scaffold))
        return
    rows = [
        ("*" if offer.name in chosen else "", offer.name, offer.offers, _states(offer.variables))
        for offer in scaffold.offers
    ]
    output.table(("", "BACKEND", "OFFERS", "VARIABLES"), rows, flexible=(2, 3))
    output.line(("* chosen without --backend", "dim"))


def _states(variables: Sequence[Variable]) -> str:
    return ", ".join(f"{variable.name} {_state(variable)}" for variable in variables) or "needs no key"


def _state(variable: Variable) -> str:
    return STATES[variable.state] + (f" ({variable.source})" if variable.source else "")


def _show(scaffold: Scaffold, plan: ScaffoldPlan, output: TextOutput, *, as_json: bool) -> None:
    if as_json:
        from core.json.init_document import InitDocument

        output.json(InitDocument(scaffold, plan, None))
        return
    for index, file in enumerate(plan.files):
        if index:
            output.line()
        output.line((f"# ---- {os.path.join(scaffold.location.inference, file.path)}", "bold"))  # noqa: PTH118
        for line in file.text.splitlines():
            output.line(line)


def _print_result(
    scaffold: Scaffold, plan: ScaffoldPlan, report: Report, folder: str | None, output: TextOutput
) -> None:
    output.line((scaffold.location.inference, "bold"))
    output.line((f"for Pipelex {plan.behaviours.release}: {counted(len(plan.files), 'file')}", "dim"))
    for file in plan.files:
        output.line("  ", file.path)
    output.line()
    output.line(("backends", "bold"))
    width = max(len(provider.name) for provider in plan.providers)
    for provider in plan.providers:
        variables = [scaffold.environment.variable(name) for name in provider.variables]
        tone = "" if all(variable.state is State.SET for variable in variables) else "warn"
        output.line("  ", provider.name.ljust(width), "  ", (_states(variables), tone))
    output.line()
    unset = [variable.name for variable in scaffold.unset(plan)]
    once = f", once {', '.join(unset)} {'is' if len(unset) == 1 else 'are'} set" if unset else ""
    alive = [item for item in report.resolutions if item.family not in plan.gaps]
    every, gaps = len(report.resolutions), len(report.resolutions) - len(alive)
    live = f"{len(alive)} of {every} references live" if gaps else f"all {every} references live"
    output.line((f"ok {report.verdict[1]}{once}: {live}", "good"))
    if gaps:
        defaults = "the other one is a default" if gaps == 1 else f"the other {gaps} are defaults"
        output.wrapped("   ", f"{defaults} that Pipelex requires and no backend here can serve:", "dim")
    for note in plan.notes:
        output.wrapped("   ", note, "dim")
    output.line()
    output.line(("next", "bold"))
    if unset:
        lines = " ".join(f"{name}=..." for name in unset)
        output.entry(
            2, [f"write {lines} into {scaffold.location.project}/.env"], "a line for each; keep .env out of git"
        )
    release = plan.behaviours.release
    named = "" if report.detected.release == release else f" --release {release}"
    # The keys go into the `.env` of the new project, which counts for a start there.
    start = f" --cwd {shlex.quote(folder)}" if folder else ""
    folder_argument = f" {shlex.quote(folder)}{start}" if folder else ""
    tree = f" --tree {shlex.quote(folder)}{start}" if folder else ""
    output.entry(2, [f"pipedeck{folder_argument}{named}"], "open it")
    output.entry(2, [f"pipedeck validate{tree}{named}"], "check it after each change")
