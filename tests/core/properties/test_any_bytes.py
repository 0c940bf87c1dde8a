"""Any content of a file: reading and checking never raise, and every document is valid JSON."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api import Report
from core.catalogue import COLUMNS, catalogue, compare_offers, offers, sort_rows
from core.compare import without_backends, without_keys
from core.defaults import defaults
from core.explain import explain
from core.json.compare_document import compare_document
from core.json.explain_document import explain_document
from core.json.keys_document import keys_document
from core.json.models_document import models_document
from core.json.resolve_document import resolve_document
from core.json.routes_document import routes_document
from core.json.uses_document import uses_document
from core.json.validate_document import validate_document
from core.layers import settings_of
from core.route_check import routes_everywhere
from core.usage import usage
from core.verdict import load_report
from tests.core.properties.values import toml_files
from tests.support.trees import DECK, MINIMAL, inspect, minimal

FILES = (
    "backends.toml",
    "routing_profiles.toml",
    "backends/openai.toml",
    DECK,
    "deck/overrides.toml",
    "backends_override.toml",
    "routing_profiles_override.toml",
    "../pipelex.toml",
    "../../pipelex.toml",
    "../../.env",
)
RELEASES = (*MINIMAL, None)
RELAXED = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

_ASKED = 60
"""The number of names for which every query is run: a stock tree has hundreds."""


def answer_everything(report: Report) -> None:
    """Run every query on a report."""
    json.dumps(validate_document(report), allow_nan=False)
    json.dumps(resolve_document(report, report.resolutions), allow_nan=False)
    load_report(report.catalog, report.boot_problems, report.resolutions)
    usage_ = usage(report, methods=False)
    json.dumps(uses_document(usage_, (usage_.of(node) for node in usage_.nodes[:_ASKED])), allow_nan=False)
    explained = [explain(report, item) for item in report.resolutions[:_ASKED]]
    values = {node: settings_of(report, node) for node in usage_.nodes[:_ASKED]}
    json.dumps(explain_document(report, explained, values, defaults(report)), allow_nan=False)
    for column in COLUMNS:
        sort_rows(catalogue(report), column)
    json.dumps(models_document(report, catalogue(report)[:_ASKED], (1000, 1000), same=True), allow_nan=False)
    json.dumps(keys_document(report), allow_nan=False)
    tested = [test for name in ("gpt-4o-mini", "brand-new", "") for test in routes_everywhere(report, name)]
    json.dumps(routes_document(report, tested), allow_nan=False)
    on = report.catalog.enabled[:1]
    for compared in (without_backends(report, on), without_keys(report, ["OPENAI_API_KEY"])):
        json.dumps(compare_document(compared), allow_nan=False)
    compare_offers(report, offers(report)[:5], (1000, 1000))
    for problem in report.problems:
        assert problem.message
        str(problem.location)
    for cause in report.causes:
        assert cause.title
    assert report.boots == (report.stops_at is None)


def written(files: Mapping[str, str | bytes], release: str | None) -> None:
    """Write a tree to a new folder and run every query on it."""
    with tempfile.TemporaryDirectory() as folder:
        answer_everything(inspect(Path(folder), files, release=release))


TEXTS = (
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text("[]{}\"'=.,# \na1-$@~:*|\\", max_size=80).map(str.encode)
)


@pytest.mark.parametrize("name", FILES)
@given(content=TEXTS, release=st.sampled_from(RELEASES))
@RELAXED
def test_any_bytes_in_a_file(name: str, content: bytes, release: str | None) -> None:
    written({**minimal(release or "0.92.2"), name: content}, release)


@pytest.mark.parametrize("name", FILES)
@given(data=st.data(), release=st.sampled_from(RELEASES))
@RELAXED
def test_damaged_part_of_a_file(name: str, data: st.DataObject, release: str | None) -> None:
    files = minimal(release or "0.92.2")
    text: str = files.get(name, files["backends.toml"])
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 40)))
    spoilt = data.draw(st.text("[]{}\"'=.,# \na1-$@~:*|\\", max_size=6))
    written({**files, name: text[:start] + spoilt + text[stop:]}, release)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".toml")])
@given(content=toml_files(), release=st.sampled_from(RELEASES))
@RELAXED
def test_any_values_of_known_keys(name: str, content: str, release: str | None) -> None:
    written({**minimal(release or "0.92.2"), name: content}, release)


@given(contents=st.tuples(toml_files(), toml_files(), toml_files(), toml_files()), release=st.sampled_from(RELEASES))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_values_in_all_files(contents: tuple[str, str, str, str], release: str | None) -> None:
    names = ("backends.toml", "routing_profiles.toml", "backends/openai.toml", DECK)
    written(dict(zip(names, contents, strict=True)), release)
