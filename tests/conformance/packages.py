"""Packages of the stock sdks: pipedeck's `callable` against the first call of a real release, with and without them.

`python -m tests.conformance --packages [--releases 0.92.2]`. For each backend and sdk of a release's stock tree one
model is called, in an environment that has every package the release's workers may lack, and in one that has none of
them; a call counts as made when it leaves the process. Not measured: sdks that work without a provider (docling,
pypdfium2, reportlab), backends that fetch credentials while Pipelex starts (vertexai), models that a server lists
(pipelex_gateway), and versions of packages that are newer than the release's workers can use.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.api import inspect_tree
from core.entities import ModelSpec
from tests.support.environment import of_release
from tests.support.stock import cache_dir

from .environments import READY, ReleaseEnvironment, environment, install_into, locked
from .generate.toml_text import document_text

RELEASES = ("0.24.1", "0.45.0", "0.60.0", "0.77.0", "0.92.2")
EXTRAS = ("anthropic", "bedrock", "fal", "google", "google-genai", "huggingface", "linkup", "mistralai", "typesafe")
"""The extras of Pipelex whose packages are installed: those of providers, without docling."""
ASK = Path(__file__).resolve().parent / "inside" / "ask_calls.py"
CALLED = ("llm", "text_extractor", "img_gen", "search", "judgment")
"""The model types whose workers call a provider."""
LEFT_OUT = ("vertexai", "pipelex_gateway")
LOCAL = ("pypdfium2", "docling_sdk", "reportlab")
"""Sdks that work without a provider: their calls never leave the process."""
TIMEOUT_S = 90


@dataclass(frozen=True)
class Pick:
    """The model of a stock tree that stands for its sdk."""

    backend: str
    handle: str
    model_type: str
    sdk: str


@dataclass(frozen=True)
class CallOutcome:
    """A call made and pipedeck's word on it."""

    release: str
    pick: Pick
    present: bool
    left: bool
    callable: bool
    message: str

    @property
    def agrees(self) -> bool:
        return self.left is self.callable


def extras_folder(made: ReleaseEnvironment) -> Path:
    """A folder with the packages of the release's extras, installed when it is not there yet."""
    return packages_folder(made, "extras", requirements(made))


def packages_folder(made: ReleaseEnvironment, name: str, packages: Sequence[str]) -> Path:
    """A folder of a name for a release with packages that fit it, installed when they are not there yet."""
    folder = cache_dir() / name / made.release
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_name(f"{made.release}.lock")):
        if not (folder / READY).exists():
            install_into(folder, made, packages)
            (folder / READY).touch()
    return folder


def requirements(made: ReleaseEnvironment) -> list[str]:
    """What the release's metadata says its extras for providers need."""
    found = re.findall(r"^Requires-Dist: ([^;\n]+); extra == ['\"]([^'\"]+)['\"]$", metadata(made), re.MULTILINE)
    needed = {requirement.strip() for requirement, extra in found if extra in EXTRAS}
    # Releases written for mistralai 1 cannot use newer ones, which their metadata allow.
    return sorted(re.sub(r"^(mistralai>=1[0-9.]*)$", r"\1,<2", requirement) for requirement in needed)


def metadata(made: ReleaseEnvironment) -> str:
    """The metadata of the installed release."""
    return next(site_packages(made).glob("pipelex-*.dist-info/METADATA")).read_text(encoding="utf-8")


def site_packages(made: ReleaseEnvironment) -> Path:
    """The folder of an environment's packages."""
    return next(made.python.parent.parent.glob("lib/python3*/site-packages"))


def picks(stock: Path) -> list[Pick]:
    """One model of the stock tree for each backend, type and sdk, in file order."""
    found: dict[tuple[str, str, str], Pick] = {}
    for path in sorted((stock / "backends").glob("*.toml")):
        if path.stem in LEFT_OUT:
            continue
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        defaults = document.pop("defaults", {})
        for handle, own in document.items():
            fields = {**defaults, **own}
            pick = Pick(path.stem, fields.get("handle", handle), fields.get("model_type", "llm"), fields["sdk"])
            if pick.sdk not in LOCAL and pick.model_type in CALLED:
                found.setdefault((pick.backend, pick.model_type, pick.sdk), pick)
    return list(found.values())


def write_project(stock: Path, chosen: Sequence[Pick], project: Path) -> dict[str, str]:
    """Write the stock tree with the chosen backends on and the chosen models routed to them; returns the variables."""
    tree = project / ".pipelex" / "inference"
    for path in stock.rglob("*.toml"):
        target = tree / path.relative_to(stock)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n', encoding="utf-8")
    backends = tomllib.loads((stock / "backends.toml").read_text(encoding="utf-8"))
    on = {pick.backend for pick in chosen}
    for name, table in backends.items():
        table["enabled"] = name in on or name == "internal"
    (tree / "backends.toml").write_text(document_text(backends), encoding="utf-8")
    routes = {pick.handle: pick.backend for pick in chosen}
    profile = {"description": "of a test", "default": chosen[0].backend, "routes": routes}
    routing = {"active": "bench", "profiles": {"bench": profile}}
    (tree / "routing_profiles.toml").write_text(document_text(routing), encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in tree.rglob("*.toml")]
    inside = {part for text in texts for found in re.findall(r"\$\{([^}]+)\}", text) for part in found.split("|")}
    names = {part.rpartition(":")[2].strip() for part in inside}
    addresses = [name for name in names if any(part in name for part in ("URL", "ENDPOINT", "BASE"))]
    names |= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    return dict.fromkeys(names, "key") | dict.fromkeys(addresses, "https://provider.example/v1")


def rounds(found: Sequence[Pick]) -> Iterator[list[Pick]]:
    """The picks in rounds in which no two share a handle, which a profile can route to one backend only."""
    left = list(found)
    while left:
        chosen: dict[str, Pick] = {}
        for pick in left:
            chosen.setdefault(pick.handle, pick)
        yield list(chosen.values())
        left = [pick for pick in left if pick not in chosen.values()]


def call_outcomes(release: str, *, present: bool, most: int | None = None) -> list[CallOutcome]:
    """The outcomes of the stock sdks of a release, with the packages present or absent.

    With `most` only that many of the first round, for which the release starts once.
    """
    made = environment(release)
    extras = extras_folder(made) if present else None
    outcomes: list[CallOutcome] = []
    every = list(rounds(picks(made.stock)))
    for chosen in every if most is None else [every[0][:most]]:
        with tempfile.TemporaryDirectory(prefix="pipedeck-calls-") as scratch:
            project, home = Path(scratch).resolve() / "project", Path(scratch).resolve() / "home"
            home.mkdir()
            variables = write_project(made.stock, chosen, project)
            with python_like(made, extras) as python:
                words = callable_words(project, home, variables, release, python, chosen)
            answers = ask(made, [extras] if extras else [], project, home, variables, chosen)
        outcomes += [
            CallOutcome(release, pick, present, bool(answer["left"]), words[pick], str(answer["message"]))
            for pick, answer in zip(chosen, answers, strict=True)
        ]
    return outcomes


def ask(
    made: ReleaseEnvironment,
    extras: Sequence[Path],
    project: Path,
    home: Path,
    variables: dict[str, str],
    chosen: Sequence[Pick],
    *,
    port: int | None = None,
) -> list[dict[str, Any]]:
    """What the release's own calls do. `port` is that of a server to which every host leads."""
    request = {
        "project": str(project),
        "home": str(home),
        "env": variables,
        "extras": [str(folder) for folder in extras],
        "timeout": TIMEOUT_S,
        "port": port,
    }
    calls = "".join(json.dumps({"type": pick.model_type, "handle": pick.handle}) + "\n" for pick in chosen)
    done = subprocess.run(
        [str(made.python), str(ASK), json.dumps(request)],
        input=calls,
        env=of_release(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not lines or lines[0]["error"] is not None or len(lines) != len(chosen) + 1:
        raise RuntimeError(f"pipelex {made.release} did not start: {lines[:1]} {done.stderr[-2000:]}")
    return lines[1:]


@contextmanager
def python_like(made: ReleaseEnvironment, extras: Path | None) -> Iterator[Path]:
    """The prefix of an environment with the metadata of the release's packages, and of those of a folder."""
    with tempfile.TemporaryDirectory(prefix="pipedeck-prefix-") as scratch:
        prefix = Path(scratch)
        (prefix / "bin").mkdir()
        (prefix / "bin" / "python").symlink_to(made.python)
        (prefix / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
        version = site_packages(made).parent.name
        target = prefix / "lib" / version / "site-packages"
        target.mkdir(parents=True)
        for folder in (site_packages(made), *([extras] if extras else [])):
            for info in folder.glob("*.dist-info"):
                if not (target / info.name).exists():
                    (target / info.name).symlink_to(info)
        yield prefix


def callable_words(
    project: Path, home: Path, variables: dict[str, str], release: str, prefix: Path, chosen: Sequence[Pick]
) -> dict[Pick, bool]:
    """Whether pipedeck calls each model callable."""
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(home), **variables}
    report = inspect_tree(str(project), release=release, environ=environ, cwd=str(project), python=str(prefix))
    words = {}
    for pick in chosen:
        spec: ModelSpec | None = report.serving.spec(pick.model_type, pick.handle)
        words[pick] = spec is not None and spec.backend == pick.backend and report.resolver.is_callable(spec)
    return words


def run(releases: Sequence[str]) -> bool:
    """Measure, print a line for each release and the calls that differ; True when everything agrees."""
    print(f"{'release':>8}  {'calls':>6}  {'agree':>6}  {'left':>6}  {'stayed':>6}", flush=True)
    agreed = True
    for release in releases:
        outcomes = [one for present in (True, False) for one in call_outcomes(release, present=present)]
        agree, left = sum(one.agrees for one in outcomes), sum(one.left for one in outcomes)
        print(f"{release:>8}  {len(outcomes):6}  {agree:6}  {left:6}  {len(outcomes) - left:6}", flush=True)
        agreed = agreed and agree == len(outcomes)
        for one in outcomes:
            if not one.agrees:
                state = "present" if one.present else "absent"
                said = "callable" if one.callable else "not callable"
                print(f"    {one.pick.backend} {one.pick.handle} ({one.pick.sdk}, packages {state}): {said};")
                print(f"        the call {'left' if one.left else 'stayed'}: {one.message[:300]}")
    return agreed
