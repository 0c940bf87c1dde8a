"""Reviews of changes in git: equal to two checkouts, and harmless in hostile repositories."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from core.api import Report
from core.compare import Outcome
from core.errors import PipedeckError
from core.files import git_process
from core.files.git_view import git_view
from core.files.view import DISK
from core.review import WORK_TREE, Review, review_change
from tests.support.git import Repository
from tests.support.trees import DECK, KEYS, edited, extended, g3_1, inspect, with_preset, without, write_tree
from tests.trust.review_commits import run


def now(root: Path) -> Report:
    return inspect(root, environ={**KEYS, "PATH": os.environ["PATH"]})


def review(repository: Repository, revision: str = "") -> Review:
    return review_change(now(repository.root), revision)


@pytest.mark.parametrize("seed", [2, 5])
def test_a_review_equals_two_checkouts(seed: int, tmp_path: Path) -> None:
    assert len(run(tmp_path / "project", 10, seed, 30)) == 9 + 30


def test_what_a_change_does(tmp_path: Path) -> None:
    repository = Repository(tmp_path, with_preset(g3_1(), "later", "nothing"))
    files = edited(with_preset(g3_1(), "later", "gpt-4o-mini"), DECK, '"@best-claude"', '"@gone"')
    files = edited(files, "backends/openai.toml", "output = 15.0", "output = 25.0")
    files = edited(files, "backends/anthropic.toml", '["text", "structured"]', '["text"]')
    write_tree(tmp_path, files)
    found = review(repository)
    outcomes = {item.shown.reference: item.outcome for item in found.comparison.used}
    assert outcomes["$writing"] is Outcome.DIES
    assert outcomes["$later"] is Outcome.REVIVES
    assert found.comparison.second == WORK_TREE
    assert {item.after.reference: item.text for item in found.lost}["claude-4-sonnet"] == "structured output"
    assert "gpt-4o-mini" in {item.shown.reference for item in found.dearer}
    assert {item.problem.code for item in found.errors} >= {"preset-dead"}
    assert {item.problem.subject for item in found.removed} == {"later"}
    assert found.losses
    same = review(repository, "HEAD..HEAD")
    assert same.comparison.same
    assert not [*same.added, *same.removed]
    assert not same.losses


def test_a_file_that_the_release_refuses(tmp_path: Path) -> None:
    repository = Repository(tmp_path, g3_1())
    write_tree(tmp_path, {"backends.toml": "[openai\n"})
    second = repository.commit()
    found = review(repository, f"HEAD~1..{second}")
    assert found.comparison.refuses is not None
    assert found.errors


def test_the_branch_point(tmp_path: Path) -> None:
    repository = Repository(tmp_path, g3_1())
    first = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "--quiet", "-b", "feature")
    write_tree(tmp_path, with_preset(g3_1(), "mine", "gpt-4o-mini"))
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    write_tree(tmp_path, with_preset(g3_1(), "theirs", "gpt-4o-mini"))
    repository.commit()
    repository.git("checkout", "--quiet", "feature")
    found = review(repository)
    assert found.comparison.first == first[:10]
    assert [item.shown.reference for item in found.comparison.used] == ["$mine"]
    two, three = review(repository, "main..feature"), review(repository, "main...")
    assert [item.shown.reference for item in two.comparison.used] == ["$theirs", "$mine"]
    assert [item.shown.reference for item in three.comparison.used] == ["$mine"]
    repository.git("checkout", "--quiet", "--orphan", "alone")
    repository.commit()
    with pytest.raises(PipedeckError, match="no common ancestor"):
        review(repository, "main...alone")
    repository.git("branch", "--quiet", "-D", "main")
    with pytest.raises(PipedeckError, match="name a revision"):
        review(repository)


def test_a_tree_that_is_new(tmp_path: Path) -> None:
    repository = Repository(tmp_path, {"../../README": "empty"})
    write_tree(tmp_path, g3_1())
    found = review(repository, "HEAD")
    assert {item.outcome for item in found.comparison.changes} == {Outcome.NEW}
    assert found.removed
    assert not found.errors


def test_edits_of_a_session_are_reviewed(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "project", g3_1())
    elsewhere = inspect(tmp_path / "project", environ={**KEYS, "PATH": os.environ["PATH"]}, release="0.78.0")
    found = review_change(elsewhere, "HEAD")
    assert str(found.comparison.before.release) == "0.78.0"
    assert found.comparison.same
    assert repository.git("status", "--porcelain") == ""


@pytest.mark.parametrize("name", ["nothing", "", "-x", "--all", "HEAD:README", "a\nb", "a\0b", "HEAD^{tree}", "..x"])
def test_a_revision_that_does_not_exist(name: str, tmp_path: Path) -> None:
    repository = Repository(tmp_path, g3_1())
    repository.git("checkout", "--quiet", "--detach")
    repository.git("branch", "--quiet", "-D", "main")
    with pytest.raises(PipedeckError, match=r"revision"):
        review(repository, name)


def test_no_repository_and_no_git(tmp_path: Path) -> None:
    write_tree(tmp_path, g3_1())
    with pytest.raises(PipedeckError, match="is in no git repository"):
        review_change(now(tmp_path))
    (tmp_path / ".git").mkdir()
    with pytest.raises(PipedeckError, match="there is no revision"):
        review_change(now(tmp_path), "HEAD")
    with pytest.raises(PipedeckError, match="git cannot be started"):
        review_change(inspect(tmp_path, environ={**KEYS, "PATH": "/nonexistent"}), "HEAD")


def odd_files(repository: Repository) -> None:
    """Commit a huge file, links to outside, odd names, a folder with the name of a file, a submodule, attributes."""
    deck = repository.root / ".pipelex" / "inference" / "deck"
    (repository.root / ".gitattributes").write_text("* filter=x diff=x text eol=crlf\n")
    (deck / "huge.toml").write_bytes(b"# " + b"x" * (9 * 1024 * 1024))
    (deck / "outside.toml").symlink_to("/etc/passwd")
    (deck / "above.toml").symlink_to("../../../../secret.toml")
    (deck / "loop.toml").symlink_to("loop.toml")
    (deck / "-rf\n\x1b[2J.toml").write_text("a = 1\n")
    (deck / os.fsdecode(b"\xff.toml")).write_text("b = 1\n")
    (deck / "folder.toml").mkdir()
    (deck / "folder.toml" / "x").write_text("")
    repository.git("add", "--all")
    module = f"160000,{'1' * 40},.pipelex/inference/deck/module.toml"
    repository.git("update-index", "--add", "--cacheinfo", module)
    repository.git("commit", "--quiet", "--message=hostile")


@pytest.mark.parametrize("kind", ["link to nothing", "link outside", "loop", "folder", "huge", "submodule"])
def test_a_policy_that_cannot_be_read_in_a_commit_holds_nothing(kind: str, tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text("[policy]\n")
    repository = Repository(tmp_path / "project", {**g3_1(), "../pipedeck.toml": "[policy]\nbackends = ['*']\n"})
    path = repository.root / ".pipelex" / "pipedeck.toml"
    path.unlink()
    targets: dict[str, str | Path] = {
        "link to nothing": "nothing.toml",
        "link outside": tmp_path / "outside.toml",
        "loop": "pipedeck.toml",
    }
    if kind in targets:
        path.symlink_to(targets[kind])
    elif kind == "folder":
        path.mkdir()
        (path / "x").write_text("")
    elif kind == "huge":
        path.write_bytes(b"#" * (9 * 1024 * 1024))
    repository.git("add", "--all")
    if kind == "submodule":
        repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},.pipelex/pipedeck.toml")
    repository.git("commit", "--quiet", "--message=change")
    found = review(repository, "HEAD~1..HEAD")
    assert [item.problem.code for item in found.errors] == ["policy-invalid"]
    assert found.policy_changes


def traps(repository: Repository, trap: Path) -> None:
    """Hooks, and every setting of a repository that runs a program."""
    for name in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        hook = repository.root / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
        hook.chmod(0o755)
    keys = "core.fsmonitor core.pager core.editor core.sshCommand core.askPass core.alternateRefsCommand diff.external"
    keys += " diff.x.textconv diff.x.command filter.x.smudge filter.x.clean filter.x.process credential.helper"
    keys += " remote.origin.uploadpack pager.ls-tree pager.cat-file gpg.program uploadpack.packObjectsHook"
    with (repository.root / ".git" / "config").open("a", encoding="utf-8") as stream:
        for key in (*keys.split(), "alias.ls-tree", "alias.cat-file"):
            section, _, name = key.rpartition(".")
            head, _, sub = section.partition(".")
            title = f'[{head} "{sub}"]' if sub else f"[{head}]"
            stream.write(f'{title}\n\t{name} = "{"!" if head == "alias" else ""}touch {trap}; cat"\n')


def test_a_hostile_repository_runs_nothing(tmp_path: Path) -> None:
    trap, log, folder = tmp_path / "trap", tmp_path / "log", tmp_path / "bin"
    (tmp_path / "secret.toml").write_text('[llm.aliases]\nsecret = "gpt-4o-mini"\n')
    repository = Repository(tmp_path / "project", g3_1())
    odd_files(repository)
    traps(repository, trap)
    real = next(f"{part}/git" for part in os.environ["PATH"].split(":") if Path(part, "git").exists())
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {real} "$@"\n')
    (folder / "git").chmod(0o755)
    before = {path: path.stat().st_mtime_ns for path in (repository.root / ".git").rglob("*")}
    environ = {**KEYS, "PATH": f"{folder}:{os.environ['PATH']}", "GIT_DIR": "/nonexistent", "GIT_TRACE": str(trap)}
    found = review_change(inspect(repository.root, environ=environ), "HEAD~1..HEAD")
    assert not trap.exists()
    assert before == {path: path.stat().st_mtime_ns for path in (repository.root / ".git").rglob("*")}
    plumbing = {line.split("--no-pager ")[1].split()[0] for line in log.read_text().splitlines()}
    assert plumbing == {"rev-parse", "ls-tree", "cat-file"}
    texts = {
        item.path.rpartition("/")[2]: item.message for item in found.added if item.problem.code == "file-too-large"
    }
    assert "larger than 8 MiB" in texts["huge.toml"]
    unread = [item.message for item in found.added]
    assert sum("is a link to outside of the repository" in text for text in unread) == 2
    assert not any("root:" in text or "secret" in text for text in unread)
    assert all(text.isprintable() for text in unread)


def test_missing_objects_and_slow_ones_end_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = tmp_path / "trap"
    repository = Repository(tmp_path / "project", extended(g3_1(), "deck/more.toml", "# lost\n"))
    blob = repository.git("rev-parse", "HEAD:.pipelex/inference/deck/more.toml")
    path = repository.root / ".git" / "objects" / blob[:2] / blob[2:]
    path.unlink()
    for key, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::sh -c touch% {trap}"),
        ("protocol.ext.allow", "always"),
    ):
        repository.git("config", key, value)
    found = review(repository, "HEAD")
    assert any("the repository lacks it" in item.message for item in found.removed)
    assert not trap.exists()
    os.mkfifo(path)
    monkeypatch.setattr(git_process, "TIMEOUT_S", 0.5)
    assert any("within 0.5 seconds" in item.message for item in review(repository, "HEAD").removed)
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_view_of_a_commit_answers_as_the_disk_does(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "project", g3_1())
    root, deck = repository.root, repository.root / ".pipelex" / "inference" / "deck"
    (deck / "absolute.toml").symlink_to(deck / "base_deck.toml")
    (deck / "through.toml").symlink_to("../../inference/./deck/base_deck.toml")
    (root / "linked").symlink_to(".pipelex/inference")
    (root / "file.toml").write_text("a = 1\n")
    (deck / "below.toml").mkdir()
    (deck / "below.toml" / "inner.toml").write_text("")
    commit = repository.commit()
    names = (
        "",
        "linked",
        "linked/deck",
        "linked/deck/base_deck.toml",
        "file.toml",
        "file.toml/x",
        "nothing",
        "no/thing",
    )
    paths = [str(root / name) for name in names] + [str(path) for path in root.rglob("*") if ".git" not in path.parts]
    paths += [str(tmp_path), str(tmp_path / "nothing"), f"{root}/linked/../file.toml"]
    with git_view(str(root), {"PATH": os.environ["PATH"]}, commit) as view:
        for path in paths:
            answers = [
                (
                    each.content(path),
                    each.exists(path),
                    each.lexists(path),
                    each.toml_below(path),
                    each.toml_names(path),
                )
                for each in (view, DISK)
            ]
            assert answers[0] == answers[1], path
            assert [name for name in DISK.names(path) if name != ".git"] == [
                name for name in view.names(path) if name != ".git"
            ]
        assert {entry.name for entry in view.scan(str(deck)) if entry.is_dir()} == {"below.toml"}
        assert view.status(f"{deck}/absolute.toml", follow_symlinks=False).st_mode & 0o170000 == stat.S_IFLNK
        with pytest.raises(OSError, match="does not exist"):
            view.status(f"{root}/nothing")
    assert view.content(f"{root}/file.toml") == b"a = 1\n"


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path, without(g3_1(), "deck/none"))
    monkeypatch.setattr(git_process, "MAX_OUTPUT", 100)
    with pytest.raises(PipedeckError, match="git answers with more than"):
        review(repository, "HEAD")
