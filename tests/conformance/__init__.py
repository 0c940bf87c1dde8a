"""The conformance suite: pipedeck's reading of generated trees, measured against the real Pipelex, release by release."""
