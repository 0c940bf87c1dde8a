"""Tests of the pages over the main screen."""
