"""Model specs proposed from served models, for an edit to write."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Mapping, Sequence

from core.catalog import Catalog
from core.entities import ModelSpec
from core.probes.check_requests import GROUP_HEADER
from core.probes.served_models import Served
from core.records import dataclass

# What providers call the kinds of input and output, and what Pipelex's own trees call them.
_INPUTS: Mapping[str, str] = {
    "text": "text",
    "image": "images",
    "images": "images",
    "file": "pdf",
    "pdf": "pdf",
}
_OUTPUTS: Mapping[str, str] = {"text": "text", "image": "image"}
_STRUCTURED = frozenset({"structured_outputs", "response_format", "function_calling", "tools"})
_TALKS = frozenset({"generateContent", "completion_chat", "chat", "ON_DEMAND", "INFERENCE_PROFILE"})
_OTHER_USES = frozenset({"embedContent", "embedding", "moderation", "classification", "predict", "ocr"})


@dataclass(frozen=True, slots=True)
class ModelProposal:
    """A model's table, ready to be written by an edit.

    `fields` are Pipelex's own keys, each with what the provider states; `remarks` what somebody should know or fill in.
    Prices are USD per million tokens. `served` is where it comes from.
    """

    handle: str
    fields: Mapping[str, object]
    remarks: tuple[str, ...]
    served: Served


def propose_models(catalog: Catalog, backend: str, models: Sequence[Served]) -> list[ModelProposal]:
    """A proposal for each of these models. Pure; handles are unlike each other and unlike those of the backend's file.

    What the file's defaults say already is left out. `sdk`, `model_type` and what costs money or thought stay with the
    defaults: nothing is guessed.
    """
    specs = catalog.specs_by_backend.get(backend, ())
    taken = {name for spec in specs for name in (spec.handle, spec.table)}
    defaults = _defaults(catalog, backend, specs)
    out = []
    for model in models:
        handle = free_handle(model.id, taken)
        taken.add(handle)
        out.append(_proposal(catalog, model, handle, defaults))
    return out


def free_handle(served_id: str, taken: Container[str]) -> str:
    """A handle for a served id: its last part, in letters that need no thought; longer, or numbered, when taken."""
    parts = [part for part in re.split(r"[/]", served_id) if part] or ["model"]
    for start in range(len(parts) - 1, -1, -1):
        handle = _plain("-".join(parts[start:]))
        if handle and handle not in taken:
            return handle
    whole = _plain("-".join(parts)) or "model"
    numbers = itertools.chain((whole,), (f"{whole}-{number}" for number in itertools.count(2)))
    return next(handle for handle in numbers if handle not in taken)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text.removeprefix("@")).strip("-.")[:100]


def _defaults(catalog: Catalog, backend: str, specs: Sequence[ModelSpec]) -> Mapping[str, object]:
    """The file's own defaults, as far as every release reads them."""
    source = catalog.tree.specs.get(backend)
    table = source.data.get("defaults") if source is not None else None
    if isinstance(table, dict):
        return table
    flat = source.data.get("default_sdk") if source is not None else None
    return {"sdk": flat} if isinstance(flat, str) else {}


def _proposal(catalog: Catalog, model: Served, handle: str, defaults: Mapping[str, object]) -> ModelProposal:
    fields: dict[str, object] = {}
    remarks: list[str] = []
    model_id = re.sub(r"^(?:models|tunedModels)/", "", model.id)
    model_id = re.sub(r"^publishers/([^/]+)/models/", r"\1/", model_id)
    if model_id != handle or catalog.behaviours.model_id_required:
        fields["model_id"] = model_id
    if model.max_output is not None:
        fields["max_tokens"] = model.max_output
    inputs = _mapped(model.inputs, _INPUTS)
    outputs = _mapped(model.outputs, _OUTPUTS)
    if outputs == ["text"] and _STRUCTURED & set(model.uses):
        outputs.append("structured")
    if inputs:
        fields["inputs"] = inputs
    if outputs:
        fields["outputs"] = outputs
    if model.costs:
        fields["costs"] = dict(model.costs)
    elif catalog.behaviours.model_id_required:
        fields["costs"] = {}  # releases that want a model_id want prices too, be they none
    if model.group:
        fields[GROUP_HEADER] = model.group
    kept = {key: value for key, value in fields.items() if defaults.get(key) != value}
    if "sdk" not in defaults:
        remarks.append("the file has no default sdk: say which one it needs")
    if not model.costs:
        remarks.append("the provider states no price")
    if model.context is not None:
        remarks.append(f"context of {model.context} tokens, which Pipelex has no key for")
    if model.going:
        remarks.append(f"the provider says: {model.lifecycle or 'ends'} {model.until or ''}".rstrip())
    if _OTHER_USES & set(model.uses) and not _TALKS & set(model.uses):
        remarks.append("the provider does not say that it answers in words")
    return ModelProposal(handle, kept, tuple(remarks), model)


def _mapped(words: Sequence[str], known: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(known[word] for word in words if word in known))
