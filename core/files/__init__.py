"""Files of a tree: finding them, reading them, layering them."""
