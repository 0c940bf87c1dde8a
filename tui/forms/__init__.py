"""Forms: the fields of an item, each with what it takes, where it comes from, and the edit that changes it."""
