"""Projects with canaries planted in their files: texts that look like keys, in valid and in broken places."""

from __future__ import annotations

import random
import shutil
import string
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from core.masking import in_backend_file
from core.toml.redaction import is_toml
from tui.sample import copy_sample

DOCUMENTS = 3
"""How many files of a project get a canary each."""
METHODS = '''domain = "shop"
main_pipe = "write"

[concept]
Note = "Any text"

[pipe.write]
type = "PipeLLM"
description = "Write a note"
output = "Note"
model = "$writing"
prompt = """
Write a note.
"""

[pipe.extract]
type = "PipeLLM"
description = "Take the parts"
inputs = { note = "Note" }
output = "Text"
model = { model = "@no-such-model", temperature = 0.1 }
prompt = "Take the parts of $note"
'''
MORE = {
    ".pipelex/pipelex.toml": '[runtime.tracing.ndjson]\ntraces_dir = "logs"\n',
    ".pipelex/inference/backends_override.toml": "[google]\nenabled = false\n",
    ".pipelex/inference/deck/overrides.toml": '[llm.choice_overrides]\nfor_text = "disabled"\n',
    "shop.mthds": METHODS,
}
"""The files of a project besides those of the sample, and their texts."""
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


class Planted(NamedTuple):
    """A canary in a file: `text` is the new text of the file."""

    path: Path
    value: str
    text: str

    @property
    def broken(self) -> bool:
        """Whether the file is no TOML."""
        return not is_toml(self.text)

    def __str__(self) -> str:
        line = next(line for line in self.text.splitlines() if self.value[:9] in line or "\\u" in line)
        return f"{self.path.name}, {line.strip()}"


def plant(source: random.Random, path: Path) -> Planted:
    """A canary for a file."""
    value, statement = canary(source), ""
    if in_backend_file(str(path)) and source.random() < 0.3:
        value = "canary" + "".join(source.choices(string.ascii_lowercase, k=3))
        statement = weak_spots(source, value)
    return Planted(path, value, document(source, path.read_text(), statement or spots(source, value)))


def plant_in_project(source: random.Random, root: Path) -> list[Planted]:
    """Plant canaries in some files of a project made by `lay_project`; one of the files is broken at most.

    A second broken file would hide what commands show of the first.
    """
    files = sorted([*root.rglob("*.toml"), *root.rglob("*.mthds")])
    result: list[Planted] = []
    for path in source.sample(files, DOCUMENTS):
        planted = plant(source, path)
        while planted.broken and any(other.broken for other in result):
            planted = plant(source, path)
        result.append(planted)
    for planted in result:
        planted.path.write_bytes(planted.text.encode())
    return result


def empty_folders(folder: Path) -> tuple[Path, Path]:
    """The folders of a project, which does not exist, and of an empty home; earlier ones are removed."""
    root, home = folder / "shop", folder / "home"
    for old in (root, home):
        shutil.rmtree(old, ignore_errors=True)
    home.mkdir(parents=True)
    return root, home


def lay_project(folder: Path) -> tuple[Path, Path]:
    """A copy of the sample with a file of every other kind, and an empty home."""
    root, home = empty_folders(folder)
    copy_sample(root)
    for name, text in MORE.items():
        (root / name).write_text(text)
    return root, home


def leaks(value: str, text: str) -> bool:
    """Whether a text holds the canary, or its first half."""
    return value in text or (len(value) > 20 and value[: len(value) // 2] in text)


def leaked(planted: Sequence[Planted], text: str) -> list[str]:
    """The canaries that a text holds, in words, with what stands around each."""
    found = []
    for each in planted:
        if leaks(each.value, text):
            at = text.index(each.value[: len(each.value) // 2])
            found.append(f"{text[max(0, at - 80) : at + 60].strip()} ({each})")
    return found
