"""Reading traces: the formats of releases, files that grow, are replaced, cut or damaged, and the cached summary."""

from __future__ import annotations

import json
import os
import stat
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from core.api import inspect_tree
from core.traces.events import Unit
from core.traces.location import trace_folder
from core.traces.summary import MAX_DAYS, OTHERS, Gap, Totals, added_up
from core.traces.trace_cache import TraceCache, load_cache, save_cache, traces_file
from core.traces.update import Updated, update
from tests.support.traces import (
    CANARY,
    FORMATS,
    NOON,
    event,
    pipe_error,
    pipe_start,
    run_of,
    text_of,
    usage,
    write_trace,
)
from tests.support.trees import g3, inspect, minimal, write_tree

DAY = 86_400


def read(folder: Path, before: TraceCache | None = None, now: float = NOON + 60) -> Updated:
    return update(before or TraceCache(str(folder)), now=now)


def total(found: Updated) -> Totals:
    return added_up(found.cache.summary.rows.values())


def append(path: Path, text: str | bytes) -> None:
    with path.open("ab") as file:
        file.write(text.encode() if isinstance(text, str) else text)


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_gives_the_same_sums(form: str, tmp_path: Path) -> None:
    write_trace(tmp_path, run_of(form))
    found = read(tmp_path)
    calls, errors = found.cache.summary.rows.items()
    assert calls[0][1:] == (
        "summarize",
        "gpt-4o-mini",
        "gpt-4o-mini-id",
        calls[0].backend,
        "llm",
        Unit.TOKEN,
        "$writing",
    )
    assert calls[0].backend == ("openai" if form == "0.92.2" else "")
    # Cached tokens without a price cost half: 800 + 200 / 2 + 2 * 100, then 500 + 2 * 50, in millionths.
    assert (calls[1].calls, calls[1].input, calls[1].cached, calls[1].output) == (2, 1500, 200, 150)
    assert calls[1].cost == pytest.approx(0.0017)
    assert (calls[1].seconds, calls[1].last_seconds, calls[1].last_cost) == pytest.approx((3.0, 1.5, 0.0006))
    # The sequence fails with its pipe, and is not counted.
    assert (errors[0].day, errors[0].pipe, errors[0].reference) == ("2020-12-01", "broken", "@best")
    assert errors[1] == Totals(errors=1, last_error=NOON - 7199)
    assert (found.cache.summary.gaps, found.files, found.cut, found.unread) == ({}, 1, 0, 0)


def test_what_is_added_counts_once(tmp_path: Path) -> None:
    path = write_trace(tmp_path, [usage(0), pipe_start(9, "0.92.2", "run:node_1", "early")])
    first = read(tmp_path)
    assert read(tmp_path, first.cache).size == 0
    append(path, text_of([usage(1), pipe_error(2, "0.92.2", "run:node_9"), pipe_error(2, "0.92.2", "run:node_1")]))
    grown = read(tmp_path, first.cache)
    assert (total(grown).calls, total(grown).errors) == (2, 2)
    assert {row.pipe for row in grown.cache.summary.rows} == {"summarize", "?", "early"}
    # A line without an end is left for the next reading.
    rest = text_of([usage(3)])
    append(path, rest[:300])
    cut = read(tmp_path, grown.cache)
    assert (total(cut).calls, cut.cut) == (2, 1)
    assert read(tmp_path, cut.cache).cut == 1
    append(path, rest[300:])
    whole = read(tmp_path, cut.cache)
    assert (total(whole).calls, whole.cut, whole.cache.summary.gaps) == (3, 0, {})
    # The writer of a cut line died, and another one went on behind it.
    append(path, rest[:300] + text_of([usage(4), usage(5)]))
    assert total(damaged := read(tmp_path, whole.cache)).calls == 4
    assert damaged.cache.summary.gaps == {Gap.UNREADABLE: 1}


def test_renamed_copied_replaced_and_shortened_files(tmp_path: Path) -> None:
    path = write_trace(tmp_path, [usage(0), usage(1)])
    found = read(tmp_path)
    (old := path.with_name("wf_direct.1.ndjson")).write_bytes(path.read_bytes())
    path.rename(path.with_name("wf_direct.2.ndjson"))
    found = read(tmp_path, found.cache)
    assert (total(found).calls, found.files) == (2, 2)
    path.write_text(text_of([usage(0, at="2020-12-01T11:00:00Z")]))
    found = read(tmp_path, found.cache)
    assert (total(found).calls, found.cache.summary.gaps) == (3, {})
    path.write_text(text_of([usage(0, at="2020-12-01T11:30:00Z")]))
    found = read(tmp_path, found.cache)
    assert (total(found).calls, found.cache.summary.gaps) == (4, {Gap.RESTARTED: 1})
    old.write_text(text_of([usage(0)]))
    found = read(tmp_path, found.cache)
    assert (total(found).calls, found.cache.summary.gaps) == (4, {Gap.RESTARTED: 2})
    # What ran remains true when its trace is gone.
    for name in path.parent.iterdir():
        name.unlink()
    found = read(tmp_path, found.cache)
    assert (total(found).calls, found.files, found.cache.files) == (4, 0, {})


def test_settled_runs_are_not_looked_at_again(tmp_path: Path) -> None:
    path = write_trace(tmp_path, [usage(0)])
    root = write_trace(tmp_path, [usage(1)], "flat.ndjson")
    found = read(tmp_path, now=NOON + 3 * DAY)
    assert (total(found).calls, len(found.cache.settled), next(iter(found.cache.files.values())).path) == (
        2,
        1,
        "flat.ndjson",
    )
    append(path, text_of([usage(2)]))
    append(root, text_of([usage(3)]))
    assert total(read(tmp_path, found.cache)).calls == 3


def lines(*items: dict[str, Any] | bytes) -> bytes:
    return b"".join(item if isinstance(item, bytes) else text_of([item]).encode() for item in items)


@pytest.mark.parametrize(
    ("text", "gap", "count"),
    [
        (b"\x00\xff no json\n", Gap.UNREADABLE, 0),
        (b'{"event_kind":"usage_report"\n', Gap.UNREADABLE, 0),
        (b'{"event_kind":"usage_report","a":' + b"[" * 100_000 + b"\n", Gap.UNREADABLE, 0),
        (b'["event_kind"]\n', Gap.UNREADABLE, 0),
        (b'["event_kind", {"event_kind":"usage_report"}]\n', Gap.UNKNOWN_SHAPE, 0),
        (b'{"event_kind":"pipe_end_error","node_id":7}\n', Gap.UNKNOWN_SHAPE, 0),
        (lines(event("dance", 0, "0.92.2", "x")), Gap.UNKNOWN_KIND, 0),
        (lines(usage(0, at="yesterday")), Gap.UNKNOWN_SHAPE, 0),
        (lines(usage(0, tokens={"input": -1})), Gap.UNKNOWN_SHAPE, 0),
        (lines(usage(0, tokens={"input": True})), Gap.UNKNOWN_SHAPE, 0),
        (lines(usage(0, pricing_unit="hour")), Gap.UNKNOWN_SHAPE, 0),
        (lines(usage(0, job_metadata=None)), Gap.UNKNOWN_SHAPE, 0),
        (lines(usage(0), usage(0)), Gap.REPEATED, 1),
        (lines(usage(0) | {"mode": "dry"}), Gap.DRY, 0),
        (lines(usage(0, at="2021-03-01T00:00:00Z")), Gap.CLOCK, 1),
        (lines(usage(0, at="2018-01-01T00:00:00+02:00")), Gap.TOO_OLD, 0),
        (lines(usage(0, note="x" * (9 << 20))), Gap.TOO_LONG, 0),
    ],
)
def test_what_cannot_be_counted_is_told(text: bytes, gap: Gap, count: int, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(text + lines(usage(9)))
    os.utime(tmp_path / "a.ndjson", (NOON, NOON))
    found = read(tmp_path)
    assert (total(found).calls, found.cache.summary.gaps) == (count + 1, {gap: 1})
    assert all(row.day == "2020-12-01" for row in found.cache.summary.rows)


def test_calls_without_price_backend_pipe_or_times(tmp_path: Path) -> None:
    bare: dict[str, Any] = {
        "job_metadata": {"started_at": "later", "completed_at": "2020-12-01T09:00:00"},
        "inference_model_id": 7,
    }
    free = usage(0, "0.60.0", costs={}, **bare)
    odd = usage(1, costs={"input": float("nan"), "output": "much"}, backend="b" * 999)
    pages = usage(2, model_type="extract", pricing_unit="page", tokens={"input": 3_000_000, "output": 3_000_000})
    write_trace(tmp_path, [free, odd, pages])
    rows = dict(read(tmp_path).cache.summary.rows)
    first, second, third = rows
    assert (first.pipe, first.model_id, first.backend) == ("?", "?", "")
    assert (rows[first].unrated, rows[first].timed, rows[first].last_seconds) == (1, 0, None)
    assert (second.backend, rows[second].unrated, rows[second].cost) == ("", 0, 0.0)
    assert (third.unit, third.model_type, rows[third].cost) == (Unit.PAGE, "extract", 9.0)


@pytest.mark.parametrize(
    ("choices", "reference"),
    [({"model": "gpt-4o", "temperature": 1}, "gpt-4o"), (None, ""), ("x" * 999, ""), (["x"], "")],
)
def test_failed_pipes_are_known_by_their_start(choices: object, reference: str, tmp_path: Path) -> None:
    start = pipe_start(0, "0.92.2", "n", "p", choices=choices)
    noise = b'{"event_kind":"pipe_start"\n{"event_kind":"pipe_start"}\n'
    (tmp_path / "a.ndjson").write_bytes(noise + lines(start, pipe_error(1, "0.92.2", "n")))
    (row, totals), *_ = read(tmp_path, now=NOON).cache.summary.rows.items()
    assert (row.pipe, row.reference, totals.errors) == ("p", reference, 1)


def test_only_regular_files_near_the_top_are_read(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "elsewhere", [usage(0)])
    folder = tmp_path / "traces"
    write_trace(folder, [usage(1)], "run/below/deep.ndjson")
    (folder / "link.ndjson").symlink_to(path)
    (folder / "linked").symlink_to(path.parent)
    os.mkfifo(folder / "pipe.ndjson")
    (folder / "other.json").write_text("{}")
    (folder / "empty.ndjson").touch()
    (folder / "headless.ndjson").write_text('{"event_kind"')
    found = read(folder, now=NOON)
    assert (found.files, found.cut, total(found).calls) == (2, 1, 0)
    assert read(tmp_path / "nowhere").files == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_unreadable_files_are_counted(tmp_path: Path) -> None:
    write_trace(tmp_path, [usage(0)]).chmod(0)
    assert read(tmp_path).unread == 1


def test_a_stopped_reading_has_the_newest_and_goes_on_later(tmp_path: Path) -> None:
    for number in range(3):
        path = write_trace(tmp_path, [usage(number, model=f"m{number}")], f"run{number}/a.ndjson")
        os.utime(path, (NOON + number, NOON + number))
    stopped = update(TraceCache(str(tmp_path)), progress=lambda size: False, now=NOON + 5 * DAY)
    assert ([row.model for row in stopped.cache.summary.rows], stopped.stopped) == (["m2"], True)
    assert stopped.cache.at == 0.0
    done = read(tmp_path, stopped.cache)
    assert (sorted(row.model for row in done.cache.summary.rows), done.stopped) == (["m0", "m1", "m2"], False)


def test_a_large_file_is_read_in_bounded_memory_and_can_be_stopped(tmp_path: Path) -> None:
    prompt = {"resolved_model": "m", "rendered_user_prompt": "word " * 1500}
    chunk = lines(event("execution_data", 0, "0.92.2", "x", execution_data=prompt), usage(1))
    with (tmp_path / "large.ndjson").open("wb") as file:
        count = (10 << 20) // len(chunk) + 1
        for number in range(count):
            file.write(chunk.replace(b'"sequence":1,', b'"sequence":%d,' % number))
    steps: list[int] = []
    tracemalloc.start()
    found = update(TraceCache(str(tmp_path)), progress=lambda size: not steps.append(size), now=NOON)  # type: ignore[func-returns-value]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (total(found).calls, sum(steps), found.size) == (
        count,
        found.size,
        (tmp_path / "large.ndjson").stat().st_size,
    )
    assert peak < 3 << 20
    part = update(TraceCache(str(tmp_path)), progress=lambda _: False, now=NOON)
    assert 0 < total(part).calls < count
    assert total(update(part.cache, now=NOON)).calls == count


def test_many_names_are_added_up_as_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.traces.summary.MAX_ROWS", 2)
    write_trace(tmp_path, [usage(number, pipe=f"p{number}") for number in range(5)])
    found = read(tmp_path)
    assert [(row.pipe, item.calls) for row, item in found.cache.summary.rows.items()] == [
        ("p0", 1),
        ("p1", 1),
        (OTHERS, 3),
    ]
    assert not read(tmp_path, found.cache, now=NOON + (MAX_DAYS + 1) * DAY).cache.summary.rows


def changed(content: dict[str, Any], *path: str | int, value: object) -> bytes:
    """The file with another value at a path."""
    copy = json.loads(json.dumps(content))
    node = copy
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return json.dumps(copy).encode()


def test_the_cached_summary(tmp_path: Path) -> None:
    folder, state = tmp_path / "traces", str(tmp_path / "state")
    write_trace(folder, run_of("0.92.2"))
    write_trace(folder, [usage(0) | {"mode": "dry"}], "old/a.ndjson")
    os.utime(folder / "old/a.ndjson", (NOON - 9 * DAY, NOON - 9 * DAY))
    cache = read(folder).cache
    assert save_cache("/project", state, cache) is None
    path = Path(traces_file("/project", state))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert CANARY not in path.read_text()
    loaded = load_cache("/project", state, str(folder))
    assert (loaded.summary, loaded.files, loaded.at) == (cache.summary, cache.files, cache.at)
    assert (len(loaded.settled), read(folder, loaded).size) == (1, 0)
    assert not load_cache("/project", state, "/elsewhere").summary.rows
    content = json.loads(path.read_text())
    damaged: Iterable[bytes] = (
        b"",
        b"[]",
        b"{",
        changed(content, "format", value=0),
        changed(content, "names", value=[]),
        changed(content, "rows", 0, 8, value="many"),
        changed(content, "rows", 0, 8, value=-1),
        changed(content, "rows", 0, value=[0]),
        changed(content, "gaps", value={"new": 1}),
        changed(content, "files", value=[["x"]]),
        changed(content, "settled", value="?"),
        changed(content, "at", value=None),
    )
    for text in damaged:
        path.write_bytes(text)
        assert not load_cache("/project", state, str(folder)).summary.rows
    path.unlink()
    path.mkdir()
    assert "could not be stored" in (save_cache("/project", state, cache) or "")


@pytest.mark.parametrize(
    ("release", "settings", "folder", "why"),
    [
        ("0.24.1", "", ".pipelex/traces", "Pipelex 0.24.1 writes no traces"),
        ("0.32.1", '[pipelex.tracing_config.ndjson]\ntraces_dir = "logs"', "logs", ""),
        ("0.32.1", "[pipelex.tracing_config]\nis_enabled = false", ".pipelex/traces", "is_enabled` is false"),
        ("0.92.2", '[runtime.tracing.ndjson]\ntraces_dir = "/var/x"', "/var/x", ""),
        ("0.92.2", '[runtime.tracing.ndjson]\ntraces_dir = "../t"', "../t", ""),
        ("0.92.2", '[runtime.tracing]\nbackend = "dynamodb"', ".pipelex/traces", "backend` is dynamodb"),
        ("0.92.2", "", ".pipelex/traces", ""),
    ],
)
def test_the_folder_is_that_of_the_settings(release: str, settings: str, folder: str, why: str, tmp_path: Path) -> None:
    write_tree(tmp_path, minimal(release) if release == "0.92.2" else g3())
    (tmp_path / ".pipelex/pipelex.toml").write_text(settings)
    found = trace_folder(inspect(tmp_path, release=release).catalog)
    assert found.path == os.path.normpath(tmp_path / folder)
    assert why in found.why_none
    assert bool(why) == bool(found.why_none)


def test_the_folder_of_the_project_counts_where_the_start_has_none(tmp_path: Path) -> None:
    project, start = write_tree(tmp_path / "project", minimal("0.92.2")), tmp_path / "start"
    (project / ".pipelex/traces").mkdir()
    environ = {"HOME": str(tmp_path / "home")}
    found = inspect_tree(str(project), release="0.92.2", environ=environ, cwd=str(tmp_path))
    assert trace_folder(found.catalog).path == str(project / ".pipelex/traces")
    (start / ".pipelex/traces").mkdir(parents=True)
    found = inspect_tree(str(project), release="0.92.2", environ=environ, cwd=str(start))
    assert trace_folder(found.catalog).path == str(start / ".pipelex/traces")


def test_a_finished_run_is_not_looked_at_again_after_a_minute(tmp_path: Path) -> None:
    form = "0.92.2"
    events = [
        pipe_start(0, form, "run:node_0", "all", kind="controller"),
        pipe_start(1, form, "run:node_1", "summarize"),
        usage(2),
        event("pipe_end_success", 3, form, "2020-12-01T10:00:01Z", "run:node_1"),
    ]
    end = event("pipe_end_success", 4, form, "2020-12-01T10:00:01Z", "run:node_0")
    running = write_trace(tmp_path, events)
    done = write_trace(tmp_path, [event | {"pipeline_run_id": "done"} for event in [*events, end]], "done/a.ndjson")
    # A workflow of several processes may write on after the end of its first pipe.
    write_trace(tmp_path, [event | {"workflow_id": "w"} for event in [*events, end]], "w/a.ndjson")
    fresh = read(tmp_path, now=NOON + 30)
    assert (len(fresh.cache.settled), sorted(state.finished for state in fresh.cache.files.values())) == (
        0,
        [False, False, True],
    )
    later = read(tmp_path, fresh.cache, now=NOON + 90)
    assert (later.files, later.size, len(later.cache.settled)) == (3, 0, 1)
    append(done, text_of([usage(9)]))
    append(running, text_of([end | {"sequence": 5}]))
    last = read(tmp_path, later.cache, now=NOON + 90)
    assert (last.files, total(last).calls) == (2, 3)
    # The run that ended since is settled in its turn.
    os.utime(running, (NOON, NOON))
    assert len(read(tmp_path, last.cache, now=NOON + 90).cache.settled) == 2


def test_listing_runs_can_be_stopped_without_losing_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.traces.update._STEP", 1)
    for number in range(3):
        write_trace(tmp_path, [usage(number, model=f"m{number}")], f"run{number}/a.ndjson")
    before = read(tmp_path)
    write_trace(tmp_path, [usage(3, model="m3")], "run3/a.ndjson")
    stopped = update(before.cache, progress=lambda _: False, now=NOON)
    assert (stopped.stopped, stopped.cache is before.cache) == (True, True)
    assert total(read(tmp_path, before.cache)).calls == 4


def test_a_folder_that_is_away_for_a_while_counts_once(tmp_path: Path) -> None:
    folder = tmp_path / "traces"
    write_trace(folder, [usage(0)])
    found = read(folder)
    folder.rename(tmp_path / "away")
    away = read(folder, found.cache)
    assert (total(away).calls, away.files) == (1, 0)
    (tmp_path / "away").rename(folder)
    assert total(read(folder, away.cache)).calls == 1
