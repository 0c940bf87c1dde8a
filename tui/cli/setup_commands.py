"""The commands `demo`, `completion` and `schema`, which read no tree."""

from __future__ import annotations

import argparse
import sys

from tui.cli.main import need_terminal
from tui.cli.parsers import Commands, add_app_options, app_settings, epilog
from tui.cli.start_options import add_python_option, python_path
from tui.reports.text_output import TextOutput


def add_demo(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="open the app on a throw-away copy of a built-in sample tree",
        description="The app on a throw-away copy of a built-in sample tree, with made-up keys. Your own tree and keys"
        " are not looked at.",
        epilog=epilog(
            ("pipedeck demo", "look around; changes are discarded"),
            ("pipedeck demo --python .venv", "with the packages of that environment"),
            status="0, 1 pipedeck itself failed, 2 there is no terminal",
        ),
    )
    add_python_option(parser)
    add_app_options(parser)
    parser.set_defaults(run=run_demo)


def run_demo(options: argparse.Namespace) -> int:
    """Open the app on a copy that is deleted at the end."""
    need_terminal()
    from tui.run import run as run_app

    return run_app(None, python=python_path(options), settings=app_settings(options), demo=True)


_BASH = r"""# Completion of pipedeck for bash.
#   now:     source <(pipedeck completion bash)
#   always:  put that line into ~/.bashrc

_pipedeck() {
    # Bash splits a line into words at @ : and = too, so pipedeck reads the line itself.
    local line=${COMP_LINE:0:COMP_POINT}
    mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" __complete bash "$line" "$COMP_WORDBREAKS" 2>/dev/null)
    local kind=${COMPREPLY[0]} word=${COMP_WORDS[COMP_CWORD]#=} options=-f
    COMPREPLY=("${COMPREPLY[@]:1}")
    case $kind in
        folder) options=-d ;;
        file) ;;
        *) return ;;
    esac
    compopt -o filenames 2>/dev/null
    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen $options -- "$word")
}
complete -F _pipedeck pipedeck
"""
_ZSH = r"""#compdef pipedeck
# Completion of pipedeck for zsh.
#   now:     source <(pipedeck completion zsh)
#   always:  pipedeck completion zsh > a folder of $fpath, as _pipedeck

_pipedeck() {
    local -a lines
    lines=("${(@f)$("${(Q)words[1]}" __complete zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    local kind=$lines[1]
    shift lines
    (( $#lines )) && _describe -t values value lines
    [[ $words[CURRENT] == --*=* ]] && compset -P '*='
    case $kind in
        (folder) _files -/ ;;
        (file) _files ;;
    esac
}

if [[ $funcstack[1] == _pipedeck ]]; then
    _pipedeck "$@"
else
    compdef _pipedeck pipedeck
fi
"""
_FISH = r"""# Completion of pipedeck for fish.
#   now:     pipedeck completion fish | source
#   always:  pipedeck completion fish > ~/.config/fish/completions/pipedeck.fish

function __pipedeck_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines ($words[1] __complete fish $words[2..-1] "$word" 2>/dev/null)
    set -l option (string match -r -- '^--[^=]*=' "$word")
    set -l start (string replace -- "$option" '' "$word")
    switch "$lines[1]"
        case folder
            string replace -r -- '^' "$option" (__fish_complete_directories "$start")
        case file
            string replace -r -- '^' "$option" (__fish_complete_path "$start")
    end
    string join \n -- $lines[2..-1]
end
complete -c pipedeck -f -a '(__pipedeck_complete)'
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
SHELLS = tuple(_SCRIPTS)


def add_completion(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "completion",
        help="print a script that completes commands, options and names",
        description="Print the completion script of a shell. It completes commands, options, folders and releases, and"
        " asks pipedeck for the names of your tree: references, models, backends, profiles and variables.",
        epilog=epilog(
            ("source <(pipedeck completion bash)", "for this shell; or in ~/.bashrc"),
            ("source <(pipedeck completion zsh)", "for this shell; or in ~/.zshrc"),
            ("pipedeck completion fish | source", "for this shell; or in config.fish"),
            status="0, 2 wrong usage",
        ),
    )
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"one of {', '.join(SHELLS)}")
    parser.set_defaults(run=run_completion)


def run_completion(options: argparse.Namespace) -> int:
    """Print the script."""
    sys.stdout.write(_SCRIPTS[options.shell])
    return 0


DOCUMENTED = (
    "validate",
    "resolve",
    "explain",
    "uses",
    "pipes",
    "models",
    "lives",
    "prices",
    "refresh",
    "spent",
    "routes",
    "keys",
    "check",
    "compare",
    "review",
    "profiles",
    "releases",
    "behaviours",
    "init",
    "providers",
    "edit",
    "fixes",
    "changes",
    "upgrade",
    "drift",
    "recover",
    "settings",
)
"""The documents that have a schema: those of `core.json.schemas`, which imports pydantic, and that of `settings`."""


def add_schema(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "schema",
        help="print the JSON Schema of a command's --json",
        description="Print the JSON Schema of a document that --json prints. Newer versions may add keys; none is"
        " removed.",
        epilog=epilog(("pipedeck schema validate", "the document of validate"), status="0, 2 wrong usage"),
    )
    parser.add_argument(
        "command",
        choices=DOCUMENTED,
        metavar="COMMAND",
        help=f"one of {', '.join(DOCUMENTED)}; `profiles` is compare without a name, `behaviours`"
        " releases without one, `providers` init --list, `refresh` lives --refresh, `changes` undo --list, `fixes` fix"
        " without a code, `edit`"
        " every command that edits",
    )
    parser.set_defaults(run=run_schema)


def run_schema(options: argparse.Namespace) -> int:
    """Print the schema of one command's document."""
    from core.json.schemas import DOCUMENTS, document_adapter
    from tui.cli.settings import SettingsDocument

    document = {**DOCUMENTS, "settings": SettingsDocument}[options.command]
    TextOutput(sys.stdout).json(document_adapter(document).json_schema())
    return 0
