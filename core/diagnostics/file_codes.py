"""Diagnostics of files as a whole: missing, unreadable, not TOML, or never read."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

BACKENDS_MISSING = Diagnostic(
    "backends-missing",
    Severity.ERROR,
    Check.BACKENDS,
    "`backends.toml` does not exist.",
    "Every release stops at once: without backends there are no models.",
    ".pipelex/inference/ holds deck/ and routing_profiles.toml only",
    "Create the file, or a whole tree with `pipedeck init`.",
    "only you know which backends you use",
)
ROUTING_MISSING = Diagnostic(
    "routing-missing",
    Severity.ERROR,
    Check.ROUTING,
    "`routing_profiles.toml` does not exist.",
    "Every release stops: without a routing profile no model has a backend.",
    ".pipelex/inference/ holds backends.toml and deck/ only",
    'Create the file with `active = "NAME"` and a table `[profiles.NAME]`.',
    "only you know which backend serves which model",
)
DECK_MISSING = Diagnostic(
    "deck-missing",
    Severity.ERROR,
    Check.PRESETS,
    "The deck folder holds no file that the release reads.",
    "Every release stops: without a deck there are no presets, aliases or default choices.",
    ".pipelex/inference/deck/ is empty",
    "Copy the deck that your release ships, or create one with `pipedeck init`.",
    "the stock deck comes from the installed Pipelex release",
)
FILE_UNREADABLE = Diagnostic(
    "file-unreadable",
    Severity.ERROR,
    Check.BACKENDS,
    "A path that Pipelex reads is a folder, a dangling link, or not readable by you.",
    "The release stops with the error of the operating system.",
    "backends/openai.toml is a folder",
    "Replace it with a file, or give yourself permission to read it.",
    "file types and permissions are outside of what an edit of text can change",
)
FILE_ENCODING = Diagnostic(
    "file-encoding",
    Severity.ERROR,
    Check.BACKENDS,
    "A file is not valid UTF-8, the only encoding of TOML.",
    "The release cannot decode the file and stops.",
    "a deck file saved as UTF-16 or Latin-1",
    "Save the file as UTF-8.",
    "the original encoding is unknown",
)
FILE_BOM = Diagnostic(
    "file-bom",
    Severity.ERROR,
    Check.BACKENDS,
    "A file starts with a byte order mark.",
    "TOML readers refuse it; those of 0.10 and 0.11 read it as part of the first key.",
    "EF BB BF before the first line, as some Windows editors save it",
    "Save the file as UTF-8 without a byte order mark.",
)
FILE_TOO_LARGE = Diagnostic(
    "file-too-large",
    Severity.ERROR,
    Check.BACKENDS,
    "A file is too large to be a configuration file, and is not read.",
    "Nothing in the file is known here.",
    "a log file saved as deck/notes.toml",
    "Move the file out of the tree, or split it.",
    "a file of this size is probably not a configuration file",
)
SYNTAX = Diagnostic(
    "syntax",
    Severity.ERROR,
    Check.BACKENDS,
    "A file is not valid TOML. The message names line and column.",
    "The release stops at this file and reads nothing behind the fault.",
    'model: "gpt-4o"',
    "Correct the line: often a missing quote or bracket, or `:` in place of `=`.",
)
TOML_TOO_NEW = Diagnostic(
    "toml-too-new",
    Severity.ERROR,
    Check.BACKENDS,
    "A file uses TOML that the reader of 0.10 and 0.11 (TOML 0.5) does not know.",
    "These releases stop at the file; newer ones read it.",
    'mixed = ["text", 1]',
    "Write it as TOML 0.5: arrays of one type, inline tables on one line.",
)
TOML_1_1 = Diagnostic(
    "toml-1-1",
    Severity.WARNING,
    Check.BACKENDS,
    "A file uses TOML 1.1, such as an inline table over several lines.",
    "It is read only where tomli 2.4 or newer is installed; anywhere else the release stops.",
    'preset = { model = "gpt-4o",\n           temperature = 0.5 }',
    "Write each inline table on one line without a trailing comma, or as a [table].",
)
TOML_LAX = Diagnostic(
    "toml-lax",
    Severity.WARNING,
    Check.BACKENDS,
    "A file is not TOML 1.0; the reader of 0.10 and 0.11 takes it nevertheless.",
    "Every newer release stops at the file, and it cannot be edited value by value.",
    'inputs = ["text",, "images"]',
    "Write it as TOML.",
    "the intended content cannot be determined",
)
OVERRIDE_IGNORED = Diagnostic(
    "override-ignored",
    Severity.WARNING,
    Check.BACKENDS,
    "An override file exists that this release never reads.",
    "Its settings have no effect: override files are read from 0.56 on.",
    "backends_override.toml in a tree for 0.46",
    "Edit the base file, or upgrade Pipelex.",
    "moving local settings into the shared base file is your decision",
)
FILE_IGNORED = Diagnostic(
    "file-ignored",
    Severity.WARNING,
    Check.BACKENDS,
    "A file below `.pipelex` has the name of a configuration file, and this release never reads it.",
    "Its settings have no effect.",
    ".pipelex/inference/anthropic.toml, outside of backends/",
    "Move it to where the release reads it, or rename it.",
    "whether its settings are meant to have an effect is your decision",
)
FILE_MISPLACED = Diagnostic(
    "file-misplaced",
    Severity.WARNING,
    Check.BACKENDS,
    "A file is read as something else than its name says.",
    "Every TOML file below `deck/` is merged into the deck, whatever its name is.",
    ".pipelex/inference/deck/backends_override.toml",
    "Move it, or give it another name.",
    "whether it is a deck file or an override file is your decision",
)
DOTENV_LINE = Diagnostic(
    "dotenv-line",
    Severity.WARNING,
    Check.BACKENDS,
    "A line of a `.env` file cannot be read.",
    "The reader of `.env` files skips it without an error, so the variable is not set.",
    "OPENAI_API_KEY: sk-...",
    "Write NAME=value on one line.",
    "variables are set in a .env file, not in the tree",
)
DOTENV_EXPOSED = Diagnostic(
    "dotenv-exposed",
    Severity.WARNING,
    Check.BACKENDS,
    "A `.env` file with keys is in git, is not ignored by git, or may be read by every user of this machine.",
    "Whoever has the repository, or an account here, has the keys.",
    "git add .env",
    "Take it out of git, add it to .gitignore, set its mode to 600, and have new keys issued.",
    "permissions and git are outside of what an edit of the tree can change",
)
