"""Fixes of every diagnostic, applied to generated trees and judged by whole boots of the releases."""
