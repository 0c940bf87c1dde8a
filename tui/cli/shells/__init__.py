"""Shell completion: what the command line takes, and the scripts that tell it to each shell."""
