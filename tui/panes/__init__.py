"""The lists at the left. Each module has the rows and columns of one; `pane` is the widget they share."""

from tui.panes import backends, deck, methods, models, problems, routes
from tui.panes.pane_spec import PaneSpec

PANE_SPECS: tuple[PaneSpec, ...] = (backends.PANE, models.PANE, routes.PANE, deck.PANE, problems.PANE, methods.PANE)
