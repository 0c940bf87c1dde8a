"""Answer, with the real Pipelex of the environment this runs in, what that release makes of each tree.

Standard input: one JSON request a line, `{"id", "project", "home": null | folder, "env": {}, "timeout": seconds}`.
Standard output: one JSON answer a line, in the same order. Each request runs in a process of its own, on a copy of the
project (release 0.10 rewrites the files it reads), with no network, a replaced environment and a replaced home.
With `"whole": true` the release boots as a whole (`ask_whole`), where the project and the home lie, from `"cwd"`.

Answer: `status` (ok, error), `stage`, `error_type`, `error_chain`, `message` (`<tree>` and `<home>` stand for the
copies' paths), `active_profile`, `enabled_backends`, `models`, `aliases`, `waterfalls`, `presets`, `choices`, `log`.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import ask_boot
import ask_report
import ask_whole

DEFAULT_TIMEOUT_S = 60
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR")
MESSAGE_LIMIT = 4000


def empty_answer(release: str) -> dict[str, Any]:
    """An answer with every key, as an error at the first stage."""
    return {
        "status": "error",
        "pipelex": release,
        "stage": "prepare",
        "error_type": None,
        "error_chain": [],
        "message": None,
        "active_profile": None,
        "enabled_backends": [],
        "models": {},
        "aliases": {},
        "waterfalls": {},
        "presets": {},
        "choices": {},
        "log": [],
    }


def resolve(request: dict[str, Any], release: str, scratch: Path) -> dict[str, Any]:
    """What the release makes of the request's project. Changes the process it runs in for good."""
    answer = empty_answer(release)
    project, home = scratch / "tree", scratch / "home"

    def scrub(text: str) -> str:
        return text.replace(str(project), "<tree>").replace(str(home), "<home>")

    try:
        if request.get("whole"):
            project, home = Path(request["project"]), Path(request["home"])
            ask_whole.whole_boot(request, release, answer, scrub)
            answer["modules"] = list(sys.modules)
            answer["status"] = "ok"
            return answer
        prepare(request, project, home)
        ask_boot.load_dotenv_files(home, release)
        log = ask_boot.record_log()
        answer["stage"] = "config"
        hub = ask_boot.boot_settings()
        manager, arguments = ask_boot.make_manager(hub)
        answer["stage"] = "setup"
        try:
            manager.setup(**arguments)
            if hasattr(manager, "validate_model_deck"):
                answer["stage"] = "validate"
                manager.validate_model_deck()
        finally:
            answer["log"] = [[level, scrub(text)] for level, text in log]
            answer["active_profile"], answer["enabled_backends"] = ask_report.backends_report(manager)
        answer["stage"] = "report"
        answer.update(ask_report.deck_report(manager, scrub))
        answer["stage"] = "done"
        answer["status"] = "ok"
    except BaseException as exc:
        entry = ask_report.error_entry(exc, scrub)
        answer["error_type"] = entry["error"]
        answer["error_chain"] = ask_report.error_chain(exc)
        answer["message"] = entry["message"][:MESSAGE_LIMIT]
    return answer


def prepare(request: dict[str, Any], project: Path, home: Path) -> None:
    """Copy what the request names, and make this process see nothing else."""
    shutil.copytree(request["project"], project, symlinks=True)
    if request.get("home"):
        shutil.copytree(request["home"], home, symlinks=True)
    (home / ".pipelex").mkdir(parents=True, exist_ok=True)
    variables = {str(name): str(value) for name, value in (request.get("env") or {}).items()}
    path = os.environ.get("PATH", os.defpath)
    os.environ.clear()
    os.environ.update({"PATH": path, "TZ": "UTC", "HOME": str(home), **variables})
    os.chdir(project)
    ask_boot.block_network()


def answer_in_fork(request: dict[str, Any], release: str) -> dict[str, Any]:
    """Run one request in a fork, whose crash or hang is an answer too."""
    reader, writer = os.pipe()
    scratch = Path(tempfile.mkdtemp(prefix="pipedeck-case-")).resolve()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(int(request.get("timeout") or DEFAULT_TIMEOUT_S))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            payload = json.dumps(resolve(request, release, scratch), default=str)
        except BaseException as exc:
            payload = json.dumps({**empty_answer(release), "error_type": "AskFailed", "message": repr(exc)})
        with os.fdopen(writer, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(payload)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="surrogateescape") as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        answer: dict[str, Any] = json.loads(text)
    except ValueError:
        answer = {**empty_answer(release), "error_type": "AskCrashed", "message": f"wait status {status}"}
    modules = answer.pop("modules", [])
    if not set(modules) <= set(sys.modules):
        ask_whole.import_modules([name for name in modules if name not in sys.modules])
        gc.collect()
        gc.freeze()
    return {**answer, "id": request.get("id")}


def warm_up() -> str:
    """Import the release once, from an empty folder and home, and return its number."""
    folder = tempfile.mkdtemp(prefix="pipedeck-import-")
    start = Path.cwd()
    for name in list(os.environ):
        if name not in KEPT_VARIABLES:
            del os.environ[name]
    os.environ["HOME"] = folder
    (Path(folder) / ".pipelex").mkdir()
    os.chdir(folder)
    real_stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        release: str = ask_boot.import_release()
        return release
    finally:
        sys.stdout.flush()
        os.dup2(real_stdout, 1)
        os.close(real_stdout)
        os.chdir(start)
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Answer every request of standard input."""
    release = warm_up()
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(answer_in_fork(json.loads(line), release)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
