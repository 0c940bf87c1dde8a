"""The five lists at the left. Each module says what one of them shows; `pane` is the widget they share."""

from tui.panes import backends, deck, models, problems, routes
from tui.panes.spec import PaneSpec

PANE_SPECS: tuple[PaneSpec, ...] = (backends.PANE, models.PANE, routes.PANE, deck.PANE, problems.PANE)
