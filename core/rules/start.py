"""Rules about the start of Pipelex: variables and trees of other folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.diagnostics import start_codes
from core.files.start_folder import MARKERS
from core.formatting import counted
from core.problems import Problem
from core.rules.context import RuleContext, problem
from core.start_checks import hidden_names, start_there


def unread_tree(context: RuleContext) -> Iterator[Problem]:
    """A tree above the start folder that the release does not read from there (0.18 on; before, the start fails)."""
    catalog, paths = context.catalog, context.catalog.tree.paths
    if paths.skipped and not paths.named and catalog.behaviours.home_layer:
        reads, fix = f"its project is {paths.project}", start_there(paths.skipped)
        if paths.home_only:
            reads = f"no folder from there upward has a root marker ({', '.join(MARKERS[:-1])} or {MARKERS[-1]})"
            fix = f"make one in {paths.skipped}, such as with `git init`"
        yield problem(
            start_codes.TREE_NOT_READ,
            f"Pipelex {catalog.release}, started in {paths.start}, does not read the tree of {paths.skipped}: {reads}",
            None,
            fix=fix,
        )


def hidden_variables(context: RuleContext) -> Iterator[Problem]:
    """Missing variables that a `.env` of the project sets, which is not read from the start folder."""
    catalog = context.catalog
    hidden = hidden_names(catalog)
    for path in dict.fromkeys(hidden.values()):
        names = [name for name, other in hidden.items() if other == path]
        yield problem(
            start_codes.DOTENV_NOT_READ,
            f"{path} sets {counted(len(names), 'variable')} missing here ({', '.join(names)}), but Pipelex started in"
            f" {catalog.tree.paths.start} does not read it",
            file.locate(names[0]) if (file := catalog.environment.file(path)) is not None else None,
            fix=start_there(str(Path(path).parent)),
        )


RULES = (unread_tree, hidden_variables)
