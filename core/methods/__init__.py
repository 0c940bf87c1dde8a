"""Methods: the programs of Pipelex in a project, read for the models that their pipes ask for."""

from __future__ import annotations

from core.methods.method_files import NO_METHODS, STRUCTURE_SUFFIX, MethodFile, Methods, ModelKey, Pipe, read_methods
from core.methods.method_search import DISK_LISTING, EXCLUDED, FolderListing, MethodFolder, Origin, method_folders

__all__ = [
    "DISK_LISTING",
    "EXCLUDED",
    "NO_METHODS",
    "STRUCTURE_SUFFIX",
    "FolderListing",
    "MethodFile",
    "MethodFolder",
    "Methods",
    "ModelKey",
    "Origin",
    "Pipe",
    "method_folders",
    "read_methods",
]
