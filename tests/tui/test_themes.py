"""The themes: contrast, the choice for a terminal, and output without colours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.color import Color, ColorSystem, ColorType
from rich.segment import Segment
from rich.style import Style

from tests.tui.app_driver import AppDriver, demo
from tui.styles.themes import ANSI, ANSI_LIGHT, CONTRAST, DARK, LIGHT, THEMES, has_256_colours, theme_for

Rgb = tuple[int, int, int]
Palette = tuple[Rgb, ...]

# The default palettes of the 16 colours.
XTERM: Palette = (
    *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
    *((127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255)),
    (255, 255, 255),
)
VGA: Palette = (
    *((0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170)),
    *((85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255)),
    (255, 255, 255),
)
WALK: tuple[tuple[str, ...], ...] = (
    (),
    ("4", "end"),
    ("4", "l"),
    ("5", "down"),
    ("slash", "a"),
    ("escape", "2", "s", "G"),
    ("colon", "g"),
    ("escape", "question_mark"),
)


def luminance(colour: Rgb) -> float:
    """The relative luminance as in the Web Content Accessibility Guidelines."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rgb(colour: Color | None, palette: Palette, default: Rgb) -> Rgb:
    """The colour that a terminal shows: the app sends numbers of the palette of 256."""
    if colour is None or colour.type is ColorType.DEFAULT:
        return default
    if colour.triplet is not None:
        red, green, blue = colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        return red, green, blue
    assert colour.number is not None
    return palette[colour.number]


def words(app: AppDriver) -> Iterator[tuple[str, Style]]:
    """All text on the screen with its style, without rules and blanks."""
    for strip in app.app.screen._compositor.render_strips():
        for segment in Segment.simplify(strip):
            if any(character.isalnum() for character in segment.text) and segment.style is not None:
                yield segment.text, segment.style


async def faint(palette: Palette, ink: Rgb, ground: Rgb, least: float) -> list[str]:
    """The texts with less contrast than `least` on several screens."""
    faint_ = []
    async with demo() as app:
        for keys in WALK:
            await app.press(*keys)
            for text, style in words(app):
                front, back = rgb(style.color, palette, ink), rgb(style.bgcolor, palette, ground)
                if style.reverse:
                    front, back = back, front
                assert not style.dim, f"{text}: how faint this is, only the terminal knows"
                if (far := contrast(front, back)) < least:
                    faint_.append(f"{text.strip()}: {front} on {back} {far:.2f}")
    return faint_


@pytest.mark.parametrize("name", ["dark", "light", "contrast"])
async def test_all_text_has_enough_contrast(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEDECK_THEME", name)
    assert await faint(XTERM, (0, 0, 0), (0, 0, 0), 7.0 if name == "contrast" else 4.5) == []


@pytest.mark.parametrize("palette", [XTERM, VGA], ids=["xterm", "vga"])
@pytest.mark.parametrize("name", ["ansi", "ansi-light"])
async def test_ansi_colours_have_enough_contrast_in_default_palettes(
    name: str, palette: Palette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEDECK_THEME", name)
    dark = name == "ansi"
    ink, ground = (palette[7], palette[0]) if dark else (palette[0], palette[15])
    assert await faint(palette, ink, ground, 4.5) == []


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"TERM": "xterm-256color"}, DARK),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, LIGHT),
        ({"TERM": "xterm-256color", "COLORFGBG": "15;0"}, DARK),
        ({"TERM": "screen"}, ANSI),
        ({"TERM": "linux"}, ANSI),
        ({"TERM": "xterm", "COLORFGBG": "0;default;15"}, ANSI_LIGHT),
        ({"TERM": "alacritty"}, DARK),
        ({"TERM": "xterm-kitty"}, DARK),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, DARK),
    ],
)
def test_auto_theme_fits_the_terminal(environ: dict[str, str], theme: object) -> None:
    assert theme_for("auto", environ) is theme
    assert has_256_colours(environ) == (theme in (DARK, LIGHT))
    assert theme_for("contrast", environ) is CONTRAST


async def test_theme_applies_to_the_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, theme in THEMES.items():
        monkeypatch.setenv("PIPEDECK_THEME", name)
        async with demo() as app:
            assert app.app.theme == theme.name


@pytest.mark.parametrize("name", ["ansi", "ansi-light"])
async def test_ansi_colours_are_sent_unchanged(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEDECK_THEME", name)
    async with demo() as app:
        for _, style in words(app):
            for colour in (style.color, style.bgcolor):
                assert colour is None or colour.type in (ColorType.DEFAULT, ColorType.STANDARD)


async def test_no_color_disables_themes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PIPEDECK_THEME", "light")
    async with demo() as app:
        assert app.app.theme == ANSI.name
        await app.press("ctrl+t")
        assert app.lines[-1] == " NO_COLOR is set"
