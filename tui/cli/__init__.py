"""The command line: the same answers as the app, for scripts. Imports no textual until the app is asked for."""
