"""Which Pipelex runs a project: forty projects with every kind of environment, lock file and pin."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.api import inspect_tree
from core.installation import Installation, ReleaseSource, find_installation
from tests.support.trees import KEYS, LINKUP_KEY, NOWHERE, g3_1, minimal, write_tree

CODES = ("environment-passed-over",)
"""The codes that only an environment named by an option or a variable emits."""
CANARY = "from pathlib import Path\nPath(__file__).with_name('executed').touch()\n"


@dataclass
class Case:
    """A project under `root`, with the variables and option that pipedeck is started with."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    python: str | None = None
    folder: str = "shop"

    @property
    def project(self) -> Path:
        return self.root / self.folder

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def venv(self, name: str, version: str | None, *, config: str = "home = /usr/bin\nversion = 3.11.7\n") -> Path:
        """A virtual environment with canaries that any execution would set off; without a version it lacks Pipelex."""
        prefix = self.root / name
        site = prefix / "lib" / "python3.11" / "site-packages"
        site.mkdir(parents=True)
        (prefix / "bin").mkdir()
        (prefix / "bin" / "python").symlink_to(sys.executable)
        (prefix / "pyvenv.cfg").write_text(config, encoding="utf-8")
        (site / "sitecustomize.py").write_text(CANARY, encoding="utf-8")
        (site / "canary.pth").write_text(f"import sys; exec({CANARY!r})\n", encoding="utf-8")
        if version is not None:
            info = site / f"pipelex-{version}.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Name: pipelex\nVersion: {version}\n", encoding="utf-8")
        return prefix

    def command(self, prefix: Path, folder: str = "bin-of-user", *, head: str | None = None) -> None:
        """A `pipelex` script of an environment in a folder on PATH."""
        script = prefix / "bin" / "pipelex"
        script.write_text((head or f"#!{prefix}/bin/python\n") + "raise SystemExit(1)\n", encoding="utf-8")
        script.chmod(0o755)
        target = self.root / folder
        target.mkdir(exist_ok=True)
        (target / "pipelex").symlink_to(script)
        self.environ["PATH"] = str(target)

    def find(self) -> Installation | None:
        self.project.mkdir(parents=True, exist_ok=True)
        environ = {"HOME": str(self.root), "PATH": "", **self.environ}
        return find_installation(str(self.project), cwd=str(self.project), environ=environ, python=self.python)


def lock(version: str, name: str = "pipelex") -> str:
    first = '[[package]]\nname = "annotated-types"\nversion = "0.7.0"\n\n'
    return f'version = 1\n\n{first}[[package]]\nname = "{name}"\nversion = "{version}"\n'


def pyproject(*dependencies: str) -> str:
    return f'[project]\nname = "shop"\nversion = "0"\ndependencies = [{", ".join(map(repr, dependencies))}]\n'


CASES: dict[str, tuple[Callable[[Case], object], str | None, ReleaseSource | None]] = {}


def case(
    version: str | None, source: ReleaseSource | None
) -> Callable[[Callable[[Case], object]], Callable[[Case], object]]:
    def add(make: Callable[[Case], object]) -> Callable[[Case], object]:
        CASES[make.__name__.removeprefix("_")] = (make, version, source)
        return make

    return add


ENVIRONMENT, LOCK, PIN, RANGE = (ReleaseSource.ENVIRONMENT, ReleaseSource.LOCK, ReleaseSource.PIN, ReleaseSource.RANGE)


@case("0.92.2", ENVIRONMENT)
def _dot_venv(case: Case) -> None:
    case.venv("shop/.venv", "0.92.2")


@case("0.92.2", ENVIRONMENT)
def _venv_without_dot(case: Case) -> None:
    case.venv("shop/venv", "0.92.2")


@case("0.77.0", ENVIRONMENT)
def _venv_of_a_folder_above(case: Case) -> None:
    case.venv(".venv", "0.77.0")


@case("0.60.0", ENVIRONMENT)
def _virtual_env_variable_before_dot_venv(case: Case) -> None:
    case.environ["VIRTUAL_ENV"] = str(case.venv("other", "0.60.0"))
    case.venv("shop/.venv", "0.92.2")


@case("0.92.2", ENVIRONMENT)
def _virtual_env_without_pipelex(case: Case) -> None:
    case.environ["VIRTUAL_ENV"] = str(case.venv("other", None))
    case.venv("shop/.venv", "0.92.2")


@case("0.92.2", ENVIRONMENT)
def _virtual_env_that_is_gone(case: Case) -> None:
    case.environ["VIRTUAL_ENV"] = str(case.root / "gone")
    case.venv("shop/.venv", "0.92.2")


@case("0.45.0", ENVIRONMENT)
def _option_with_an_interpreter(case: Case) -> None:
    case.python = str(case.venv("other", "0.45.0") / "bin" / "python")
    case.venv("shop/.venv", "0.92.2")


@case("0.45.0", ENVIRONMENT)
def _option_with_a_folder(case: Case) -> None:
    case.python = str(case.venv("other", "0.45.0"))


@case("0.45.0", ENVIRONMENT)
def _option_with_a_relative_path(case: Case) -> None:
    case.venv("shop/env", "0.45.0")
    case.python = "env/bin/python"


@case("0.45.0", ENVIRONMENT)
def _option_with_a_command_on_path(case: Case) -> None:
    case.environ["PATH"] = str(case.venv("other", "0.45.0") / "bin")
    case.python = "python"


@case("0.15.7", LOCK)
def _option_without_pipelex_falls_back_to_the_lock(case: Case) -> None:
    case.python = str(case.venv("other", None))
    case.write("shop/uv.lock", lock("0.15.7"))


@case("0.24.0", ENVIRONMENT)
def _command_on_path(case: Case) -> None:
    case.command(case.venv("tool-env", "0.24.0"))


@case("0.24.0", ENVIRONMENT)
def _command_of_uv_tool(case: Case) -> None:
    case.command(case.venv(".local/share/uv/tools/pipelex", "0.24.0", config="home = /usr/bin\nuv = 0.9.1\n"))


@case("0.24.0", ENVIRONMENT)
def _command_of_pipx(case: Case) -> None:
    case.command(case.venv(".local/pipx/venvs/pipelex", "0.24.0"))


@case("0.24.0", ENVIRONMENT)
def _command_with_a_long_interpreter_path(case: Case) -> None:
    prefix = case.venv("a folder with blanks", "0.24.0")
    case.command(prefix, head=f"#!/bin/sh\n'''exec' \"{prefix}/bin/python\" \"$0\" \"$@\"\n' '''\n")


@case(None, None)
def _command_that_is_a_shell_script(case: Case) -> None:
    case.command(case.venv("tool-env", "0.24.0"), head="#!/usr/bin/env bash\n")


@case("0.92.2", ENVIRONMENT)
def _project_environment_before_the_command(case: Case) -> None:
    case.command(case.venv("tool-env", "0.24.0"))
    case.venv("shop/.venv", "0.92.2")


@case("0.24.0", ENVIRONMENT)
def _project_environment_without_pipelex_then_the_command(case: Case) -> None:
    case.command(case.venv("tool-env", "0.24.0"))
    case.venv("shop/.venv", None)


@case("0.18.0b2", ENVIRONMENT)
def _pre_release(case: Case) -> None:
    case.venv("shop/.venv", "0.18.0b2")


@case("0.92.2", ENVIRONMENT)
def _environment_with_system_packages(case: Case) -> None:
    base = case.venv("base", "0.92.2")
    (base / "pyvenv.cfg").unlink()
    case.venv("shop/.venv", None, config=f"home = {base}/bin\ninclude-system-site-packages = true\n")


@case("0.33.0", ENVIRONMENT)
def _egg_info_of_an_old_installer(case: Case) -> None:
    site = case.venv("shop/.venv", None) / "lib" / "python3.11" / "site-packages"
    (site / "pipelex.egg-info").mkdir()
    (site / "pipelex.egg-info" / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: pipelex\nVersion: 0.33.0\n")


@case("0.15.7", LOCK)
def _uv_lock(case: Case) -> None:
    case.write("shop/uv.lock", lock("0.15.7"))


@case("0.15.7", LOCK)
def _poetry_lock(case: Case) -> None:
    case.write("shop/poetry.lock", lock("0.15.7"))


@case("0.15.7", LOCK)
def _pdm_lock_with_other_key_order(case: Case) -> None:
    case.write("shop/pdm.lock", '[[package]]\nversion = "0.15.7"\nname = "pipelex"\n')


@case("0.15.7", LOCK)
def _pylock(case: Case) -> None:
    case.write("shop/pylock.toml", '[[packages]]\nname = "pipelex"\nversion = "0.15.7"\n')


@case("0.15.7", LOCK)
def _pipfile_lock(case: Case) -> None:
    case.write("shop/Pipfile.lock", '{"default": {"pipelex": {"version": "==0.15.7"}}}')


@case("0.50.0", LOCK)
def _lock_of_the_workspace_above(case: Case) -> None:
    case.write("pyproject.toml", pyproject())
    case.write("uv.lock", lock("0.50.0"))
    (case.root / ".git").mkdir()
    case.write("shop/pyproject.toml", pyproject("pipelex>=0.45"))


@case("0.24.0", LOCK)
def _lock_before_pyproject(case: Case) -> None:
    case.write("shop/uv.lock", lock("0.24.0"))
    case.write("shop/pyproject.toml", pyproject("pipelex[anthropic]==0.15.7"))


@case("0.15.7", PIN)
def _exact_pin_with_extras(case: Case) -> None:
    case.write("shop/pyproject.toml", pyproject("pipelex[anthropic,google]==0.15.7"))


@case("0.46.4", PIN)
def _exact_pin_in_a_dependency_group(case: Case) -> None:
    case.write("shop/pyproject.toml", pyproject() + '[dependency-groups]\ndev = ["pytest", "pipelex == 0.46.4"]\n')


@case("0.13.1", PIN)
def _poetry_exact(case: Case) -> None:
    case.write("shop/pyproject.toml", '[tool.poetry.dependencies]\npipelex = {version = "0.13.1", extras = ["fal"]}\n')


@case("0.15.7", RANGE)
def _poetry_caret(case: Case) -> None:
    case.write("shop/pyproject.toml", '[tool.poetry.dependencies]\npipelex = "^0.15.1"\n')


@case("0.72.0", RANGE)
def _range(case: Case) -> None:
    case.write("shop/pyproject.toml", pyproject("pipelex>=0.45,<0.73"))


@case("0.15.3", PIN)
def _requirements_with_comment_and_marker(case: Case) -> None:
    case.write(
        "shop/requirements.txt", "httpx\npipelex[anthropic]==0.15.3 ; python_version > '3.10'  # the pipe runner\n"
    )


@case("0.15.3", PIN)
def _requirements_with_hashes(case: Case) -> None:
    case.write("shop/requirements-prod.txt", "pipelex==0.15.3 \\\n    --hash=sha256:00\n")


@case("0.15.7", PIN)
def _git_tag_of_uv_sources(case: Case) -> None:
    sources = '[tool.uv.sources]\npipelex = {git = "https://example.com/pipelex.git", tag = "v0.15.7"}\n'
    case.write("shop/pyproject.toml", pyproject("pipelex") + sources)


@case("0.15.7", PIN)
def _direct_reference_to_a_wheel(case: Case) -> None:
    url = "https://example.com/pipelex-0.15.7-py3-none-any.whl"
    case.write("shop/pyproject.toml", pyproject(f"pipelex @ {url}"))


@case("0.92.2", PIN)
def _the_repository_of_pipelex_itself(case: Case) -> None:
    case.write("shop/pyproject.toml", '[project]\nname = "pipelex"\nversion = "0.92.2"\n')


@case("0.14.3", PIN)
def _setup_script_is_read_as_text(case: Case) -> None:
    case.write("shop/setup.py", CANARY + 'setup(install_requires=["pipelex==0.14.3"])\n')


@case(None, None)
def _nothing_at_all(case: Case) -> None:
    case.write("shop/pyproject.toml", pyproject("pipelex-tools==1.0"))


@case(None, None)
def _dependency_without_a_version(case: Case) -> None:
    case.write("shop/pyproject.toml", pyproject("pipelex"))


@case("0.15.7", LOCK)
def _broken_pyproject_beside_a_lock(case: Case) -> None:
    case.write("shop/pyproject.toml", "[project\n")
    case.write("shop/uv.lock", lock("0.15.7"))


@pytest.mark.parametrize("name", CASES)
def test_release_and_source_of_a_project(name: str, tmp_path: Path) -> None:
    make, version, source = CASES[name]
    made = Case(tmp_path)
    make(made)
    installation = made.find()
    assert (installation.version if installation else None, installation.source if installation else None) == (
        version,
        source,
    )
    assert not list(tmp_path.rglob("executed"))


def test_at_least_forty_projects_are_tried() -> None:
    assert len(CASES) >= 40


def test_a_lock_that_differs_from_the_environment_is_a_contradiction(tmp_path: Path) -> None:
    made = Case(tmp_path)
    made.venv("shop/.venv", "0.92.2")
    made.write("shop/uv.lock", lock("0.15.7"))
    made.write("shop/pyproject.toml", pyproject("pipelex>=0.90"))
    installation = made.find()
    assert installation is not None
    assert installation.contradictions == ("uv.lock names 0.15.7, but 0.92.2 in ./.venv",)


def test_the_text_names_the_source(tmp_path: Path) -> None:
    made = Case(tmp_path)
    made.write("shop/pyproject.toml", pyproject("pipelex>=0.45,<0.73"))
    installation = made.find()
    assert installation is not None
    assert installation.text == "0.72.0, newest allowed by pyproject.toml (<0.73,>=0.45)"


def test_nothing_of_a_project_is_written(tmp_path: Path) -> None:
    made = Case(tmp_path)
    made.venv("shop/.venv", "0.92.2")
    before = sorted(path for path, _, _ in os.walk(tmp_path))
    made.find()
    assert sorted(path for path, _, _ in os.walk(tmp_path)) == before


def test_a_chosen_release_names_no_installation(tmp_path: Path) -> None:
    made = Case(tmp_path)
    made.venv("shop/.venv", "0.92.2")
    for name, text in minimal("0.43.1").items():
        made.write(f"shop/.pipelex/inference/{name}", text)
    environ = {"HOME": str(tmp_path), "PATH": ""}
    assert inspect_tree(str(made.project), environ=environ).release_source == "0.92.2 in ./.venv"
    chosen = inspect_tree(str(made.project), environ=environ, release="0.43.1")
    assert chosen.release_source == "0.43.1, chosen by option or setting"
    assert chosen.catalog.installation is None


def test_a_named_release_that_the_tree_tells_too_is_said_to_be_named(tmp_path: Path) -> None:
    project = write_tree(tmp_path / "shop", g3_1())
    environ = {"HOME": NOWHERE}
    told = inspect_tree(str(project), environ=environ, cwd=str(project))
    assert told.release_source == f"{told.release}, detected from the tree"
    named = inspect_tree(str(project), environ=environ, cwd=str(project), release=str(told.release))
    assert named.release_source == f"{told.release}, chosen by option or setting"


@pytest.mark.parametrize(
    ("python", "active", "note"),
    [
        ("bare", None, "./bare (--python) has no pipelex"),
        ("nowhere", None, "nowhere (--python) is no Python environment"),
        (None, "bare", "./bare ($VIRTUAL_ENV) has no pipelex"),
        (None, "nowhere", "nowhere ($VIRTUAL_ENV) is no Python environment"),
        ("ancient", None, "0.9.0 in ./ancient does not read .pipelex/inference, or has an unknown number"),
    ],
)
def test_an_environment_without_pipelex_is_a_note(
    python: str | None, active: str | None, note: str, tmp_path: Path
) -> None:
    packages = "lib/python3.11/site-packages"
    files = {
        **g3_1(),
        f"../../bare/{packages}/requests-2.0.0.dist-info/METADATA": "Name: requests\n",
        f"../../ancient/{packages}/pipelex-0.9.0.dist-info/METADATA": "Name: pipelex\n",
    }
    project = write_tree(tmp_path / "shop", files)
    environ = {"HOME": NOWHERE, **KEYS, **LINKUP_KEY, **({"VIRTUAL_ENV": active} if active else {})}
    report = inspect_tree(str(project), environ=environ, cwd=str(project), python=python)
    assert report.verdict[0] == "ok"
    assert [problem.code for problem in report.problems] == [*CODES]
    assert [(problem.severity.value, problem.message) for problem in report.problems] == [("info", note)]
