"""Canaries planted anywhere a file of a tree can hold text, broken files too, and all commands over each document.

`python -m tests.trust.canaries --documents 5000` runs a campaign and prints what leaked, `--screens 200` one over all
screens of the app, `--served 500` one over answers of servers, `--traces 500` one over the texts of traces, on screens
and in commands.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import os
import random
import shutil
import string
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from core.masking import below_item, in_backend_file, masked
from core.toml.redaction import is_toml, redact
from core.toml.toml_reader import parse
from core.variables import texts
from tests.trust.failing import failing
from tui.cli.main import main
from tui.sample import copy_sample

HARMLESS = ["display_name", "sdk", "model_id", "inputs", "description", "endpoint", "variant", "model_type"]
SECRET = [
    "api_key",
    "api_key_2",
    "token",
    "token2",
    "db_pass",
    "password",
    "api_key_old",
    "secret",
    "credentials.pass",
    "auth.value",
    '"api\\u005fkey"',
    "X-Api-Key",
    "Authorization",
    "private_key",
    "client_secret",
]
ANY = [*HARMLESS, *SECRET, "note", "x-title", "extra_config.value", '"odd key"', "headers"]
COMMANDS = (
    "validate",
    "resolve",
    "keys",
    "models",
    "routes",
    "explain",
    "uses",
    "fix all --dry-run",
    "check --dry-run --all",
    "set backends.openai.enabled false --dry-run --anyway",
    "set backends.openai.enabled false --anyway",
    "undo --list",
    "undo",
    "keys --all",
    "repoint --dry-run",
    "unset backends.openai.api_key --dry-run --anyway",
    "settings",
)
ALSO = (
    *(f"validate --format {form}" for form in ("sarif", "github", "gitlab", "junit")),
    *(f"review HEAD{form}" for form in ("", " --format markdown", " --format junit")),
    "backend openai --delete --dry-run --anyway --base",
    "compare --without openai",
    "compare --releases 0.24.1 0.92.2",
    "drift",
    "upgrade --dry-run --to 0.92.2",
    "map",
    "lives",
    "prices",
    "pipes",
)
"""Commands of which each document gets some."""


def canary(source: random.Random) -> str:
    """A text that looks like a key: hexadecimal, letters and digits, a UUID, or with the prefix of a provider."""
    letters = string.ascii_letters + string.digits
    hexadecimal = "".join(source.choices("0123456789abcdef", k=40))
    plain = "".join(source.choices(letters, k=40))
    uuid = "-".join((hexadecimal[:8], *(hexadecimal[at : at + 4] for at in (8, 12, 16)), hexadecimal[20:32]))
    prefixed = source.choice(("sk-", "sk-ant-", "AIza", "gsk_", "hf_", "xai-")) + plain[:30]
    return source.choice((hexadecimal, plain, uuid, prefixed))


def spots(source: random.Random, value: str) -> str:
    """One statement that holds the value somewhere: as it is valid, or as people break it."""
    key = source.choice(ANY)
    secret = source.choice(SECRET)
    quoted = source.choice((f'"{value}"', f"'{value}'", f'"""\n{value}"""', f"'''{value}\n'''"))
    escaped = '"' + "".join(f"\\u{ord(letter):04x}" if source.random() < 0.2 else letter for letter in value) + '"'
    half = len(value) // 2
    return source.choice(
        (
            f"{key} = {quoted}",
            f"{key} = {escaped}",
            f'{key} = """{value[:half]}\\\n   {value[half:]}"""',
            f"{key} = [{quoted}, 1]",
            f"{key} = {{ pass = {escaped} }}",
            f'{key} = "https://user:{value}@host.example/v1"',
            f'{key} = "https://host.example/v1/{value}/x?pass={value}#{value}"',
            f'endpoint = "https:/{value}:x@host"',
            f'{key} = "Authorization: Bearer {value}"',
            f'{key} = \'{{"private_key": "{value}"}}\'',
            f"{key} = '''-----BEGIN PRIVATE KEY-----\n{value}\n-----END PRIVATE KEY-----'''",
            f'"{value}" = "x"',
            f"{value.replace('_', '-')} = 1",
            f'[["{value}"]]',
            f'[[openai.keys]]\nid = 1\nvalue = "{value}"',
            f'{key} = [{{ name = "a", value = "{value}" }}, {{ headers = {{ x = "{value}" }} }}]',
            f'model = "Authorization: Bearer {value}"',
            f'"https://me:{value}@host/v1" = "x"',
            f'proxy = "http://me:{value}@proxy:8080"',
            f"# curl -u me:{value} https://host/v1",
            f'# export OPENAI_API_KEY="{value}"',
            f'[openai.auth]\nvalue = "{value}"',
            f'[{value}]\nenabled = true\nendpoint = "https://h/v1"',
            f"# {key} = {value}",
            f"# old: {value} was here",
            f"enabled = true # {value}",
            # broken
            f'{secret}: "{value}"',
            f'{secret} "{value}"',
            f'{secret} == "{value}"',
            f'"{secret}": "{value}",',
            f'{secret} = "{value}',
            f"{secret} = {value}",
            f'{key} = ["{value}"',
            f'{key} = """{value}',
            f"{key} {value}",
            f"{value}",
            f'[{key} "{value}"',
            f'{key} = {{ a = "{value}"',
            f"<<<<<<< {value}",
            f"export {secret.upper()}={value}",
            f"- {secret}: '{value}'",
            f'{secret} =\n"{value}"',
            f'{secret} = "a" "{value}"',
            f"{secret} = `{value}`",
            f"<{secret}>{value}</{secret}>",
            f'{{"{secret}": "{value}"}}',
            f"{secret} => '{value}'",
        )
    )


def weak_spots(source: random.Random, value: str) -> str:
    """One statement of a file of backends where any text is a secret, even a word."""
    key = source.choice([*SECRET, "note", "x-title", "headers", "auth_2"])
    return source.choice(
        (
            f'{key} = "{value}"',
            f'{key} = ["{value}"]',
            f'{key} = {{ display = "{value}" }}',
            f'endpoint = "https://me:{value}@host/v1"',
            f'endpoint = "https://host/v1?pass={value}"',
            f'api_key: "{value}"',
            f'api_key "{value}"',
            f'api_key == "{value}"',
            f'"api_key": "{value}",',
            f'api_key = "{value}',
            f'# api_key = "{value}"',
        )
    )


def document(source: random.Random, text: str, statement: str) -> str:
    """A text with a statement on a line of its own, at random, with random ends of lines."""
    lines = text.split("\n")
    lines.insert(source.randrange(len(lines) + 1), statement)
    text = "\n".join(lines)
    return text.replace("\n", "\r\n") if source.random() < 0.1 else text


def plant(source: random.Random, tree: Path) -> tuple[Path, str, str]:
    """Plant a canary in a file of a tree: the file, the canary, and its new text, which is written."""
    files = sorted(path for path in tree.rglob("*.toml"))
    path = source.choice(files)
    strict = in_backend_file(str(path))
    value, statement = canary(source), ""
    if strict and source.random() < 0.3:
        value = "canary" + "".join(source.choices(string.ascii_lowercase, k=3))
        statement = weak_spots(source, value)
    text = document(source, path.read_text(), statement or spots(source, value))
    path.write_bytes(text.encode())
    return path, value, text


def disagreements(path: Path, text: str) -> Iterator[str]:
    """Where the text view and the value view differ for a valid text."""
    strict = in_backend_file(str(path))
    shown = redact(text, strict=strict)
    if not is_toml(text) or not is_toml(shown):
        return
    values = dict(texts(parse(shown)))
    for at, value in texts(parse(text)):
        expected = masked(below_item(at, strict=strict), value, strict=strict)
        if at in values and values[at].split() != expected.split():
            yield f"{at}: {values[at]!r} in the text, {expected!r} as a value"


def leaks(value: str, text: str) -> bool:
    """Whether a text holds the canary, or its first half."""
    return value in text or (len(value) > 20 and value[: len(value) // 2] in text)


def run_command(words: list[str]) -> str:
    """All that a command prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), contextlib.suppress(SystemExit):
        main(words)
    return output.getvalue()


def run_document(seed: int, folder: Path, commands: int | None = None) -> list[str]:
    """Plant one canary and run commands over it; what leaked, in words."""
    source = random.Random(seed)
    root, home = folder / "shop", folder / "home"
    for old in (root, home):
        shutil.rmtree(old, ignore_errors=True)
    home.mkdir(parents=True)
    tree = copy_sample(root)
    for words in ("init -q", "add -A", "-c user.name=a -c user.email=a@b.c commit -qm one"):
        subprocess.run(["git", "-C", str(root), *words.split()], check=True)
    path, value, text = plant(source, tree)
    found = [f"views differ at {line}" for line in disagreements(path, text)]
    if leaks(value, redact(text, strict=in_backend_file(str(path)))):
        found.append("text view")
    also = source.sample(ALSO, 4 if commands is None else 1)
    chosen = (*also, *(COMMANDS if commands is None else source.sample(COMMANDS, commands)))
    for command in chosen:
        for form in ([], ["--json"]):
            printed = run_command([*command.split(" "), *form, "--tree", str(root)])
            if leaks(value, printed):
                line = next(line for line in printed.splitlines() if leaks(value, line))
                at = line.index(value[: len(value) // 2])
                found.append(f"{command} {' '.join(form)}: {line[max(0, at - 80) : at + 60]}")
            if "had to stop" in printed or "Traceback" in printed:
                found.append(f"{command} {' '.join(form)} fails: {printed[-200:]}")
    with failing(round(10 ** source.uniform(0.5, 4.5)), f"in {value}: {text}"):
        printed = run_command([*source.choice(COMMANDS).split(" "), "--tree", str(root)])
    found += ["crash report"] if leaks(value, printed) else []
    found += stored(value, root, home)
    return [f"seed {seed}, {path.name}: {line}" for line in found]


def stored(value: str, root: Path, home: Path) -> list[str]:
    """The files besides those of the tree that hold the canary, in words."""
    kept = [file for file in home.rglob("*") if file.is_file()]
    kept += [file for file in (root / ".pipelex").rglob("*") if file.is_file() and file.suffix != ".toml"]
    return [f"stored in {file.name}" for file in kept if leaks(value, file.read_bytes().decode("utf-8", "replace"))]


def campaign(seeds: range, show: Callable[[int, Path], list[str]], notify: Callable[[str], None]) -> int:
    """Run the documents of some seeds in one process; the number of those that leaked."""
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        home = str(Path(name) / "home")
        for variable in [key for key in os.environ if key.startswith(("XDG_", "PIPEDECK_"))]:
            del os.environ[variable]
        os.environ["HOME"] = home
        for seed in seeds:
            found = show(seed, Path(name))
            failed += bool(found)
            for line in found[:3]:
                notify(line)
    return failed


def run() -> int:
    """The campaign from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first document")
    parser.add_argument("--commands", type=int, help="this many random commands a document instead of all")
    parser.add_argument("--screens", type=int, help="show this many documents in the app instead")
    parser.add_argument("--served", type=int, help="let servers repeat this many canaries instead")
    parser.add_argument("--traces", type=int, help="plant this many canaries in traces of runs instead")
    options = parser.parse_args()
    show: Callable[[int, Path], list[str]]
    if options.served:
        from tests.trust.served_canaries import run_served

        count, show = options.served, run_served
    elif options.traces:
        from tests.trust.trace_canaries import run_trace_commands, run_trace_screens

        def both(seed: int, folder: Path) -> list[str]:
            return run_trace_commands(seed, folder) + asyncio.run(run_trace_screens(seed, folder))

        count, show = options.traces, both
    elif options.screens:
        from tests.trust.screen_canaries import run_screens

        count, show = options.screens, lambda seed, folder: asyncio.run(run_screens(seed, folder))
    else:
        count, show = options.documents, partial(run_document, commands=options.commands)
    failed = campaign(range(options.first, options.first + count), show, print)
    print(f"{count} documents, {failed} leak")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run())
