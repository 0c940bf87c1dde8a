"""The Pipelex release that commands and tools of a project install: images, workflows, tasks, mise. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core.installation.requirements import PACKAGE, Pin, pins_of_constraint, pins_of_lines

# No part of a pattern may run over the rest of a text from each of its places: a file of a project may be hostile.
_WORD = r"""\\?"(?:[^"\\\n]|\\[^"\n])*\\?"|\\?'[^'\n]*\\?'|[^\s"';&|,()\[\]]+(?:\[[^\[\]\s]*\][^\s"';&|,()\[\]]*)?"""
_VARIABLE = r"\$\{?\{?[ \t]*(?:env\.)?(\w+)[ \t]*(?::?-([^}$]*))?\}?\}?|\$\((\w+)\)"
_VALUE = (
    r"(?m)^[ \t]*+(?:-[ \t]++)?(?:(?:ARG|ENV|export)[ \t]++)?(\w++)(?:[ \t]*+(?:[:?]?=|:)[ \t]*+|[ \t]++)"
    r"[\"']?(\d[\w.]*+)[\"']?[ \t\r]*+$"
)
_TOOL = r"(?i)(?:pipx|uv|pypi):(?:.*/)?pipelex(?:\.git)?(?:\[.*\])?"


def pins_of_commands(text: str, given: str = "") -> Iterator[Pin]:
    """The last release that a command of a text installs: of a `Dockerfile` the one of its last stage.

    Words such as `pipelex==0.24.0`, `'pipelex[fal]>=0.24,<0.25'` and `pipelex@0.24.0` count, with the values that the
    text itself gives to variables, else those of the texts beside it (`given`: the arguments of `compose.yaml`); a bare
    `pipelex` names no release.
    """
    values = dict[str, str](re.findall(_VALUE, f"{given}\n{text}"))
    found = [
        pin
        for line in text.splitlines()
        if PACKAGE in line.lower() and not line.lstrip().startswith("#")
        for pin in _pins_of_words(re.sub(_VARIABLE, lambda match: _value(match, values), line.partition(" # ")[0]))
        if pin.exact or pin.specifier
    ]
    yield from found[-1:]


def _value(variable: re.Match[str], values: Mapping[str, str]) -> str:
    return values.get(variable[1] or variable[3], variable[2] or variable[0])


def _pins_of_words(line: str) -> Iterator[Pin]:
    for match in re.finditer(_WORD, line):
        word = match[0].strip("\\\"'")
        if PACKAGE not in word.lower():
            continue
        # A shell takes an unquoted `>` for a redirection.
        quoted = word != match[0]
        word = re.sub(r"^--?[\w-]+=", "", word if quoted else re.split("[<>]", word)[0])
        if quoted and not re.match(r"(?i)\s*(?:pipelex|git\+|https?:)", word):
            yield from _pins_of_words(word)
        else:
            yield from pins_of_lines(re.sub(r"(?i)^(pipelex(?:\[[^\]]*\])?)@v?(?=\d)", r"\1==", word))


def pins_of_mise(text: str) -> Iterator[Pin]:
    """`mise.toml`: a tool such as `"pipx:pipelex" = "0.24.0"`."""
    # Imports the reader of TOML, which a project without such a file does not need before the first frame.
    from core.installation.manifests import named_versions

    for key, value in named_versions(text, "tools"):
        if re.fullmatch(_TOOL, key):
            yield from _pins_of_tool(value)


def pins_of_mise_lock(text: str) -> Iterator[Pin]:
    """`mise.lock`."""
    for pin in pins_of_mise(text):
        yield Pin("", pin.exact, pin.specifier, locked=True)


def pins_of_tool_versions(text: str) -> Iterator[Pin]:
    """`.tool-versions`: lines of a tool and its versions, the first choice first."""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) > 1 and re.fullmatch(_TOOL, words[0]):
            yield from _pins_of_tool(words[1])


def _pins_of_tool(version: str) -> Iterator[Pin]:
    """A version as mise writes it: fewer than three numbers are a prefix, `latest` is none."""
    number = re.fullmatch(r"(?:tag:|prefix:)?v?(\d+(?:\.\d+)*)(.*)", version)
    if number is not None:
        fuzzy = not number[2] and number[1].count(".") < 2
        yield from pins_of_constraint(f"=={number[1]}.*" if fuzzy else f"=={number[1]}{number[2]}")


def pins_of_file(path: str, text: str, given: str = "") -> Iterator[Pin]:
    """The pins of a file with tools or commands, by its name; `given` is the text of files with values for it."""
    if path.endswith(".toml"):
        return pins_of_mise(text)
    if path.endswith("mise.lock"):
        return pins_of_mise_lock(text)
    return pins_of_tool_versions(text) if path.endswith(".tool-versions") else pins_of_commands(text, given)
