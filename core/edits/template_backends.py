"""Additions of backends for a release: a provider from its template, a server with an OpenAI-compatible API."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Report
from core.edits.model_edits import Fields
from core.edits.new_backends import AddBackend
from core.probes.model_proposals import free_handle
from core.scaffold.backend_files import backend_fields, model_fields, shared_fields
from core.scaffold.templates import template_for


def add_from_template(report: Report, name: str) -> AddBackend | None:
    """The edit that adds a provider; None if the release does not support it. A file of its models is kept as it is."""
    behaviours = report.catalog.behaviours
    template = template_for(name, report.release)
    if template is None:
        return None
    defaults, repeated = shared_fields(template, behaviours)
    source = report.catalog.tree.specs.get(name)
    has_file = source is not None and any(isinstance(table, dict) for table in source.data.values())
    models = () if has_file else template.models
    fields = {key: value for key, value in backend_fields(template, report.release).items() if key != "enabled"}
    return AddBackend(
        name,
        models=tuple((model.handle, tuple(model_fields(model, behaviours, repeated).items())) for model in models),
        defaults=() if has_file else tuple(defaults.items()),
        fields=tuple(fields.items()),
    )


def add_server(report: Report, name: str, endpoint: str, variable: str | None, model_ids: Sequence[str]) -> AddBackend:
    """The edit that adds a server, whose models take text; without models it is off until some are imported."""
    models: dict[str, Fields] = {}
    flat = report.catalog.behaviours.model_defaults == "flat keys"
    texts: Fields = (("inputs", ["text"]), ("outputs", ["text", "structured"]))
    for model_id in model_ids:
        handle = free_handle(model_id, models)
        own: Fields = (("model_id", model_id),) if handle != model_id else ()
        models[handle] = (*own, *(texts if flat else ()))
    defaults: Fields = (("sdk", "openai"), *(() if flat else texts))
    return AddBackend(name, endpoint, variable, tuple(models.items()), defaults, on=bool(models))
