"""Shared helpers of tests: isolation from the machine, stock trees, fake servers."""
