"""The methods of a project, as its release reads them."""

from __future__ import annotations

from typing import Final

from core.catalog import Catalog
from core.files.environment import process_variables
from core.files.view import DISK, View
from core.methods.method_files import NO_METHODS, Methods, read_methods
from core.methods.method_search import DISK_LISTING, EXCLUDED, FolderListing, method_folders
from core.settings.start import value_at

_EXCLUDED_DIRS: Final = ("interpreter.scan.excluded_dirs", "pipelex.scan_config.excluded_dirs")


def project_methods(
    catalog: Catalog, previous: Methods | None = None, *, view: View = DISK, listing: FolderListing = DISK_LISTING
) -> Methods:
    """The methods that the release of a catalog reads; unchanged files of `previous` are reused."""
    paths, data = catalog.tree.paths, catalog.settings_in_force.data
    names = next((value for key in _EXCLUDED_DIRS if isinstance(value := value_at(data, key), list)), None)
    excluded = EXCLUDED if names is None else frozenset(name for name in names if isinstance(name, str))
    folders = method_folders(paths, process_variables(catalog.environment, paths))
    known = previous or NO_METHODS
    return read_methods(folders, paths.inference, excluded=excluded, previous=known, view=view, listing=listing)
