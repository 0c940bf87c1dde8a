"""Upgrades: a tree carried from the kit of one release to that of another as one edit."""
