"""Needs of pipes: the input and output that a pipe requires of its model, and whether a model supports them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from core.entities import ModelSpec, Path
from core.formatting import counted
from core.methods.concepts import ContentKind, Slot, read_slot
from core.methods.method_files import Methods, Pipe
from core.methods.prompts import reads
from core.methods.sub_pipes import Asked
from core.records import dataclass
from core.refusals import Worker, worker_of
from core.releases import FIRST_OF_0_18, Behaviours, Release

_PROMPTS: Final = {"PipeLLM": ("prompt", "system_prompt"), "PipeJudge": ("prompt",), "PipeImgGen": ("prompt",)}
"""The templates of each pipe type whose images and documents go to the model."""
_DOCUMENT_FORMATS: Final = frozenset({"pdf", "docx", "pptx", "xlsx", "html"})
_DEFAULT_MAX_IMAGES: Final = 5000
_WEB_PAGES_SINCE: Final = Release(0, 19, 0)
_IMAGE_TO_IMAGE_CHECKED_SINCE: Final = Release(0, 43, 0)


class Ability(StrEnum):
    """An ability of models that a pipe may need, as text."""

    IMAGES = "images"
    DOCUMENTS = "documents"
    IMAGE_FILE = "image files"
    DOCUMENT_FILE = "document files"
    CAPTIONS = "captions of images"
    STRUCTURED = "structured output"


@dataclass(frozen=True, slots=True)
class PipeNeed:
    """One need of a pipe: `source` is the input or key that it comes from, at `path` of the method file.

    `certain` is False where only a run can tell, as for an optional input. `count`: the least number of images.
    """

    ability: Ability
    source: str
    path: Path
    certain: bool = True
    count: int = 1


STEP: Final = "nb_output or multiple_output of a step"
"""The source of a need that a step has, not the pipe itself."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs of a pipe. `structured`: whether it requires structured output; None where only Python code decides.

    `also_text`: other steps require text of it. `by_step`: it declares text, and a step asks for a list.
    """

    files: tuple[PipeNeed, ...] = ()
    structured: bool | None = False
    also_text: bool = False
    by_step: bool = False


AS_DECLARED: Final = frozenset({Asked.AS_DECLARED})


def needs_of(pipe: Pipe, methods: Methods, behaviours: Behaviours, asked: frozenset[Asked] | None = None) -> Needs:
    """The needs of a pipe, as a release reads it. `asked`: the outputs that steps ask for, if known."""
    if asked is None:
        asked = methods.asked_outputs(behaviours).get((pipe.domain, pipe.code), AS_DECLARED)
    slots = dict(_slots(pipe))
    if pipe.model_type == "text_extractor":
        return Needs(tuple(_extracted(pipe, methods, slots)))
    wanted = {one: _structured(pipe, methods, behaviours, one) for one in asked} if pipe.model_type == "llm" else {}
    found = set(wanted.values())
    structured = None if None in found else True in found
    also_text = structured is True and False in found
    by_step = structured is True and _structured(pipe, methods, behaviours, Asked.AS_DECLARED) is False
    if pipe.type not in _PROMPTS:
        return Needs((), structured, also_text, by_step)
    read = _attached if behaviours.prompt_files == "what the prompt reads" else _image_inputs
    return Needs(tuple(_summed(read(pipe, methods, slots))), structured, also_text, by_step)


def _slots(pipe: Pipe) -> Iterator[tuple[str, Slot]]:
    inputs = pipe.table.get("inputs")
    if isinstance(inputs, str):
        inputs = {"input": inputs}
    for name, text in inputs.items() if isinstance(inputs, Mapping) else ():
        slot = read_slot(text)
        if slot is not None:
            yield str(name), slot


def _structured(pipe: Pipe, methods: Methods, behaviours: Behaviours, asked: Asked) -> bool | None:
    slot = read_slot(pipe.output)
    if pipe.type == "PipeStructure" or asked is Asked.LIST:
        return True
    if slot is None:
        return None
    is_list = slot.length is not None and (slot.length != 1 or behaviours.list_of_one)
    declared = is_list or any(pipe.table.get(key) for key in ("nb_output", "multiple_output"))
    if declared and asked is Asked.AS_DECLARED:
        return True
    kind = methods.concepts.kind(slot.concept, pipe.domain)
    if kind is ContentKind.UNKNOWN:
        return None
    return kind not in (ContentKind.TEXT, ContentKind.DYNAMIC)


_ABILITY: Final = {ContentKind.IMAGE: Ability.IMAGES, ContentKind.DOCUMENT: Ability.DOCUMENTS}
_FILE: Final = {ContentKind.IMAGE: Ability.IMAGE_FILE, ContentKind.DOCUMENT: Ability.DOCUMENT_FILE}


def _image_inputs(pipe: Pipe, methods: Methods, slots: Mapping[str, Slot]) -> Iterator[PipeNeed]:
    """Up to 0.17: every input that is an image, whether the prompt names it or not."""
    for name, slot in slots.items():
        if methods.concepts.kind(slot.concept, pipe.domain) is ContentKind.IMAGE:
            yield PipeNeed(Ability.IMAGES, name, (*pipe.path, "inputs", name))


def _attached(pipe: Pipe, methods: Methods, slots: Mapping[str, Slot]) -> Iterator[PipeNeed]:
    """From 0.18 on: the images and documents that a prompt reads, and those inside what it reads `with_images`."""
    concepts = methods.concepts
    for key in _PROMPTS[pipe.type]:
        for read in reads(pipe.text(key)):
            slot = slots.get(read.root)
            if slot is None:
                continue
            path: Path = (*pipe.path, "inputs", read.root)
            kind = concepts.kind(slot.concept, pipe.domain)
            certain = not slot.optional
            if read.path == read.root and kind in _ABILITY:
                ability = _ABILITY[kind]
                yield PipeNeed(ability, read.path, path, certain, 1 if slot.length is None else slot.length or 1)
                continue
            inner = read.path[len(read.root) + 1 :]
            for field, found in concepts.fields(slot.concept, pipe.domain):
                if field == inner or (read.with_images and found is ContentKind.IMAGE and _within(field, inner)):
                    yield PipeNeed(_ABILITY[found], f"{read.root}.{field}", path, certain)


def _within(field: str, path: str) -> bool:
    return not path or field.startswith(f"{path}.")


def _summed(needs: Iterator[PipeNeed]) -> Iterator[PipeNeed]:
    """One need for each ability, with the number of files that are certain."""
    found: dict[Ability, PipeNeed] = {}
    for need in needs:
        before = found.get(need.ability)
        if before is None or (need.certain and not before.certain):
            found[need.ability] = need
        elif need.certain and need.source != before.source:
            found[need.ability] = PipeNeed(need.ability, before.source, before.path, True, before.count + need.count)
    return iter(found.values())


def _extracted(pipe: Pipe, methods: Methods, slots: Mapping[str, Slot]) -> Iterator[PipeNeed]:
    for name, slot in slots.items():
        kind = methods.concepts.kind(slot.concept, pipe.domain)
        if kind in _FILE:
            yield PipeNeed(_FILE[kind], name, (*pipe.path, "inputs", name), not slot.optional)
    if pipe.table.get("page_image_captions") is True:
        yield PipeNeed(Ability.CAPTIONS, "page_image_captions", (*pipe.path, "page_image_captions"))


def lack_of(need: PipeNeed, spec: ModelSpec, release: Release) -> str:
    """Why a model does not do what a pipe needs, as Pipelex says it before the call; empty where it does."""
    inputs, outputs = frozenset(spec.names("inputs")), frozenset(spec.names("outputs"))
    if spec.model_type == "text_extractor":
        return _extract_lack(need, spec, release, inputs, outputs)
    if spec.model_type == "img_gen":
        checked = need.ability is Ability.IMAGES and release >= _IMAGE_TO_IMAGE_CHECKED_SINCE
        return "reads no images" if checked and "images" not in inputs else ""
    if need.ability is Ability.DOCUMENTS:
        return "" if inputs & _DOCUMENT_FORMATS else "reads no documents"
    if need.ability is not Ability.IMAGES:
        return ""
    if "images" not in inputs or worker_of(spec) is Worker.BEDROCK:
        return "reads no images"
    most = spec.fields.get("max_prompt_images")
    most = most if isinstance(most, int) and most > 0 else _DEFAULT_MAX_IMAGES
    return f"reads at most {counted(most, 'image')}, and gets {need.count}" if need.count > most else ""


def structure_lack(spec: ModelSpec) -> str:
    """Why a model gives no structured output: the Responses API needs a `structure_method` of its own."""
    method = spec.fields.get("structure_method")
    if worker_of(spec) is not Worker.RESPONSES or (isinstance(method, str) and "responses" in method):
        return ""
    return "needs a structure_method for the Responses API, such as `instructor/openai_responses_tools`"


def _extract_lack(
    need: PipeNeed, spec: ModelSpec, release: Release, inputs: frozenset[str], outputs: frozenset[str]
) -> str:
    if need.ability is Ability.IMAGE_FILE and spec.sdk == "pypdfium2":
        return "reads no image files"
    if need.ability is Ability.CAPTIONS and spec.sdk == "mistral":
        return "writes no captions of images"
    if release < FIRST_OF_0_18:
        return ""
    documents = {"pdf", "web_page"} if release >= _WEB_PAGES_SINCE else {"pdf"}
    if need.ability is Ability.IMAGE_FILE and "image" not in inputs:
        return "reads no image files"
    if need.ability is Ability.DOCUMENT_FILE and not inputs & documents:
        return "reads no document files"
    if need.ability is Ability.CAPTIONS and "captions" not in outputs:
        return "writes no captions of images"
    return ""
