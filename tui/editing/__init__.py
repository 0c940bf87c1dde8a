"""Editing from the main screen: intents are proposed to the workspace, accepted, undone, written.

What it needs of `core` takes its time to import, so the main screen imports it when it is first asked for.
"""
