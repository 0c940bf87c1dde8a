"""Tests of the app: real keys, and what is on the screen after them."""
