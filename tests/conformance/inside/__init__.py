"""The scripts that run inside a release's own environment; nothing here may import pipedeck."""
