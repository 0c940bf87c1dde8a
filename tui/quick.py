"""What Textual does twice or three times while an app starts, done once: styles, colours, layout, painting.

Each of these is a setting of a public seam of Textual; without them the screens look the same, a little later.
"""

from __future__ import annotations

from typing import Any, Self

from textual import events
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen

from tui.terminal.compositor import SpanCompositor


class QuickApp(App[None]):
    """An app that begins in its theme, rather than in Textual's own and then in another."""

    composes = True
    """Whether pictures are put together in our way rather than in Textual's."""
    _begun = False
    _variables: tuple[object, dict[str, str]] | None = None

    def begin_in(self, theme: str) -> None:
        """Be in a theme from the beginning; to be called once, when the app is made."""
        self.set_reactive(App.theme, theme)
        # Whether the terminal's own colours go out as they are is decided by the theme, here as when it changes.
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def screen_to_begin_with(self) -> Screen[Any]:
        """The screen that the app begins with."""
        return super().get_default_screen()

    def get_default_screen(self) -> Screen[Any]:
        """The same, ready to be shown."""
        return self._to_be_shown(self.screen_to_begin_with())

    def get_screen(self, screen: Any, screen_class: type[Screen[Any]] | None = None) -> Any:
        """The screen that is to be shown over another."""
        return self._to_be_shown(super().get_screen(screen, screen_class))

    def _to_be_shown(self, screen: Screen[Any]) -> Screen[Any]:
        if self.composes and not screen.is_running:
            screen._compositor = SpanCompositor()
        return screen

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme, worked out once."""
        theme = self.current_theme
        if self._variables is None or self._variables[0] is not theme:
            self._variables = (theme, super().get_css_variables())
        return dict(self._variables[1])

    def refresh_css(self, animate: bool = True) -> None:
        """Apply the colours of another theme; the one that the app begins in is in the style sheet already."""
        if self._begun:
            super().refresh_css(animate)
        self._begun = True


class QuickScreen(Screen[None]):
    """A screen that is styled, laid out and painted once when it is first shown."""

    _shown_before = False
    _just_painted = False
    _laid_out_for: Size | None = None

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Styles were applied when the widgets were mounted; the layout that follows paints everything."""
        self._just_painted = not self._shown_before
        if not self._shown_before:
            self._shown_before = True
            event.refresh_styles = False
            self._laid_out_for = self.app.size

    def on_resize(self, event: events.Resize) -> None:
        """Having been given its size, a screen would be laid out for it once more."""
        if event.size == self._laid_out_for:
            event.prevent_default()
        self._laid_out_for = event.size

    def refresh(self, *args: object, **options: object) -> Self:
        """Ask to be painted anew."""
        if self._just_painted and not args and not options:
            self._just_painted = False
            return self
        return super().refresh(*args, **options)  # type: ignore[arg-type]

    def draw_now(self) -> None:
        """Put on the terminal what was changed by a key, rather than after three rounds of messages about it."""
        visible = self._compositor.visible_widgets
        if not self.is_current or self._layout_required or any(one._layout_required for one in visible):
            return
        changed = {one for one in visible if one._repaint_required}
        for one in changed:
            one._repaint_required = False
        self._dirty_widgets |= changed
        self._on_timer_update()
