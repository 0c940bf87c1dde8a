"""Completion for fish: a `complete` line for each command, option and argument."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.cli.shells.grammar import FILE, FOLDER, NAMES_COMMAND, Command, Option, Value

_HEAD = f"""\
# Completion of pipedeck for fish.
#   now:     pipedeck completion fish | source
#   always:  pipedeck completion fish > ~/.config/fish/completions/pipedeck.fish

function __pipedeck_names
    set -l words (commandline -opc)
    $words[1] {NAMES_COMMAND} $argv $words[2..-1] 2>/dev/null
end

complete -c pipedeck -f
"""
_NO_COMMAND = "__fish_use_subcommand"


def script(commands: Sequence[Command], app: Sequence[Option]) -> str:
    """The script; `app` are the options before any command."""
    lines = [f"complete -c pipedeck -n {_NO_COMMAND} -a {row.name} -d {_quote(row.help)}" for row in commands]
    lines.append(f"complete -c pipedeck -n {_NO_COMMAND} -a '(__fish_complete_directories)'")
    lines += _options(app, _NO_COMMAND)
    for command in commands:
        here = _quote(f"__fish_seen_subcommand_from {command.name}")
        lines += _options(command.options, here)
        # Fish does not count positional arguments: the values of all are offered at each.
        for offered in dict.fromkeys(_offered(value) for value in command.places):
            if offered:
                lines.append(f"complete -c pipedeck -n {here} -a {_quote(offered)}")
    return _HEAD + "\n".join(lines) + "\n"


def _options(options: Sequence[Option], condition: str) -> Iterator[str]:
    for option in options:
        flags = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
        value = ""
        if option.value is not None:
            offered = _offered(option.value)
            value = f" -x -a {_quote(offered)}" if offered else " -x"
            if option.value.kind == FILE:
                value = " -r -F"
        yield f"complete -c pipedeck -n {condition} {flags}{value} -d {_quote(option.help)}"
        if option.value is not None and option.value.many and (more := _offered(option.value)):
            # Fish itself gives an option one value only.
            present = f"{condition[1:-1]}; and contains -- {option.flags[-1]} (commandline -opc)"
            yield f"complete -c pipedeck -n {_quote(present)} -a {_quote(more)}"


def _offered(value: Value) -> str:
    if value.words:
        return " ".join(value.words)
    if value.kind == FOLDER:
        return "(__fish_complete_directories)"
    return f"(__pipedeck_names {value.kind})" if value.kind and value.kind != FILE else ""


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
