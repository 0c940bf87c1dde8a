"""Diagnostics of the Pipelex that will run the project: its release, its packages, its workers."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

RELEASE_CONTRADICTION = Diagnostic(
    "release-contradiction",
    Severity.WARNING,
    Check.BACKENDS,
    "Two sources name different Pipelex releases for this project.",
    "The answer is for the release that would run here; another machine may run the other one.",
    "uv.lock names 0.15.7, and ./.venv has 0.92.2",
    "Install the pinned release, or update the pin. `--release` chooses the release to answer for.",
    "only you know which release is meant",
)
ENVIRONMENT_PASSED_OVER = Diagnostic(
    "environment-passed-over",
    Severity.INFO,
    Check.BACKENDS,
    "An environment that should run Pipelex has none, or is no Python environment.",
    "The release is then taken from the next source: another environment, a pin, the tree.",
    "--python /usr/bin/python3, without pipelex",
    "Name the environment that has Pipelex with `--python`, or install it there.",
    "packages are installed by your package manager",
)
PACKAGE_MISSING = Diagnostic(
    "package-missing",
    Severity.ERROR,
    Check.BACKENDS,
    "The worker of a model imports a package that is not installed beside Pipelex.",
    "Pipelex starts, and every call of the model fails with a missing dependency. With Vertex AI it does not start.",
    'sdk = "anthropic", and only plain `pipelex` is installed',
    "Install the extra of Pipelex that includes the package.",
    "pipedeck edits configuration; packages are installed by your package manager",
)
SDK_UNREGISTERED = Diagnostic(
    "sdk-unregistered",
    Severity.ERROR,
    Check.MODELS,
    "The release has no worker for the sdk of a model.",
    "Pipelex starts, and every call of the model fails: no inference backend is registered for the sdk.",
    'sdk = "openai_respnses"',
    "Write the name of an sdk that the release knows.",
    "several sdks may fit; the nearest names are suggested",
)
