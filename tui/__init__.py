"""The Textual app and the command line of pipedeck, over the headless `core`."""
