"""The screens of the app, and their common code."""
