"""Completion for zsh: specifications for its own `_arguments`, made from the grammar of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.cli.shells.grammar import FILE, FOLDER, NAMES_COMMAND, Command, Option, Value

_SCRIPT = r"""#compdef pipedeck
# Completion of pipedeck for zsh.
#   now:     source <(pipedeck completion zsh)
#   always:  pipedeck completion zsh > a folder of $fpath, as _pipedeck

_pipedeck_names() {
    local -a found
    found=(${(f)"$("$pipedeck_words[1]" @NAMES@ "$1" "${(@)pipedeck_words[2,-1]}" 2>/dev/null)"})
    compadd -a found
}

_pipedeck() {
    local -a pipedeck_words found
    pipedeck_words=("${(@Q)words[1,CURRENT-1]}")
    # The command is the first word that is no option and no value of one.
    local -i at=2
    while (( at < CURRENT )); do
        case $words[at] in
            (@BEFORE@) (( at++ )) ;;
            (-*) ;;
            (*) break ;;
        esac
        (( at++ ))
    done
    if (( at >= CURRENT )); then
        found=(
@COMMANDS@
        )
        _arguments -s @APP_OPTIONS@ '*:: :->first'
        [[ $state == first ]] && { _describe -t commands command found; _files -/ }
        return
    fi
    local command=$words[at]
    words=("$command" "${(@)words[at+1,-1]}")
    (( CURRENT -= at - 1 ))
    case $command in
@CASES@
    esac
}

if [[ $funcstack[1] == _pipedeck ]]; then
    _pipedeck "$@"
else
    compdef _pipedeck pipedeck
fi
"""


def script(commands: Sequence[Command], app: Sequence[Option]) -> str:
    """The script; `app` are the options before any command."""
    parts = {
        "NAMES": NAMES_COMMAND,
        "BEFORE": "|".join(flag for option in app if option.value for flag in option.flags),
        "COMMANDS": "\n".join(f"            {_quote(f'{_plain(row.name)}:{row.help}')}" for row in commands),
        "APP_OPTIONS": " ".join(_option_specs(app)),
        "CASES": "\n".join(map(_case, commands)),
    }
    text = _SCRIPT
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _case(command: Command) -> str:
    specs = list(_option_specs(command.options))
    for number, value in enumerate(command.places, 1):
        specs.append(_quote(f"{'*' if value.many else number}: :{_action(value)}"))
    lines = " \\\n                ".join(["_arguments -s", *specs])
    return f"        ({command.name})\n            {lines} ;;"


def _option_specs(options: Sequence[Option]) -> Iterator[str]:
    for option in options:
        help_ = option.help.replace("[", "(").replace("]", ")")
        value = option.value
        takes = ":*: :" if value is not None and value.many else ": :"
        for flag in option.flags:
            others = f"({' '.join(option.flags)})" if len(option.flags) > 1 else ""
            again = "*" if option.repeated else others
            equals = "=" if value is not None and flag.startswith("--") and not value.many else ""
            action = "" if value is None else takes + _action(value)
            yield _quote(f"{again}{flag}{equals}[{help_}]{action}")


def _action(value: Value) -> str:
    if value.words:
        return f"({' '.join(value.words)})"
    if value.kind in (FOLDER, FILE):
        return "_files -/" if value.kind == FOLDER else "_files"
    # The blank keeps zsh from putting arguments of its own before the kind.
    return f" _pipedeck_names {value.kind}" if value.kind else " "


def _plain(text: str) -> str:
    return text.replace(":", "\\:")


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
