"""Rules about backends: literal secrets, endpoints, mistyped keys, variables without a real value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from core.diagnostics import backend_codes, file_codes
from core.dialects.backend_reader import is_left_out
from core.entities import Backend, Location, Place
from core.files.source import Source
from core.masking import below_item, is_suspect, may_hold_secret
from core.problems import Problem, Severity
from core.rules.context import RuleContext, mistyped, problem
from core.secret_texts import holds_key, is_secret_key
from core.suggest import near
from core.toml.scanner import ANY_STRING
from core.variables import State, line_of, source_text, texts

_LOOPBACK = ("localhost", "127.0.0.1", "::1", "host.docker.internal")


def literal_secrets(context: RuleContext) -> Iterator[Problem]:
    """A literal key in a file ends up in version control: by its key, or by its looks. No message repeats a value."""
    catalog = context.catalog
    suspect = any(may_hold_secret(source.data) for source in catalog.tree.backends.sources)
    for backend in catalog.backends.values() if suspect else ():
        for path, text in texts(backend.fields):
            if not is_suspect(path, text):
                continue
            key = next(str(name) for name in reversed(path) if isinstance(name, str))
            message, fix = f"`{key}` holds a key or a password", "write it into api_key, as a variable"
            if is_secret_key(key):
                name = f"{backend.name.upper()}_API_KEY"
                message = f"`{key}` is a literal value in the file"
                fix = f'write {key} = "${{{name}}}" and set {name} in the environment or {catalog.environment.dotenv}'
            yield problem(
                backend_codes.SECRET_LITERAL,
                f"backend `{backend.name}`: {message}",
                backend.place.at(*path),
                fix=fix,
                subject=backend.name,
            )
    file = catalog.environment.dotenv
    specs = [(source.path, (source, file)) for source in catalog.tree.specs.values()]
    others = (*catalog.tree.deck.sources, *catalog.tree.settings.sources)
    rows = [*specs, *((source.path, (source, "")) for source in others)]
    for problems in context.cache.reuse_each(literal_secrets, rows, _secrets_of):
        yield from problems


def _secrets_of(source: Source, dotenv: str) -> tuple[Problem, ...]:
    """The literal keys in a file besides `backends.toml`.

    `dotenv` is the file for variables; empty where Pipelex fills none, which it does in headers of models alone.
    """
    return tuple(_literals(source, dotenv)) if may_hold_secret(source.data) else ()


def _literals(source: Source, dotenv: str) -> Iterator[Problem]:
    for path, text in texts(source.data):
        if is_suspect(below_item(path, strict=bool(dotenv)), text):
            name = next(str(key) for key in reversed(path) if isinstance(key, str))
            variable = f'write {name} = "${{NAME}}" and set NAME in the environment or {dotenv}'
            yield problem(
                backend_codes.SECRET_LITERAL,
                f"`{'.'.join(map(str, path))}` in {source.shown} is a literal key",
                Place(source.outline, tuple(path)),
                fix=variable if dotenv else "take it out of the file: Pipelex fills no variables here",
                subject=str(path[0]),
            )


def old_keys(context: RuleContext) -> Iterator[Problem]:
    """A key in a comment of a backend file is in version control too; most are keys that were replaced."""
    tree = context.catalog.tree
    rows = [(source.path, (source,)) for source in (*tree.backends.sources, *tree.specs.values())]
    for problems in context.cache.reuse_each(old_keys, rows, _keys_in_comments):
        yield from problems


_COMMENT = rf"{ANY_STRING}|(?P<comment>\#[^\r\n]*+)"
_ADDRESS = re.compile(r"https?://[^\s?#@]+")


def _keys_in_comments(source: Source) -> tuple[Problem, ...]:
    text = source.document.text or ""
    behind = {line[line.index("#") :] for line in text.split("\n") if "#" in line}
    if not _holds_key("\n".join(behind)):  # as in nearly every file
        return ()
    return tuple(
        problem(
            backend_codes.SECRET_LITERAL,
            f"a comment in {source.shown} holds a word that looks like a key",
            Location(source.shown, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), "", source.layer),
            fix="delete the comment, and have the provider withdraw the key if it is still valid",
        )
        for match in re.finditer(_COMMENT, text)
        if (at := match.start("comment")) >= 0 and _holds_key(match["comment"])
    )


def _holds_key(comment: str) -> bool:
    return holds_key(_ADDRESS.sub("", comment))  # the address of a commit has a random part


def plain_http(context: RuleContext) -> Iterator[Problem]:
    """Keys sent over plain http can be read in transit; loopback is exempt."""
    for backend in context.catalog.backends.values():
        endpoint = backend.text("endpoint") or ""
        if not endpoint.lower().startswith("http://"):
            continue
        try:
            host = urlsplit(endpoint).hostname or ""
        except ValueError:
            continue
        if host in _LOOPBACK or host.startswith("127.") or "${" in host:
            continue
        yield problem(
            backend_codes.ENDPOINT_PLAIN_HTTP,
            f"backend `{backend.name}`: the endpoint is plain http, so keys and prompts can be read in transit",
            backend.place.at("endpoint"),
            fix="use https, unless the host is this machine",
            subject=backend.name,
        )


def mistyped_keys(context: RuleContext) -> Iterator[Problem]:
    """Pipelex keeps unknown keys of a backend as extra configuration, so a typo goes unnoticed.

    It is an error where the call lacks the key that was meant.
    """
    for backend in context.catalog.backends.values():
        for key, meant in mistyped(backend).items():
            lacking = backend.name in context.used_backends and any(
                fault.fatal and fault.field == meant
                for (name, _), call in context.resolver.calls.items()
                if name == backend.name
                for fault in call.faults
            )
            yield problem(
                backend_codes.BACKEND_KEY_UNKNOWN,
                f"backend `{backend.name}`: unknown key `{key}` is kept as extra configuration and has no effect",
                backend.place.at(key),
                severity=Severity.ERROR if lacking else None,
                fix=f"did you mean `{meant}`?",
                subject=key,
            )


def extra_config(context: RuleContext) -> Iterator[Problem]:
    """The keys inside `extra_config` have no effect: the unknown keys of the table replace them."""
    for backend in context.enabled_backends:
        if isinstance(backend.fields.get("extra_config"), dict):
            yield problem(
                backend_codes.EXTRA_CONFIG_IGNORED,
                f"backend `{backend.name}`: keys inside extra_config have no effect",
                backend.place.at("extra_config"),
                fix="write them directly in the backend's table",
                subject=backend.name,
            )


def variables(context: RuleContext) -> Iterator[Problem]:
    """Variables with a placeholder or stray blanks as their value, and empty `.env` lines over a value of the shell."""
    catalog = context.catalog
    first_users: dict[str, Backend] = {}
    for backend in context.enabled_backends:
        for name in catalog.variables_of(backend.name):
            first_users.setdefault(name, backend)
    for name, backend in first_users.items():
        variable = catalog.environment.variable(name)
        source = source_text(variable.source)
        if variable.state is State.PLACEHOLDER:
            code = backend_codes.VARIABLE_PLACEHOLDER
            message = f"variable `{name}` in {source} begins with `placeholder`: it has no real value"
            fix = f"give `{name}` its real value"
        elif variable.spaced:
            code = backend_codes.VARIABLE_SPACED
            message = (
                f"variable `{name}` in {source} has blanks or a line end around its value:"
                " providers take them for part of the key"
            )
            fix = f"remove them in {source}"
        elif variable.state is State.EMPTY and variable.hidden:
            code = backend_codes.VARIABLE_HIDDEN
            message = (
                f"an empty line for `{name}` in {source} overrides the value of {source_text(variable.hidden[-1])}"
            )
            fix = f"remove the line or set its value in {source}"
        else:
            continue
        severity = Severity.ERROR if _fails_calls(context, name) else None
        cause, place = f"variable {name}", catalog.environment.locate(name) or backend.place
        yield problem(code, message, place, severity=severity, fix=fix, cause=cause, subject=name)


def _fails_calls(context: RuleContext, variable: str) -> bool:
    """Whether calls of a backend in use fail because of a variable's value."""
    catalog = context.catalog
    return any(
        not call.possible and variable in catalog.variables_of(backend) and backend in context.used_backends
        for (backend, _), call in context.resolver.calls.items()
    )


def override_files(context: RuleContext) -> Iterator[Problem]:
    """Override files that this release never reads (before 0.56), and those that are broken links."""
    for source in context.catalog.tree.ignored:
        if context.catalog.behaviours.override_files:
            message = f"{source.shown} has no effect: it is a broken link"
            fix = "link it to a file, or remove it"
            yield problem(file_codes.OVERRIDE_IGNORED, message, Place(source, ()), fix=fix, subject=source.shown)
            continue
        yield problem(
            file_codes.OVERRIDE_IGNORED,
            f"{source.shown} has no effect: {context.catalog.release} does not read override files",
            Place(source, ()),
            fix="override files are read from 0.56 on; edit the base file, or upgrade Pipelex",
            subject=source.shown,
        )


def unread_files(context: RuleContext) -> Iterator[Problem]:
    """Files below `.pipelex` that this release never reads, or reads as something else than their names say."""
    for file in context.catalog.tree.unread:
        never = f"{file.shown} has no effect: {context.catalog.release} never reads it"
        yield problem(
            file_codes.FILE_IGNORED if file.read_as is None else file_codes.FILE_MISPLACED,
            never if file.read_as is None else f"{file.shown} is read as {file.read_as}, whatever its name says",
            line_of(file.shown, 1),
            fix=file.fix,
            subject=file.shown,
        )


def unread_lines(context: RuleContext) -> Iterator[Problem]:
    """Lines of `.env` files that python-dotenv skips. The message repeats no more than the name in the line."""
    for line in context.catalog.environment.unread:
        name = f" (`{line.name}`)" if line.name else ""
        yield problem(
            file_codes.DOTENV_LINE,
            f"line {line.location.line} of {line.location.file} cannot be read{name}, so it sets nothing",
            line.location,
            fix=f"write {line.name or 'NAME'}=value on one line",
            subject=line.name or None,
        )


def variables_elsewhere(context: RuleContext) -> Iterator[Problem]:
    """Variables that are not set under their name, but under a similar one, or in a file that is not read."""
    catalog, environment = context.catalog, context.catalog.environment
    if environment.assume_set:
        return
    for name in dict.fromkeys(name for backend in catalog.enabled for name in catalog.wanting(backend)):
        if environment.variable(name).state is not State.MISSING:
            continue
        place: Location | None
        files = [file for file in environment.elsewhere if name in file.lines]
        similar = near(name, environment.names, limit=1, cutoff=0.9)
        if files:
            place = files[0].locate(name)
            message = f"variable `{name}` is in {files[0].shown}, which Pipelex does not read"
            fix = f"move the line to {environment.dotenv}"
        elif similar:
            place = environment.locate(similar[0])
            source = source_text(environment.variable(similar[0]).source)
            message = f"variable `{name}` is not set, but `{similar[0]}` is, in {source}"
            fix = f"rename it to `{name}`, if it is meant"
        else:
            continue
        code = backend_codes.VARIABLE_ELSEWHERE
        yield problem(code, message, place, fix=fix, cause=f"variable {name}", subject=name)


def newer_toml(context: RuleContext) -> Iterator[Problem]:
    """TOML 1.1 is read only where tomli 2.4 or newer is installed."""
    for source in context.catalog.tree.sources:
        document = source.document
        if document.text is None or document.parse_error is not None or document.toml_1_0:
            continue
        if context.catalog.behaviours.toml_reader == "toml":
            yield problem(
                file_codes.TOML_LAX,
                f"{source.shown} is not TOML 1.0: only the reader of 0.10 and 0.11 takes it",
                Place(source, ()),
                fix="write it as TOML, before it is edited or read by a newer release",
                subject=source.shown,
            )
        else:
            yield problem(
                file_codes.TOML_1_1,
                f"{source.shown} uses TOML 1.1 (such as an inline table over several lines): older readers refuse it",
                Place(source, ()),
                fix="write each inline table on one line without a trailing comma, or as a [table]",
                subject=source.shown,
            )


def remote_catalogues(context: RuleContext) -> Iterator[Problem]:
    """A backend whose models are listed by its server: references to it are unknown."""
    for name in context.catalog.remote:
        yield problem(
            backend_codes.BACKEND_REMOTE,
            f"backend `{name}` gets its models from its server: references that go to it are unknown, not dead",
            context.catalog.backends[name].place,
            subject=name,
        )


def left_out(context: RuleContext) -> Iterator[Problem]:
    """A backend that the table turns on and the run mode leaves out."""
    catalog = context.catalog
    for name, backend in catalog.backends.items():
        if backend.fields.get("enabled", True) and is_left_out(name, catalog.environment, catalog.behaviours):
            mode = catalog.environment.filled("${env:RUN_MODE}")
            yield problem(
                backend_codes.BACKEND_LEFT_OUT,
                f"backend `{name}` counts as off: Pipelex {catalog.release} leaves it out in the run mode {mode}",
                backend.place,
                subject=name,
            )


RULES = (
    literal_secrets,
    old_keys,
    plain_http,
    mistyped_keys,
    extra_config,
    variables,
    override_files,
    unread_files,
    unread_lines,
    variables_elsewhere,
    newer_toml,
    remote_catalogues,
    left_out,
)
