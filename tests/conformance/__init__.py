"""The conformance suite: how pipedeck reads generated trees, measured against the real Pipelex, release by release."""
