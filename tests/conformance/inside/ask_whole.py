"""The whole boot of a release, `Pipelex.make()`, in the folder and home of a case, with nothing of it replaced.

Only the network is blocked, and one step is left out that decides no boot: after a refusal, newer releases read every
file below the current folder for words to add to the message.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ask_boot
import ask_report

REFUSAL_ADVICE = ("pipelex.migration.run", "scan_config_surface")
OUTER = "PipelexSetupError"


def import_modules(names: list[str]) -> None:
    """Import what a previous boot imported on its way, so that the next forks need not."""
    real_stdout = os.dup(1)
    os.dup2(2, 1)
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    sys.stdout.flush()
    os.dup2(real_stdout, 1)
    os.close(real_stdout)


def whole_boot(request: dict[str, Any], release: str, answer: dict[str, Any], scrub: Callable[[str], str]) -> None:
    """Fill an answer with what the whole boot does. Raises what the boot raises, beneath the boot's own wrapper."""
    variables = {str(name): str(value) for name, value in (request.get("env") or {}).items()}
    path = os.environ.get("PATH", os.defpath)
    os.environ.clear()
    os.environ.update({"PATH": path, "TZ": "UTC", "HOME": request["home"], **variables})
    os.chdir(request["cwd"])
    ask_boot.block_network()
    answer["stage"] = "dotenv"
    ask_boot.load_dotenv_files(Path(os.environ["HOME"]), release)
    read_run_environment()
    log = ask_boot.record_log()
    leave_out_advice()
    managers: list[Any] = []
    keep_manager(managers)
    answer["stage"] = "make"
    try:
        importlib.import_module("pipelex.pipelex").Pipelex.make()
    except Exception as exc:
        raise inner(exc) from exc.__cause__
    finally:
        answer["log"] = [[level, scrub(text)] for level, text in log]
        for manager in managers:
            answer["active_profile"], answer["enabled_backends"] = ask_report.backends_report(manager)
    answer["stage"] = "report"
    for manager in managers:
        answer.update(ask_report.deck_report(manager, scrub))
    answer["stage"] = "done"


def read_run_environment() -> None:
    """Have the release read anew the variables that it reads once, when it is imported."""
    places = ("pipelex.system.runtime", "pipelex.tools.runtime_manager")
    environment, mode, manager = (
        ask_boot.first_importable(*(f"{place}:{name}" for place in places))
        for name in ("RunEnvironment", "RunMode", "runtime_manager")
    )
    manager._environment = environment.get_from_env_var()
    manager._run_mode = mode.get_from_env_var()


def inner(exc: Exception) -> BaseException:
    """The cause of the boot's own wrapper, or else the exception itself."""
    if type(exc).__name__ == OUTER and exc.__cause__ is not None:
        return exc.__cause__
    return exc


def leave_out_advice() -> None:
    """Take out the reading of every file for advice."""

    def left_out(*_args: object, **_kwargs: object) -> None:
        raise OSError("left out in a conformance case")

    module, name = REFUSAL_ADVICE
    with contextlib.suppress(ImportError):
        setattr(importlib.import_module(module), name, left_out)


def keep_manager(managers: list[Any]) -> None:
    """Have the boot's model manager kept in a list."""
    kind = ask_boot.first_importable("pipelex.cogt.models.model_manager:ModelManager")
    original = kind.setup

    def setup(self: Any, *args: Any, **named: Any) -> Any:
        managers.append(self)
        return original(self, *args, **named)

    kind.setup = setup
