"""Tests of the app: real keys in, the resulting screen out."""
