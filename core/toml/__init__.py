"""TOML: tolerant reading, positions of keys, redaction, and edits that keep the text."""
