"""Values of every kind at every row of the schema: a value that does not fit its row is a fault at its place."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from core.releases import parse_release
from core.settings.schema import FileKind, settings_schema
from core.settings.start import start_faults
from core.settings.validation import settings_faults, value_fault

VALUES: list[Any] = [
    True,
    3,
    -1,
    1.5,
    "text",
    "",
    [],
    ["text"],
    ["("],
    [""],
    [1],
    {},
    {"a": 1},
    {"a": {"b": [{}]}},
    ["cursor", "claude"],
]


@pytest.mark.parametrize("release", ["0.43.1", "0.77.0", "0.92.2"])
@pytest.mark.parametrize("kind", ["pipelex", "telemetry"])
def test_value_that_does_not_fit_its_row_is_a_fault_there(kind: FileKind, release: str) -> None:
    schema = settings_schema(kind, parse_release(release))
    refused = 0
    for row in schema.rows:
        if not row or "*" in row:
            continue
        keys = tuple(row.split("."))
        for value in VALUES:
            data: Any = value
            for key in reversed(keys):
                data = {key: data}
            faults = settings_faults(schema, data)
            assert {fault.kind for fault in faults} <= {"unknown", "missing", "value"}
            phrase = value_fault(schema, row, value)
            if phrase is not None:
                refused += 1
                assert any(fault.path[: len(keys)] == keys for fault in faults), (row, value)
    assert refused > len(schema.rows)
    assert settings_faults(schema, {"no such section": 1})[0].kind == "unknown"


@pytest.mark.parametrize("release", ["0.43.1", "0.77.0", "0.92.2"])
def test_storage_without_its_bucket_or_with_an_odd_format_stops_the_start(release: str) -> None:
    parsed = parse_release(release)
    assert parsed is not None
    schema = settings_schema("pipelex", parsed)
    [row] = [row for row in schema.rows if row.endswith(".s3.bucket_name")]
    table = row.removesuffix(".s3.bucket_name").split(".")

    def faults(method: str, settings: dict[str, Any]) -> list[str]:
        data: Any = {"method": method, method: settings}
        for key in reversed(table):
            data = {key: data}
        return [str(fault.path[-1]) for fault in start_faults(schema, data, parsed)]

    good = {"bucket_name": "shop", "region": "eu", "project_id": "shop", "uri_format": "{hash}.{extension}"}
    assert "bucket_name" in faults("s3", {**good, "bucket_name": ""})
    assert "bucket_name" in faults("gcp", {**good, "bucket_name": "a/b"})
    for text, method in product(["x", "{", "{hash:3}", "{other}/{hash}"], ["s3", "gcp"]):
        odd = "uri_format" in faults(method, {**good, "uri_format": text})
        assert odd or (text != "x" and release == "0.43.1"), text
    assert "signed_urls_lifespan_seconds" in faults("s3", {**good, "signed_urls_lifespan_seconds": 0})
