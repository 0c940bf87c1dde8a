"""Compare what a release and pipedeck make of a tree: every difference, with the deliberate ones named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .subjects import subjects

Answer = Mapping[str, Any]

MODEL_FACTS = ("backend", "model_id", "sdk", "model_type")
REFERENCE_FACTS = ("handle", "model", "backend", "error")
TABLES = ("aliases", "waterfalls", "presets", "choices")


@dataclass(frozen=True)
class Difference:
    """One difference: the dotted path in the answer, what the release says, what pipedeck says."""

    path: str
    theirs: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.path}: theirs {shown(self.theirs)}, ours {shown(self.ours)}"


@dataclass(frozen=True)
class Deliberate:
    """A difference that is meant: its name, why, and how to know it."""

    name: str
    why: str
    applies: Callable[[Answer, Answer, Difference], bool]


def _models_table(theirs: Answer, ours: Answer, one: Difference) -> bool:
    return (
        one.path == "message" and "spec 'models'" in str(theirs["message"]) and "[models.NAME]" in str(ours["message"])
    )


def _masked(theirs: Answer, ours: Answer, one: Difference) -> bool:
    return one.path == "message" and "is it the key itself?" in str(ours["message"])


def _vertexai(theirs: Answer, ours: Answer, one: Difference) -> bool:
    return theirs["error_type"] == "MissingDependencyError" and "google-auth" in str(theirs["message"])


def _byte_order_mark(theirs: Answer, ours: Answer, one: Difference) -> bool:
    return one.path == "message" and "\ufeff" in str(theirs["message"]) and "byte order mark" in str(ours["message"])


def _stack(theirs: Answer, ours: Answer, one: Difference) -> bool:
    return theirs["error_type"] == "RecursionError" and one.path in ("status", "error_type")


DELIBERATE = (
    Deliberate(
        "nesting beyond the stack",
        "How deep Pipelex can recurse over hundreds of levels depends on the program that starts it.",
        _stack,
    ),
    Deliberate(
        "byte order mark",
        "The parser of 0.10 and 0.11 takes the mark for a part of the first key and complains about that key;"
        " pipedeck names the mark.",
        _byte_order_mark,
    ),
    Deliberate(
        "text that may be a key",
        "Pipelex quotes what stands between ${ and }; pipedeck masks what is no variable's name, as people paste keys.",
        _masked,
    ),
    Deliberate(
        "vertexai credentials",
        "Pipelex fetches the credentials of vertexai over the network while loading; pipedeck never goes out unasked.",
        _vertexai,
    ),
    Deliberate(
        "models below [models.NAME]",
        "Pipelex lists the names below as unknown keys of one model called `models`; the shape as a whole is wrong,"
        " so pipedeck explains it.",
        _models_table,
    ),
)
"""The differences that are meant."""


def compare(theirs: Answer, ours: Answer) -> list[Difference]:
    """The differences between a release's answer and pipedeck's, without the deliberate ones."""
    return [
        one
        for one in all_differences(theirs, ours)
        if not any(deliberate.applies(theirs, ours, one) for deliberate in DELIBERATE)
    ]


def deliberate_names(theirs: Answer, ours: Answer) -> list[str]:
    """The names of the deliberate differences that an answer shows."""
    names = [k.name for one in all_differences(theirs, ours) for k in DELIBERATE if k.applies(theirs, ours, one)]
    return list(dict.fromkeys(names))


def all_differences(theirs: Answer, ours: Answer) -> list[Difference]:
    """Every difference, deliberate or not. Two refusals are compared by their error, two loads by what they hold."""
    if theirs["status"] != ours["status"]:
        return [Difference("status", verdict(theirs), verdict(ours))]
    if theirs["status"] != "ok":
        return error_differences(theirs, ours)
    differences: list[Difference] = []
    for fact in ("active_profile", "enabled_backends"):
        if theirs[fact] != ours[fact]:
            differences.append(Difference(fact, theirs[fact], ours[fact]))
    differences += table_differences("models", theirs["models"], ours["models"], model_facts)
    for table in TABLES:
        differences += table_differences(table, theirs[table], ours[table], reference_facts)
    return differences


def verdict(answer: Answer) -> str:
    """`ok`, or the class and the message of the error."""
    if answer["status"] == "ok":
        return "ok"
    return f"{answer['error_type']}: {answer['message']}"


def error_differences(theirs: Answer, ours: Answer) -> list[Difference]:
    """The class must be the same, and our message must name what theirs names."""
    if theirs["error_type"] != ours["error_type"] and not _both_settings(theirs, ours):
        return [Difference("error_type", verdict(theirs), verdict(ours))]
    message = str(ours["message"])
    missing = [
        one for one in subjects(theirs["error_type"], str(theirs["message"])) if not any(n in message for n in one)
    ]
    return [
        Difference("message", f"names {' or '.join(map(repr, one))}: {theirs['message']}", message) for one in missing
    ]


def _both_settings(theirs: Answer, ours: Answer) -> bool:
    """Whether both refuse the settings: from 0.46 on the whole boot wraps the error that the models alone raise."""
    return {theirs["error_type"], ours["error_type"]} == {"ConfigValidationError", "PipelexConfigError"}


def table_differences(
    table: str, theirs: Mapping[str, Any], ours: Mapping[str, Any], facts_of: Callable[[Any], Any]
) -> list[Difference]:
    """The differences of one table, name by name, fact by fact."""
    differences: list[Difference] = []
    for name in dict.fromkeys([*theirs, *ours]):
        path = f"{table}.{name}"
        if name not in ours or name not in theirs:
            there, here = (theirs.get(name, "<absent>"), ours.get(name, "<absent>"))
            differences.append(Difference(path, there, here))
            continue
        there, here = facts_of(theirs[name]), facts_of(ours[name])
        if isinstance(there, dict) and isinstance(here, dict):
            differences += [
                Difference(f"{path}.{fact}", there.get(fact), here.get(fact))
                for fact in dict.fromkeys([*there, *here])
                if there.get(fact) != here.get(fact)
            ]
        elif there != here:
            differences.append(Difference(path, there, here))
    return differences


def model_facts(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The compared facts of a served model."""
    match = entry["match"] or {}
    values = {fact: entry[fact] for fact in MODEL_FACTS}
    return {
        **values,
        "match.method": match.get("method"),
        "match.pattern": match.get("pattern"),
        "match.backend": match.get("backend"),
    }


def reference_facts(entry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The compared facts of a resolved reference; None is a reference to nothing."""
    if entry is None:
        return None
    return {fact: entry[fact] for fact in REFERENCE_FACTS if fact in entry}


def shown(value: Any) -> str:
    """A value on one line, cut to a readable length."""
    text = value if isinstance(value, str) else repr(value)
    text = text.replace("\n", " / ")
    return text if len(text) <= 400 else text[:397] + "..."
