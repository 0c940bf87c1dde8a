"""Widgets of the app that Textual does not have, or has at too many bytes a key."""
