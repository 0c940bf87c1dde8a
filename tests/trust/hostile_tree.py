"""Texts that a terminal or a markup parser would interpret, and trees that contain them everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

_BODIES = ("title", "rm -rf ~", "A" * 40, "\u00e9", "")
_WRAPPED = (
    "\x1b]0;{}\x07",
    "\x1b]2;{}\x1b\\",
    "\x1b]8;;https://evil.example/{}\x07here\x1b]8;;\x07",
    "\x1b]52;c;ZXZpbA==\x07{}",
    "\x1b[2J\x1b[H{}",
    "\x1b[31m{}\x1b[0m",
    "\x1b[6n{}",
    "\x1b[?1049l{}",
    "\x1b[?2004l{}",
    "\x1b[20t{}",
    "\x1bP+q544e\x1b\\{}",
    "\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\x07\x1b\\{}",
    "\x1b_payload\x1b\\{}",
    "\x1b^private\x1b\\{}",
    "\x1bc{}",
    "\x1b#8{}",
    "\x9b31m{}",
    "\x9d0;{}\x9c",
    "\x90q{}\x9c",
    "\x85{}",
    "\u202e{}\u202c",
    "\u2066{}\u2069",
    "\u200b{}\u200d",
    "\ufeff{}",
    "\u2028{}\u2029",
    "[/{}]",
    "[bold]{}[/bold]",
    "[@click=app.quit]{}[/]",
    "[link=https://evil.example]{}[/link]",
    "[/nope{}",
    "$x{}[[",
    "\\[{}\\]",
    ":smile:{}",
    "%s{}%n",
    "{{}}{}",
    "\x00{}",
    "\x7f{}\x08\x08",
    "\r{}\n{}",
    "\t{}\x0b\x0c",
    "a\u0301\u0302\u0303\u0304\u0305{}",
)

TEXTS: tuple[str, ...] = (
    *dict.fromkeys(wrapped.replace("{}", body) for wrapped, body in product(_WRAPPED, _BODIES)),
    "x" * 100_000,
    "e" + "\u0301" * 5_000,
    "\u4e2d" * 3_000,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 200,
    "\U000e0041\U000e0042",
)
"""The hostile texts."""


def quoted(text: str) -> str:
    """A text as a TOML basic string, with every control character escaped."""
    out = ['"']
    for character in text:
        if character in '"\\':
            out.append("\\" + character)
        elif character < " " or "\x7f" <= character <= "\x9f" or "\u2028" <= character <= "\u2029":
            out.append(f"\\u{ord(character):04X}")
        else:
            out.append(character)
    return "".join([*out, '"'])


def hostile_files(texts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The files of a tree with these texts as names and values, loadable where possible."""
    backends = ['[openai]\nenabled = true\napi_key = "${OPENAI_API_KEY}"\n']
    for text in texts:
        backends.append(
            f"[{quoted('b' + text)}]\nenabled = false\ndisplay_name = {quoted(text)}\n"
            f"endpoint = {quoted(text)}\n{quoted(text)} = {quoted(text)}\n"
        )
    yield "backends.toml", "\n".join(backends)
    specs = ['[defaults]\nsdk = "openai"\n']
    for text in texts:
        specs.append(
            f"[{quoted('m' + text)}]\nmodel_id = {quoted(text)}\ninputs = [{quoted(text)}]\n"
            f'outputs = ["text"]\ncosts = {{ input = 1, output = 2 }}\n'
        )
    yield "backends/openai.toml", "\n".join(specs)
    routes = "\n".join(f'{quoted("r" + text)} = "openai"' for text in texts)
    profiles = "\n".join(
        f"[profiles.{quoted('p' + text)}]\ndescription = {quoted(text)}\ndefault = {quoted(text)}\n" for text in texts
    )
    yield (
        "routing_profiles.toml",
        f'active = "all"\n[profiles.all]\ndescription = {quoted(texts[0])}\ndefault = "openai"\n'
        f"[profiles.all.routes]\n{routes}\n{profiles}",
    )
    aliases = "\n".join(f"{quoted('a' + text)} = {quoted('m' + text)}" for text in texts)
    presets = "\n".join(
        f"{quoted('s' + text)} = {{ model = {quoted(text)}, temperature = 1, description = {quoted(text)} }}"
        for text in texts
    )
    yield (
        "deck/1_llm_deck.toml",
        f'[llm.choice_defaults]\ndefault_temperature = 0.5\nfor_text = {quoted(texts[0])}\nfor_object = "$x"\n'
        f"[llm.aliases]\n{aliases}\n[llm.presets]\n{presets}\n",
    )


def hostile_names(texts: tuple[str, ...]) -> Iterator[str]:
    """File names made of these texts, as far as a file system allows."""
    for text in texts:
        name = text.replace("/", "_").replace("\x00", "_")
        if name and len(name.encode("utf-8", "surrogatepass")) < 200:
            yield f"z{name}.toml"


def make_hostile_tree(root: Path, texts: tuple[str, ...] = TEXTS) -> Path:
    """Make a project whose tree contains these texts everywhere; returns the tree."""
    tree = root / ".pipelex" / "inference"
    for name, text in hostile_files(texts):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    for number, name in enumerate(hostile_names(texts)):
        text = f'[llm.presets]\nq{number} = {{ model = "x", temperature = 7 }}\n' if number % 2 else "= broken\n"
        (tree / "deck" / name).write_text(text, encoding="utf-8")
    return tree
