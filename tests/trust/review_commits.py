"""Random edits of a repository, commit after commit: a review reads what a checkout has.

`python -m tests.trust.review_commits --commits 200 --seed 1` reviews every pair of commits, with `--random 2000`
the pairs of neighbours and so many others.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from core.api import Report, inspect_tree
from core.compare import of_revisions
from core.json.document import dump_json
from core.json.pipes_document import PipesDocument
from core.json.resolve_document import ResolveDocument
from core.json.review_document import ReviewDocument
from core.json.validate_document import ValidateDocument
from core.lives.index import packed_index, parse_index
from core.lives.lives import Knowledge
from core.review import compare_revisions, review_change
from tests.support.git import Repository
from tests.support.trees import KEYS, NOWHERE, g2, g3_1

INDEX = {
    "format": 1,
    "built": "2026-11-30",
    "sources": [["genai-prices", "1", "2026-11-09"]],
    "services": {
        "openai": {
            "gpt-4o-mini-id": [[["0", "", 3, 15]], [], "", [["0", "", "2026-12-20", "gpt-5-id"]]],
            "gpt-5-id": [[["0", "", 3, 15]]],
        },
        "anthropic": {"claude-4-sonnet-id": [[["0", "", 3, 15]], [], "", [["0", "", "2026-11-20"]]]},
    },
}
KNOWLEDGE = Knowledge(parse_index(packed_index(INDEX)), "2026-12-01")
POLICY = """
[policy]
{}

[[ignore]]
code = "policy-violation"
subject = "claude-4-sonnet"
until = 2999-01-01

[[ignore]]
code = "model-ended"
subject = "*"
until = 2026-01-01
"""
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
    ".pipelex/pipedeck.toml": POLICY.format("ends_within_days = 30"),
    ".pipelex/./pipedeck.toml": POLICY.format('backends = ["openai"]\nmax_price_out = 20'),
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
    """The report of a checkout, with its methods and the index."""
    return inspect_tree(str(root), environ=ENVIRON, cwd=str(root)).read_methods().with_knowledge(KNOWLEDGE)


def told(report: Report) -> str:
    """Everything that is said of a tree."""
    documents = (
        ValidateDocument(report),
        ResolveDocument(report, report.resolutions),
        PipesDocument(report, report.pipes),
    )
    return "".join(dump_json(document, indent=1) for document in documents)


def make_commits(folder: Path, commits: int, chance: random.Random) -> dict[str, Report]:
    """A repository with commits of random edits: the report of the checkout of each, by its id, in order."""
    repository = Repository(folder, g3_1())
    (folder / "shared.toml").write_text("[openai]\nenabled = true\n[llm.aliases]\nshared = 'gpt-4o-mini'\n")
    last = repository.commit()
    reports = {last: inspect(folder)}
    while len(reports) < commits:
        for _ in range(chance.choice((1, 1, 2, 5))):
            edit(folder, chance)
        commit = repository.commit()
        repository.git("clean", "-ffdxq")
        if not (folder / ".pipelex" / "inference").exists():
            repository.git("checkout", "--quiet", last)
            continue
        last = commit
        reports[last] = inspect(folder)
    return reports


def run(folder: Path, commits: int, seed: int, others: int | None = None) -> list[float]:
    """Review pairs of commits of random edits against their checkouts; returns the seconds of each review.

    Neighbours, and `others` of the other pairs, or all of them.
    """
    chance = random.Random(seed)
    reports = make_commits(folder, commits, chance)
    texts = {commit: told(report) for commit, report in reports.items()}
    names = list(reports)
    neighbours = list(itertools.pairwise(names))
    rest = [pair for pair in itertools.combinations(names, 2) if pair not in set(neighbours)]
    chosen = rest if others is None else chance.sample(rest, min(others, len(rest)))
    now = reports[names[-1]]
    times = []
    for number, (first, second) in enumerate((*neighbours, *_either_way(chosen, chance))):
        start = time.perf_counter()
        review = review_change(now, f"{first}..{second}")
        document = dump_json(ReviewDocument(review), indent=1)
        times.append(time.perf_counter() - start)
        place = f"seed {seed}, {first}..{second}"
        if number < len(neighbours):
            assert told(review.comparison.before) == texts[first], place
            assert told(review.comparison.after) == texts[second], place
        expected = compare_revisions(of_revisions(first, second, reports[first], reports[second]))
        assert document == dump_json(ReviewDocument(expected), indent=1), place
    return times


def _either_way(pairs: Iterable[tuple[str, str]], chance: random.Random) -> Iterable[tuple[str, str]]:
    """The pairs, of which half lead back in time."""
    return (pair[:: chance.choice((1, -1))] for pair in pairs)  # type: ignore[misc]


def main() -> None:
    """Run the campaign."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, metavar="N", help="neighbours and N other pairs (default: every pair)")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        times = sorted(run(folder / "project", options.commits, options.seed, options.random))
    finally:
        shutil.rmtree(folder)
    middle, slowest = times[len(times) // 2], times[-1]
    print(f"{len(times)} reviews equal two checkouts; median {middle:.3f} s, slowest {slowest:.3f} s")


if __name__ == "__main__":
    main()
