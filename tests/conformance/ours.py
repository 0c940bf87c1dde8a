"""pipedeck's own answer about a tree, in the form in which a release's answer comes."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.api import Report, inspect_tree
from core.diagnostics.unresolved import UnresolvedCode
from core.entities import GLOBAL, Choice, Family
from core.problems import Problem
from core.references import parse_reference
from core.resolution import Resolution
from core.routing import DEFAULT, EXACT, Match
from tests.support.trees import keep_from_filling

Entry = dict[str, Any]

RAISING = ("ModelWaterfallError", "ModelReferenceParseError", "RecursionError")
"""Errors that asking a release for a model raises, where otherwise it would answer with nothing."""

UNKNOWN_CHOICE = (
    "LLMPresetNotFoundError",
    "LLMChoiceNotFoundError",
    "OcrChoiceNotFoundError",
    "ExtractChoiceNotFoundError",
    "ImgGenChoiceNotFoundError",
    "ModelChoiceNotFoundError",
)
"""What asking a release for an unknown choice raises."""


def answer(project: Path, release: str, env: Mapping[str, str], home: Path | None) -> Entry:
    """The answer of pipedeck for a project and a release, with these variables and this home folder.

    The release is asked for its reading of models alone, without the copy of its kit that a first start makes, without
    the consent that the gateway needs, and without methods.
    """
    with tempfile.TemporaryDirectory(prefix="pipedeck-home-") as empty, contextlib.chdir(project):
        folder = home.resolve() if home is not None else Path(empty)
        keep_from_filling(folder)
        (project / "pipelex_libraries" / "pipelines").mkdir(parents=True, exist_ok=True)
        for folder_with_terms in (project, folder):
            accept_terms(folder_with_terms)
        environ = {"PATH": os.defpath, "HOME": str(folder), **env}
        report = inspect_tree(None, release=release, environ=environ, cwd=str(project.resolve()))
        return answer_of(report)


def accept_terms(folder: Path) -> None:
    """Accept the terms of the gateway: `ModelManager` alone does not ask for them."""
    if not (folder / ".pipelex").is_dir():
        return
    with contextlib.suppress(OSError):
        (folder / ".pipelex" / "pipelex_service.toml").write_text("[agreement]\nterms_accepted = true\n")


def answer_of(report: Report) -> Entry:
    """A report as an answer."""
    stop = report.stops_at
    if stop is not None:
        # Pydantic lists every fault of a document at once, so any of ours of that kind may be the one it words.
        same = [problem for problem in report.boot_problems if problem.fatal and problem.error_type == stop.error_type]
        if not str(stop.error_type).endswith("ValidationError"):
            same = [problem for problem in same if stop.code == "spec-invalid" and is_of_one_model(problem, stop)]
        errors = same or [stop]
        message = "; ".join(map(wording, errors))
        return {"status": "error", "error_type": stop.error_type, "message": message, "code": stop.code}
    resolver = report.resolver
    aliases: Entry = {}
    waterfalls: Entry = {}
    presets: Entry = {}
    choices: Entry = {}
    for family in report.catalog.families.values():
        for alias in family.aliases.values():
            aliases[f"{family.name}/{alias.name}"] = optional(resolver.alias(alias))
        for waterfall in family.waterfalls.values():
            waterfalls[f"{family.name}/{waterfall.name}"] = optional(resolver.waterfall(waterfall))
        for preset in family.presets.values():
            presets[f"{family.name}/{preset.name}"] = {"handle": preset.reference, **required(resolver.preset(preset))}
        choices.update(choices_of(report, family))
    return {
        "status": "ok",
        "error_type": None,
        "message": None,
        "active_profile": report.catalog.active,
        "enabled_backends": list(report.catalog.enabled),
        "models": models_of(report),
        "aliases": aliases,
        "waterfalls": waterfalls,
        "presets": presets,
        "choices": choices,
    }


def is_of_one_model(first: Problem, second: Problem) -> bool:
    """Whether two problems are of one table of one file."""
    places = [problem.location and (problem.location.file, problem.location.path[:1]) for problem in (first, second)]
    return first.code == second.code and places[0] == places[1]


def wording(problem: Problem) -> str:
    """The full text of a problem."""
    where = "" if problem.location is None else f"({problem.location}, key {problem.location.key})"
    return " ".join(str(part) for part in (problem.message, where, problem.subject, problem.fix) if part)


def models_of(report: Report) -> Entry:
    """The served models by handle, or by `type:handle` where two types share a handle."""
    served = report.serving.served
    counts = Counter(handle for _, handle in served)
    models: Entry = {}
    for (_, handle), spec in served.items():
        key = handle if counts[handle] == 1 else f"{spec.model_type}:{handle}"
        match = report.catalog.routes.match(handle) if report.catalog.routes is not None else None
        models[key] = {
            "backend": spec.backend,
            "model_id": report.catalog.environment.filled(spec.model_id),
            "sdk": report.catalog.environment.filled(spec.sdk or ""),
            "model_type": spec.model_type,
            "match": None if match is None else match_of(match),
        }
    return models


def match_of(match: Match) -> Entry:
    """A match in the release's words: an exact one has no pattern, an optional route is a pattern like any other."""
    if match.method == EXACT:
        return {"method": "exact_match", "pattern": None, "backend": match.backend}
    method = "default" if match.method == DEFAULT else "pattern_match"
    return {"method": method, "pattern": match.pattern, "backend": match.backend}


def optional(resolution: Resolution) -> Entry | None:
    """The model and backend, nothing, or the class of the error that asking for it raises."""
    unresolved = resolution.unresolved
    if unresolved is None:
        return required(resolution)
    raises = unresolved.error in RAISING or unresolved.code == UnresolvedCode.FALLBACK_OFF
    return {"error": unresolved.error} if raises else None


def required(resolution: Resolution) -> Entry:
    """The model and backend, or the class of the error."""
    if resolution.spec is not None:
        return {"model": resolution.spec.handle, "backend": resolution.spec.backend}
    assert resolution.unresolved is not None
    return {"error": resolution.unresolved.error}


def choices_of(report: Report, family: Family) -> Entry:
    """The family's choices; for LLMs also the overrides and what is in effect."""
    if family.name == GLOBAL:
        return {}
    out: Entry = {}
    for choice in family.choices:
        key = f"{family.name}/{choice.kind}/{choice.key}" if choice.key else f"{family.name}/{choice.kind}"
        out[key] = choice_entry(report, choice)
    if family.name == "judgment":
        out.setdefault("judgment/default", None)
    if family.name == "llm":
        for use in ("for_text", "for_object"):
            default = out.setdefault(f"llm/default/{use}", None)
            override = out.setdefault(f"llm/override/{use}", None)
            out[f"llm/effective/{use}"] = override or default
    return out


def choice_entry(report: Report, choice: Choice) -> Entry | None:
    """One choice followed to its model; None for an override that is switched off."""
    if choice.kind == "override" and isinstance(choice.value, str):
        text = choice.value
        name = parse_reference(text).name if report.catalog.behaviours.sigils else text
        if name == "disabled":
            return None
    resolution = report.resolver.choice(choice)
    unresolved = resolution.unresolved
    if unresolved is not None and (
        unresolved.error in UNKNOWN_CHOICE
        or (unresolved.code == UnresolvedCode.EMPTY_REFERENCE and resolution.lookup == choice.value)
    ):
        # The choice itself leads to no setting, so there is no handle to follow.
        return {"error": unresolved.error}
    return {"handle": resolution.lookup, **required(resolution)}
