"""The settings files against the real package: the table of schemas, mutations of the stock file, their measurement."""
