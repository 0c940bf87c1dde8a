"""Edits of one TOML text that leave every byte they do not concern alone: scan, plan, splice, judge."""
