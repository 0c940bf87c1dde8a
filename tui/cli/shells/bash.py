"""Completion for bash: one function, made from the grammar of the command line."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from tui.cli.shells.grammar import NAMES_COMMAND, Command, Option, Value

_SCRIPT = r"""# Completion of pipedeck for bash.
#   now:     source <(pipedeck completion bash)
#   always:  put that line into ~/.bashrc

_pipedeck() {
    COMPREPLY=()
    # Bash cuts a line into words at @ : and = too, so the words are taken from the line itself.
    local line=${COMP_LINE:0:COMP_POINT} word= words=()
    read -r -a words <<< "$line"
    if [[ $line != *[[:space:]] ]]; then
        word=${words[${#words[@]}-1]}
        unset 'words[${#words[@]}-1]'
    fi

    # The command is the first word that is no option and no value of one.
    local command= at=1 pending=
    while (( at < ${#words[@]} )); do
        case ${words[at]} in
            @BEFORE@) (( at++ )) ;;
            -*) ;;
            *) command=${words[at]}; break ;;
        esac
        (( at++ ))
    done

    local i place=0
    for (( i = at + 1; i < ${#words[@]}; i++ )); do
        if [[ ${words[i]} == -* ]]; then
            pending=
            case $command:${words[i]} in
                @TAKING@) pending=${words[i]} ;;
            esac
        else
            case $command:$pending in
                @MANY@) ;;
                *:) (( place++ )) ;;
                *) pending= ;;
            esac
        fi
    done
    # Before any command the last word may be an option that waits for its value.
    if [[ -z $command ]]; then
        case ${words[${#words[@]}-1]} in
            @BEFORE@) pending=${words[${#words[@]}-1]} ;;
        esac
    fi
    if [[ $word == --*=* ]]; then
        pending=${word%%=*}
        word=${word#*=}
    fi

    local quote=
    case $word in
        [\'\"]*) quote=${word:0:1}; word=${word:1} ;;
        *) word=${word//\\/} ;;
    esac

    local kind= offered=
    case $command:$pending in
@VALUES@
        *:) case $command in
            '') if [[ $word == -* ]]; then offered=@APP_OPTIONS@; else kind=folder; offered=@COMMANDS@; fi ;;
@COMMAND_WORDS@
            esac ;;
    esac
    case $kind in
        folder | file)
            compopt -o filenames 2>/dev/null
            if [[ $kind == folder ]]; then
                mapfile -t COMPREPLY < <(compgen -d -- "$word")
            else
                mapfile -t COMPREPLY < <(compgen -f -- "$word")
            fi
            ;;
        ?*) offered+=$'\n'$("${words[0]}" @NAMES@ "$kind" "${words[@]:1}" 2>/dev/null) ;;
    esac

    # What bash puts in place begins after the last character at which it cut.
    local breaks=${COMP_WORDBREAKS//[[:space:]\'\"]/} cut= name
    for (( i = 0; i < ${#word}; i++ )); do
        # An @ it cuts at stays with the word behind it.
        [[ ${word:i:1} == @ ]] && cut=${word:0:i} && continue
        [[ -n $breaks && $breaks == *"${word:i:1}"* ]] && cut=${word:0:i+1}
    done
    while IFS= read -r name; do
        [[ -n $name && $name == "$word"* ]] || continue
        name=${name#"$cut"}
        if [[ -z $quote ]]; then
            printf -v name '%q' "$name"
        elif [[ $quote == '"' ]]; then
            name=${name//\$/\\\$}
        fi
        COMPREPLY+=("$name")
    done <<< "$offered"
}
complete -F _pipedeck pipedeck
"""


def script(commands: Sequence[Command], app: Sequence[Option]) -> str:
    """The script; `app` are the options before any command."""
    values = list(_values(commands, app))
    parts = {
        "BEFORE": _pattern(flag for option in app if option.value for flag in option.flags),
        "TAKING": _pattern(label for label, _ in values),
        "MANY": _pattern((label for label, value in values if value.many), none=":none"),
        "VALUES": "\n".join(f"        {shlex.quote(label)}) {_assign(value)} ;;" for label, value in values),
        "APP_OPTIONS": _quoted(flag for option in app for flag in option.flags),
        "COMMANDS": _quoted(command.name for command in commands),
        "COMMAND_WORDS": "\n".join(map(_words, commands)),
        "NAMES": NAMES_COMMAND,
    }
    text = _SCRIPT
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _values(commands: Sequence[Command], app: Sequence[Option]) -> Iterator[tuple[str, Value]]:
    """Every option that takes a value, as `command:--option`; those of the app as `:--option`."""
    for name, options in (("", app), *((command.name, command.options) for command in commands)):
        for option in options:
            if option.value is not None:
                yield from ((f"{name}:{flag}", option.value) for flag in option.flags)


def _words(command: Command) -> str:
    """The candidates of a command where no option waits for its value: options, or the next positional argument."""
    flags = _quoted(flag for option in command.options for flag in option.flags)
    places = [f"{number}) {_assign(value)} ;;" for number, value in enumerate(command.places)]
    if places and command.places[-1].many:
        places[-1] = places[-1].replace(f"{len(places) - 1})", "*)", 1)
    own = f"case $place in {' '.join(places)} esac" if places else ":"
    return f"            {command.name}) if [[ $word == -* ]]; then offered={flags}; else {own}; fi ;;"


def _assign(value: Value) -> str:
    if value.words:
        return f"offered={_quoted(value.words)}"
    return f"kind={value.kind}" if value.kind else ":"


def _quoted(words: Iterator[str] | Sequence[str]) -> str:
    return "$'" + "\\n".join(words) + "'"


def _pattern(labels: Iterator[str], none: str = "") -> str:
    return " | ".join(map(shlex.quote, dict.fromkeys(labels))) or shlex.quote(none)
