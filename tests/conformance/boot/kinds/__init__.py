"""The kinds of trees, by subject; importing a module registers its kinds."""

from . import toml_forms

__all__ = ["toml_forms"]
