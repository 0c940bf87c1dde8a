"""The headless library of pipedeck: reads, resolves, checks and edits `.pipelex/inference` trees without a screen."""

__version__ = "0.1.0"
