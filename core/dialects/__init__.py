"""Dialects: reading the shapes in which Pipelex releases wrote trees into one set of entities."""
