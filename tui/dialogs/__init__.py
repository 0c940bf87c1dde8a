"""Questions over a screen: answers to choose, lines to pick from, text to type, text to read."""
