"""Upgrades of stock, real and randomly edited trees, judged by whole boots of the target release."""
