"""Dialogs over a screen: text to read, answers or rows to choose, input lines."""
