"""Reader of a backend file: its defaults, model tables and placeholders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from core.diagnostics import model_codes
from core.dialects.field_values import describe, fault_text
from core.dialects.model_schema import (
    FLAT_DEFAULTS,
    LITERAL_MODEL_EXCEPTIONS,
    MODEL,
    SEED_TABLE,
    header_fault,
    is_seed_dialect,
    model_types,
    thinking_budget_fault,
)
from core.dialects.placeholder_faults import PlaceholderFault, descriptive, unfilled
from core.dialects.table_schema import Fault
from core.dialects.unquoted_keys import refuse_unquoted, unquoted
from core.entities import Backend, ModelSpec, Place
from core.errors import Condition
from core.files.source import Source
from core.problems import Findings
from core.records import dataclass
from core.releases import Behaviours, Release
from core.suggest import difference
from core.variables import Environment

DEFAULT_TYPE = "llm"
_MIGRATED_SINCE = Release(0, 46, 0)
_PLACEHOLDER_CONDITIONS = {
    "missing": Condition.SPEC_VARIABLE,
    "list": Condition.SPEC_VARIABLE_LIST,
    "prefix": Condition.SPEC_PREFIX,
}


@dataclass(frozen=True, slots=True)
class SpecReader:
    """Reads backend files for one release and collects their problems."""

    behaviours: Behaviours
    environment: Environment
    findings: Findings

    def read(
        self, backend: Backend, source: Source, previous: Mapping[str, ModelSpec] = MappingProxyType({})
    ) -> tuple[ModelSpec, ...]:
        """Read the models that a backend's file declares; `previous` are specs to reuse, by table.

        Problems are collected for enabled backends only: Pipelex does not read the files of the others.
        """
        # Most files hold no placeholder, and searching every string of a large file takes time.
        if backend.enabled and "${" in (source.document.text or ""):
            self._placeholders(backend, source)
        tables, defaults, defaults_place = self._layout(backend, source)
        seed = is_seed_dialect(source.data)
        if seed and backend.enabled:
            self._seed(backend, source)
        specs = []
        misnamed = "" if defaults_place is not None or seed else _meant_as_defaults(tables)
        for name, table in tables.items():
            path = (SEED_TABLE, name) if seed else (name,)
            place = Place(source.outline, path)
            if not isinstance(table, dict):
                if backend.enabled and not seed:
                    self._not_a_table(backend, name, table, place)
                continue
            spec = previous.get(name) or self._spec(
                backend, name, table, defaults, place, defaults_place, misnamed, quiet=seed
            )
            specs.append(spec)
        if backend.enabled and self.behaviours.index == "type and name":
            self._duplicates(backend, specs)
        return tuple(specs)

    def _layout(
        self, backend: Backend, source: Source
    ) -> tuple[Mapping[str, object], Mapping[str, object], Place | None]:
        """The model tables of a file, its defaults, and the place of the defaults."""
        seed = is_seed_dialect(source.data)
        flat = self.behaviours.model_defaults == "flat keys"
        tables = dict(source.data)
        defaults: dict[str, object] = {}
        place: Place | None = None
        if flat or seed:
            for key, field in FLAT_DEFAULTS.items():
                if key in tables:
                    defaults[field] = tables.pop(key)
                    place = Place(source.outline, ())
        if (not flat or seed) and "defaults" in tables:
            table = tables.pop("defaults")
            place = Place(source.outline, ("defaults",))
            if isinstance(table, dict):
                defaults = {**defaults, **table}
            if backend.enabled:
                self._check_defaults(backend, table, place)
        if seed:
            inner = tables.get(SEED_TABLE)
            assert isinstance(inner, dict)
            return inner, defaults, place
        return tables, defaults, place

    def _check_defaults(self, backend: Backend, table: object, place: Place) -> None:
        if not isinstance(table, dict):
            self.findings.refuse(
                model_codes.SPEC_INVALID,
                Condition.DEFAULTS_NOT_A_TABLE,
                f"`defaults` of backend `{backend.name}` is {describe(table)}, not a table",
                place,
                fix="write [defaults] with the fields that all models share",
                subject=backend.name,
            )
        elif "handle" in table and self.behaviours.handle_field:
            self.findings.refuse(
                model_codes.SPEC_INVALID,
                Condition.SPEC_SHAPE,
                f"`handle` in [defaults] of backend `{backend.name}` would give every model the same handle",
                place.at("handle"),
                fix="set `handle` in the one model's table that it renames",
                subject=backend.name,
            )

    def _seed(self, backend: Backend, source: Source) -> None:
        self.findings.refuse(
            model_codes.SEED_MODELS_TABLE,
            Condition.SPEC_SHAPE,
            f"backends/{backend.name}.toml keeps its models under [models.NAME]: no Pipelex release loads that,"
            " it sees one model named `models`",
            Place(source.outline, (SEED_TABLE,)),
            fix="write each [models.NAME] as [NAME], and shared fields in [defaults] (0.10: default_sdk)",
            subject=backend.name,
        )

    def _not_a_table(self, backend: Backend, name: str, value: object, place: Place) -> None:
        flat = name in FLAT_DEFAULTS
        self.findings.refuse(
            model_codes.SPEC_NOT_A_TABLE,
            Condition.SPEC_NOT_A_TABLE,
            f"`{name}` in the file of backend `{backend.name}` is {describe(value)}, not a model's table",
            place,
            fix=f"write [defaults] with {FLAT_DEFAULTS[name]} = ..."
            if flat
            else f"write a table [{name}], or remove it",
            subject=name,
        )

    def _spec(
        self,
        backend: Backend,
        name: str,
        table: Mapping[str, object],
        defaults: Mapping[str, object],
        place: Place,
        defaults_place: Place | None,
        misnamed: str,
        *,
        quiet: bool,
    ) -> ModelSpec:
        fields = {**defaults, **table}
        if self.behaviours.model_defaults == "flat keys" and table.get("sdk") == "":
            fields["sdk"] = defaults.get("sdk")  # 0.10 treats an empty sdk as missing
        usable = True
        if backend.enabled and not quiet:
            for fault in self._faults(table, defaults, backend):
                self._report(backend, name, fault, table, place, defaults_place, misnamed)
                usable = False
        handle = fields.get("handle") if self.behaviours.handle_field else None
        handle = handle if isinstance(handle, str) and handle else name
        model_type = self._filled(fields.get("model_type", DEFAULT_TYPE))
        if model_type not in model_types(self.behaviours.release):
            model_type = fields.get("model_type")  # as written: the value of a variable must not be shown
        sdk = fields.get("sdk")
        model_id = fields.get("model_id")
        return ModelSpec(
            backend=backend.name,
            handle=handle,
            table=name,
            model_type=model_type if isinstance(model_type, str) else DEFAULT_TYPE,
            sdk=sdk if isinstance(sdk, str) else None,
            model_id=model_id
            if isinstance(model_id, str) and (self._filled(model_id) or self.behaviours.model_id_required)
            else handle,
            fields=fields,
            place=place,
            defaults=defaults_place,
            own=frozenset(table),
            usable=usable,
        )

    def _faults(self, table: Mapping[str, object], defaults: Mapping[str, object], backend: Backend) -> Iterator[Fault]:
        """The faults of a model's table merged over the defaults, in the order in which the release reports them."""
        release = self.behaviours.release
        schema_fields = MODEL.fields_of(release)
        headers = self._header_faults(table) if not table.keys() <= schema_fields.keys() else []
        if self.behaviours.unknown_model_keys == "hyphenated header":
            yield from headers
        written = {**defaults, **table}
        fields = {
            key: self._filled(value) if isinstance(value, str) and "${" in value else value
            for key, value in written.items()
            if key in schema_fields or (key not in table and not _is_migrated(key, release))
        }
        # Validation needs filled placeholders; messages quote the file, so that no variable is shown.
        faults = [
            replace(fault, value=written.get(str(fault.path[0]), fault.value))
            for fault in MODEL.validate(fields, release)
        ]
        # In Pipelex a price of the wrong type raises another error before the other faults are reported.
        yield from (
            faults
            if len(faults) < 2
            else sorted(faults, key=lambda fault: self._condition(fault) is Condition.SPEC_SHAPE)
        )
        if self.behaviours.model_defaults == "flat keys" and not (fields.get("sdk") or defaults.get("sdk")):
            yield Fault(("sdk",), None, "a value, here or as default_sdk at the top of the file", "missing")
        if self.behaviours.unknown_model_keys != "hyphenated header":
            yield from headers
        if not faults and "valued_constraints" in schema_fields and self.behaviours.thinking_budgets:
            own_constraints, shared = fields.get("valued_constraints"), backend.fields.get("valued_constraints")
            merged = {
                **(shared if isinstance(shared, dict) else {}),
                **(own_constraints if isinstance(own_constraints, dict) else {}),
            }
            expected = thinking_budget_fault(merged) if merged else None
            if expected:
                yield Fault(("valued_constraints",), merged, expected)

    def _header_faults(self, table: Mapping[str, object]) -> list[Fault]:
        """The faults of the unknown keys of a model's table, which may be request headers."""
        behaviours = self.behaviours
        schema_fields = MODEL.fields_of(behaviours.release)
        keys = [key for key in table if key not in schema_fields and not _is_migrated(key, behaviours.release)]
        found = (header_fault(key, table[key], self._filled(table[key]), behaviours) for key in keys)
        return [fault for fault in found if fault is not None]

    def _filled(self, value: object) -> object:
        if isinstance(value, str):
            return self.environment.filled(value)
        return value

    def _condition(self, fault: Fault) -> Condition:
        value = fault.value
        if fault.kind == "costs" and isinstance(value, Mapping):
            return (
                Condition.COST_TEXT
                if any(not isinstance(price, int | float) for price in value.values())
                else Condition.SPEC_SHAPE
            )
        if fault.kind in ("costs", "table") and not isinstance(value, Mapping):
            return Condition.TABLE_EXPECTED
        # Pipelex iterates over a string as a list of its letters, and refuses these.
        if fault.kind == "list" and isinstance(value, int | float):
            return Condition.LIST_EXPECTED
        return Condition.SPEC_SHAPE

    def _report(
        self,
        backend: Backend,
        name: str,
        fault: Fault,
        table: Mapping[str, object],
        place: Place,
        defaults_place: Place | None,
        misnamed: str,
    ) -> None:
        key = str(fault.path[0])
        if fault.kind == "unknown" and (names := next(self._unquoted(name, key, table), ())):
            refuse_unquoted(self.findings, self._condition(fault), names, place, header=True)
            return
        location = place.at(key)
        shared = key not in table and defaults_place is not None and fault.kind != "missing"
        if shared and defaults_place is not None:
            location = defaults_place.at(key if defaults_place.path else f"default_{key}")
        if fault.kind == "missing":
            location = place
        label = f"model `{name}` of backend `{backend.name}`"
        message, fix = fault_text(fault, label, MODEL, self.behaviours.release)
        if fault.kind == "unknown" and key == "constraints":
            fix = "from 0.18 on: listed_constraints, and valued_constraints = { fixed_temperature = 1 }"
        cause = None
        if fault.kind == "missing" and misnamed:
            fix = f"write [defaults] in place of [{misnamed}], which is read as a model"
            cause = f"said [{misnamed}] of backend `{backend.name}` is read as a model, not as [defaults]"
        if shared or fault.kind == "unknown":
            # A line of the defaults, or a key repeated throughout a file, is one cause of many problems.
            detail = message.partition(": ")[2]
            cause = f"said backend `{backend.name}`: {'[defaults] ' if shared else ''}{detail}"
        self.findings.refuse(
            model_codes.SPEC_INVALID, self._condition(fault), message, location, fix=fix, subject=name, cause=cause
        )

    def _unquoted(self, name: str, key: str, table: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
        """The names of models that an unknown key of a model's table was meant for."""
        return unquoted(name, {key: table.get(key)}, MODEL.fields_of(self.behaviours.release))

    def _duplicates(self, backend: Backend, specs: list[ModelSpec]) -> None:
        seen: dict[tuple[str, str], ModelSpec] = {}
        for spec in specs:
            first = seen.setdefault((spec.model_type, spec.handle), spec)
            if first is not spec:
                self.findings.refuse(
                    model_codes.HANDLE_DUPLICATE,
                    Condition.DUPLICATE_HANDLE,
                    f"tables `{first.table}` and `{spec.table}` of backend `{backend.name}` both declare"
                    f" `{spec.handle}` as {spec.model_type}",
                    spec.place,
                    fix="give one of them another handle, or another model_type",
                    subject=spec.handle,
                )

    def _placeholders(self, backend: Backend, source: Source) -> None:
        if self.behaviours.descriptive_placeholders == "refused":
            schema_fields = MODEL.fields_of(self.behaviours.release)
            for name, table in source.data.items():
                if isinstance(table, dict):
                    for fault in descriptive(
                        table, lambda key: key not in schema_fields or key in LITERAL_MODEL_EXCEPTIONS, (name,)
                    ):
                        condition = (
                            Condition.SPEC_PREFIX if fault.kind == "prefix" else Condition.DESCRIPTIVE_PLACEHOLDER
                        )
                        self._refuse(backend, source, fault, condition)
        for fault in unfilled(source.data, self.environment, self.behaviours):
            self._refuse(backend, source, fault, _PLACEHOLDER_CONDITIONS[fault.kind])

    def _refuse(self, backend: Backend, source: Source, fault: PlaceholderFault, condition: Condition) -> None:
        self.findings.refuse(
            fault.diagnostic,
            condition,
            f"backends/{backend.name}.toml: {fault.message}",
            Place(source.outline, fault.path),
            fix=fault.fix,
            cause=fault.cause,
            subject=fault.name,
        )


def _is_migrated(key: str, release: Release) -> bool:
    """Whether 0.46 and newer drop a key in memory, with a warning."""
    return key == "prompting_target" and release >= _MIGRATED_SINCE


def _meant_as_defaults(tables: Mapping[str, object]) -> str:
    """The table that was meant to be `defaults`, where there is none; empty without one."""
    if "defaults" in tables:
        return ""
    alike = (name for name in tables if name in ("default", "shared") or difference(name, "defaults"))
    return next((name for name in alike if isinstance(tables[name], dict)), "")
