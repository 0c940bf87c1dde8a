"""The kinds of trees, by subject; importing a module registers its kinds."""

from . import (
    backends,
    deck,
    deck_entries,
    families,
    file_forms,
    layers,
    links,
    mixed,
    models,
    places,
    routing,
    settings,
    toml_forms,
    variables,
)

__all__ = [
    "backends",
    "deck",
    "deck_entries",
    "families",
    "file_forms",
    "layers",
    "links",
    "mixed",
    "models",
    "places",
    "routing",
    "settings",
    "toml_forms",
    "variables",
]
