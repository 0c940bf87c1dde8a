"""Several edits as one."""

from __future__ import annotations

from core.edits.edit_session import EditSession
from core.edits.intent import EditLayer, EditRefusedError, Intent
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """Edits with the layer of each, under one name.

    One that cannot be done any more is left out, with a note; with `whole` nothing is done then.
    """

    label: str
    intents: tuple[tuple[Intent, EditLayer], ...]
    whole: bool = False

    def apply(self, session: EditSession) -> None:
        """See `Intent`. Raises EditRefusedError when none of them can be done, with `whole` when one cannot."""
        last: EditRefusedError | None = None
        count = 0
        outer = session.layer
        for number, (intent, layer) in enumerate(self.intents):
            if number and count:
                session.advance()
            session.layer = layer if layer is not EditLayer.AUTO else outer
            steps, contents = list(session.steps), dict(session.contents)
            try:
                intent.apply(session)
                count += 1
            except EditRefusedError as refused:
                if self.whole:
                    raise
                last = refused
                session.steps[:] = steps
                del session.previous_contents[len(steps) :]
                session.contents.clear()
                session.contents.update(contents)
                session.note(f"left out: {intent.label}")
        session.layer = outer
        if last is not None and not count:
            raise last
