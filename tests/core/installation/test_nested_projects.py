"""The release of a project: nested projects, workspaces, several locks, odd environments, wrappers and shims."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.installation import ReleaseSource
from core.installation.readiness import install_command
from tests.support.projects import Expected, Project

L, P, R, E = ReleaseSource.LOCK, ReleaseSource.PIN, ReleaseSource.RANGE, ReleaseSource.ENVIRONMENT
PINNED, LOCKED, RANGED, INSTALLED = (("0.24.0", source) for source in (P, L, R, E))
SITE = "lib/python3.11/site-packages"
INFO = "pipelex-0.24.0.dist-info/METADATA"
OTHER = "pipelex-0.15.7.dist-info/METADATA"
META = "Name: pipelex\nVersion: 0.24.0\n"
OTHER_META = "Name: pipelex\nVersion: 0.15.7\n"


def uv_lock(version: str = "0.24.0", more: str = "") -> str:
    source = 'source = { registry = "https://pypi.org/simple" }\n'
    return f'version = 1\nrevision = 3\n\n[[package]]\nname = "pipelex"\nversion = "{version}"\n{source}{more}'


def package(*dependencies: str, name: str = "shop", more: str = "") -> str:
    head = f'[project]\nname = "{name}"\nversion = "1"\nrequires-python = ">=3.10"\n'
    return f"{head}dependencies = {list(dependencies)!r}\n{more}"


def workspace(members: str, more: str = "") -> str:
    return package(name="root", more=f"[tool.uv.workspace]\nmembers = {members}\n{more}")


def environment(prefix: str, version: str = "0.24.0", python: str = "3.11", config: str = "") -> dict[str, str]:
    info = f"pipelex-{version}.dist-info/METADATA"
    return {
        f"{prefix}/pyvenv.cfg": config or f"home = /usr/bin\nversion = {python}.7\n",
        f"{prefix}/bin/python": "",
        f"{prefix}/lib/python{python}/site-packages/{info}": f"Name: pipelex\nVersion: {version}\n",
    }


PROJECTS: dict[str, Project] = {}


def project(
    name: str,
    files: Mapping[str, str],
    expected: Expected,
    start: str = ".",
    environ: Mapping[str, str] | None = None,
) -> None:
    assert name not in PROJECTS
    PROJECTS[name] = Project(files, expected, start, environ or {})


# ---- nested projects and workspaces

project(
    "inner project with its own exact pin below the lock of another project",
    {
        ".git/HEAD": "x",
        "uv.lock": uv_lock("0.50.0"),
        "pyproject.toml": package("pipelex==0.50.0"),
        "examples/demo/pyproject.toml": package("pipelex==0.24.0", name="demo"),
    },
    PINNED,
    "examples/demo",
)
project(
    "inner project with its own requirements below the lock of another project",
    {
        ".git/HEAD": "x",
        "poetry.lock": '[[package]]\nname = "pipelex"\nversion = "0.50.0"\n',
        "pyproject.toml": "[tool.poetry]\n",
        "demo/requirements.txt": "pipelex[fal]==0.24.0\n",
    },
    PINNED,
    "demo",
)
project(
    "inner project with its own range that excludes the lock above",
    {
        ".git/HEAD": "x",
        "uv.lock": uv_lock("0.50.0"),
        "pyproject.toml": package("pipelex==0.50.0"),
        "demo/pyproject.toml": package("pipelex>=0.24,<0.25", name="demo"),
    },
    ("0.24.1", R),
    "demo",
)
project(
    "inner project with its own lock",
    {
        ".git/HEAD": "x",
        "uv.lock": uv_lock("0.50.0"),
        "pyproject.toml": package("pipelex"),
        "demo/pyproject.toml": package("pipelex"),
        "demo/uv.lock": uv_lock(),
    },
    LOCKED,
    "demo",
)
project(
    "started in a folder of an inner project",
    {
        ".git/HEAD": "x",
        "uv.lock": uv_lock("0.50.0"),
        "demo/pyproject.toml": package("pipelex==0.24.0"),
        "demo/src/app/x.py": "",
    },
    PINNED,
    "demo/src/app",
)
project(
    "member of a workspace with a range",
    {
        ".git/HEAD": "x",
        "pyproject.toml": workspace('["packages/*"]'),
        "uv.lock": uv_lock(),
        "packages/a/pyproject.toml": package("pipelex>=0.20", name="a"),
        "packages/b/pyproject.toml": package("pipelex<0.30", name="b"),
    },
    LOCKED,
    "packages/a",
)
project(
    "submodule that is a member of the workspace above it",
    {
        ".git/HEAD": "x",
        "pyproject.toml": workspace('["libs/*"]'),
        "uv.lock": uv_lock(),
        "libs/a/.git": "gitdir: ../../.git/modules/a\n",
        "libs/a/pyproject.toml": package("pipelex", name="a"),
    },
    LOCKED,
    "libs/a",
)
project(
    "submodule that the workspace above excludes",
    {
        ".git/HEAD": "x",
        "pyproject.toml": workspace('["libs/*"]', 'exclude = ["libs/a"]\n'),
        "uv.lock": uv_lock("0.50.0"),
        "libs/a/.git": "gitdir: ../../.git/modules/a\n",
        "libs/a/pyproject.toml": package("pipelex>=0.24,<0.25", name="a"),
    },
    ("0.24.1", R),
    "libs/a",
)
project(
    "root of a workspace whose member names the release",
    {
        ".git/HEAD": "x",
        "pyproject.toml": workspace('["packages/*"]'),
        "packages/a/pyproject.toml": package("pipelex==0.24.0", name="a"),
    },
    PINNED,
)
project(
    "workspace whose root overrides the release",
    {
        ".git/HEAD": "x",
        "pyproject.toml": workspace('["packages/*"]', '[tool.uv]\noverride-dependencies = ["pipelex==0.24.0"]\n'),
        "packages/a/pyproject.toml": package("pipelex==0.15.7", name="a"),
    },
    PINNED,
    "packages/a",
)
project(
    "member whose root has the source",
    {
        ".git/HEAD": "x",
        "pyproject.toml": workspace(
            '["packages/*"]', '[tool.uv.sources]\npipelex = { git = "https://x/pipelex", tag = "v0.24.0" }\n'
        ),
        "packages/a/pyproject.toml": package("pipelex", name="a"),
    },
    PINNED,
    "packages/a",
)
project(
    "package two folders down",
    {".git/HEAD": "x", "services/api/pyproject.toml": package("pipelex==0.24.0")},
    PINNED,
)
project(
    "workspace of the repository of Pipelex, member",
    {
        ".git/HEAD": "x",
        "pyproject.toml": (
            '[project]\nname = "pipelex"\nversion = "0.24.0"\n[tool.uv.workspace]\nmembers = ["server"]\n'
        ),
        "server/pyproject.toml": package(
            "pipelex[fal]", name="server", more="[tool.uv.sources]\npipelex = { workspace = true }\n"
        ),
    },
    PINNED,
    "server",
)

# ---- locks and manifests

project(
    "lock of uv with several releases by the version of Python",
    {
        ".python-version": "3.12\n",
        "uv.lock": uv_lock("0.60.0", "resolution-markers = [\n    \"python_full_version < '3.11'\",\n]\n")
        + uv_lock("0.24.0", "resolution-markers = [\n    \"python_full_version >= '3.11'\",\n]\n").removeprefix(
            "version = 1\nrevision = 3\n"
        ),
    },
    LOCKED,
)
project(
    "sources by marker",
    {
        "pyproject.toml": package(
            "pipelex",
            more=(
                "[tool.uv]\n[[tool.uv.sources.pipelex]]\ngit = 'https://x/pipelex'\ntag = 'v0.60.0'\n"
                "marker = \"sys_platform == 'win32'\"\n[[tool.uv.sources.pipelex]]\ngit = 'https://x/pipelex'\n"
                "tag = 'v0.24.0'\nmarker = \"sys_platform == 'linux'\"\n"
            ),
        )
    },
    PINNED,
)
project(
    "requirements for production before those for development",
    {"requirements-dev.txt": "pipelex==0.15.7\n", "requirements.txt": "pipelex==0.24.0\n"},
    PINNED,
)
project(
    "requirements of the project before other lists",
    {
        "docs-requirements.txt": "pipelex==0.15.7\n",
        "requirements.txt": "-r base.txt\n",
        "base.txt": "pipelex==0.24.0\n",
    },
    PINNED,
)
project(
    "compiled requirements before their source",
    {"requirements.in": "pipelex==0.15.*\n", "requirements.txt": "pipelex==0.24.0\n"},
    PINNED,
)
project(
    "constraints of requirements",
    {"requirements.txt": "-c ../constraints.txt\npipelex>=0.15\n", "../constraints.txt": "pipelex==0.24.0\n"},
    PINNED,
)
project(
    "nested includes",
    {
        "requirements.txt": "-r requirements/base.txt\n",
        "requirements/base.txt": "--requirement=../more/ai.txt\n",
        "more/ai.txt": "Pipelex[fal] == 0.24.0\n",
    },
    PINNED,
)
project(
    "include that names itself",
    {"requirements.txt": "-r requirements.txt\n-r ./requirements.txt\npipelex==0.24.0\n"},
    PINNED,
)
project(
    "requirement with a variable",
    {"requirements.txt": "pipelex==${PIPELEX_VERSION}\n"},
    PINNED,
    ".",
    {"PIPELEX_VERSION": "0.24.0"},
)
project(
    "setup script with a commented requirement",
    {"setup.py": 'setup(install_requires=[\n  # "pipelex==0.15.7",\n  "pipelex==0.24.0",\n])\n'},
    PINNED,
)
project(
    "setup script with the number in a name",
    {"setup.py": 'VERSION = "0.24.0"\nsetup(install_requires=[f"pipelex[fal]=={VERSION}"])\n'},
    PINNED,
)
project(
    "setup script with a range in two texts",
    {"setup.py": "REQ = ['rich', 'pipelex >= 0.24, < 0.25']\nsetup(install_requires=REQ)\n"},
    ("0.24.1", R),
)
project(
    "setup.cfg",
    {"setup.cfg": "[metadata]\nname = shop\n[options]\ninstall_requires =\n    rich\n    pipelex[fal] == 0.24.0\n"},
    PINNED,
)
project(
    "setup.cfg with a commented line",
    {"setup.cfg": "[options]\ninstall_requires =\n    # pipelex==0.15.7\n    pipelex==0.24.0\n"},
    PINNED,
)
project(
    "group that includes another",
    {
        "pyproject.toml": package(
            more='[dependency-groups]\nai = ["pipelex==0.24.0"]\ndev = [{ include-group = "ai" }, "pytest"]\n'
        )
    },
    PINNED,
)
project(
    "own extra that names itself",
    {
        "pyproject.toml": package(
            more='[project.optional-dependencies]\nai = ["pipelex[fal]==0.24.0"]\nall = ["shop[ai]"]\n'
        )
    },
    PINNED,
)
project(
    "hatch environments by platform",
    {
        "pyproject.toml": package(
            more='[tool.hatch.envs.default]\nextra-dependencies = ["pipelex==0.24.0"]\n[tool.hatch.envs.docs]\n'
            'dependencies = ["mkdocs"]\n'
        )
    },
    PINNED,
)
project(
    "pre-commit",
    {
        ".pre-commit-config.yaml": (
            "repos:\n- repo: local\n  hooks:\n  - id: mthds\n    additional_dependencies: ['pipelex==0.24.0']\n"
        )
    },
    PINNED,
)
project(
    "image with an argument of compose",
    {
        "Dockerfile": "FROM python:3.12\nARG PIPELEX_VERSION\nRUN pip install pipelex==${PIPELEX_VERSION}\n",
        "compose.yaml": "services:\n  a:\n    build:\n      context: .\n      args:\n        PIPELEX_VERSION: 0.24.0\n",
    },
    PINNED,
)
project(
    "image with an argument of compose as a list",
    {
        "Dockerfile": 'ARG PIPELEX_VERSION\nRUN pip install "pipelex[fal]==$PIPELEX_VERSION"\n',
        "docker-compose.yml": "services:\n  a:\n    build:\n      args:\n        - PIPELEX_VERSION=0.24.0\n",
    },
    PINNED,
)
project(
    "image with a number of the .env",
    {
        "Dockerfile": "ARG PIPELEX_VERSION\nRUN pip install pipelex==${PIPELEX_VERSION}\n",
        ".env": "PIPELEX_VERSION=0.24.0\nOPENAI_API_KEY=x\n",
    },
    PINNED,
)
project(
    "lock of an inline script beside another script",
    {
        "a.py": "print()\n",
        "run.py": '# /// script\n# dependencies = ["pipelex>=0.15"]\n# ///\n',
        "run.py.lock": uv_lock(),
    },
    LOCKED,
)
project(
    "lock of conda for several platforms",
    {
        "conda-lock.yml": (
            "version: 1\npackage:\n- name: pipelex\n  version: 0.24.0\n  manager: pip\n  platform: linux-64\n"
            "- name: pipelex\n  version: 0.24.0\n  manager: pip\n  platform: osx-arm64\n"
        )
    },
    LOCKED,
)
project(
    "pylock with a name",
    {"pylock.prod.toml": 'lock-version = "1.0"\n[[packages]]\nname = "pipelex"\nversion = "0.24.0"\nindex = "x"\n'},
    LOCKED,
)
project(
    "pylock of a wheel without a version",
    {
        "pylock.toml": (
            'lock-version = "1.0"\n[[packages]]\nname = "pipelex"\n'
            'archive = { url = "https://x/pipelex-0.24.0-py3-none-any.whl", hashes = { sha256 = "a" } }\n'
        )
    },
    LOCKED,
)
project(
    "Pipfile.lock with the release for development only",
    {"Pipfile.lock": '{"_meta": {}, "default": {"rich": {}}, "develop": {"pipelex": {"version": "==0.24.0"}}}'},
    LOCKED,
)
project(
    "environment of conda with a channel and a build",
    {"environment.yml": "dependencies:\n  - conda-forge::pipelex=0.24.0=pyhd8ed1ab_0\n"},
    PINNED,
)
project(
    "environment of conda with a flow list",
    {"environment.yml": "name: x\ndependencies: [python=3.11, pip, {pip: ['pipelex==0.24.0']}]\n"},
    PINNED,
)

# ---- environments

project(
    "environment of another Python than its leftovers",
    {
        **environment(".venv", python="3.12"),
        f".venv/lib/python3.9/site-packages/{OTHER}": OTHER_META,
    },
    INSTALLED,
)
project(
    "environment whose configuration names no version",
    {
        **environment(".venv", python="3.12", config="home = /usr/bin\n"),
        f".venv/lib/python3.9/site-packages/{OTHER}": OTHER_META,
        ".venv/bin/python3.12": "",
    },
    INSTALLED,
)
project(
    "environment by uv's name of the version",
    {
        **environment(
            ".venv", python="3.12", config="home = /usr/bin\nimplementation = CPython\nversion_info = 3.12.4\n"
        ),
        f".venv/lib/python3.10/site-packages/{OTHER}": OTHER_META,
    },
    INSTALLED,
)
project(
    "metadata folder without metadata",
    {**environment(".venv"), f".venv/{SITE}/pipelex-0.15.7.dist-info/RECORD": ""},
    INSTALLED,
)
project(
    "metadata folder that is empty",
    {**environment(".venv"), f".venv/{SITE}/pipelex-0.99.0.dist-info/INSTALLER": "pip\n"},
    INSTALLED,
)
project(
    "remains of an interrupted pip",
    {**environment(".venv"), f".venv/{SITE}/~ipelex-0.15.7.dist-info/METADATA": OTHER_META},
    INSTALLED,
)
project(
    "metadata folder with a capital letter",
    {
        ".venv/pyvenv.cfg": "home = /usr/bin\n",
        f".venv/{SITE}/Pipelex-0.24.0.dist-info/METADATA": META,
    },
    INSTALLED,
)
project(
    "link to a folder with sources",
    {
        ".venv/pyvenv.cfg": "home = /usr/bin\n",
        f".venv/{SITE}/pipelex.egg-link": "@ROOT@/src/pipelex\n.",
        f".venv/{SITE}/easy-install.pth": "@ROOT@/src/pipelex\n",
        "../src/pipelex/pipelex.egg-info/PKG-INFO": META,
        "../src/pipelex/pyproject.toml": '[project]\nname = "pipelex"\nversion = "0.24.0"\n',
    },
    INSTALLED,
)
project(
    "editable install whose sources moved on",
    {
        **environment(".venv", "0.15.7"),
        f".venv/{SITE}/pipelex-0.15.7.dist-info/direct_url.json": (
            '{"dir_info": {"editable": true}, "url": "file://@ROOT@/src/pipe%20lex"}'
        ),
        "../src/pipe lex/pyproject.toml": '[project]\nname = "pipelex"\nversion = "0.24.0"\n',
    },
    INSTALLED,
)
project(
    "install of a folder that is not editable",
    {
        **environment(".venv"),
        f".venv/{SITE}/pipelex-0.24.0.dist-info/direct_url.json": '{"dir_info": {}, "url": "file://@ROOT@/src/pipelex"}',
        "../src/pipelex/pyproject.toml": '[project]\nname = "pipelex"\nversion = "0.60.0"\n',
    },
    INSTALLED,
)
project(
    "path file to another folder",
    {
        ".venv/pyvenv.cfg": "home = /usr/bin\n",
        f".venv/{SITE}/base.pth": "import sys; raise SystemExit\n# a comment\n\n@ROOT@/shared\n",
        f"../shared/{INFO}": META,
    },
    INSTALLED,
)
project(
    "path file with a relative folder",
    {
        ".venv/pyvenv.cfg": "home = /usr/bin\n",
        f".venv/{SITE}/base.pth": "vendored\n",
        f".venv/{SITE}/vendored/{INFO}": META,
    },
    INSTALLED,
)
project("environment by a file with a name", {".venv": "tools\n", **environment("tools")}, INSTALLED)
project("environment by a file with a dot", {".venv": "./tools\n", **environment("tools")}, INSTALLED)
project("environment by a link to nothing", {".venv": "->gone", "uv.lock": uv_lock()}, LOCKED)
project("environment by a link to itself", {".venv": "->.venv", "uv.lock": uv_lock()}, LOCKED)
project("environment of direnv", environment(".direnv/python-3.11.5"), INSTALLED)
project("environment of devenv", environment(".devenv/state/venv"), INSTALLED)
project(
    "packages of the system and of the user",
    {
        ".venv/pyvenv.cfg": "home = @ROOT@/usr/bin\ninclude-system-site-packages = true\nversion = 3.11.2\n",
        f".venv/{SITE}/rich-1.0.dist-info/METADATA": "",
        "../usr/bin/python3.11": "",
        "../usr/lib/python3/dist-packages/six-1.0.dist-info/METADATA": "",
        f"../.local/{SITE}/{INFO}": META,
    },
    INSTALLED,
)
project(
    "packages of the system of another Python",
    {
        ".venv/pyvenv.cfg": "home = @ROOT@/usr/bin\ninclude-system-site-packages = true\nversion = 3.11.2\n",
        f".venv/{SITE}/rich-1.0.dist-info/METADATA": "",
        f"../usr/lib/python3.12/site-packages/{OTHER}": OTHER_META,
        f"../usr/lib/python3.11/site-packages/{INFO}": META,
    },
    INSTALLED,
)
project(
    "packages of Debian's system",
    {
        ".venv/pyvenv.cfg": "home = @ROOT@/usr/bin\ninclude-system-site-packages = true\nversion = 3.11.2\n",
        f".venv/{SITE}/rich-1.0.dist-info/METADATA": "",
        f"../usr/local/lib/python3.11/dist-packages/{INFO}": META,
        "../usr/lib/python3/dist-packages/six-1.0.dist-info/METADATA": "",
    },
    INSTALLED,
)
project(
    "system packages that are not included",
    {
        ".venv/pyvenv.cfg": "home = @ROOT@/usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n",
        f".venv/{SITE}/rich-1.0.dist-info/METADATA": "",
        f"../usr/lib/python3.11/site-packages/{OTHER}": OTHER_META,
        "uv.lock": uv_lock(),
    },
    LOCKED,
)
project(
    "folder on PYTHONPATH",
    {f"deps/{INFO}": META, **environment(".venv", "0.15.7")},
    INSTALLED,
    ".",
    {"PYTHONPATH": "@ROOT@/shop/deps"},
)
project("folder on PYTHONPATH alone", {f"deps/{INFO}": META}, INSTALLED, ".", {"PYTHONPATH": "@ROOT@/shop/deps"})
project(
    "environment of conda by its name",
    {
        "environment.yml": "name: shop-env\ndependencies:\n  - pipelex\n",
        "../.conda/environments.txt": "@ROOT@/mini\n@ROOT@/mini/envs/shop-env\n",
        f"../mini/envs/shop-env/{SITE}/{INFO}": META,
        "../mini/envs/shop-env/conda-meta/history": "",
        f"../mini/{SITE}/{OTHER}": OTHER_META,
    },
    INSTALLED,
)
project(
    "active environment of conda named by a relative project",
    {f"../mini/envs/a/{SITE}/{INFO}": META, "../mini/envs/a/conda-meta/history": "", "uv.lock": uv_lock("0.50.0")},
    INSTALLED,
    ".",
    {"CONDA_PREFIX": "@ROOT@/mini/envs/a", "CONDA_DEFAULT_ENV": "a"},
)
project(
    "pointer of PDM of older releases",
    {".pdm.toml": '[python]\npath = "@ROOT@/envs/a/bin/python"\n', **environment("../envs/a")},
    INSTALLED,
)

# ---- wrappers and shims

BASH = "#!/usr/bin/env bash\n"
ASDF = '# asdf-plugin: python 3.12.1\n# asdf-plugin: python 3.11.5\nexec /opt/asdf/bin/asdf exec "pipelex" "$@" # x\n'


def of_asdf(version: str, release: str, data: str = "../.asdf", tool: str = "python") -> dict[str, str]:
    prefix = f"{data}/installs/{tool}/{version}"
    interpreter = f"#!@ROOT@/{prefix.removeprefix('../')}/bin/python3.11\n"
    info = f"pipelex-{release}.dist-info/METADATA"
    return {
        f"{prefix}/bin/pipelex": interpreter,
        f"{prefix}/bin/python3.11": "",
        f"{prefix}/{SITE}/{info}": f"Name: pipelex\nVersion: {release}\n",
    }


SHIM_OF_ASDF = {"../.asdf/shims/pipelex": BASH + ASDF, **of_asdf("3.11.5", "0.24.0"), **of_asdf("3.12.1", "0.15.7")}
ON_ASDF = {"PATH": "@ROOT@/.asdf/shims"}
project("shim of asdf", {".tool-versions": "nodejs 20.1\npython 3.11.5\n", **SHIM_OF_ASDF}, INSTALLED, ".", ON_ASDF)
project(
    "shim of asdf in a folder below",
    {".tool-versions": "python 3.11.5\n", "src/x": "", **SHIM_OF_ASDF},
    INSTALLED,
    "src",
    ON_ASDF,
)
project("shim of asdf by the home", {"../.tool-versions": "python 3.11.5\n", **SHIM_OF_ASDF}, INSTALLED, ".", ON_ASDF)
project(
    "shim of asdf by a variable",
    {".tool-versions": "python 3.12.1\n", **SHIM_OF_ASDF},
    INSTALLED,
    ".",
    {**ON_ASDF, "ASDF_PYTHON_VERSION": "3.11.5"},
)
project(
    "shim of asdf, second choice",
    {".tool-versions": "python 3.10.0 3.11.5\n", **SHIM_OF_ASDF},
    INSTALLED,
    ".",
    ON_ASDF,
)
project(
    "shim of asdf with a data folder",
    {
        ".tool-versions": "python 3.11.5\n",
        "../data/shims/pipelex": BASH + ASDF,
        **of_asdf("3.11.5", "0.24.0", "../data"),
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/data/shims", "ASDF_DATA_DIR": "@ROOT@/data"},
)
project(
    "shim of asdf by a file of pyenv",
    {"../.asdfrc": "legacy_version_file = yes\n", ".python-version": "3.11.5\n", **SHIM_OF_ASDF},
    INSTALLED,
    ".",
    ON_ASDF,
)
project(
    "shim of asdf to a tool of its own",
    {
        ".tool-versions": "pipelex 0.24.0\n",
        "../.asdf/shims/pipelex": BASH + '# asdf-plugin: pipelex 0.24.0\nexec asdf exec "pipelex" "$@"\n',
        "../.asdf/installs/pipelex/0.24.0/bin/pipelex": "->../venv/bin/pipelex",
        **environment("../.asdf/installs/pipelex/0.24.0/venv"),
        "../.asdf/installs/pipelex/0.24.0/venv/bin/pipelex": "#!@ROOT@/.asdf/installs/pipelex/0.24.0/venv/bin/python\n",
    },
    INSTALLED,
    ".",
    ON_ASDF,
)
project(
    "shim of asdf without a choice",
    {"uv.lock": uv_lock("0.50.0"), **SHIM_OF_ASDF},
    ("0.50.0", L),
    ".",
    ON_ASDF,
)
MISE = "../.local/share/mise"
project(
    "shim of mise to a tool of pipx",
    {
        "mise.toml": '[tools]\n"pipx:pipelex" = "0.24"\n',
        f"{MISE}/shims/pipelex": "->../../../../bin/mise",
        "../bin/mise": "#!mise\n",
        f"{MISE}/installs/pipx-pipelex/0.24": "->./0.24.0",
        f"{MISE}/installs/pipx-pipelex/0.24.0/bin/pipelex": "->../pipelex/bin/pipelex",
        **environment(f"{MISE}/installs/pipx-pipelex/0.24.0/pipelex"),
        f"{MISE}/installs/pipx-pipelex/0.24.0/pipelex/bin/pipelex": (
            "#!@ROOT@/.local/share/mise/installs/pipx-pipelex/0.24.0/pipelex/bin/python\n"
        ),
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/.local/share/mise/shims"},
)
project(
    "shim of mise to Python",
    {
        ".tool-versions": "python 3.11\n",
        "../data/mise/shims/pipelex": "->@ROOT@/bin/mise",
        "../bin/mise": "#!mise\n",
        "../data/mise/installs/python/3.11": "->./3.11.5",
        **of_asdf("3.11.5", "0.24.0", "../data/mise"),
        **of_asdf("3.12.1", "0.15.7", "../data/mise"),
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/data/mise/shims", "MISE_DATA_DIR": "@ROOT@/data/mise"},
)
project(
    "shim of mise by the settings of the home",
    {
        "../.config/mise/config.toml": '[tools]\npython = ["3.10", "3.11.5"]\n',
        f"{MISE}/shims/pipelex": "->@ROOT@/bin/mise",
        "../bin/mise": "#!mise\n",
        **of_asdf("3.11.5", "0.24.0", MISE),
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/.local/share/mise/shims"},
)
project(
    "folder of mise on PATH",
    {
        f"{MISE}/installs/pipx-pipelex/0.24.0/bin/pipelex": "->../pipelex/bin/pipelex",
        **environment(f"{MISE}/installs/pipx-pipelex/0.24.0/pipelex"),
        f"{MISE}/installs/pipx-pipelex/0.24.0/pipelex/bin/pipelex": (
            "#!@ROOT@/.local/share/mise/installs/pipx-pipelex/0.24.0/pipelex/bin/python\n"
        ),
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/.local/share/mise/installs/pipx-pipelex/0.24.0/bin"},
)
project(
    "shim of rye",
    {
        "../.rye/shims/pipelex": "->../tools/pipelex/bin/pipelex",
        **environment("../.rye/tools/pipelex"),
        "../.rye/tools/pipelex/bin/pipelex": "#!@ROOT@/.rye/tools/pipelex/bin/python\n",
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/.rye/shims"},
)
project(
    "shim of pyenv with several versions",
    {
        ".python-version": "3.12\n3.11.5\n",
        "../.pyenv/shims/pipelex": BASH,
        "../.pyenv/versions/3.12.1/lib/python3.12/site-packages/rich-1.0.dist-info/METADATA": "",
        f"../.pyenv/versions/3.11.5/{SITE}/{INFO}": META,
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/.pyenv/shims"},
)
project(
    "shim of pyenv elsewhere, with an environment",
    {
        ".python-version": "shop-env\n",
        "../pe/shims/pipelex": BASH,
        "../pe/versions/shop-env": "->3.11.5/envs/shop-env",
        **environment("../pe/versions/3.11.5/envs/shop-env"),
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/pe/shims", "PYENV_ROOT": "@ROOT@/pe"},
)
project(
    "wrapper of Nix",
    {
        "../.nix-profile/bin/pipelex": "->@ROOT@/store/abc-pipelex-0.24.0/bin/pipelex",
        "../store/abc-pipelex-0.24.0/bin/pipelex": (
            "#! @ROOT@/store/xyz-bash/bin/bash -e\nexport PATH=/x\n"
            'exec -a "$0" "@ROOT@/store/abc-pipelex-0.24.0/bin/.pipelex-wrapped"  "$@" \n'
        ),
        "../store/abc-pipelex-0.24.0/bin/.pipelex-wrapped": "#!@ROOT@/store/py/bin/python3.11\nimport sys\n",
        "../store/py/bin/python3.11": "",
        "../store/py/lib/python3.11/site-packages/pip-1.0.dist-info/METADATA": "",
        f"../store/abc-pipelex-0.24.0/{SITE}/{INFO}": META,
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/.nix-profile/bin"},
)
project(
    "wrapper that executes a script elsewhere",
    {
        "../bin/pipelex": '#!/bin/sh\nset -e\nexec "@ROOT@/envs/tools/bin/pipelex" "$@"\n',
        **environment("../envs/tools"),
        "../envs/tools/bin/pipelex": "#!@ROOT@/envs/tools/bin/python\n",
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/bin"},
)
project(
    "wrapper with the home in a variable",
    {
        "../bin/pipelex": '#!/bin/bash\nexec "$HOME/envs/tools/bin/python" -m pipelex "$@"\n',
        **environment("../envs/tools"),
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/bin"},
)
project(
    "wrapper beside its environment",
    {
        "../bin/pipelex": '#!/bin/sh\nhere=$(dirname "$0")\n"$(dirname "$0")/../envs/tools/bin/pipelex" "$@"\n',
        **environment("../envs/tools"),
        "../envs/tools/bin/pipelex": "#!@ROOT@/envs/tools/bin/python\n",
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/bin"},
)
project(
    "wrapper that activates an environment",
    {
        "../bin/pipelex": '#!/bin/sh\n. ~/envs/tools/bin/activate\nexec pipelex "$@"\n',
        **environment("../envs/tools"),
        "../envs/tools/bin/activate": "",
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/bin"},
)
project(
    "wrappers that execute each other",
    {"../bin/pipelex": '#!/bin/sh\nexec "@ROOT@/bin/pipelex" "$@"\n', "uv.lock": uv_lock()},
    LOCKED,
    ".",
    {"PATH": "@ROOT@/bin"},
)
project(
    "tool of uv in a folder of its own",
    {
        "../bin/pipelex": "->../tools/pipelex/bin/pipelex",
        **environment("../tools/pipelex"),
        "../tools/pipelex/uv-receipt.toml": "[tool]\n",
        "../tools/pipelex/bin/pipelex": "#!@ROOT@/tools/pipelex/bin/python\n",
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/bin", "UV_TOOL_DIR": "@ROOT@/tools", "XDG_BIN_HOME": "@ROOT@/bin"},
)
project(
    "interpreter with options",
    {
        **environment("../envs/tools"),
        "../bin/pipelex": "#!@ROOT@/envs/tools/bin/python -sE\n",
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/bin"},
)
project(
    "interpreter of the environment by env with options",
    {
        **environment("../envs/tools"),
        "../envs/tools/bin/python3": "#!\n",
        "../bin/pipelex": "#!/usr/bin/env -S python3 -sE\n",
    },
    INSTALLED,
    ".",
    {"PATH": "@ROOT@/bin:@ROOT@/envs/tools/bin"},
)


@pytest.mark.parametrize("name", PROJECTS)
def test_release_of_a_project(name: str, tmp_path: Path) -> None:
    found = PROJECTS[name].installation(tmp_path.resolve())
    assert found is not None
    assert (found.version, found.source) == PROJECTS[name].expected


def test_several_metadata_of_pipelex_are_a_contradiction(tmp_path: Path) -> None:
    files = {**environment(".venv"), f".venv/{SITE}/{OTHER}": OTHER_META}
    found = Project(files, INSTALLED).installation(tmp_path.resolve())
    assert found is not None
    (other,) = {"0.24.0", "0.15.7"} - {found.version}
    assert found.contradictions == (f"./.venv has metadata of pipelex {other} too",)


@pytest.mark.parametrize(
    ("files", "variables", "command"),
    [
        ({"uv-receipt.toml": ""}, {}, "uv tool install pipelex --with fal-client"),
        ({"pipx_metadata.json": ""}, {}, "pipx inject pipelex fal-client"),
        ({}, {"PYTHONPATH": "@ROOT@/shop/deps"}, "python -m pip install --target ./deps fal-client"),
    ],
    ids=["uv tool", "pipx", "PYTHONPATH"],
)
def test_the_installer_of_an_environment_is_told_by_its_files(
    files: dict[str, str], variables: dict[str, str], command: str, tmp_path: Path
) -> None:
    script = {"../bin/pipelex": "#!@ROOT@/tools/pipelex/bin/python\n", f"deps/{INFO}": META}
    inside = {f"../tools/pipelex/{name}": text for name, text in files.items()}
    environ = {"PATH": "@ROOT@/bin", **variables}
    made = Project({**script, **environment("../tools/pipelex"), **inside}, INSTALLED, ".", environ)
    found = made.installation(tmp_path.resolve())
    assert found is not None
    assert install_command(found, "fal-client") == command


def test_the_kit_of_an_editable_installation_is_in_its_sources(tmp_path: Path) -> None:
    files = {
        **environment(".venv"),
        f".venv/{SITE}/pipelex-0.24.0.dist-info/direct_url.json": (
            '{"dir_info": {"editable": true}, "url": "file://@ROOT@/src"}'
        ),
        "../src/pyproject.toml": '[project]\nname = "pipelex"\nversion = "0.24.0"\n',
        "../src/pipelex/kit/configs/pipelex.toml": "",
    }
    found = Project(files, INSTALLED).installation(tmp_path.resolve())
    assert found is not None
    assert found.kit == str(tmp_path.resolve() / "src/pipelex/kit/configs")
