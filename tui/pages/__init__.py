"""Pages over the main screen: explanations, layers, comparisons, keys, the route tester. Imported on first use."""
