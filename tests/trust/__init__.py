"""Robustness and security tests: secrets, hostile text, untrusted trees, lost connections, disk changes, load."""
