"""Random edits of a repository, commit after commit: a review reads what a checkout has.

`python -m tests.trust.review_commits --commits 200 --seed 1`
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.api import Report, inspect_tree
from core.compare import of_revisions
from core.json.document import dump_json
from core.json.pipes_document import PipesDocument
from core.json.resolve_document import ResolveDocument
from core.json.review_document import ReviewDocument
from core.json.validate_document import ValidateDocument
from core.review import compare_revisions, review_change
from tests.support.git import Repository
from tests.support.trees import KEYS, NOWHERE, g2, g3_1

ENVIRON = {"HOME": NOWHERE, "PATH": os.environ["PATH"], **KEYS}
PAIRS = (
    ("claude-4-sonnet", "claude-5"),
    ("gpt-4o-mini", "gpt-5"),
    ("$cheap", "$dear"),
    ("@best-claude", "@gone"),
    ("enabled = true", "enabled = false"),
    ("15.0", "25.0"),
    ('["text"]', '["text", "images"]'),
    ('"openai"', '"anthropic"'),
    ("temperature = 0.5", 'temperature = "warm"'),
    ("${OPENAI_API_KEY}", "${OTHER_KEY}"),
    ("[llm", "[llm.more"),
    ("\n", "\r\n"),
)
NEW = {
    ".pipelex/inference/backends_override.toml": "[openai]\nenabled = false\n",
    ".pipelex/inference/routing_profiles_override.toml": '[profiles.all]\ndefault = "anthropic"\n',
    ".pipelex/inference/deck/x_custom.toml": '[llm.aliases]\nmore = "gpt-4o-mini"\n',
    ".pipelex/inference/deck/deep/er/y.toml": '[llm.presets]\ndeep = { model = "@more", temperature = 1 }\n',
    ".pipelex/inference/backends/extra.toml": "[defaults]\nsdk = 1\n",
    ".pipelex/inference/stray.toml": "a = 1\n",
    ".pipelex/pipelex.toml": "[cogt.model_deck_config]\nis_model_fallback_enabled = false\n",
    ".pipelex/pipelex_local.toml": "[cogt]\nodd = true\n",
    ".pipelex/telemetry.toml": 'telemetry_mode = "off"\n',
    "pipelex.toml": '[cogt.inference_config]\ninference_config_path = "elsewhere"\n',
    "elsewhere/backends.toml": "[openai]\nenabled = true\n",
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["pipelex==0.14.3"]\n',
    "requirements.txt": "pipelex==0.43.1\n",
    "uv.lock": '[[package]]\nname = "pipelex"\nversion = "0.78.0"\n',
    "backend/requirements.txt": "pipelex==0.17.6\n",
    "shop.mthds": 'domain = "d"\n[pipe.p]\ntype = "PipeLLM"\ndescription = "d"\noutput = "Text"\nmodel = "$writing"\n',
    "below/more.plx": 'domain = "e"\n[pipe.q]\ntype = "PipeLLM"\ndescription = "d"\noutput = "Text"\nllm = "cheap"\n',
    "results/hidden.mthds": 'domain = "f"\n[pipe.r]\ntype = "PipeLLM"\ndescription = "d"\noutput = "Text"\n',
}
LINKS = {
    ".pipelex/inference/deck/linked.toml": "../../../shared.toml",
    ".pipelex/inference/deck/dangling.toml": "nowhere.toml",
    ".pipelex/inference/deck/loop.toml": "loop.toml",
    ".pipelex/inference/backends_override.toml": "../../shared.toml",
    "linked.mthds": "shop.mthds",
    "linked_folder": "below",
}


def edit(root: Path, chance: random.Random) -> None:
    """One random change of the files."""
    files = sorted(path for path in root.rglob("*") if ".git" not in path.parts and path.is_file())
    path = chance.choice(files)
    actions: list[Callable[[], object]] = [lambda: _replace(path, chance)] * 6
    actions += [lambda: _write(root, *chance.choice(list(NEW.items())))] * 4
    actions += [lambda: _link(root, *chance.choice(list(LINKS.items())))]
    actions += [lambda: path.unlink()] if len(files) > 6 else []
    actions += [lambda: path.write_bytes(chance.randbytes(20))]
    actions += [lambda: _write(root, f"{path.relative_to(root)}.bak.toml", "a = 1\n")]
    actions += [lambda: _whole(root, chance)]
    chance.choice(actions)()


def _replace(path: Path, chance: random.Random) -> None:
    old, new = chance.choice(PAIRS)[:: chance.choice((1, -1))]
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode(), chance.choice((1, 9))))


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_dir() and not path.is_symlink():
        path.write_text(text, encoding="utf-8")


def _link(root: Path, name: str, target: str) -> None:
    path = root / name
    if not path.is_dir():
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)


def _whole(root: Path, chance: random.Random) -> None:
    """Another generation of the whole tree."""
    for name, text in chance.choice((g2, g3_1))().items():
        _write(root, f".pipelex/inference/{name}", text)


def inspect(root: Path) -> Report:
    """The report of a checkout, with its methods."""
    return inspect_tree(str(root), environ=ENVIRON, cwd=str(root)).read_methods()


def told(report: Report) -> str:
    """Everything that is said of a tree."""
    documents = (
        ValidateDocument(report),
        ResolveDocument(report, report.resolutions),
        PipesDocument(report, report.pipes),
    )
    return "".join(dump_json(document, indent=1) for document in documents)


def run(folder: Path, commits: int, seed: int) -> list[float]:
    """Commit random edits, and review each against a checkout; returns the seconds of each review."""
    chance = random.Random(seed)
    repository = Repository(folder, g3_1())
    (folder / "shared.toml").write_text("[openai]\nenabled = true\n[llm.aliases]\nshared = 'gpt-4o-mini'\n")
    names, times = [repository.commit()], []
    reports = [inspect(folder)]
    for number in range(commits):
        for _ in range(chance.choice((1, 1, 2, 5))):
            edit(folder, chance)
        names.append(repository.commit())
        repository.git("clean", "-ffdxq")
        if not (folder / ".pipelex" / "inference").exists():
            repository.git("checkout", "--quiet", names[-2])
            names.pop()
            continue
        reports.append(inspect(folder))
        first = max(0, len(names) - 1 - chance.choice((1, 1, 2, 7)))
        start = time.perf_counter()
        review = review_change(reports[-1], f"{names[first]}..{names[-1]}")
        document = dump_json(ReviewDocument(review), indent=1)
        times.append(time.perf_counter() - start)
        for report, checkout in ((review.comparison.before, reports[first]), (review.comparison.after, reports[-1])):
            assert told(report) == told(checkout), f"seed {seed}, commit {number}, {names[first]}..{names[-1]}"
        expected = compare_revisions(of_revisions(names[first], names[-1], reports[first], reports[-1]))
        assert document == dump_json(ReviewDocument(expected), indent=1)
    return times


def main() -> None:
    """Run the campaign."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        times = sorted(run(folder / "project", options.commits, options.seed))
    finally:
        shutil.rmtree(folder)
    middle, slowest = times[len(times) // 2], times[-1]
    print(f"{len(times)} reviews equal two checkouts; median {middle:.3f} s, slowest {slowest:.3f} s")


if __name__ == "__main__":
    main()
