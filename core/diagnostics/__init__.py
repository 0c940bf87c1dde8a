"""Diagnostics: the record of every problem code, with its severity, meaning, example and fix."""
