"""The settings in force: the files merged over those of the package, as the release validates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.entities import Path
from core.files.source import LayeredDocument, layered, merged
from core.records import dataclass
from core.releases import Release
from core.settings.ledger import replayed
from core.settings.schema import FileKind, SettingsSchema, settings_schema
from core.settings.start import SECRETS_METHOD, StartFault, disabled_plugins, start_faults, value_at
from core.settings.validation import SettingsFault, settings_faults

Table = Mapping[str, object]


@dataclass(frozen=True)
class SettingsInForce:
    """The merged settings of the user, with the faults that the release refuses."""

    data: Table
    faults: tuple[SettingsFault, ...] = ()
    former: tuple[Path, ...] = ()
    """Keys of former releases, which the release reads under their present names."""
    stops: tuple[StartFault, ...] = ()
    """Valid settings with which the release does not start all the same."""
    disabled: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The disabled plugin of each model type and sdk that only it serves."""

    @property
    def secrets_method(self) -> tuple[Path, str] | None:
        """The key and the name of the method for secrets that a plugin has to provide; None for the environment."""
        for path in SECRETS_METHOD:
            method = value_at(self.data, path)
            if isinstance(method, str) and method != "env":
                return tuple(path.split(".")), method
        return None


NOTHING = SettingsInForce({})


def settings_in_force(document: LayeredDocument, release: Release, kind: FileKind) -> SettingsInForce:
    """Merge and validate the files of a kind for a release; from 0.46 on those of former releases are read too.

    A file that cannot be read is left out: 0.10 continues without it, newer releases stop there.
    """
    readable = tuple(source for source in document.sources if source.readable and source.refusal is None)
    if not any(source.data for source in readable):
        return NOTHING
    schema = settings_schema(kind, release)
    whole = document if len(readable) == len(document.sources) else layered(readable)
    data = _without_version(whole.data) if schema.operations else whole.data
    faults = settings_faults(schema, data)
    former: tuple[Path, ...] = ()
    if faults and schema.operations:
        data, faults, former = _replayed(schema, data, faults, [source.data for source in readable])
    if faults:
        return SettingsInForce(data, faults, former)
    stops = tuple(start_faults(schema, data, release))
    names = disabled_plugins(schema, data)
    disabled = {_worker(key): plugin for key, plugin in schema.capabilities.items() if plugin in names}
    return SettingsInForce(data, (), former, stops, disabled)


def _worker(capability: str) -> tuple[str, str]:
    """The model type and sdk of a capability."""
    family, _, sdk = capability.partition(" ")
    return ("text_extractor" if family == "extract" else family), sdk


def _replayed(
    schema: SettingsSchema, data: Table, faults: tuple[SettingsFault, ...], documents: list[dict[str, object]]
) -> tuple[Table, tuple[SettingsFault, ...], tuple[Path, ...]]:
    """The settings as the release translates those of former releases, if that ends their faults.

    The faults that remain otherwise are the original ones; the paths of those that the translation ends come last.
    """
    changed_documents, changed = replayed(documents, schema.operations)
    if not changed:
        return data, faults, ()
    present = merged(changed_documents)
    assert isinstance(present, dict)
    remaining = settings_faults(schema, translated := _without_version(present))
    remaining_paths = {fault.path for fault in remaining}
    former = tuple(fault.path for fault in faults if fault.path not in remaining_paths)
    return (data, faults, former) if remaining else (translated, (), former)


def _without_version(data: Table) -> Table:
    """The settings without `[meta] schema_version`, which is reserved from 0.46 on."""
    meta = data.get("meta")
    if not isinstance(meta, dict) or "schema_version" not in meta:
        return data
    rest = {key: value for key, value in meta.items() if key != "schema_version"}
    others = {key: value for key, value in data.items() if key != "meta"}
    return {**others, "meta": rest} if rest else others
