"""Small trees as text, one per generation of Pipelex, with functions to change and inspect them."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from core.api import Report, inspect_tree
from core.problems import Problem
from core.resolution import Resolution

Files = dict[str, str]
"""The text of each file by its path below the `inference` folder; `../pipelex.toml` and `../../.env` are outside."""

KEYS: Final = {
    "OPENAI_API_KEY": "openai-key-of-a-test",
    "ANTHROPIC_API_KEY": "anthropic-key-of-a-test",
}
LINKUP_KEY: Final = {"LINKUP_API_KEY": "linkup-key-of-a-test"}
"""Up to 0.74 the worker of the search model reads it, whatever the tree says."""
NOWHERE: Final = "/tmp/pipedeck-nowhere/home"

BACKENDS = """
[openai]
enabled = true
api_key = "${OPENAI_API_KEY}"

[anthropic]
enabled = true
api_key = "${ANTHROPIC_API_KEY}"
"""

ROUTING = """
active = "all"

[profiles.all]
description = "Each to its own"
default = "openai"

[profiles.all.routes]
"claude-*" = "anthropic"
"""

_LLM = """
[{name}]
model_id = "{name}-id"
inputs = ["text"]
outputs = ["text", "structured"]
costs = {{ input = 3.0, output = 15.0 }}
max_tokens = 8192
"""


def llm(name: str, extra: str = "") -> str:
    """A model table that is valid in every release when the file sets the sdk."""
    return _LLM.format(name=name) + extra


def _spec(defaults: str, name: str) -> str:
    return defaults + llm(name)


_READER_AND_PAINTER = """
[reader]
model_id = "reader-id"
model_type = "text_extractor"
sdk = "mistral"
costs = {}

[painter]
model_id = "painter-id"
model_type = "img_gen"
sdk = "fal"
costs = {}
"""


def g1() -> Files:
    """0.10: a flat deck, `default_sdk`."""
    return {
        "backends.toml": BACKENDS,
        "routing_profiles.toml": ROUTING,
        "backends/openai.toml": _spec('default_sdk = "openai"\n', "gpt-4o-mini"),
        "backends/anthropic.toml": _spec('default_sdk = "anthropic"\n', "claude-4-sonnet"),
        "deck/base_deck.toml": """
            [aliases]
            best-claude = "claude-4-sonnet"
            chain = ["nobody", "gpt-4o-mini"]

            [llm_presets]
            writing = { llm_handle = "best-claude", temperature = 0.5 }
            cheap = { llm_handle = "gpt-4o-mini", temperature = 0.5 }

            [llm_choice_defaults]
            for_text = "cheap"
            for_object = "writing"
            """,
    }


def _sections(extract: str, handle: str) -> str:
    return f"""
        [llm.presets]
        writing = {{ {handle} = "best-claude", temperature = 0.5 }}
        cheap = {{ {handle} = "gpt-4o-mini", temperature = 0.5 }}

        [llm.choice_defaults]
        for_text = "cheap"
        for_object = "writing"

        [{extract}]
        choice_default = "reader"

        [img_gen]
        choice_default = "painter"
        """


def _with_defaults(deck: str) -> Files:
    return {
        "backends.toml": BACKENDS,
        "routing_profiles.toml": ROUTING,
        "backends/openai.toml": _spec('[defaults]\nsdk = "openai"\n', "gpt-4o-mini") + _READER_AND_PAINTER,
        "backends/anthropic.toml": _spec('[defaults]\nsdk = "anthropic"\n', "claude-4-sonnet"),
        "deck/base_deck.toml": deck,
    }


_LIST_ALIASES = """
        [aliases]
        best-claude = "claude-4-sonnet"
        chain = ["nobody", "gpt-4o-mini"]
        """


def g1_1() -> Files:
    """0.11: sections, `llm_handle`, `[ocr]`."""
    return _with_defaults(_LIST_ALIASES + _sections("ocr", "llm_handle"))


def g2() -> Files:
    """0.12 to 0.14: `model`, `[extract]`, aliases that may be lists."""
    return _with_defaults(_LIST_ALIASES + _sections("extract", "model"))


def g2_1() -> Files:
    """0.15 to 0.17: waterfalls."""
    names = """
        [aliases]
        best-claude = "claude-4-sonnet"

        [waterfalls]
        chain = ["nobody", "gpt-4o-mini"]
        """
    return _with_defaults(names + _sections("extract", "model"))


G3_DECK = """
    [llm.aliases]
    best-claude = "claude-4-sonnet"

    [llm.waterfalls]
    chain = ["nobody", "gpt-4o-mini"]

    [llm.presets]
    writing = { model = "@best-claude", temperature = 0.5 }
    cheap = { model = "gpt-4o-mini", temperature = 0.5 }

    [llm.choice_defaults]
    default_temperature = 0.7
    for_text = "$cheap"
    for_object = "$writing"

    [extract]
    choice_default = "reader"

    [img_gen]
    choice_default = "painter"
    default_quality = "low"

    [search]
    choice_default = "finder"
    """


RULES: Final = 'rules = { prompt = "positive_only" }\n'
"""What models of images need to be called."""


def g3() -> Files:
    """0.19 to 0.77: families and sigils. One model of each type, so that no name is dead."""
    files = _with_defaults(G3_DECK)
    files["backends/openai.toml"] = files["backends/openai.toml"].replace('sdk = "fal"\n', f'sdk = "fal"\n{RULES}')
    files["backends/openai.toml"] += '\n[finder]\nmodel_type = "search"\nsdk = "linkup"\n'
    return files


def g3_1() -> Files:
    """0.78 and newer: `handle`."""
    files = g3()
    files["backends/anthropic.toml"] = files["backends/anthropic.toml"].replace(
        "[claude-4-sonnet]", '[sonnet]\nhandle = "claude-4-sonnet"'
    )
    return files


MINIMAL: Final[Mapping[str, Callable[[], Files]]] = {
    "0.10.2": g1,
    "0.11.0": g1_1,
    "0.14.3": g2,
    "0.17.6": g2_1,
    "0.43.1": g3,
    "0.92.2": g3_1,
}
"""A tree without problems for releases of all generations."""


def minimal(release: str) -> Files:
    """A new tree for a release of `MINIMAL`."""
    return MINIMAL[release]()


def edited(files: Files, name: str, old: str, new: str) -> Files:
    """The files with a text replaced in one of them; fails when the text does not occur."""
    assert old in files[name], f"{old!r} is not in {name}"
    return {**files, name: files[name].replace(old, new)}


def extended(files: Files, name: str, text: str) -> Files:
    """The files with text appended to one of them, or with a new file."""
    before = textwrap.dedent(files[name]) if name in files else ""
    return {**files, name: before + textwrap.dedent(text)}


def without(files: Files, *names: str) -> Files:
    """The files without some of them."""
    return {name: text for name, text in files.items() if name not in names}


def write_tree(project: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into `project/.pipelex/inference`, dedented. Returns the project folder."""
    tree = project / ".pipelex" / "inference"
    tree.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(textwrap.dedent(content), encoding="utf-8")
    return project


def keep_from_filling(home: Path) -> Path:
    """Put a dangling link where a first start looks for `backends.toml`: nothing to read, and nothing to fill."""
    inference = home / ".pipelex" / "inference"
    with contextlib.suppress(FileExistsError, NotADirectoryError):
        inference.mkdir(parents=True, exist_ok=True)
        (inference / "backends.toml").symlink_to("nowhere")
    return home


def inspect(
    project: Path,
    files: Mapping[str, str | bytes] | None = None,
    *,
    release: str | None = None,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    assume_keys: bool = False,
    cwd: Path | None = None,
) -> Report:
    """Write the files, if any, and inspect the project; both keys are set unless `environ` is passed.

    `cwd`: the release finds the project from there, instead of its path.
    """
    if files is not None:
        write_tree(project, files)
    variables = {
        "HOME": str(home) if home is not None else NOWHERE,
        **(KEYS | LINKUP_KEY if environ is None else environ),
    }
    return inspect_tree(
        str(project) if cwd is None else None,
        release=release,
        profile=profile,
        environ=variables,
        assume_keys=assume_keys,
        cwd=str(cwd or project),
    )


def consenting_home(home: Path) -> Path:
    """A home folder where the terms of the gateway are accepted."""
    return write_tree(home, {"../pipelex_service.toml": "[agreement]\nterms_accepted = true\n"})


def codes(report: Report) -> list[str]:
    """The distinct codes of all problems, sorted."""
    return list(dict.fromkeys(problem.code for problem in report.problems))


def only(report: Report, code: str) -> Problem:
    """The only problem with a code."""
    problems = [problem for problem in report.problems if problem.code == code]
    assert len(problems) == 1, f"{len(problems)} problems {code!r}; there are {codes(report)}"
    return problems[0]


def place(problem: Problem) -> tuple[str, int, str] | None:
    """The location of a problem: file below the `inference` folder, line and key."""
    if problem.location is None:
        return None
    return (
        problem.location.file.removeprefix(".pipelex/inference/"),
        problem.location.line,
        problem.location.key,
    )


def resolved(report: Report, name: str, kind: str | None = None, family: str | None = None) -> Resolution:
    """The only resolution of a name, or of a choice's address such as `llm/default/for_text`."""
    matching = [
        item
        for item in report.resolutions
        if (item.name == name or (item.kind.value == "choice" and item.reference == name))
        and kind in (None, item.kind.value)
        and family in (None, item.family)
    ]
    assert len(matching) == 1, (
        f"{len(matching)} references {name!r}: {[(i.kind.value, i.family, i.name) for i in matching]}"
    )
    return matching[0]


def end(resolution: Resolution) -> str | None:
    """`backend/handle` of the target of a resolution; None when it is dead."""
    return f"{resolution.spec.backend}/{resolution.spec.handle}" if resolution.spec is not None else None


DECK: Final = "deck/base_deck.toml"


def section(files: Files, name: str) -> str:
    """The section name of `presets`, `choice_defaults` or `choice_overrides` of LLMs in the deck's generation."""
    return f"llm_{name}" if "[llm_presets]" in files[DECK] else f"llm.{name}"


def with_preset(files: Files, name: str, model: str, settings: str = "temperature = 0.5") -> Files:
    """The files with one more LLM preset, in the deck's generation."""
    handle = "llm_handle" if "llm_handle" in files[DECK] else "model"
    return extended(files, DECK, f'\n[{section(files, "presets")}.{name}]\n{handle} = "{model}"\n{settings}\n')


def with_override(files: Files, for_text: str, for_object: str) -> Files:
    """The files with choice overrides, in the deck's generation. Values are TOML text."""
    title = section(files, "choice_overrides")
    return extended(files, DECK, f"\n[{title}]\nfor_text = {for_text}\nfor_object = {for_object}\n")
