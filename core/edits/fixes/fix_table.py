"""The table of automatic fixes, by diagnostic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from core.api import Report
from core.diagnostics import (
    backend_codes,
    deck_codes,
    file_codes,
    life_codes,
    method_codes,
    model_codes,
    routing_codes,
    settings_codes,
)
from core.diagnostics.diagnostic import Diagnostic
from core.edits.fixes import (
    backend_fixes,
    call_fixes,
    deck_fixes,
    key_fixes,
    life_fixes,
    method_fixes,
    model_fixes,
    reference_fixes,
    refused_fixes,
    routing_fixes,
    syntax_fixes,
)
from core.edits.fixes.fix_base import Fix, Fixer
from core.problems import Problem

FIXERS: Final[Mapping[Diagnostic, Fixer]] = {
    deck_codes.ALIAS_CYCLE: reference_fixes.dead,
    deck_codes.ALIAS_DEAD: reference_fixes.dead,
    backend_codes.BACKEND_FILE_MISSING: backend_fixes.file_missing,
    backend_codes.BACKEND_INVALID: key_fixes.key_or_value,
    backend_codes.BACKEND_KEY_UNKNOWN: backend_fixes.mistyped_key,
    backend_codes.BACKEND_NOT_A_TABLE: backend_fixes.not_a_table,
    routing_codes.BACKEND_UNUSED: backend_fixes.off,
    backend_codes.BACKEND_WITHOUT_MODELS: backend_fixes.off,
    model_codes.CAPABILITY_MISPLACED: model_fixes.capability,
    deck_codes.CHOICE_CYCLE: reference_fixes.dead,
    deck_codes.CHOICE_DEAD: reference_fixes.dead,
    deck_codes.DECK_INVALID: deck_fixes.invalid,
    backend_codes.ENDPOINT_INVALID: call_fixes.repaired,
    backend_codes.ENDPOINT_PATH: call_fixes.repaired,
    backend_codes.EXTRA_CONFIG_IGNORED: backend_fixes.extra_config,
    routing_codes.FALLBACK_UNKNOWN: routing_fixes.unknown_fallback,
    file_codes.FILE_BOM: syntax_fixes.syntax,
    backend_codes.GATEWAY_RETIRED: backend_fixes.retired_gateway,
    life_codes.MODEL_ENDED: life_fixes.ended,
    life_codes.MODEL_ENDS_SOON: life_fixes.ended,
    model_codes.KEY_UNQUOTED: key_fixes.quote,
    backend_codes.KEY_MISSING: call_fixes.repaired,
    deck_codes.OVERRIDE_UNKNOWN: deck_fixes.override,
    method_codes.PIPE_CAPABILITY: method_fixes.pipe,
    method_codes.PIPE_DEAD: method_fixes.pipe,
    method_codes.PIPE_REFUSED: method_fixes.pipe,
    deck_codes.PRESET_CYCLE: reference_fixes.dead,
    deck_codes.PRESET_DEAD: reference_fixes.dead,
    deck_codes.PRESET_MAX_TOKENS: deck_fixes.tokens,
    deck_codes.PRESET_TEMPERATURE: deck_fixes.temperature,
    deck_codes.PRESET_WRONG_TYPE: reference_fixes.wrong_type,
    deck_codes.SETTING_REFUSED: refused_fixes.refused,
    model_codes.PRICE_PER_THOUSAND: model_fixes.per_thousand,
    routing_codes.PROFILE_UNKNOWN: routing_fixes.unknown_profile,
    routing_codes.ROUTE_BACKEND_OFF: routing_fixes.dead_end,
    routing_codes.ROUTE_BACKEND_UNKNOWN: routing_fixes.dead_end,
    routing_codes.ROUTE_DUPLICATE: routing_fixes.duplicate,
    routing_codes.ROUTE_EXACT_MISS: routing_fixes.dead_end,
    routing_codes.ROUTE_MATCHES_NOTHING: routing_fixes.takes_nothing,
    routing_codes.ROUTE_NEVER_WINS: routing_fixes.never_wins,
    routing_codes.ROUTING_INVALID: routing_fixes.invalid,
    backend_codes.SECRET_LITERAL: backend_fixes.literal_secret,
    model_codes.SEED_MODELS_TABLE: model_fixes.seed_tables,
    settings_codes.SETTINGS_INVALID: key_fixes.setting,
    model_codes.SPEC_INVALID: model_fixes.spec,
    model_codes.SPEC_NOT_A_TABLE: model_fixes.flat_default,
    file_codes.SYNTAX: syntax_fixes.syntax,
    file_codes.TOML_1_1: syntax_fixes.toml_1_0,
    file_codes.TOML_TOO_NEW: syntax_fixes.toml_1_0,
    deck_codes.WATERFALL_DEAD: reference_fixes.dead,
}
"""The diagnostics that have an automatic fix; each other one says why it has none."""


def fixes_for(report: Report, problem: Problem) -> tuple[Fix, ...]:
    """Every fix of a problem, the best first; none where nothing is safe to do."""
    fixer = FIXERS.get(problem.diagnostic)
    if fixer is None or _is_misread(report, problem):
        return ()
    return tuple(dict.fromkeys(replace(fix, code=problem.code) for fix in fixer(report, problem)))


def _is_misread(report: Report, problem: Problem) -> bool:
    """Whether a key in the path of a problem has an escape, which the reader of 0.10 and 0.11 ignores."""
    if report.catalog.behaviours.toml_reader != "toml" or problem.location is None:
        return False
    return any(isinstance(key, str) and "\\" in key for key in problem.location.path)


def fix_for(report: Report, problem: Problem) -> Fix | None:
    """The best fix of a problem."""
    return next(iter(fixes_for(report, problem)), None)
