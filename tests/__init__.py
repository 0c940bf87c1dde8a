"""The tests of pipedeck: through public seams, on real files, cut off from the home, the keys and the network."""
