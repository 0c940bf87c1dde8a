"""New trees: the providers to choose from, the files to write for them, and the writing."""

from core.scaffold.deck_content import GAP_LABELS
from core.scaffold.scaffold import (
    Offer,
    Scaffold,
    existing_files,
    list_offers,
    new_location,
    preselect,
    scaffold_at,
    write_plan,
)
from core.scaffold.scaffold_plan import NewFile, ScaffoldError, ScaffoldPlan, plan_tree

__all__ = [
    "GAP_LABELS",
    "NewFile",
    "Offer",
    "Scaffold",
    "ScaffoldError",
    "ScaffoldPlan",
    "existing_files",
    "list_offers",
    "new_location",
    "plan_tree",
    "preselect",
    "scaffold_at",
    "write_plan",
]
