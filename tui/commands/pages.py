"""Commands that open pages, and that work on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.command import Command
from tui.commands import availability
from tui.selection import OVERVIEW

if TYPE_CHECKING:
    from tui.pages.layers_page import LayersScreen
    from tui.pages.map_page import MapScreen
    from tui.pages.page_screen import PageScreen
    from tui.pages.prices_page import PricesScreen
    from tui.pages.spent_page import SpentScreen
    from tui.screens.main import MainScreen

    AnyScreen = MainScreen | PageScreen[Any]


def explain(screen: AnyScreen) -> None:
    """Open the explanation of the selected item."""
    from tui.pages.open_pages import open_explanation

    open_explanation(screen.main, screen.selected, screen)


def show_layers(screen: AnyScreen) -> None:
    """Open the layers of the selected item."""
    from tui.pages.open_pages import open_layers

    open_layers(screen.main, screen.selected, screen)


def drop_value(screen: LayersScreen) -> None:
    """Remove the value under the cursor from its layer."""
    screen.drop()


def compare(screen: AnyScreen) -> None:
    """Compare the marked models, or pick what to compare the present state with."""
    from tui.pages.open_pages import open_comparison

    on_models = screen is not screen.main or screen.main.session.pane == "models"
    open_comparison(screen.main, screen.selected if on_models else OVERVIEW, screen)


def what_if(screen: AnyScreen) -> None:
    """Show the effects of the loss of the selected backend or variable."""
    from tui.pages.open_pages import open_outage

    open_outage(screen.main, screen.selected, screen)


def test_route(screen: MainScreen) -> None:
    """Open the route tester."""
    from tui.pages.route_tester import RouteTesterScreen

    view, ref = screen.session.view, screen.session.selected
    if view is not None:
        screen.app.push_screen(RouteTesterScreen(screen, view, ref.name if ref.kind == "model" else ""))


def show_keys(screen: MainScreen) -> None:
    """Open the page of the variables."""
    from tui.pages.variables_page import VariablesScreen

    if screen.session.view is not None:
        screen.app.push_screen(VariablesScreen(screen))


def show_prices(screen: MainScreen) -> None:
    """Open the page of prices."""
    from tui.pages.prices_page import PricesScreen

    if screen.session.view is not None:
        screen.app.push_screen(PricesScreen(screen))


def show_spent(screen: MainScreen) -> None:
    """Open the page of what past runs cost."""
    from tui.pages.spent_page import SpentScreen

    if screen.session.view is not None:
        screen.app.push_screen(SpentScreen(screen))


def spent_by(screen: SpentScreen) -> None:
    """Add up by the next of model, pipe, backend and day."""
    screen.next_by()


def spent_period(screen: SpentScreen) -> None:
    """Show the next period."""
    screen.next_period()


def read_traces(screen: SpentScreen) -> None:
    """Stop or continue reading the traces."""
    screen.read_or_stop()


def upgrade(screen: MainScreen) -> None:
    """Open the page of the upgrade to the installed release."""
    from tui.pages.upgrade_page import UpgradeScreen

    if screen.session.view is not None:
        screen.app.push_screen(UpgradeScreen(screen))


def show_map(screen: MainScreen | PageScreen[Any]) -> None:
    """Open the map; on it show the next family."""
    from tui.pages.map_page import MapScreen

    if isinstance(screen, MapScreen):
        screen.next_family()
    elif screen.main.session.view is not None:
        screen.app.push_screen(MapScreen(screen.main, screen.selected))


def narrow_map(screen: MapScreen) -> None:
    """Type words that the lines of the map must contain."""
    screen.start_filter()


def mark_price(screen: PricesScreen) -> None:
    """Mark the price under the cursor, or unmark it."""
    screen.mark()


def take_prices(screen: PricesScreen) -> None:
    """Take the published price of the marked models."""
    screen.take()


def export(screen: AnyScreen) -> None:
    """Copy or write the data of the selected item, or of the page."""
    from tui.pages.exports import offer
    from tui.pages.open_pages import export_from

    if (content := export_from(screen)) is not None:
        offer(screen.app, content)


def go_back(screen: PageScreen[Any]) -> None:
    """Close the page, or end what it does."""
    screen.leave()


def next_part(screen: PageScreen[Any]) -> None:
    """Scroll to the next heading; after the last one to the top."""
    lines, top = screen.lines, screen.lines.scroll_offset.y
    headings = (
        lines.row_of(index)
        for index, line in enumerate(lines.lines)
        if line.spans[:1] and line.spans[0][1] == "heading"
    )
    lines.scroll_to_line(next((row for row in headings if row > top), 0))
    lines.repaint()


EVERYWHERE = ("everywhere", "page")

COMMANDS = (
    Command(
        "map",
        ("M",),
        "map",
        "the map: where names end, of the selected backend; there: the next family",
        EVERYWHERE,
        run=show_map,
    ),
    Command(
        "map-filter",
        ("slash",),
        "filter",
        "narrow the map to lines with some words; esc clears",
        ("page",),
        0,
        availability.narrowable,
        narrow_map,
    ),
    Command(
        "explain",
        ("e",),
        "explain",
        "its full trail, settings and uses",
        EVERYWHERE,
        3,
        run=explain,
    ),
    Command(
        "layers",
        ("I",),
        "layers",
        "the layers of its values",
        EVERYWHERE,
        7,
        run=show_layers,
    ),
    Command(
        "drop",
        ("x",),
        "remove",
        "remove the effective value, to use the layer below",
        ("page",),
        0,
        availability.on("value", sentence="x removes values in the layers of an item: I"),
        drop_value,
    ),
    Command(
        "compare",
        ("c",),
        "compare",
        "compare marked models, profiles, releases, or the loss of a backend or key",
        EVERYWHERE,
        7,
        run=compare,
    ),
    Command(
        "what-if",
        ("exclamation_mark",),
        "if down",
        "the effects of an outage of this backend, or the loss of this key",
        EVERYWHERE,
        0,
        availability.what_if,
        what_if,
    ),
    Command(
        "route-test",
        ("equals_sign",),
        "test",
        "test which route matches a name",
        EVERYWHERE,
        run=test_route,
        closes_pages=True,
    ),
    Command(
        "keys",
        ("6",),
        "keys",
        "every variable, with its state and source",
        EVERYWHERE,
        run=show_keys,
        closes_pages=True,
    ),
    Command(
        "prices",
        ("D",),
        "prices",
        "prices that agree with no published source",
        EVERYWHERE,
        run=show_prices,
        closes_pages=True,
    ),
    Command(
        "spent",
        ("8",),
        "spent",
        "what past runs cost, by the traces of the project",
        EVERYWHERE,
        run=show_spent,
        closes_pages=True,
    ),
    Command(
        "spent-by",
        ("b",),
        "by",
        "on the page of past runs: by model, pipe, backend or day",
        ("page",),
        0,
        availability.spent,
        spent_by,
    ),
    Command(
        "spent-period",
        ("p",),
        "period",
        "on the page of past runs: the next period",
        ("page",),
        0,
        availability.spent,
        spent_period,
    ),
    Command(
        "read-traces",
        ("s",),
        "stop or read",
        "on the page of past runs: stop or continue reading the traces",
        ("page",),
        0,
        availability.spent,
        read_traces,
    ),
    Command(
        "upgrade",
        ("U",),
        "upgrade",
        "carry the tree to the kit of the installed release, your changes kept",
        EVERYWHERE,
        0,
        availability.edit,
        upgrade,
        closes_pages=True,
    ),
    Command(
        "mark-price",
        ("space",),
        "mark",
        "mark a price of the page of prices",
        ("page",),
        0,
        availability.on("price", sentence="space marks a price of the page of prices: D"),
        mark_price,
    ),
    Command(
        "take-prices",
        ("a",),
        "take",
        "take the published prices of the marked models, or of this one, as one edit",
        ("page",),
        0,
        availability.on("price", sentence="a takes published prices on the page of prices: D"),
        take_prices,
    ),
    Command(
        "export",
        ("Y",),
        "copy all",
        "copy or write its data as text, JSON or TOML",
        EVERYWHERE,
        6,
        run=export,
    ),
    Command(
        "page-back",
        ("escape", "q", "h", "left", "left_square_bracket"),
        "back",
        "back to the previous screen",
        ("page",),
        2,
        run=go_back,
    ),
    Command("page-next", ("tab",), "next part", "go to the next part of the page", ("page",), 7, run=next_part),
)
