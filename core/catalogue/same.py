"""The same model on other backends, told by its handle and by its id without what providers add to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from core.api import Report
from core.catalogue.offers import Offer, offers

_DATE = re.compile(r"[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2})(?=$|[-:])")
_REVISION = re.compile(r"(?:-v\d+:\d+|:[a-z]\w*)$")
_VENDOR = re.compile(r"^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai|google|qwen|ai21)\.")


@lru_cache(maxsize=4096)
def plain_model(model_id: str) -> str:
    """A model id without what providers add to it, to tell the same model on several: vendor, date and revision.

    `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `anthropic/claude-sonnet-4.5` and `claude-sonnet-4-5-20250929` are
    all `claude-sonnet-4-5`.
    """
    name = model_id.strip().lower().rsplit("/", 1)[-1]
    name = _VENDOR.sub("", name)
    name = _REVISION.sub("", name)
    name = _DATE.sub("", name)
    return name.replace(".", "-").replace("_", "-")


def elsewhere(report: Report, offer: Offer, known: Sequence[Offer] | None = None) -> tuple[Offer, ...]:
    """The offers of the same model by other backends: of the same handle first, then of what is surely the same model.

    `known` are the report's offers, when they are at hand.
    """
    same_handle, same_model = [], []
    plain = plain_model(offer.model_id)
    for other in known if known is not None else offers(report):
        if other.spec is offer.spec or other.model_type != offer.model_type:
            continue
        if other.handle == offer.handle:
            same_handle.append(other)
        elif plain and plain == plain_model(other.model_id):
            same_model.append(other)
    return (*same_handle, *same_model)
