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
from core.json.compare_document import CompareDocument
from core.json.explain_document import ExplainDocument
from core.json.keys_document import KeysDocument
from core.json.models_document import models_document
from core.json.resolve_document import ResolveDocument
from core.json.routes_document import RoutesDocument
from core.json.uses_document import UsesDocument
from core.json.validate_document import ValidateDocument
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
    json.dumps(ValidateDocument(report), allow_nan=False, default=vars)
    json.dumps(ResolveDocument(report, report.resolutions), allow_nan=False, default=vars)
    load_report(report.catalog, report.boot_problems, report.resolutions)
    usage_ = usage(report, methods=False)
    json.dumps(UsesDocument(usage_, (usage_.of(node) for node in usage_.nodes[:_ASKED])), allow_nan=False, default=vars)
    explained = [explain(report, item) for item in report.resolutions[:_ASKED]]
    values = {node: settings_of(report, node) for node in usage_.nodes[:_ASKED]}
    json.dumps(ExplainDocument(report, explained, values, defaults(report)), allow_nan=False, default=vars)
    for column in COLUMNS:
        sort_rows(catalogue(report), column)
    json.dumps(
        models_document(report, catalogue(report)[:_ASKED], (1000, 1000), same=True), allow_nan=False, default=vars
    )
    json.dumps(KeysDocument(report), allow_nan=False, default=vars)
    tested = [test for name in ("gpt-4o-mini", "brand-new", "") for test in routes_everywhere(report, name)]
    json.dumps(RoutesDocument(report, tested), allow_nan=False, default=vars)
    on = report.catalog.enabled[:1]
    for compared in (without_backends(report, on), without_keys(report, ["OPENAI_API_KEY"])):
        json.dumps(CompareDocument(compared), allow_nan=False, default=vars)
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
