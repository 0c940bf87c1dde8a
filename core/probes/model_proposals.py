"""Model specs proposed from served models, for an edit to write."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING

from core.catalog import Catalog
from core.dialects.model_schema import known_fields, model_types
from core.dialects.spec_reader import DEFAULT_TYPE
from core.entities import ModelSpec
from core.formatting import counted
from core.providers.provider import GROUP_HEADER
from core.records import dataclass
from core.refusals import needs_token_limit

if TYPE_CHECKING:
    from core.probes.served_models import Served

# The kinds of input and output: the providers' terms and those of Pipelex's own trees.
_INPUTS: Mapping[str, str] = {"text": "text", "image": "images", "images": "images", "file": "pdf", "pdf": "pdf"}
_OUTPUTS: Mapping[str, str] = {"text": "text", "image": "image"}
_STRUCTURED = frozenset({"structured_outputs", "response_format", "function_calling", "tools"})
_CHAT_USES = frozenset({"generateContent", "completion_chat", "chat", "ON_DEMAND", "INFERENCE_PROFILE"})
_OTHER_USES = frozenset({"embedContent", "predict", "ocr"})
_OTHER_KINDS = re.compile(
    r"embed|rerank|moderation|classif|transcri|speech|\bstt\b|\btts\b|audio_|score|reward", re.IGNORECASE
)
"""The kinds of models that Pipelex has no type for, in the words of servers."""
_IMAGES = "img_gen"
_SAFE_LIMIT = 4096
"""The output tokens that every model of the APIs that require a limit gives."""
_IMAGE_KINDS = frozenset({"image", "image_generation", "text-to-image", "image-generation"})


@dataclass(frozen=True, slots=True)
class ModelProposal:
    """The table of a model, to be written by an edit.

    `fields` are Pipelex's keys with the values that the provider states; `notes` name missing values. Prices are USD
    per million tokens. `served` is the source.
    """

    handle: str
    fields: Mapping[str, object]
    notes: tuple[str, ...]
    served: Served

    @property
    def callable(self) -> bool:
        """Whether the release can call a model of its kind."""
        return self.fields.get("enabled") is not False


def propose_models(catalog: Catalog, backend: str, models: Sequence[Served]) -> list[ModelProposal]:
    """A proposal for each of these models, with handles that are unique in the backend.

    Values equal to the defaults of the backend's file are omitted. `sdk`, `model_type` and other values that the
    provider does not state are left to the defaults.
    """
    specs = catalog.specs_by_backend.get(backend, ())
    used = {name for spec in specs for name in (spec.handle, spec.table)}
    defaults = _defaults(catalog, backend, specs)
    proposals = []
    for model in models:
        handle = free_handle(model.id, used)
        used.add(handle)
        proposals.append(_proposal(catalog, model, handle, defaults, specs))
    return proposals


def proposed_spec(catalog: Catalog, backend: str, proposal: ModelProposal) -> ModelSpec:
    """The model that a proposal makes, to be judged before it is written."""
    defaults = _defaults(catalog, backend, catalog.specs_by_backend.get(backend, ()))
    fields = {**defaults, **proposal.fields}
    kind, sdk, model_id = (fields.get(key) for key in ("model_type", "sdk", "model_id"))
    return ModelSpec(
        backend=backend,
        handle=proposal.handle,
        table=proposal.handle,
        model_type=kind if isinstance(kind, str) else DEFAULT_TYPE,
        sdk=sdk if isinstance(sdk, str) else None,
        model_id=model_id if isinstance(model_id, str) else proposal.handle,
        fields=fields,
        place=catalog.backends[backend].place,
        defaults=None,
        own=frozenset(proposal.fields),
    )


def free_handle(served_id: str, used: Container[str]) -> str:
    """An unused handle for a served id: its last segment in plain characters, else more segments, else a number."""
    segments = [segment for segment in served_id.split("/") if segment] or ["model"]
    for start in range(len(segments) - 1, -1, -1):
        handle = _plain("-".join(segments[start:]))
        if handle and handle not in used:
            return handle
    full = _plain("-".join(segments)) or "model"
    numbers = itertools.chain((full,), (f"{full}-{number}" for number in itertools.count(2)))
    return next(handle for handle in numbers if handle not in used)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text.removeprefix("@")).strip("-.")[:100]


def _defaults(catalog: Catalog, backend: str, specs: Sequence[ModelSpec]) -> Mapping[str, object]:
    """The defaults of the backend's file that every release reads."""
    source = catalog.tree.specs.get(backend)
    table = source.data.get("defaults") if source is not None else None
    if isinstance(table, dict):
        return table
    flat = source.data.get("default_sdk") if source is not None else None
    return {"sdk": flat} if isinstance(flat, str) else {}


def _image_sdk(catalog: Catalog, defaults: Mapping[str, object], specs: Sequence[ModelSpec]) -> str | None:
    """The sdk of another image model of the backend, else the default one, else its namesake for images."""
    default = defaults.get("sdk")
    own = (spec.sdk for spec in specs if spec.model_type == _IMAGES)
    candidates = (*own, default, f"{default}_{_IMAGES}")
    for sdk in candidates:
        if isinstance(sdk, str) and not catalog.readiness.is_unregistered(_IMAGES, sdk):
            return sdk
    return None


def _proposal(
    catalog: Catalog, model: Served, handle: str, defaults: Mapping[str, object], specs: Sequence[ModelSpec]
) -> ModelProposal:
    fields: dict[str, object] = {}
    notes: list[str] = []
    model_id = re.sub(r"^(?:models|tunedModels)/", "", model.id)
    model_id = re.sub(r"^publishers/([^/]+)/models/", r"\1/", model_id)
    if model_id != handle or catalog.behaviours.model_id_required:
        fields["model_id"] = model_id
    kinds = frozenset(model.uses)
    if kinds & _IMAGE_KINDS and _IMAGES not in model_types(catalog.release):
        fields["enabled"] = False
        notes.append(f"Pipelex {catalog.release} has no models of images")
    elif kinds & _IMAGE_KINDS:
        fields["model_type"] = _IMAGES
        sdk = _image_sdk(catalog, defaults, specs)
        if sdk is not None:
            fields["sdk"] = sdk
        elif "sdk" in defaults:
            fields["enabled"] = False
            notes.append(f"Pipelex {catalog.release} has no images for the sdk `{defaults['sdk']}`")
    elif not kinds & _CHAT_USES and any(map(_OTHER_KINDS.search, kinds)):
        # Without it the model would count as a language model.
        fields["enabled"] = False
        notes.append(f"the provider states its kind as {', '.join(sorted(kinds))}, which Pipelex has no type for")
    if model.max_output is not None:
        fields["max_tokens"] = model.max_output
    elif needs_token_limit(_text(defaults.get("sdk"))) and "model_type" not in fields and "max_tokens" not in defaults:
        fields["max_tokens"] = limit = min(_SAFE_LIMIT, model.context or _SAFE_LIMIT)
        notes.append(f"the provider states no limit, which its API requires: max_tokens is set to {limit:,}")
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
        fields["costs"] = {}  # releases that require a model_id require costs too, even if empty
    if model.group:
        fields[GROUP_HEADER] = model.group
    if catalog.behaviours.unknown_model_keys == "refused":  # no header either
        fields = known_fields(fields, catalog.release)
    written = {key: value for key, value in fields.items() if defaults.get(key) != value}
    if "sdk" not in {**defaults, **fields}:
        notes.append("the file has no default sdk: set the sdk of the model")
    if not model.costs:
        notes.append("the provider states no price")
    if model.context is not None:
        notes.append(f"context of {counted(model.context, 'token')}; Pipelex has no key for it")
    if model.retiring:
        notes.append(f"lifecycle at the provider: {model.lifecycle or 'ends'} {model.until or ''}".rstrip())
    if _OTHER_USES & set(model.uses) and not _CHAT_USES & set(model.uses):
        notes.append("the provider does not state that it generates text")
    return ModelProposal(handle, written, tuple(notes), model)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _mapped(values: Sequence[str], names: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(names[value] for value in values if value in names))
