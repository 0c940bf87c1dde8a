"""Live checks in the app: asked for by a key, run in a thread, shown as they come."""
