"""Layers: the file a value comes from, the files that set it too, and the value left when the top layer is removed."""

from __future__ import annotations

from core.layers.item_layers import layers_at, settings_of, spec_of
from core.layers.layer_stack import PIPELEX, Layers, LayerValue, Restored, is_required, model_layers

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
