"""The JSON documents of the commands: a typed dict for each, its builder beside it, and schemas made from the types."""
