"""The sample as a project of one's own."""

from tests.tui.pages.reading import shop

__all__ = ["shop"]
