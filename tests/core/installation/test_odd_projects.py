"""The release of a project: images, tools, workflows, tasks, and environments that are kept elsewhere."""

from __future__ import annotations

import base64
import hashlib
import time
from pathlib import Path

import pytest

from core.installation import ReleaseSource
from core.installation.commands import pins_of_commands
from tests.support.projects import Project

L, P, R, E = ReleaseSource.LOCK, ReleaseSource.PIN, ReleaseSource.RANGE, ReleaseSource.ENVIRONMENT
PINNED, LOCKED, RANGED, INSTALLED = (("0.24.0", source) for source in (P, L, R, E))
SITE = "lib/python3.11/site-packages/pipelex-0.24.0.dist-info/METADATA"
UV_LOCK = '[[package]]\nname = "pipelex"\nversion = "0.24.0"\n'
BARE = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["pipelex"]\n'


def installed(prefix: str, **files: str) -> dict[str, str]:
    return {f"{prefix}/pyvenv.cfg": "home=/usr/bin\n", f"{prefix}/{SITE}": "Name: pipelex\n", **files}


PROJECTS: dict[str, Project] = {
    "image": Project({"Dockerfile": "FROM python:3.12\nRUN pip install --no-cache-dir pipelex==0.24.0\n"}, PINNED),
    "image, extras in quotes": Project(
        {"Containerfile": "RUN pip install 'pipelex[fal,google]==0.24.0' rich\n"}, PINNED
    ),
    "image, words in JSON": Project({"Dockerfile": 'RUN ["pip", "install", "pipelex[fal]==0.24.0"]\n'}, PINNED),
    "image, argument": Project(
        {"Dockerfile": "ARG PIPELEX_VERSION=0.24.0\nRUN uv pip install --system \\\n  pipelex==${PIPELEX_VERSION}\n"},
        PINNED,
    ),
    "image, variable with a default": Project({"Dockerfile": "RUN pip install pipelex==${V:-0.24.0}\n"}, PINNED),
    "image, last stage": Project(
        {"Dockerfile": "RUN pip install pipelex==0.15.7\nFROM x\n# pipelex==0.60.0\nRUN uv add 'pipelex==0.24.0'\n"},
        PINNED,
    ),
    "image, range in quotes": Project({"Dockerfile": 'RUN pip install "pipelex>=0.23,<0.24.1"\n'}, RANGED),
    "image, redirection": Project(
        {"Dockerfile": "RUN pip install pipelex>=0.15\nRUN uvx --from=pipelex==0.24.0 pipelex init\n"}, PINNED
    ),
    "image, command of uv": Project({"prod.Dockerfile": "RUN uv tool install pipelex@0.24.0\n"}, PINNED),
    "image, wheel": Project({"Dockerfile.prod": "RUN pip install /tmp/pipelex-0.24.0-py3-none-any.whl\n"}, PINNED),
    "image, tag of the repository": Project(
        {"Dockerfile": "RUN pip install git+https://github.com/Pipelex/pipelex.git@v0.24.0\n"}, PINNED
    ),
    "image of another package": Project(
        {
            "Dockerfile": "FROM pipelex/pipelex-api:0.18.0\nRUN pip install pipelex-sdk==0.1.0\n",
            ".tool-versions": "pipx:pipelex 0.24.0\n",
        },
        PINNED,
    ),
    "image in a folder of a package": Project(
        {"backend/requirements.txt": "rich\n", "backend/Dockerfile": "RUN pip install pipelex==0.24.0\n"}, PINNED
    ),
    "image below a lock": Project({"uv.lock": UV_LOCK, "Dockerfile": "RUN pip install pipelex==0.60.0\n"}, LOCKED),
    "image below an exact pin": Project(
        {"requirements.txt": "pipelex==0.24.0\n", "Dockerfile": "RUN pip install pipelex==0.60.0\n"}, PINNED
    ),
    "image above a range": Project(
        {"pyproject.toml": BARE.replace("pipelex", "pipelex>=0.20"), "Dockerfile": "RUN pip install pipelex==0.24.0\n"},
        PINNED,
    ),
    "mise": Project({"mise.toml": '[tools]\npython = "3.12"\n"pipx:pipelex" = "0.24.0"\n'}, PINNED),
    "mise, hidden file with a table": Project(
        {".mise.toml": '[tools]\n"pipx:pipelex" = { version = "0.24.0", extras = "fal" }\n'}, PINNED
    ),
    "mise, repository": Project({"mise.local.toml": '[tools]\n"pipx:Pipelex/pipelex" = "v0.24.0"\n'}, PINNED),
    "mise, list with a prefix": Project(
        {".config/mise.toml": '[tools]\n"pipx:pipelex" = ["0.23", "0.60"]\n'}, ("0.23.9", R)
    ),
    "mise, folder": Project({".mise/config.toml": '[tools]\n"pipx:pipelex[fal]" = "0.24.0"\n'}, PINNED),
    "mise, lock": Project(
        {
            "mise.toml": '[tools]\n"pipx:pipelex" = "latest"\n',
            "mise.lock": '[[tools."pipx:pipelex"]]\nversion = "0.24.0"\nbackend = "pipx:pipelex"\n',
        },
        LOCKED,
    ),
    "tool-versions": Project({".tool-versions": "python 3.12.1\npipx:pipelex 0.24.0 0.15.7 # why\n"}, PINNED),
    "workflow": Project(
        {".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: 'pip install pipelex==0.24.0'\n"}, PINNED
    ),
    "workflow, variable": Project(
        {
            ".github/workflows/ci.yaml": (
                'env:\n  PIPELEX: "0.24.0"\njobs:\n  a:\n    steps:\n'
                '      - run: |\n          uv pip install "pipelex==${{ env.PIPELEX }}"\n'
            )
        },
        PINNED,
    ),
    "workflow, after a bare dependency": Project(
        {"pyproject.toml": BARE, ".github/workflows/ci.yml": "run: uvx pipelex@0.24.0 validate\n"}, PINNED
    ),
    "workflow, below a range": Project(
        {"requirements.txt": "pipelex<0.24.1\n", ".github/workflows/a.yml": "run: pip install pipelex==0.60.0\n"},
        RANGED,
    ),
    "Makefile": Project({"Makefile": "VERSION ?= 0.24.0\nrun:\n\tuv run --with pipelex==$(VERSION) main.py\n"}, PINNED),
    "justfile": Project({"justfile": 'v := "1"\ninstall:\n    pip install "pipelex[fal]==0.24.0"\n'}, PINNED),
    "tox": Project({"tox.ini": "[testenv]\ndeps =\n    pytest\n    pipelex==0.24.0\n"}, PINNED),
    "nox": Project(
        {"noxfile.py": 'import nox\ndef t(session):\n    session.install("pipelex[fal]==0.24.0", "x")\n'}, PINNED
    ),
    "shell script": Project(
        {"install.sh": "#!/bin/sh\nset -e\npipx install pipelex==0.24.0 && pipelex init\n"}, PINNED
    ),
    "notebook": Project(
        {"demo.ipynb": '{"cells":[{"source":["!pip install -q \\"pipelex==0.24.0\\"\\n","import pipelex\\n"]}]}'},
        PINNED,
    ),
    "development container": Project(
        {".devcontainer/devcontainer.json": '{"postCreateCommand": "pip install pipelex==0.24.0"}\n'}, PINNED
    ),
    "conda packages of pixi": Project(
        {
            "pixi.lock": "version: 6\npackages:\n- conda: https://conda.anaconda.org/x/noarch/pipelex-0.24.0-py_0.conda\n"
        },
        LOCKED,
    ),
    "packages in the project": Project(
        {
            "__pypackages__/3.9/lib/rich-1.0.dist-info/METADATA": "",
            "__pypackages__/3.12/lib/pipelex-0.24.0.dist-info/METADATA": "",
        },
        INSTALLED,
    ),
    "environment of pixi": Project({f".pixi/envs/default/{SITE}": ""}, INSTALLED),
    "environment of Poetry": Project(
        {"poetry.lock": "", **installed("../.cache/pypoetry/virtualenvs/shop-@DIGEST@-py3.11")}, INSTALLED
    ),
    "environment of Poetry by variable": Project(
        installed("../envs/shop-@DIGEST@-py3.11"), INSTALLED, ".", {"POETRY_VIRTUALENVS_PATH": "@ROOT@/envs"}
    ),
    "environment of Pipenv": Project(
        {"Pipfile": "", **installed("../.local/share/virtualenvs/shop-@DIGEST_OF_PIPFILE@")}, INSTALLED
    ),
    "environment of Pipenv by name": Project(
        {".venv": "tools\n", **installed("../envs/tools")}, INSTALLED, ".", {"WORKON_HOME": "@ROOT@/envs"}
    ),
    "environment by a file with a path": Project({".venv": "../envs/tools\n", **installed("../envs/tools")}, INSTALLED),
    "environment of Hatch": Project(
        {
            **installed("../.local/share/hatch/env/virtual/shop/@DIGEST@/shop"),
            f"../.local/share/hatch/env/virtual/shop/@DIGEST@/docs/{SITE.replace('0.24.0', '0.15.7')}": "",
        },
        INSTALLED,
    ),
    "shim of pyenv": Project(
        {
            ".python-version": "3.11\n",
            "../.pyenv/shims/pipelex": "#!/bin/sh\n",
            f"../.pyenv/versions/3.11.5/{SITE}": "",
        },
        INSTALLED,
        ".",
        {"PATH": "@ROOT@/.pyenv/shims"},
    ),
}


def digest(path: Path) -> str:
    """The digest of a path in the names of environments, as poetry 2.5, pipenv 2026.10 and hatch 1.18 make it."""
    return base64.urlsafe_b64encode(hashlib.sha256(str(path).encode()).digest()).decode()[:8]


@pytest.mark.parametrize("name", PROJECTS)
def test_release_of_a_project(name: str, tmp_path: Path) -> None:
    shop = (tmp_path / "shop").resolve()
    digests = {"@DIGEST@": digest(shop), "@DIGEST_OF_PIPFILE@": digest(shop / "Pipfile")}
    made = PROJECTS[name]
    files = dict(made.files)
    for mark, value in digests.items():
        files = {path.replace(mark, value): text for path, text in files.items()}
    found = Project(files, made.expected, made.start, made.environ).installation(tmp_path)
    assert found is not None
    assert (found.version, found.source) == made.expected


def test_the_text_names_the_file_of_a_command(tmp_path: Path) -> None:
    files = {".github/workflows/ci.yml": "run: pip install pipelex==0.24.0\n"}
    found = Project(files, PINNED).installation(tmp_path)
    assert found is not None
    assert found.text == "0.24.0 from .github/workflows/ci.yml"


def test_an_image_that_installs_another_release_than_the_lock_is_a_contradiction(tmp_path: Path) -> None:
    files = {"uv.lock": UV_LOCK, "Dockerfile": "RUN pip install pipelex==0.60.0\n"}
    found = Project(files, LOCKED).installation(tmp_path)
    assert found is not None
    assert found.contradictions == ("Dockerfile names 0.60.0, but 0.24.0 from uv.lock",)


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 200_000,
        "a" + " " * 200_000 + "\n",
        "pipelex[a" * 25_000,
        "${a:-" * 40_000 + "pipelex",
        "'pipelex' " * 9_000,
    ],
    ids=["blank lines", "blanks", "brackets", "variables", "words"],
)
def test_hostile_commands_are_read_in_one_pass(text: str) -> None:
    began = time.thread_time()
    list(pins_of_commands(text))
    assert time.thread_time() - began < 5  # of seconds; minutes when a pattern runs on from each place
