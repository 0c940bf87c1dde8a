"""Dialects: readers of the layouts in which Pipelex releases write trees, and the schemas of their tables."""
