"""Several edits as one step: drawn one after the other, each on the tree as the ones before it leave it."""

from __future__ import annotations

from core.edits.desk import Desk
from core.edits.intent import Intent
from core.edits.refusals import NotDoneError, Where
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Several:
    """Edits with the layer of each, under one name.

    One that cannot be done any more is left out, with a note; with `whole` nothing is done then.
    """

    label: str
    intents: tuple[tuple[Intent, Where], ...]
    whole: bool = False

    def draw(self, desk: Desk) -> None:
        """See `Intent`. Raises NotDoneError when none of them can be done, with `whole` when one cannot."""
        last: NotDoneError | None = None
        done = 0
        where = desk.where
        for number, (intent, layer) in enumerate(self.intents):
            if number and done:
                desk.advance()
            desk.where = layer if layer is not Where.AUTO else where
            steps, contents = list(desk.steps), dict(desk.contents)
            try:
                intent.draw(desk)
                done += 1
            except NotDoneError as refused:
                if self.whole:
                    raise
                last = refused
                desk.steps[:] = steps
                del desk.befores[len(steps) :]
                desk.contents.clear()
                desk.contents.update(contents)
                desk.note(f"left out: {intent.label}")
        desk.where = where
        if last is not None and not done:
            raise last
