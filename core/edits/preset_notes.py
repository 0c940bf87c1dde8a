"""What a preset gains or loses with its model: told as notes of an edit, so that nobody finds out by running it."""

from __future__ import annotations

from collections.abc import Mapping

from core.edits.edit_session import EditSession
from core.entities import ModelSpec, as_float
from core.limits import fixed_temperature


def note_losses(session: EditSession, family: str, old: str, new: str) -> None:
    """Say what the model of one reference can do and that of another cannot."""
    resolver = session.report.resolver
    before, after = resolver.text(old, family).spec, resolver.text(new, family).spec
    if before is None or after is None or before == after:
        return
    for key, verb in (("inputs", "takes"), ("outputs", "gives")):
        lost = [name for name in before.names(key) if name not in after.names(key)]
        if lost:
            session.note(f"`{after.handle}` {verb} no {' and no '.join(lost)}, as `{before.handle}` does")


def note_fit(session: EditSession, family: str, fields: Mapping[str, object], reference: str) -> None:
    """Say where settings of a preset go beyond what the model does that it names."""
    spec = session.report.resolver.text(reference, family).spec
    if spec is None:
        return
    asked = fields.get("max_tokens")
    most = spec.max_tokens
    if isinstance(asked, int) and not isinstance(asked, bool) and most is not None and asked > most:
        session.note(f"it asks for {asked} tokens, and `{spec.handle}` gives at most {most}")
    _note_temperature(session, fields, spec)


def _note_temperature(session: EditSession, fields: Mapping[str, object], spec: ModelSpec) -> None:
    asked, fixed = fields.get("temperature"), fixed_temperature(session.report.catalog, spec)
    if not isinstance(asked, int | float) or isinstance(asked, bool) or fixed is None or as_float(asked) == fixed:
        return
    session.note(f"it asks for temperature {asked:g}, and `{spec.handle}` always uses {fixed:g}")
