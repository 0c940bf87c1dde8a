"""Widgets that Textual lacks, or whose own version sends too many bytes per key."""
