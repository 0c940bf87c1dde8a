"""Rules about the code: imports, docstrings, file lengths."""
