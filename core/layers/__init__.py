"""Layers: where a value comes from, which files set it too, and what takes its place when the top one is removed."""

from __future__ import annotations

from core.layers.documents import is_required
from core.layers.finding import layers_at, settings_of, spec_of
from core.layers.models import model_layers
from core.layers.stack import PIPELEX, Layers, LayerValue, Restored

__all__ = [
    "PIPELEX",
    "LayerValue",
    "Layers",
    "Restored",
    "is_required",
    "layers_at",
    "model_layers",
    "settings_of",
    "spec_of",
]
