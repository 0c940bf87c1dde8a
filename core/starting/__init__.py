"""From nothing to a working tree: the providers that can be chosen, the files to write for them, the writing."""

from core.starting.beginning import Beginning, begin
from core.starting.offers import Offer, offers, preselected
from core.starting.place import occupied, place_for
from core.starting.plan import GAP_WORDS, NewFile, StartError, StartPlan, plan_init
from core.starting.writing import write_plan

__all__ = [
    "GAP_WORDS",
    "Beginning",
    "NewFile",
    "Offer",
    "StartError",
    "StartPlan",
    "begin",
    "occupied",
    "offers",
    "place_for",
    "plan_init",
    "preselected",
    "write_plan",
]
