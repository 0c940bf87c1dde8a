"""The text of a difference is a patch: `git apply` makes the new file of the old one, byte for byte."""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

import pytest

from core.workspace.diffs import file_diff

LINES = ("a = 1", "b = 'x\ty'", "# a word", "", "\t[t]", "  c = ['é']", "-- = 1", "# @@")
ODD = ("z = 'a\u2028b'", "y = 'a\x0cb'", "x = 'a\x85b'", "w = 'a\rb'", "k = 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz'")


def apply(folder: Path, patch: str, *, check: bool = True) -> bool:
    """Apply a patch as git does; whether it could."""
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(command, cwd=folder, input=patch.encode(), capture_output=True, check=False)
    assert done.returncode == 0 or not check, done.stderr.decode() + patch
    return done.returncode == 0


def text(rng: Random, lines: list[str]) -> bytes:
    """The lines with one kind of line end, or both."""
    ends = rng.choice((["\n"], ["\n"], ["\r\n"], ["\n", "\r\n"]))
    whole = "".join(line + rng.choice(ends) for line in lines)
    return (whole.rstrip("\r\n") if rng.random() < 0.3 else whole).encode()


@pytest.mark.parametrize("seed", range(4))
def test_random_differences_apply(seed: int, tmp_path: Path) -> None:
    rng = Random(seed)
    patch, wanted = "", dict[Path, bytes | None]()
    for number in range(60):
        old = [rng.choice(LINES) for _ in range(rng.randrange(14))]
        new = list(old)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(new) + 1)
            new[at : at + rng.randrange(3)] = [rng.choice(LINES) for _ in range(rng.randrange(3))]
        before, after = text(rng, old), text(rng, new)
        name = f"{number} of it/a b.toml" if number % 3 == 0 else f"deck/{number}.toml"
        path = tmp_path / name
        created, deleted = number % 7 == 0, number % 11 == 1
        diff = file_diff(str(path), name, None if created else before, None if deleted else after)
        if diff is None or not diff.hunks:
            continue
        assert diff.exact
        if not created:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(before)
        patch += diff.unified()
        wanted[path] = None if deleted else after
    apply(tmp_path, patch)
    for path, content in wanted.items():
        assert (path.read_bytes() if path.exists() else None) == content
    assert len(wanted) > 30


@pytest.mark.parametrize("line", ODD)
def test_what_is_hidden_or_escaped_is_called_no_patch(line: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f"{line}\n", encoding="utf-8", newline="")
    diff = file_diff(str(path), "x.toml", path.read_bytes(), path.read_bytes() + b"a = 1\n")
    assert diff is not None
    assert not diff.exact
    assert diff.unified().startswith("# not a patch: ")
    assert not apply(tmp_path, diff.unified(), check=False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[a]\nnote = { display = "canary" }\n', '[a]\nnote = { display_name = "canary" }\n'),
        ("[a]\ndisplay = 'canary'\n", "[a]\ndisplay_name = 'canary'\n"),
        ('[a]\ndisplay = "canary"\n\n[b]\nx = 1\n', '[a]\n\n[b]\nx = 1\ndisplay_name = "canary"\n'),
        ('[a]\ndisplay_name = "canary"\n', '[a]\ndisplay = "canary"\n'),
    ],
)
def test_text_that_one_side_hides_is_hidden_on_both(before: str, after: str) -> None:
    diff = file_diff("/p/.pipelex/inference/backends.toml", "backends.toml", before.encode(), after.encode())
    assert diff is not None
    assert "canary" not in diff.unified()
    assert "canary" not in "".join(line.text for hunk in diff.hunks for line in hunk)
    assert not diff.exact


def test_text_of_harmless_keys_is_shown_in_a_difference() -> None:
    before, after = (f'[a]\ndisplay_name = "{name}"\nnote = "hidden"\n' for name in ("One", "Two"))
    diff = file_diff("/p/.pipelex/inference/backends.toml", "backends.toml", before.encode(), after.encode())
    assert diff is not None
    assert '-display_name = "One"\n+display_name = "Two"\n' in diff.unified()
