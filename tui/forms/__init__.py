"""Forms: the fields of an item, each with its allowed values, its origin, and the edit that changes it."""
