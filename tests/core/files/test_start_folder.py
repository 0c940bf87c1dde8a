"""The folder that Pipelex is started in: the project that each release finds from there, and the `.env` that it reads.

`tests/conformance/test_boot.py` asks the releases themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from core.api import Report, inspect_tree
from core.target import named_release
from core.verdict import Verdict, count_keys
from tests.support.trees import (
    DECK,
    KEYS,
    NOWHERE,
    Files,
    codes,
    g3_1,
    inspect,
    minimal,
    only,
    resolved,
    without,
    write_tree,
)

CODES: Final = (
    *("tree-not-read", "dotenv-not-read", "home-no-folder", "methods-folder-missing"),
    *("marker-unreadable", "marker-unreadable-at-times"),
)
"""The codes that only a start in another folder, or with another home, emits."""


GENERATIONS: Final = {"0.10": "0.10.2", "0.12": "0.14.3", "0.15": "0.17.6", "0.24": "0.43.1", "0.78": "0.92.2"}
"""The release of `MINIMAL` whose tree other releases read, by the first of them."""


def tree_for(release: str) -> Files:
    """A minimal tree that a release reads."""
    number = named_release(release)
    return minimal([name for since, name in GENERATIONS.items() if named_release(since) <= number][-1])


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def started(report: Report) -> tuple[str, str]:
    """The project that is read, and the layer of its backends."""
    tree = report.catalog.tree
    return Path(tree.paths.project).name, tree.backends.sources[0].layer.value


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a tree of its own."""
    return write_tree(tmp_path / "home", g3_1())


@pytest.mark.parametrize(
    ("release", "markers", "read"),
    [
        ("0.92.2", (), ("shop", "project")),
        ("0.92.2", ("app/package.json",), ("app", "home")),
        ("0.92.2", ("app/.pipelex/pipelex.toml",), ("app", "home")),
        ("0.92.2", ("package.json", "app/README.md"), ("shop", "project")),
        ("0.77.0", ("app/.git/HEAD",), ("app", "home")),
        ("0.29.0", (), ("shop", "project")),
        ("0.28.0", (), ("app", "home")),
        ("0.28.0", ("pyproject.toml",), ("shop", "project")),
        ("0.28.0", ("pyproject.toml", "app/.pipelex/pipelex.toml"), ("shop", "project")),
        ("0.24.1", ("app/setup.cfg",), ("app", "home")),
    ],
)
def test_the_project_is_the_nearest_folder_with_a_marker(
    release: str, markers: tuple[str, ...], read: tuple[str, str], home: Path, tmp_path: Path
) -> None:
    shop = write_tree(tmp_path / "shop", tree_for(release))
    app = put(shop / "app" / "main.py").parent
    write_tree(home, tree_for(release))
    for marker in markers:
        put(shop / marker)
    report = inspect(shop, release=release, home=home, cwd=app)
    assert started(report) == read
    assert report.boots
    assert ("tree-not-read" in codes(report)) == (read[1] == "home")


def test_a_project_without_a_marker_is_not_read_up_to_0_28(home: Path, tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", tree_for("0.24.1"))
    write_tree(home, tree_for("0.24.1"))
    report = inspect(shop, release="0.24.1", home=home, cwd=shop)
    assert started(report)[1] == "home"
    unread = only(report, "tree-not-read")
    assert "no folder from there upward has a root marker (.git, pyproject.toml, " in unread.message
    assert unread.fix == f"make one in {shop}, such as with `git init`"
    put(shop / ".git" / "HEAD")
    assert started(inspect(shop, release="0.24.1", home=home, cwd=shop))[1] == "project"


def test_the_home_is_no_project(home: Path) -> None:
    put(home / "package.json")
    below = put(home / "notes" / "a.txt").parent
    assert started(inspect(below, home=home, cwd=below)) == ("notes", "home")


@pytest.mark.parametrize(("release", "refused"), [("0.83.0", False), ("0.84.0", True), ("0.92.2", True)])
def test_a_marker_that_is_a_link_to_itself_stops_the_start(release: str, refused: bool, tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", tree_for("0.92.2"))
    app = put(shop / "app" / "main.py").parent
    (app / ".git").symlink_to(".git")
    report = inspect(shop, release=release, cwd=app)
    assert report.boots is not refused
    if refused:
        assert only(report, "marker-unreadable").error_type == "OSError"
    put(app / "package.json")
    report = inspect(shop, release=release, cwd=app)
    assert ("marker-unreadable-at-times" in codes(report)) is refused


@pytest.mark.parametrize(
    ("release", "error"),
    [
        ("0.10.2", "RoutingProfileLibraryNotFoundError"),
        ("0.14.3", "RoutingProfileLibraryNotFoundError"),
        ("0.15.7", "InferenceBackendLibraryNotFoundError"),
        ("0.17.6", "InferenceBackendLibraryNotFoundError"),
    ],
)
def test_up_to_0_17_a_subfolder_has_no_tree(release: str, error: str, tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", tree_for(release))
    app = put(shop / "app" / "main.py").parent
    report = inspect(shop, release=release, cwd=app)
    stop = report.stops_at
    assert stop is not None
    assert (stop.code, stop.error_type) == ("tree-not-read", error)
    assert str(stop.fix) == f"start Pipelex in {shop}; `--cwd {shop}` answers for that"
    assert report.catalog.models, "the tree above is shown nevertheless"
    (shop / "pipelex_libraries" / "pipelines").mkdir(parents=True)
    assert inspect(shop, release=release, cwd=shop).boots


@pytest.mark.parametrize(("release", "needed"), [("0.10.2", True), ("0.11.0", True), ("0.12.0", False)])
def test_up_to_0_11_the_folders_of_methods_have_to_exist(release: str, needed: bool, tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", minimal(release) if release == "0.11.0" else tree_for(release))
    missing = []
    for folder in ("pipelex_libraries/pipelines", "tests/test_pipelines", "."):
        report = inspect(shop, release=release, cwd=shop, environ={**KEYS, "RUN_MODE": "ci_test"})
        missing += [problem.subject for problem in report.problems if problem.code == "methods-folder-missing"]
        assert report.boots is (not needed or folder == ".")
        (shop / folder).mkdir(parents=True, exist_ok=True)
    expected = ["pipelex_libraries/pipelines", "tests/test_pipelines", "tests/test_pipelines"]
    assert missing == (expected if needed else [])
    assert inspect(shop, release=release).boots, "a tree that is named by its path is started elsewhere"


def test_a_named_tree_is_answered_for(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", g3_1())
    elsewhere = put(tmp_path / "other" / "package.json").parent
    report = inspect(shop, home=tmp_path)
    assert report.started_in == ""
    named = inspect_tree(str(shop), environ={**KEYS, "HOME": NOWHERE}, cwd=str(elsewhere))
    assert named.started_in == f"as started in {elsewhere}, which does not read this tree"
    assert named.boots
    assert "tree-not-read" not in codes(named)


# ---- `.env`

KEYED: Final = "OPENAI_API_KEY=a\nANTHROPIC_API_KEY=b\n"
OPENAI: Final = "OPENAI_API_KEY"


def with_dotenv(text: str = KEYED) -> Files:
    return {**g3_1(), "../../.env": text}


def test_the_env_of_the_project_is_not_read_in_a_subfolder(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", with_dotenv())
    app = put(shop / "app" / "main.py").parent
    report = inspect(shop, environ={}, cwd=app)
    assert (report.boots, count_keys(report.catalog)) == (False, (0, 2))
    assert report.started_in == "as started in ./app"
    unread = only(report, "dotenv-not-read")
    assert unread.message == (
        f"{shop}/.env sets 2 variables missing here (OPENAI_API_KEY, ANTHROPIC_API_KEY), but Pipelex started in {app}"
        " does not read it"
    )
    assert unread.fix == f"start Pipelex in {shop}; `--cwd {shop}` answers for that"
    there = inspect(shop, environ={}, cwd=shop)
    assert (there.boots, there.started_in, codes(there)) == (True, "", [])


def test_the_env_of_the_subfolder_is_read(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", with_dotenv())
    put(shop / "app" / ".env", KEYED)
    report = inspect(shop, environ={}, cwd=shop / "app")
    assert report.boots
    assert report.catalog.environment.variable(OPENAI).source == "./app/.env"
    assert codes(report) == []


def test_variables_that_are_set_need_no_env(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", with_dotenv())
    report = inspect(shop, cwd=put(shop / "app" / "main.py").parent)
    assert (report.boots, codes(report)) == (True, [])


@pytest.mark.parametrize("start", ["app", "../elsewhere"])
def test_a_named_tree_does_not_bring_its_env(start: str, tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", with_dotenv())
    folder = put(shop / start / "file").parent
    report = inspect_tree(str(shop), environ={"HOME": NOWHERE}, cwd=str(folder))
    assert count_keys(report.catalog) == (0, 2)
    assert only(report, "dotenv-not-read").severity.value == "warning"
    assert inspect_tree(str(shop), environ={"HOME": NOWHERE}, cwd=str(shop)).boots


def test_a_relative_pipelex_home_is_in_the_start_folder(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", g3_1())
    app = put(shop / "app" / "conf" / ".env", KEYED).parent.parent
    environ = {"PIPELEX_HOME": "conf"}
    assert inspect(shop, environ=environ, cwd=app).boots
    assert not inspect(shop, environ=environ, cwd=shop).boots


@pytest.mark.parametrize(
    ("content", "line", "error"),
    [
        (KEYED.encode("utf-16"), 1, "UnicodeDecodeError"),
        (KEYED.encode() + "NOTE=é\n".encode("latin-1"), 3, "UnicodeDecodeError"),
        (KEYED.encode() + b"NOTE=a\0b\n", 3, "ValueError"),
        (KEYED.encode() + b"'A=B'=c\n", 3, "ValueError"),
    ],
)
def test_a_broken_env_stops_the_start(content: bytes, line: int, error: str, tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", g3_1())
    (shop / ".env").write_bytes(content)
    stop = inspect(shop).stops_at
    assert stop is not None
    assert (stop.code, stop.error_type, str(stop.location)) == ("dotenv-refused", error, f"./.env:{line}")


def test_a_nul_in_a_comment_is_harmless(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", g3_1())
    (shop / ".env").write_bytes(b"# a\0b\n")
    assert inspect(shop).boots


def test_references_use_the_values_set_so_far(tmp_path: Path) -> None:
    text = f"A=one\n{OPENAI}=${{A}}\nA=\nB\nANTHROPIC_API_KEY=${{A}}\n"
    report = inspect(tmp_path / "shop", with_dotenv(text), environ={})
    assert count_keys(report.catalog) == (1, 2)


# ---- the home


@pytest.mark.parametrize("what", ["file", "link"])
def test_a_home_that_is_no_folder_stops_every_start_from_0_18_on(what: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if what == "file":
        put(home / ".pipelex")
    else:
        (home / ".pipelex").symlink_to("nowhere")
    stop = inspect(tmp_path / "shop", g3_1(), home=home).stops_at
    assert stop is not None
    assert (stop.code, stop.error_type) == ("home-no-folder", "FileExistsError")
    assert inspect(tmp_path / "old", minimal("0.17.6"), release="0.17.6", home=home).boots


def test_pipelex_home_may_begin_with_a_tilde(tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", {"../../conf/.env": KEYED})
    assert inspect(tmp_path / "shop", g3_1(), home=home, environ={"PIPELEX_HOME": "~/conf"}).boots


def test_an_override_that_is_a_link_to_nothing_has_no_effect(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", g3_1())
    (shop / ".pipelex" / "inference" / "backends_override.toml").symlink_to("nowhere")
    report = inspect(shop)
    assert report.boots
    assert only(report, "override-ignored").message.endswith("has no effect: it is a broken link")


def test_a_start_folder_may_be_a_link(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", g3_1())
    put(shop / "app" / "main.py")
    link = tmp_path / "link"
    link.symlink_to(shop / "app")
    report = inspect(shop, cwd=link)
    assert (report.boots, started(report)) == (True, ("shop", "project"))


# ---- the first start

SITE_PACKAGES: Final = "../../.venv/lib/python3.11/site-packages"


def installed(release: str) -> Files:
    """An environment of the project with a release and its kit."""
    kit = {f"{SITE_PACKAGES}/pipelex/kit/configs/inference/{name}": text for name, text in tree_for(release).items()}
    return {
        "../../.venv/pyvenv.cfg": "home = /usr/bin\n",
        f"{SITE_PACKAGES}/pipelex-{release}.dist-info/METADATA": f"Name: pipelex\nVersion: {release}\n",
        **kit,
    }


HOMES = ("missing", "empty", "other files", "backends", "linked")
FILLED = {
    "0.24.1": ("missing",),
    "0.74.0": ("missing",),
    "0.77.0": ("missing", "empty"),
    "0.79.0": ("missing", "empty", "other files"),
    "0.92.2": ("missing", "empty", "other files"),
}


@pytest.mark.parametrize("state", HOMES)
@pytest.mark.parametrize("release", FILLED)
@pytest.mark.parametrize("with_kit", [True, False])
def test_the_first_start_fills_the_home(release: str, state: str, with_kit: bool, tmp_path: Path) -> None:
    environment = installed(release) if with_kit else {}
    files = {**without(tree_for(release), DECK), **environment, "../../pyproject.toml": ""}
    shop = write_tree(tmp_path / "shop", files)
    home = tmp_path / "home"
    home.mkdir()
    pipelex = home / ".pipelex"
    if state != "missing":
        pipelex.mkdir()
    if state == "other files":
        put(pipelex / ".env")
    if state == "backends":
        put(pipelex / "inference" / "backends.toml", tree_for(release)["backends.toml"])
    if state == "linked":
        (pipelex / "inference").mkdir()
        (pipelex / "inference" / "backends.toml").symlink_to("nowhere")
    report = inspect(shop, home=home, release=release, cwd=shop)
    if state not in FILLED[release]:
        assert report.verdict[0] is Verdict.REFUSED
        assert report.catalog.tree.filled == ()
    elif with_kit:
        assert report.verdict[0] in (Verdict.OK, Verdict.DEGRADED)
        assert only(report, "first-start").severity.value == "info"
        assert {source.layer.value for source in report.catalog.tree.deck.sources} == {"kit"}
        assert resolved(report, "best-claude").spec is not None
    else:
        assert report.verdict[0] is Verdict.UNKNOWN
        assert codes(report) == ["first-start-unknown"]
        assert not any(item.status.value == "dead" for item in report.resolutions)


def test_up_to_0_17_the_settings_of_a_start_folder_without_a_tree_are_read(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", {**minimal("0.17.6"), "../pipelex.toml": "[nowhere]\n"})
    put(shop / "app" / "main.py")
    stop = inspect(shop, release="0.17.6", cwd=shop / "app").stops_at
    assert stop is not None
    assert (stop.code, stop.error_type) == ("tree-not-read", "InferenceBackendLibraryNotFoundError")
    put(shop / "app" / ".pipelex" / "pipelex.toml", "[elsewhere]\n")
    stop = inspect(shop, release="0.17.6", cwd=shop / "app").stops_at
    assert stop is not None
    assert (stop.code, stop.error_type) == ("settings-invalid", "ConfigValidationError")
    assert "`elsewhere`" in stop.message


def test_up_to_0_17_a_settings_folder_that_is_a_file_has_an_error_of_its_own(tmp_path: Path) -> None:
    shop = write_tree(tmp_path / "shop", minimal("0.17.6"))
    put(shop / "app" / ".pipelex")
    stop = inspect(shop, release="0.17.6", cwd=shop / "app").stops_at
    assert stop is not None
    assert (stop.code, stop.error_type) == ("tree-not-read", "NotADirectoryError")
