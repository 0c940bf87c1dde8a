"""Output to the terminal in as few bytes as possible, which decides how fast the app feels over SSH."""
