"""What of the app and of its main screen others may use: they act on these, and never import the two themselves."""
