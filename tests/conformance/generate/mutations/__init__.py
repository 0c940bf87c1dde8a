"""The changes a case is made of, by subject; importing a module registers its mutations."""
