"""Which repair mends which problem, by the problem's code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.api import Report
from core.edits.repairs import backends, deck, files, keys, models, references, routing
from core.edits.repairs.fix import Fix, Repair
from core.problems import Problem

REPAIRS: Final[Mapping[str, Repair]] = {
    "alias-cycle": references.dead,
    "alias-dead": references.dead,
    "backend-file-missing": backends.file_missing,
    "backend-invalid": keys.key_or_value,
    "backend-key-unknown": backends.mistyped_key,
    "backend-not-a-table": backends.not_a_table,
    "backend-unused": backends.off,
    "backend-without-models": backends.off,
    "capability-misplaced": models.capability,
    "choice-cycle": references.dead,
    "choice-dead": references.dead,
    "deck-invalid": deck.invalid,
    "extra-config-ignored": backends.extra_config,
    "fallback-unknown": routing.unknown_fallback,
    "file-bom": files.syntax,
    "gateway-retired": backends.retired_gateway,
    "override-unknown": deck.override,
    "preset-cycle": references.dead,
    "preset-dead": references.dead,
    "preset-max-tokens": deck.tokens,
    "preset-temperature": deck.temperature,
    "preset-wrong-type": references.wrong_type,
    "price-per-thousand": models.per_thousand,
    "profile-unknown": routing.unknown_profile,
    "route-backend-off": routing.dead_end,
    "route-backend-unknown": routing.dead_end,
    "route-duplicate": routing.duplicate,
    "route-exact-miss": routing.dead_end,
    "route-matches-nothing": routing.takes_nothing,
    "route-never-wins": routing.never_wins,
    "routing-invalid": routing.invalid,
    "secret-literal": backends.literal_secret,
    "seed-models-table": models.seed_tables,
    "settings-invalid": keys.key_or_value,
    "spec-invalid": models.spec,
    "spec-not-a-table": models.flat_default,
    "syntax": files.syntax,
    "toml-1-1": files.toml_1_0,
    "toml-too-new": files.toml_1_0,
    "waterfall-cycle": references.dead,
    "waterfall-dead": references.dead,
}

WITHOUT: Final[Mapping[str, str]] = {
    "alias-hidden": "the new name is the person's to give",
    "backend-file-orphan": "it may be meant for later: whether to add the backend or to delete the file is not plain",
    "backend-remote": "it is no fault",
    "backends-missing": "what backends there are is the person's to say",
    "deck-missing": "a deck comes from Pipelex",
    "empty-reference": "what it is to name is the person's to say",
    "endpoint-plain-http": "the endpoint may not answer by https",
    "file-encoding": "what the bytes were meant to be is not known",
    "file-too-large": "it is hardly a configuration",
    "file-unreadable": "the file is beyond an edit of text",
    "handle-duplicate": "which of the two is meant is not plain",
    "handle-unreachable": "the new handle is the person's to give",
    "list-concatenated": "whether the entries are to be added is not plain",
    "model-enabled-ignored": "whether to delete the model or the key is not plain",
    "optional-routes-ignored": "as routes they would be refused while their backend is off",
    "override-ignored": "whether to move what it says into the base is the person's to say",
    "placeholder-invalid": "which variable is meant is not plain",
    "preset-model-unknown": "the dead preset itself is a problem with a fix",
    "price-negative": "the price is not known here",
    "price-not-finite": "the price is not known here",
    "route-drops-models": "whether to narrow the pattern or to send it elsewhere is not plain",
    "routing-missing": "which backends to route to is the person's to say",
    "variable-hidden": "it stands in the environment, not in the tree",
    "variable-missing": "it stands in the environment, not in the tree",
    "variable-placeholder": "it stands in the environment, not in the tree",
    "variable-spaced": "it stands in the environment, not in the tree",
    "waterfall-hidden": "the new name is the person's to give",
}
"""The problems that have no fix of their own, and why."""


def fixes_for(report: Report, problem: Problem) -> tuple[Fix, ...]:
    """Every fix of a problem, the best first; none where nothing is safe to do."""
    repair = REPAIRS.get(problem.code)
    if repair is None or _is_misread(report, problem):
        return ()
    return tuple(dict.fromkeys(repair(report, problem)))


def _is_misread(report: Report, problem: Problem) -> bool:
    """Whether a key on the way to a problem has an escape, which the reader of 0.10 and 0.11 takes for plain signs."""
    if report.catalog.behaviours.toml_reader != "toml" or problem.location is None:
        return False
    return any(isinstance(key, str) and "\\" in key for key in problem.location.path)


def fix_for(report: Report, problem: Problem) -> Fix | None:
    """The best fix of a problem."""
    return next(iter(fixes_for(report, problem)), None)


def fixes(report: Report) -> tuple[Fix, ...]:
    """The best fix of each problem, each edit once, in the order of the problems."""
    found: dict[object, Fix] = {}
    for problem in report.problems:
        fix = fix_for(report, problem)
        if fix is not None:
            found.setdefault((fix.intent, fix.where), fix)
    return tuple(found.values())
