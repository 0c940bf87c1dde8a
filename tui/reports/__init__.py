"""Text reports: the answers of pipedeck as plain text, shared by the command line and the export of the app."""
