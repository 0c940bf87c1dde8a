"""One handle with several types, in one backend or in several; the `handle` key of the newest releases."""

from __future__ import annotations

import copy

from ..registry import mutation
from ..scenario import Scenario
from ..tables import Table, spec_path

OTHER_TYPES = ("text_extractor", "img_gen")


def other_type(s: Scenario) -> str:
    """A model type other than `llm` that the release knows."""
    return "text_extractor" if s.minor == 10 else s.rng.choice(OTHER_TYPES)


def image_model() -> Table:
    return {"model_type": "img_gen", "sdk": "openai_img_gen", "model_id": "an-image-model", "costs": {}}


@mutation()
def same_handle_other_type_elsewhere(s: Scenario) -> str:
    """Two backends declare one name, each as another type."""
    backend, name, _ = s.pick_model()
    kind = other_type(s)
    s.add_backend("twin", {name: {**image_model(), "model_type": kind}})
    if s.rng.random() < 0.5:
        s.routes()[s.rng.choice([name, f"{name[:3]}*"])] = s.rng.choice([backend, "twin"])
    return f"{name} of {backend} also in twin, as {kind}"


@mutation()
def same_handle_three_backends(s: Scenario) -> str:
    """The order of first declaration decides, and the profile matches the name once."""
    _, name, table = s.pick_model()
    for backend, kind in (("triplet-a", "llm"), ("triplet-b", other_type(s)), ("triplet-c", "llm")):
        model = {"sdk": "openai", "costs": {}, **copy.deepcopy(table), "model_type": kind, "model_id": f"of-{backend}"}
        s.add_backend(backend, {name: model})
    s.routes()[s.rng.choice([name, f"{name[:2]}*", "zz*"])] = s.rng.choice(["triplet-a", "triplet-b", "triplet-c"])
    return f"{name} in three more backends"


@mutation()
def names_shared_across_families(s: Scenario) -> str:
    """A preset of one family names a model of another type."""
    backend = s.provider()
    s.edit(spec_path(backend))["cross-model"] = {**image_model(), "model_type": other_type(s)}
    s.preset("cross_preset", "cross-model")
    s.alias("cross-alias", "cross-model")
    return f"{backend}/cross-model, an LLM preset and an LLM alias on it"


@mutation()
def alias_named_as_model_of_other_type(s: Scenario) -> str:
    backend = s.provider()
    s.edit(spec_path(backend))["conflict"] = {**image_model(), "model_type": other_type(s)}
    file = s.alias("conflict", s.an_llm())
    s.preset("conflict_preset", s.rng.choice(["conflict", "@conflict"]) if s.by_family else "conflict", file)
    return f"{backend}/conflict and an LLM alias of that name"


@mutation()
def llm_served_as_other_type(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    table["model_type"] = other_type(s)
    return f"{backend}/{name} becomes {table['model_type']}"


@mutation(since=78)
def handle_for_two_types(s: Scenario) -> str:
    backend, name, _ = s.pick_model()
    s.edit(spec_path(backend))["second-table"] = {"handle": name, **image_model()}
    return f"{backend}: {name} also as an image model"


@mutation(breaks=True, since=78)
def handle_twice_for_one_type(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    s.edit(spec_path(backend))["second-table"] = {**copy.deepcopy(table), "handle": name}
    return f"{backend}: {name} twice"


@mutation(since=78)
def handle_renames(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    table["handle"] = f"{name}-renamed"
    if s.rng.random() < 0.5:
        s.preset("renamed_preset", f"{name}-renamed")
    return f"{backend}: {name} is served as {name}-renamed"


@mutation(breaks=True, since=78)
def handle_of_bad_shape(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    table["handle"] = s.rng.choice(["", 3, " ", ["a"]])
    return f"{backend}/{name}.handle = {table['handle']!r}"


@mutation(since=19)
def search_model(s: Scenario) -> str:
    backend = s.provider()
    model = {"model_type": "search", "sdk": "linkup", "model_id": "seek", "costs": {}}
    s.edit(spec_path(backend))["seeker"] = model
    s.deck_put(["search", "aliases", "seek"], "seeker")
    s.deck_put(["search", "choice_default"], s.rng.choice(["@seek", "seeker", "seek", "~none"]))
    return f"{backend}/seeker"


@mutation(breaks=True)
def model_type_too_new(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    table["model_type"] = s.rng.choice(["judgment", "doc_gen", "search", "LLM", "llm "])
    return f"{backend}/{name} as {table['model_type']!r}"
