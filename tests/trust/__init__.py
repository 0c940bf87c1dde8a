"""Attacks on the whole: secrets, hostile text, untrusted trees, lines that drop, disks that move, load."""
