"""The release of a project: further forms of locks, markers, overrides, workspaces, scripts, conda and environments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.installation import ReleaseSource
from tests.support.projects import Expected, Project

L, P, R, E = ReleaseSource.LOCK, ReleaseSource.PIN, ReleaseSource.RANGE, ReleaseSource.ENVIRONMENT

PROJECTS: dict[str, Project] = {}


def project(
    name: str,
    files: Mapping[str, str],
    expected: Expected,
    start: str = ".",
    environ: Mapping[str, str] | None = None,
) -> None:
    PROJECTS[name] = Project(files, expected, start, environ or {})


def pyproject(*dependencies: str, more: str = "") -> str:
    head = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.10"\n'
    return f"{head}dependencies = {list(dependencies)!r}\n{more}"


def of_uv(version: str, more: str = "") -> str:
    source = 'source = { registry = "https://pypi.org/simple" }\n'
    return f'[[package]]\nname = "pipelex"\nversion = "{version}"\n{source}{more}'


project(
    "uv lock, two by marker old python",
    {
        "uv.lock": 'version = 1\nrequires-python = ">=3.10"\n'
        + of_uv("0.15.7", "resolution-markers = [\"python_full_version < '3.9'\"]\n")
        + of_uv("0.24.0", "resolution-markers = [\"python_full_version >= '3.9'\"]\n")
    },
    ("0.24.0", L),
)
project(
    "uv lock, newest for another platform",
    {
        "uv.lock": "version = 1\n"
        + of_uv("0.24.0", "resolution-markers = [\"sys_platform == 'linux'\"]\n")
        + of_uv("0.60.0", "resolution-markers = [\"sys_platform == 'win32'\"]\n")
    },
    ("0.24.0", L),
)
project(
    "uv lock git",
    {
        "uv.lock": (
            '[[package]]\nname = "pipelex"\nversion = "0.24.0"\n'
            'source = { git = "https://x/pipelex?tag=v0.24.0#abc" }\n'
        )
    },
    ("0.24.0", L),
)
project(
    "uv lock crlf",
    {"uv.lock": 'version = 1\r\n[[package]]\r\nname = "pipelex"\r\nversion = "0.24.0"\r\n'},
    ("0.24.0", L),
)
project(
    "uv lock dependency edge only then other",
    {
        "uv.lock": (
            '[[package]]\nname = "shop"\nversion = "9.9.9"\n'
            'dependencies = [{ name = "pipelex", version = "0.24.0", source = {registry="x"} }]\n\n'
            '[[package]]\nname = "pipelex"\nversion = "0.24.0"\n'
        )
    },
    ("0.24.0", L),
)
project(
    "uv workspace member",
    {
        ".git/HEAD": "x",
        "pyproject.toml": '[tool.uv.workspace]\nmembers=["packages/*"]\n',
        "uv.lock": of_uv("0.50.0"),
        "packages/a/pyproject.toml": pyproject("pipelex"),
    },
    ("0.50.0", L),
    "packages/a",
)
project(
    "uv workspace member without git",
    {
        "pyproject.toml": '[project]\nname="root"\nversion="1"\n[tool.uv.workspace]\nmembers=["packages/*"]\n',
        "uv.lock": of_uv("0.50.0"),
        "packages/a/pyproject.toml": pyproject("pipelex>=0.45"),
    },
    ("0.50.0", L),
    "packages/a",
)
project(
    "uv workspace source",
    {
        "pyproject.toml": pyproject(
            "pipelex",
            more='[tool.uv.sources]\npipelex = { workspace = true }\n[tool.uv.workspace]\nmembers=["libs/*"]\n',
        ),
        "libs/pipelex/pyproject.toml": '[project]\nname="pipelex"\nversion="0.24.0"\n',
    },
    ("0.24.0", P),
)
project(
    "uv path source",
    {
        "pyproject.toml": pyproject(
            "pipelex", more='[tool.uv.sources]\npipelex = { path = "vendor/pipelex", editable = true }\n'
        ),
        "vendor/pipelex/pyproject.toml": '[project]\nname="pipelex"\nversion="0.24.0"\n',
    },
    ("0.24.0", P),
)
project(
    "uv override wins",
    {"pyproject.toml": pyproject("pipelex==0.15.7", more='[tool.uv]\noverride-dependencies=["pipelex==0.24.0"]\n')},
    ("0.24.0", P),
)
project(
    "uv override range wins over exact",
    {"pyproject.toml": pyproject("pipelex==0.15.7", more='[tool.uv]\noverride-dependencies=["pipelex>=0.24,<0.25"]\n')},
    ("0.24.1", R),
)
project(
    "uv constraint",
    {"pyproject.toml": pyproject("pipelex>=0.20", more='[tool.uv]\nconstraint-dependencies=["pipelex<0.25"]\n')},
    ("0.24.1", R),
)
project(
    "range split over two files",
    {"pyproject.toml": pyproject("pipelex>=0.20"), "constraints.txt": "pipelex<0.25\n"},
    ("0.24.1", R),
)
project(
    "marker of an old python first",
    {
        "pyproject.toml": pyproject(
            "pipelex==0.15.7; python_version < '3.9'", "pipelex==0.24.0; python_version >= '3.9'"
        )
    },
    ("0.24.0", P),
)
project(
    "requirements marker python",
    {"requirements.txt": 'pipelex==0.15.7 ; python_version < "3.9"\npipelex==0.24.0 ; python_version >= "3.9"\n'},
    ("0.24.0", P),
)
project(
    "marker implementation",
    {
        "requirements.txt": (
            'pipelex==0.15.7 ; implementation_name == "pypy"\npipelex==0.24.0 ; implementation_name != "pypy"\n'
        )
    },
    ("0.24.0", P),
)
project(
    "poetry lock with groups and markers",
    {
        "poetry.lock": (
            '[[package]]\nname = "pipelex"\nversion = "0.24.0"\ndescription = ""\noptional = false\n'
            'python-versions = ">=3.10"\ngroups = ["main", "dev"]\n'
            'markers = "python_version >= \\"3.10\\""\n'
        )
    },
    ("0.24.0", L),
)
project(
    "poetry lock two versions",
    {
        "poetry.lock": (
            '[[package]]\nname = "pipelex"\nversion = "0.15.7"\n'
            'markers = "python_version < \\"3.9\\""\n\n[[package]]\nname = "pipelex"\n'
            'version = "0.24.0"\nmarkers = "python_version >= \\"3.9\\""\n'
        )
    },
    ("0.24.0", L),
)
project(
    "poetry list of constraints",
    {
        "pyproject.toml": (
            '[tool.poetry.dependencies]\npython="^3.10"\n'
            'pipelex = [{version="0.15.7", python="<3.9"},{version="0.24.0", python=">=3.9"}]\n'
        )
    },
    ("0.24.0", P),
)
project("poetry or", {"pyproject.toml": '[tool.poetry.dependencies]\npipelex = "^0.15.1 || ^0.24"\n'}, ("0.24.1", R))
project(
    "poetry or single bar", {"pyproject.toml": '[tool.poetry.dependencies]\npipelex = "~0.46|~0.24"\n'}, ("0.46.4", R)
)
project(
    "poetry optional group",
    {
        "pyproject.toml": (
            "[tool.poetry.group.ai]\noptional=true\n[tool.poetry.group.ai.dependencies]\n"
            'pipelex = {version="==0.24.0", optional=true}\n'
        )
    },
    ("0.24.0", P),
)
project(
    "poetry path dependency",
    {
        "pyproject.toml": '[tool.poetry.dependencies]\npipelex = {path="../pipelex", develop=true}\n',
        "../pipelex/pyproject.toml": '[tool.poetry]\nname="pipelex"\nversion="0.24.0"\n',
    },
    ("0.24.0", P),
)
project("poetry 2 project with parentheses", {"pyproject.toml": pyproject("pipelex (>=0.24.0,<0.25.0)")}, ("0.24.1", R))
project(
    "poetry 2 enrichment",
    {
        "pyproject.toml": pyproject(
            "pipelex", more='[tool.poetry.dependencies]\npipelex = {git="https://x/p.git", tag="v0.24.0"}\n'
        )
    },
    ("0.24.0", P),
)
project(
    "pdm lock",
    {
        "pdm.lock": (
            '[metadata]\ngroups=["default"]\n[[package]]\nname = "pipelex"\nversion = "0.24.0"\n'
            'extras = ["fal"]\nrequires_python = ">=3.10"\n'
        )
    },
    ("0.24.0", L),
)
project(
    "pdm overrides",
    {"pyproject.toml": pyproject("pipelex>=0.15", more='[tool.pdm.resolution.overrides]\npipelex = "0.24.0"\n')},
    ("0.24.0", P),
)
project(
    "pdm own lock file name",
    {"pyproject.toml": pyproject("pipelex"), "pdm.py311.lock": '[[package]]\nname = "pipelex"\nversion = "0.24.0"\n'},
    ("0.24.0", L),
)
project(
    "pdm python pointer",
    {
        "pyproject.toml": pyproject("pipelex"),
        ".pdm-python": "@ROOT@/envs/a/bin/python",
        "../envs/a/pyvenv.cfg": "home=/usr/bin\n",
        "../envs/a/bin/python": "",
        "../envs/a/lib/python3.11/site-packages/pipelex-0.24.0.dist-info/METADATA": "Name: pipelex\n",
    },
    ("0.24.0", E),
)
project(
    "uv project environment",
    {
        "pyproject.toml": pyproject("pipelex"),
        "../envs/a/pyvenv.cfg": "home=/usr/bin\n",
        "../envs/a/bin/python": "",
        "../envs/a/lib/python3.11/site-packages/pipelex-0.24.0.dist-info/METADATA": "Name: pipelex\n",
    },
    ("0.24.0", E),
    ".",
    {"UV_PROJECT_ENVIRONMENT": "@ROOT@/envs/a"},
)
project(
    "uv project environment relative",
    {
        "pyproject.toml": pyproject("pipelex"),
        "my-env/pyvenv.cfg": "home=/usr/bin\n",
        "my-env/lib/python3.11/site-packages/pipelex-0.24.0.dist-info/METADATA": "Name: pipelex\n",
    },
    ("0.24.0", E),
    ".",
    {"UV_PROJECT_ENVIRONMENT": "my-env"},
)
project(
    "conda prefix active",
    {
        "pyproject.toml": pyproject("pipelex"),
        "../conda/envs/a/conda-meta/history": "",
        "../conda/envs/a/bin/python3.11": "",
        "../conda/envs/a/lib/python3.11/site-packages/pipelex-0.24.0.dist-info/METADATA": "Name: pipelex\n",
    },
    ("0.24.0", E),
    ".",
    {"CONDA_PREFIX": "@ROOT@/conda/envs/a"},
)
project(
    "folder env",
    {
        "env/pyvenv.cfg": "home=/usr/bin\n",
        "env/lib/python3.11/site-packages/pipelex-0.24.0.dist-info/METADATA": "Name: pipelex\n",
    },
    ("0.24.0", E),
)
project(
    "venv link",
    {
        "../real/pyvenv.cfg": "home=/usr/bin\n",
        "../real/lib/python3.11/site-packages/pipelex-0.24.0.dist-info/METADATA": "Name: pipelex\n",
        ".venv": "->../real",
    },
    ("0.24.0", E),
)
project(
    "editable install",
    {
        ".venv/pyvenv.cfg": "home=/usr/bin\n",
        ".venv/lib/python3.11/site-packages/pipelex-0.24.0.dist-info/METADATA": "Name: pipelex\n",
        ".venv/lib/python3.11/site-packages/pipelex-0.24.0.dist-info/direct_url.json": "{}",
    },
    ("0.24.0", E),
)
project(
    "local version",
    {
        ".venv/pyvenv.cfg": "home=/usr/bin\n",
        ".venv/lib/python3.11/site-packages/pipelex-0.24.0+local.1.dist-info/METADATA": "Name: pipelex\n",
    },
    ("0.24.0+local.1", E),
)
project(
    "dev version",
    {
        ".venv/pyvenv.cfg": "home=/usr/bin\n",
        ".venv/lib/python3.11/site-packages/pipelex-0.24.1.dev3.dist-info/METADATA": "Name: pipelex\n",
    },
    ("0.24.1.dev3", E),
)
project(
    "conda fuzzy", {"environment.yml": "name: shop\ndependencies:\n  - python=3.11\n  - pipelex=0.24\n"}, ("0.24.1", R)
)
project("conda exact eq", {"environment.yaml": "dependencies:\n  - pipelex==0.24.0\n"}, ("0.24.0", P))
project("conda range with blanks", {"environment.yml": "dependencies:\n  - pipelex >=0.24,<0.25\n"}, ("0.24.1", R))
project(
    "conda quoted range",
    {"environment.yml": 'dependencies:\n  - pip:\n    - "pipelex[anthropic]>=0.24,<0.25"\n'},
    ("0.24.1", R),
)
project(
    "conda pip requirements file",
    {"environment.yml": "dependencies:\n  - pip:\n    - -r deps/all.txt\n", "deps/all.txt": "pipelex==0.24.0\n"},
    ("0.24.0", P),
)
project("conda other name", {"conda.yml": "dependencies:\n  - pip:\n    - pipelex==0.24.0\n"}, ("0.24.0", P))
project("conda env name", {"environment-dev.yml": "dependencies:\n  - pip:\n    - pipelex==0.24.0\n"}, ("0.24.0", P))
project("conda env.yaml", {"env.yaml": "dependencies:\n  - pip:\n    - pipelex==0.24.0\n"}, ("0.24.0", P))
project(
    "conda explicit lock",
    {
        "conda-linux-64.lock": (
            "@EXPLICIT\nhttps://conda.anaconda.org/conda-forge/noarch/pipelex-0.24.0-pyhd8ed1ab_0.conda#abc\n"
        )
    },
    ("0.24.0", L),
)
project(
    "conda-lock", {"conda-lock.yml": "package:\n- name: pipelex\n  version: 0.24.0\n  manager: pip\n"}, ("0.24.0", L)
)
project(
    "micromamba like commented",
    {"environment.yml": "dependencies:\n  # - pipelex=0.15.7\n  - pipelex=0.24.0 # why\n"},
    ("0.24.0", P),
)
project("pixi conda deps", {"pixi.toml": '[dependencies]\npipelex = "0.24.0.*"\n'}, ("0.24.0", R))
project(
    "pixi feature",
    {"pixi.toml": '[feature.ai.pypi-dependencies]\npipelex = { version = "==0.24.0", extras=["fal"] }\n'},
    ("0.24.0", P),
)
project(
    "pixi in pyproject feature",
    {"pyproject.toml": '[tool.pixi.feature.ai.pypi-dependencies]\npipelex = "==0.24.0"\n'},
    ("0.24.0", P),
)
project(
    "pep 723",
    {
        "run.py": (
            '# /// script\n# requires-python = ">=3.10"\n# dependencies = [\n'
            '#   "pipelex[fal]==0.24.0",\n#   "rich",\n# ]\n# ///\nimport pipelex\n'
        )
    },
    ("0.24.0", P),
)
project(
    "pep 723 lock",
    {"run.py": '# /// script\n# dependencies = ["pipelex"]\n# ///\n', "run.py.lock": "version = 1\n" + of_uv("0.24.0")},
    ("0.24.0", L),
)
project(
    "pep 723 beside pyproject",
    {
        "pyproject.toml": pyproject("pipelex==0.24.0"),
        "run.py": '# /// script\n# dependencies = ["pipelex==0.15.7"]\n# ///\n',
    },
    ("0.24.0", P),
)
project(
    "pep 723 with shebang and range",
    {"bin.py": '#!/usr/bin/env -S uv run --script\n#\n# /// script\n# dependencies = ["pipelex>=0.24,<0.25"]\n# ///\n'},
    ("0.24.1", R),
)
project("pre-release range", {"pyproject.toml": pyproject("pipelex>=0.18.0b1,<=0.18.0b2")}, ("0.18.0b2", R))
project("compatible two parts", {"pyproject.toml": pyproject("pipelex~=0.24")}, ("0.92.2", R))
project("upper inclusive", {"pyproject.toml": pyproject("pipelex<=0.24")}, ("0.24.0", R))
project("exclusion", {"pyproject.toml": pyproject("pipelex!=0.24.1,<0.25,>=0.24")}, ("0.24.0", R))
project("hatch.toml", {"hatch.toml": '[envs.default]\ndependencies=["pipelex==0.24.0"]\n'}, ("0.24.0", P))
project(
    "include group",
    {
        "pyproject.toml": pyproject(
            more='[dependency-groups]\nai=["pipelex[fal]==0.24.0"]\ndev=[{include-group="ai"}]\n'
        )
    },
    ("0.24.0", P),
)
project(
    "pyproject in a subfolder app",
    {"README.md": "x", "backend/pyproject.toml": pyproject("pipelex==0.24.0")},
    ("0.24.0", P),
)
project(
    "uv.lock in subfolder",
    {"backend/pyproject.toml": pyproject("pipelex"), "backend/uv.lock": of_uv("0.24.0")},
    ("0.24.0", L),
)
project(
    "requirements lock in folder", {"requirements/prod.lock": "pipelex==0.24.0 \\\n --hash=sha256:aa\n"}, ("0.24.0", L)
)
project(
    "requirements compiled beside in",
    {
        "requirements.in": "pipelex>=0.15\n",
        "requirements.txt": (
            "# via pip-compile\npipelex==0.24.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
            "    # via -r requirements.in\n"
        ),
    },
    ("0.24.0", P),
)
project("requirement continuation", {"requirements.txt": "pipelex \\\n  [fal] \\\n  ==0.24.0\n"}, ("0.24.0", P))
project(
    "requirement with index options",
    {"requirements.txt": "--index-url https://x\n--extra-index-url https://y/pipelex\npipelex==0.24.0\n"},
    ("0.24.0", P),
)
project("requirement env variable", {"requirements.txt": "pipelex==${V}\npipelex==0.24.0\n"}, ("0.24.0", P))
project(
    "requirement wheel url with hash",
    {
        "requirements.txt": (
            "pipelex @ https://files.pythonhosted.org/packages/ab/pipelex-0.24.0-py3-none-any.whl#sha256=abc\n"
        )
    },
    ("0.24.0", P),
)
project("sdist url", {"requirements.txt": "https://x/pipelex-0.24.0.tar.gz\n"}, ("0.24.0", P))
project(
    "git archive url",
    {"requirements.txt": "pipelex @ https://github.com/Pipelex/pipelex/archive/refs/tags/v0.24.0.zip\n"},
    ("0.24.0", P),
)
project(
    "git at ref tag path",
    {"requirements.txt": "git+ssh://git@github.com/Pipelex/pipelex.git@refs/tags/v0.24.0#egg=pipelex\n"},
    ("0.24.0", P),
)
project("epoch-like suffix", {"requirements.txt": "pipelex==0.24.0.post1\n"}, ("0.24.0.post1", P))
project("trailing zeros", {"requirements.txt": "pipelex==0.24\n"}, ("0.24", P))
project(
    "pipfile range and lock",
    {
        "Pipfile": '[packages]\npipelex="~=0.24.0"\n',
        "Pipfile.lock": '{"_meta":{},"default":{"pipelex":{"version":"==0.24.0","markers":"python_version>\'3.9\'"}}}',
    },
    ("0.24.0", L),
)
project("pipfile category", {"Pipfile": '[ai]\npipelex="==0.24.0"\n'}, ("0.24.0", P))
project("setup.cfg extras", {"setup.cfg": "[options.extras_require]\nai =\n    pipelex==0.24.0\n"}, ("0.24.0", P))
project(
    "pylock pep751 with marker",
    {
        "pylock.toml": (
            'lock-version="1.0"\n[[packages]]\nname="pipelex"\nversion="0.15.7"\n'
            'marker="python_version < \'3.9\'"\n[[packages]]\nname="pipelex"\nversion="0.24.0"\n'
            "marker=\"python_version >= '3.9'\"\n"
        )
    },
    ("0.24.0", L),
)
project(
    "similar lock names",
    {
        "uv.lock": (
            '[[package]]\nname = "pipelex-tools"\nversion = "9.0.0"\n\n[[package]]\nname = "pipelex"\n'
            'version = "0.24.0"\n'
        )
    },
    ("0.24.0", L),
)
project(
    "python-version file decides",
    {
        ".python-version": "3.10\n",
        "requirements.txt": 'pipelex==0.15.7 ; python_version >= "3.11"\npipelex==0.24.0 ; python_version < "3.11"\n',
    },
    ("0.24.0", P),
)


@pytest.mark.parametrize("name", PROJECTS)
def test_release_of_a_project(name: str, tmp_path: Path) -> None:
    made = PROJECTS[name]
    found = made.installation(tmp_path)
    assert found is not None
    assert (found.version, found.source) == made.expected
