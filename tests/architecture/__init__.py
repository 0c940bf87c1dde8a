"""Rules about the code itself: who imports whom, how a file begins, how long it is."""
