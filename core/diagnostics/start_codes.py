"""Diagnostics of the start of Pipelex: the folder it starts in, its `.env` files, the home that it fills."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

TREE_NOT_READ = Diagnostic(
    "tree-not-read",
    Severity.WARNING,
    Check.BACKENDS,
    "The tree above is not read by a Pipelex that is started in this folder.",
    "Up to 0.17 only the `.pipelex` of the start folder is read, and the start fails. From 0.18 on the nearest folder"
    " with a root marker is the project; where that is another folder, its files or those of the home are read.",
    "started in app/, which has a package.json, below the tree",
    "Start Pipelex in the folder of the tree. `--cwd FOLDER` answers for a start there.",
    "only you know where Pipelex is started",
)
MARKER_UNREADABLE = Diagnostic(
    "marker-unreadable",
    Severity.ERROR,
    Check.BACKENDS,
    "A marker of a project, such as `.git`, cannot be examined on the way up from the start folder.",
    "From 0.84 on the release fails over a link to itself, or one that you may not follow. Where another marker is in"
    " that folder it fails at some starts only: the order in which it tries them changes.",
    ".git is a link to .git",
    "Remove the link, or let it lead to a file or folder.",
    "only you know where the link should lead",
)
MARKER_UNREADABLE_AT_TIMES = Diagnostic(
    "marker-unreadable-at-times",
    Severity.WARNING,
    Check.BACKENDS,
    "A marker of a project cannot be examined, and the start fails where the release tries it before another one.",
    "From 0.84 on the release fails over a link to itself. The order in which it tries the markers of a folder changes"
    " from start to start.",
    ".git is a link to .git, beside a pyproject.toml",
    "Remove the link, or let it lead to a file or folder.",
    "only you know where the link should lead",
)
HOME_NO_FOLDER = Diagnostic(
    "home-no-folder",
    Severity.ERROR,
    Check.BACKENDS,
    "The home configuration directory is a file or a broken link, or it cannot be created.",
    "From 0.18 on every start creates it where it is missing, and fails over what is in its place.",
    "~/.pipelex is a file",
    "Move it away.",
    "pipedeck does not write in the home directory itself",
)
METHODS_FOLDER_MISSING = Diagnostic(
    "methods-folder-missing",
    Severity.ERROR,
    Check.BACKENDS,
    "The start folder has no folder of methods, which releases up to 0.11 require.",
    "They load the methods when they start. In the run modes `unit_test` and `ci_test` also `tests/test_pipelines`.",
    "0.11.0 started where there is no pipelex_libraries/pipelines",
    "Make the folder, or run `pipelex init-libraries`.",
    "only you know where Pipelex is started",
)
DOTENV_REFUSED = Diagnostic(
    "dotenv-refused",
    Severity.ERROR,
    Check.BACKENDS,
    "A `.env` file stops the start: it is not UTF-8, holds a NUL, or may not be read.",
    "Pipelex loads `.env` when it is imported, so that every command fails.",
    "a .env saved as UTF-16",
    "Save the file as UTF-8 text.",
    "pipedeck does not edit `.env` files: they hold secrets",
)
RUN_VARIABLE = Diagnostic(
    "run-variable",
    Severity.ERROR,
    Check.BACKENDS,
    "A variable that names the environment or the mode of a run has a value that Pipelex does not know.",
    "Pipelex reads it when it is imported, so that every command fails. It is ENV up to 0.25, ENVIRONMENT in 0.26,"
    " PIPELEX_ENV from 0.27 on, and RUN_MODE.",
    "ENV=production in the shell",
    "Set the variable to one of the known values, or unset it for Pipelex.",
    "pipedeck sets no variables",
)
DOTENV_NOT_READ = Diagnostic(
    "dotenv-not-read",
    Severity.WARNING,
    Check.BACKENDS,
    "The project's `.env` sets missing variables, but it is not in the folder that Pipelex is started in.",
    "Pipelex reads the `.env` of its start folder and, from 0.18 on, of its home configuration directory.",
    "pipedeck validate, run in a subfolder of the project",
    "Start Pipelex in the project, or set the variables in the shell. `--cwd FOLDER` answers for a start there.",
    "only you know where Pipelex is started",
)
FIRST_START = Diagnostic(
    "first-start",
    Severity.INFO,
    Check.BACKENDS,
    "The first start copies the kit of the release into the home configuration directory.",
    "From 0.18 on files that the project lacks are read from there, so the answer is for the kit's.",
    "a project without .pipelex, on a machine where Pipelex never ran",
    "Run `pipelex init`, or create a tree of your own with `pipedeck init`.",
    "Pipelex copies the kit itself",
)
FIRST_START_UNKNOWN = Diagnostic(
    "first-start-unknown",
    Severity.WARNING,
    Check.BACKENDS,
    "The first start would fill the home from the kit of the release, which is not available here.",
    "What the kit holds is unknown, so there is no answer for it.",
    "--release 0.92.2, and no environment with Pipelex 0.92.2",
    "Name the environment that has the release with `--python`, or run `pipelex init`.",
    "the kit is a part of the installed release",
)
