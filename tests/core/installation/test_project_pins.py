"""The release that a project's files pin, in the forms of each tool: 50 files, and random requirements of PEP 508."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from core.installation import ReleaseSource, find_installation
from core.releases.specifiers import allows

LOCK, PIN, RANGE = ReleaseSource.LOCK, ReleaseSource.PIN, ReleaseSource.RANGE
GIT = "git+https://example.com/Pipelex/pipelex.git"
Files = dict[str, str | bytes]


def of_project(lines: str) -> Files:
    return {"pyproject.toml": f'[project]\nname = "shop"\nversion = "1"\n{lines}'}


def dependencies(*texts: str) -> Files:
    return of_project(f"dependencies = [{', '.join(map(repr, texts))}]\n")


def poetry(constraint: str) -> Files:
    return {"pyproject.toml": f"[tool.poetry]\nname = 'shop'\n[tool.poetry.dependencies]\npipelex = {constraint}\n"}


def requirements(text: str) -> Files:
    return {"requirements.txt": f"httpx==0.28\n{text}\nrich\n"}


EXACT: dict[str, Files] = {
    "in parentheses": dependencies("pipelex (==0.24.0)"),
    "with a v": dependencies("pipelex==v0.24.0"),
    "arbitrary equality": dependencies("pipelex===0.24.0"),
    "exact among conditions": dependencies("pipelex>=0.20,==0.24.0,!=0.23.1"),
    "marker of another platform": dependencies(
        "pipelex==0.20.0; sys_platform == 'none'", "pipelex==0.24.0; sys_platform != 'none'"
    ),
    "optional dependency": of_project("[project.optional-dependencies]\nai = ['pipelex==0.24.0']\n"),
    "group beside an included one": of_project(
        "[dependency-groups]\na = ['rich']\nb = [{include-group = 'a'}, 'pipelex==0.24.0']\n"
    ),
    "constraint of uv": of_project("dependencies=['pipelex']\n[tool.uv]\nconstraint-dependencies=['pipelex==0.24.0']"),
    "wheel of uv sources": of_project(
        "[tool.uv.sources]\nPipelex = {path = 'wheels/pipelex-0.24.0-py3-none-any.whl'}\n"
    ),
    "sources by platform": of_project(
        f"[tool.uv.sources]\npipelex = [{{git = '{GIT}', rev = 'v0.24.0', marker = 'x'}}]\n"
    ),
    "rye": of_project("[tool.rye]\ndev-dependencies = ['pipelex==0.24.0']\n"),
    "pdm": of_project("[tool.pdm.dev-dependencies]\na = ['pipelex==0.24.0']\n"),
    "hatch": of_project("[tool.hatch.envs.default]\ndependencies = ['pipelex==0.24.0']\n"),
    "pixi": of_project("[tool.pixi.pypi-dependencies]\npipelex = '==0.24.0'\n"),
    "dynamic dependencies": {
        **of_project(
            "dynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = {file = ['needs/base']}\n# pipelex"
        ),
        "needs/base": "pipelex==0.24.0\n",
    },
    "poetry bare": poetry("'0.24.0'"),
    "poetry one equals sign": poetry("'=0.24.0'"),
    "poetry git tag": poetry(f"{{git = '{GIT}', tag = 'v0.24.0'}}"),
    "poetry group": {
        "pyproject.toml": "[tool.poetry.group.ai.dependencies]\npipelex = {version = '0.24.0', extras = ['fal']}\n"
    },
    "byte order mark": {"pyproject.toml": b"\xef\xbb\xbf[project]\nname='a'\ndependencies=['pipelex==0.24.0']"},
    "requirements in UTF-16": {"requirements.txt": "pipelex==0.24.0\r\n".encode("utf-16")},
    "requirements with line ends of Windows": {"requirements.txt": b"pipelex==0.24.0 \\\r\n  --hash=sha256:00\r\n"},
    "requirements compiled": requirements(
        "pipelex[fal]==0.24.0 ; python_version >= '3.10' \\\n    --hash=sha256:00 \\\n    # via shop"
    ),
    "requirements commented out": requirements("# pipelex==0.20.0\npipelex==0.24.0 # not 0.25"),
    "requirements editable": requirements(f"-e {GIT}@v0.24.0#egg=pipelex"),
    "requirements address": requirements(f"{GIT}@v0.24.0"),
    "requirements wheel": requirements("./wheels/pipelex-0.24.0-py3-none-any.whl"),
    "requirements included": {
        "requirements.txt": "-r deps/all.in\n",
        "deps/all.in": "-r ../deps/all.in\n--requirement=ai\n",
        "deps/ai": "pipelex==0.24.0",
    },
    "requirements constrained": {"requirements.txt": "-c deps/fixed\npipelex\n", "deps/fixed": "pipelex==0.24.0"},
    "requirements of another name": {"dev-requirements.txt": "pipelex==0.24.0"},
    "requirements folder": {"requirements/base.txt": "pipelex==0.24.0"},
    "names that begin alike": requirements("pipelex-tools==1.0\npipelex_x==2\npipelex.y==3\npipelex==0.24.0"),
    "Pipfile": {"Pipfile": '[packages]\nPipelex = {version = "==0.24.0", extras = ["fal"]}'},
    "setup script with a marker": {
        "setup.py": "setup(install_requires=[\"pipelex[fal]==0.24.0; python_version > '3.9'\"])"
    },
    "setup config": {"setup.cfg": "[options]\ninstall_requires =\n    rich\n    pipelex == 0.24.0\n"},
    "conda": {"environment.yml": "dependencies:\n  - pip:\n      - 'pipelex[fal]==0.24.0' # x\n"},
    "conda channel and build": {"environment.yml": "dependencies:\n  - conda-forge::pipelex=0.24.0=py_0\n"},
    "package below the project": {"api/pyproject.toml": "[project]\nname='a'\ndependencies=['pipelex==0.24.0']"},
}
"""Projects that pin 0.24.0."""
LOCKED: dict[str, Files] = {
    "lock of rye": {"requirements.lock": "-e file:.\npipelex==0.24.0\n    # via shop"},
    "lock with a name": {"pylock.dev.toml": "[[packages]]\nversion = '0.24.0'\nname = 'pipelex'"},
    "lock for two platforms": {
        "uv.lock": "".join(f'[[package]]\nname = "pipelex"\nversion = "0.{n}.0"\n' for n in (9, 24, 20))
    },
    "lock with a dependency on it": {
        "uv.lock": '[[package]]\nname = "shop"\nversion = "1.0"\ndependencies = [\n{ name = "pipelex" },\n]\n\n'
        '[[package]]\nname = "pipelex"\nversion = "0.24.0"\n'
    },
    "lock of pipenv by tag": {"Pipfile.lock": '{"default": {"pipelex": {"git": "x", "ref": "v0.24.0"}}}'},
    "lock of pixi": {"pixi.lock": "packages:\n- pypi: https://x/pipelex.whl\n  name: pipelex\n  version: 0.24.0\n"},
}
"""Projects with a lock file that has 0.24.0."""
OTHERS: dict[str, tuple[Files, str, ReleaseSource]] = {
    "capital letters": (dependencies("Pipelex==0.15.7"), "0.15.7", PIN),
    "several extras and blanks": (dependencies("pipelex [anthropic, google] == 0.18.0"), "0.18.0", PIN),
    "pre-release": (dependencies("pipelex==0.18.0b2"), "0.18.0b2", PIN),
    "prefix match": (dependencies("pipelex==0.46.*"), "0.46.4", RANGE),
    "compatible release": (dependencies("pipelex~=0.46.1"), "0.46.4", RANGE),
    "exact by two bounds": (dependencies("pipelex>=0.46.2,<=0.46.2"), "0.46.2", RANGE),
    "git tag": (dependencies(f"pipelex @ {GIT}@v0.15.7"), "0.15.7", PIN),
    "git tag with a folder": (dependencies(f"pipelex[fal]@{GIT}@v0.15.7#subdirectory=x"), "0.15.7", PIN),
    "git release branch": (dependencies(f"pipelex @ {GIT}@release/v0.15.7"), "0.15.7", PIN),
    "poetry two bounds and a blank": (poetry("'>=0.46 <0.46.3'"), "0.46.2", RANGE),
    "poetry tilde": (poetry("'~0.46'"), "0.46.4", RANGE),
    "poetry wildcard": (poetry("'0.46.*'"), "0.46.4", RANGE),
}
CASES = {
    **{name: (files, "0.24.0", PIN) for name, files in EXACT.items()},
    **{name: (files, "0.24.0", LOCK) for name, files in LOCKED.items()},
    **OTHERS,
}


def found(project: Path) -> tuple[str, ReleaseSource] | None:
    installation = find_installation(str(project), cwd=str(project), environ={"HOME": "/nowhere", "PATH": ""})
    return (installation.version, installation.source) if installation is not None else None


@pytest.mark.parametrize("name", CASES)
def test_release_of_a_pin(name: str, tmp_path: Path) -> None:
    files, version, source = CASES[name]
    for path, content in files.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert found(tmp_path) == (version, source)


def test_random_requirements_are_read_as_packaging_reads_them(tmp_path: Path) -> None:
    rng = random.Random(17)
    file = tmp_path / "requirements.txt"
    exact = 0
    for _ in range(300):
        extras = rng.choice(["", "[fal]", "[ google,anthropic ]"])
        versions = [f"0.{rng.randrange(10, 92)}.{rng.randrange(3)}" for _ in range(2)]
        operators = rng.choices(["==", "==", ">=", "<", "~=", "!=", "==="], k=rng.choice([1, 1, 2]))
        blank = rng.choice(["", " "])
        conditions = ",".join(f"{op}{blank}{version}" for op, version in zip(operators, versions, strict=False))
        marker = rng.choice(["", "; python_version > '3.8'", " ;extra == 'x'"])
        line = f"{rng.choice(['pipelex', 'Pipelex'])}{blank}{extras}{blank}{conditions}{marker}"
        file.write_text(f"{line}{rng.choice(['', '  # why', ' --hash=sha256:00'])}\n", encoding="utf-8")
        pinned = [one.version for one in Requirement(line).specifier if one.operator in ("==", "===")]
        installation = found(tmp_path)
        if pinned:
            exact += 1
            assert installation is not None, line
            assert installation[0] in pinned, line
            assert installation[1] is PIN
        else:
            assert installation is None or installation[1] is RANGE, line
    assert exact > 50


def test_without_a_repository_the_nearest_package_above_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname='x'\ndependencies=['pipelex==0.20.0']\n")
    package = tmp_path / "package"
    (package / "examples" / "one").mkdir(parents=True)
    (package / "pyproject.toml").write_text("[project]\nname='x'\ndependencies=['pipelex==0.24.0']\n")
    assert found(package / "examples" / "one") == ("0.24.0", PIN)


def test_a_pipe_and_a_folder_named_as_a_requirements_file_are_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "requirements.txt")
    (tmp_path / "constraints.txt").mkdir()
    assert found(tmp_path) is None


def test_random_ranges_allow_what_packaging_allows() -> None:
    rng = random.Random(18)
    kinds = ("==", "!=", ">=", "<=", ">", "<", "~=", "===", "==*", "!=*", "bad")
    answers = set()
    for _ in range(2000):
        conditions = []
        for kind in rng.choices(kinds, k=rng.choice([1, 2, 3])):
            number = ".".join(str(rng.randrange(4)) for _ in range(rng.choice([1, 2, 2, 3, 3])))
            conditions.append(f"{kind.removesuffix('*')}{number}{'.*' if kind.endswith('*') else ''}")
        text, version = (
            ",".join(conditions),
            rng.choice(["0.1.2", "1.0", "0.3.0", "2.1.1", "0.2.0b1", "1.1.post1", "?"]),
        )
        try:
            expected = SpecifierSet(text).contains(Version(version), prereleases=True)
        except (InvalidSpecifier, InvalidVersion):
            expected = None
        assert allows(text, version) is expected, (text, version)
        answers.add(expected)
    assert answers == {True, False, None}
