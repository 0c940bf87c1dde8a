"""The settings files `pipelex.toml` and `telemetry.toml`: what each release accepts in them, and what it refuses."""
