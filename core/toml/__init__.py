"""TOML: reading it without ever failing, and finding where each key stands."""
