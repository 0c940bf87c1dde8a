"""The environment behind the `pipelex` command on PATH: its script, or a wrapper or shim of it. Nothing is run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping

from core.installation.folders import entries, number, prefix_of, text_of, upward

_COMMAND = "pipelex"
_MAX_WRAPPERS = 8
_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh")
_SHEBANG = r"#!\s*(?:\"([^\"]+)\"|(\S+))[ \t]*(.*)"
_EXEC_LINE = r"'''exec' (?:\"([^\"]+)\"|(\S+)) "
"""The second line of a script whose interpreter path is too long, or has blanks: `#!/bin/sh` is its first."""
_OWN_FOLDER = (
    r"\$\(\s*cd (?:-- )?\"?\$\(dirname[^()]*\)\"?(/[^\"\s&;]*)?\"?\s*&&[^()]*\)"
    r"|\$\(\s*dirname\s+(?:--\s+)?\"?(?:\$\(\s*(?:readlink|realpath)[^()]*\)|\$\{?(?:0|BASH_SOURCE(?:\[0\])?)\}?)\"?\s*\)"
    r"|\$\{0%/\*\}"
)
"""The folder of a shell script in its own words, or one beside it."""
_ASSIGNMENT = r"(?m)^[ \t]*(?:export[ \t]+)?(\w+)=(?:\"([^\"\n]*)\"|'([^'\n]*)'|(\S*))[ \t]*$"
_TARGET = rf"(?<![^\s\"'=(])(/[^\s\"';&|()]*/(?:python[\d.]*|\.?{_COMMAND}(?:-wrapped)?|activate))(?![^\s\"';&|)])"
_SITE_FOLDER = r"['\"](/[^'\"\n]*/site-packages)['\"]"
_MISE_FILES = (
    *("mise.local.toml", "mise.toml", ".mise.local.toml", ".mise.toml", "mise/config.toml", ".mise/config.toml"),
    *(".config/mise.toml", ".config/mise/config.toml", ".tool-versions"),
)
"""The files in which mise looks for the versions of tools, in its order."""

Candidate = tuple[str, tuple[str, ...]]
"""The folder of an environment, and further folders with packages."""


def command_environments(script: str, cwd: str, environ: Mapping[str, str]) -> Iterator[Candidate]:
    """The environments that a command on `$PATH` may lead to, the first choice first.

    A script of a virtual environment, `uv tool` or pipx names its interpreter; a shim of pyenv, asdf or mise chooses a
    version by the variables and files that its manager reads; a wrapper names another script.
    """
    yield from _of_script(script, cwd, environ, _MAX_WRAPPERS)


def _of_script(script: str, cwd: str, environ: Mapping[str, str], depth: int) -> Iterator[Candidate]:
    text = text_of(script)
    targets = _targets_of_shim(script, text, cwd, environ)
    if targets is None:
        interpreter = _interpreter(text, environ)
        if interpreter is not None:
            # Nix writes the folders of all packages into the script.
            yield prefix_of(interpreter, cwd, environ), tuple(re.findall(_SITE_FOLDER, text))
            yield from _beside(script, interpreter, cwd, environ)
            return
        targets = _targets_of_wrapper(script, text, environ)
    for target in targets if depth else ():
        if os.path.basename(target).lstrip(".").startswith(_COMMAND) and os.path.isfile(target):
            yield from _of_script(target, cwd, environ, depth - 1)
        else:
            yield prefix_of(target, cwd, environ), ()


def _beside(script: str, interpreter: str, cwd: str, environ: Mapping[str, str]) -> Iterator[Candidate]:
    """The packages beside a script whose interpreter is elsewhere: of `pip install --user`, of Nix."""
    prefix = prefix_of(interpreter, cwd, environ)
    for path in dict.fromkeys((script, os.path.realpath(script))):
        folder = os.path.dirname(os.path.dirname(path))
        if folder != prefix:
            yield folder, tuple(re.findall(_SITE_FOLDER, text_of(path)))


def _interpreter(text: str, environ: Mapping[str, str]) -> str | None:
    """The Python interpreter in the first lines of a script, or None."""
    first, _, remaining = text.partition("\n")
    match = re.match(_SHEBANG, first)
    if match is None:
        return None
    interpreter = match[1] or match[2]
    if os.path.basename(interpreter) == "sh":
        second = re.match(_EXEC_LINE, remaining)
        interpreter = second[1] or second[2] if second is not None else ""
    if os.path.basename(interpreter) == "env":
        names = (word for word in match[3].split() if not word.startswith("-") and "=" not in word)
        interpreter = shutil.which(next(names, ""), path=environ.get("PATH", "")) or ""
    return interpreter if "python" in os.path.basename(interpreter) else None


def _targets_of_wrapper(script: str, text: str, environ: Mapping[str, str]) -> Iterable[str]:
    """The scripts, interpreters and environments that a shell script names, the last first."""
    shebang = re.match(r"#!\s*(?:\S*/env\s+(?:-S\s+)?)?(\S+)", text)
    if shebang is None or os.path.basename(shebang[1]) not in _SHELLS:
        return ()
    values = {"HOME": environ.get("HOME", "")}
    text = re.sub(_OWN_FOLDER, lambda match: _own_folder(script, match), text)
    for name, *quoted in re.findall(_ASSIGNMENT, text):
        values[name] = _expanded("".join(quoted), values)
    targets = re.findall(_TARGET, _expanded(text, values))
    found = (os.path.normpath(target) for target in reversed(targets))
    return [target for target in dict.fromkeys(found) if target != script and os.path.isfile(target)]


def _own_folder(script: str, words: re.Match[str]) -> str:
    follows = re.search("readlink|realpath|pwd -P", words[0]) is not None
    return os.path.dirname(os.path.realpath(script) if follows else script) + (words[1] or "")


def _expanded(text: str, values: Mapping[str, str]) -> str:
    text = re.sub(r"\$\{?(\w+)\}?", lambda match: values.get(match[1], match[0]), text)
    return re.sub(r"(?<![^\s\"'=])~(?=/)", lambda _: values["HOME"], text)


def _targets_of_shim(script: str, text: str, cwd: str, environ: Mapping[str, str]) -> Iterable[str] | None:
    """The targets of a shim, by the versions that its manager chooses; None for a script that is no shim."""
    folder, name = os.path.split(os.path.dirname(script))
    if name != "shims":
        return None
    if os.path.isdir(os.path.join(folder, "versions")):
        return _of_pyenv(folder, cwd, environ)
    installs = os.path.join(folder, "installs")
    if not os.path.isdir(installs):
        return None
    choices = _of_asdf(text, cwd, environ) if "asdf-plugin:" in text else _of_mise(cwd, environ)
    return _installed(installs, choices)


def _of_pyenv(root: str, cwd: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The versions of `$PYENV_VERSION`, of `.python-version` or of the global `version`."""
    files = (os.path.join(folder, ".python-version") for folder in upward(cwd, environ))
    texts = map(text_of, (*files, os.path.join(root, "version")))
    chosen = environ.get("PYENV_VERSION", "").replace(":", " ") or next(filter(str.strip, texts), "")
    for version in chosen.split():
        yield from _matching(os.path.join(root, "versions"), version)


def _of_asdf(shim: str, cwd: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The tools of a shim, by `$ASDF_PYTHON_VERSION` and the like, `.tool-versions` or the file of pyenv."""
    home = environ.get("HOME", "")
    name = environ.get("ASDF_DEFAULT_TOOL_VERSIONS_FILENAME") or ".tool-versions"
    settings = text_of(environ.get("ASDF_CONFIG_FILE") or os.path.join(home, ".asdfrc"))
    of_pyenv = re.search(r"(?m)^\s*legacy_version_file\s*=\s*yes", settings) is not None
    for tool in dict.fromkeys(re.findall(r"(?m)^# asdf-plugin: (\S+)", shim)):
        versions = environ.get(f"ASDF_{tool.upper().replace('-', '_')}_VERSION", "").split()
        for folder in (*upward(cwd, environ), home):
            versions = versions or _versions_in(text_of(os.path.join(folder, name))).get(tool, [])
            if not versions and of_pyenv and tool == "python":
                versions = text_of(os.path.join(folder, ".python-version")).split()
        yield from ((tool, version) for version in versions)


def _versions_in(text: str) -> dict[str, list[str]]:
    """The tools of a `.tool-versions`, with their versions."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return {words[0]: words[1:] for words in lines if words}


def _of_mise(cwd: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The tools of the files of mise, the nearest first, and then those of the user."""
    # Imports the reader of TOML, for the rare command that is a shim of mise.
    from core.installation.manifests import named_versions

    config = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME", ""), ".config")
    of_user = environ.get("MISE_CONFIG_DIR") or os.path.join(config, "mise")
    files = [os.path.join(folder, name) for folder in upward(cwd, environ) for name in _MISE_FILES]
    files.append(environ.get("MISE_GLOBAL_CONFIG_FILE") or os.path.join(of_user, "config.toml"))
    chosen: dict[str, list[str]] = {}
    if version := environ.get("MISE_PYTHON_VERSION"):
        chosen["python"] = version.split()
    for file in files:
        found: dict[str, list[str]] = {}
        if file.endswith(".toml"):
            for tool, version in named_versions(text_of(file), "tools"):
                found.setdefault(tool, []).append(version)
        else:
            found = _versions_in(text_of(file))
        chosen |= {tool: versions for tool, versions in found.items() if tool not in chosen}
    for tool, versions in chosen.items():
        # `pipx:pipelex` is installed in `pipx-pipelex`.
        yield from ((re.sub(r"[:/@]+", "-", tool.partition("[")[0]), version) for version in versions)


def _installed(installs: str, choices: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The commands of installed tools, or their folders where they have none."""
    for tool, version in choices:
        kind, _, value = version.rpartition(":")
        found = [os.path.expanduser(value)]
        if kind != "path":
            found = _matching(os.path.join(installs, tool), f"ref-{value}" if kind == "ref" else value)
        for prefix in found:
            script = os.path.join(prefix, "bin", _COMMAND)
            yield script if os.path.isfile(script) else prefix


def _matching(folder: str, version: str) -> list[str]:
    """The installed versions that a version names: itself, else the newest that begins with it."""
    names = entries(folder)
    found = [version] if version in names else [name for name in names if name.startswith(f"{version}.")]
    return [os.path.join(folder, name) for name in sorted(found, key=number, reverse=True)]
