"""Forms: the fields of a thing, each with what it takes, where it comes from, and the edit that changes it."""
