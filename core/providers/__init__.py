"""The provider table: one row per provider, from which recognition, requests, masking and new trees are derived."""
