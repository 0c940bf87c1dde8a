"""Edits in the words of the domain: an intent becomes steps on the right files, in the right layer and dialect."""
