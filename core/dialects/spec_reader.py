"""Reader of a backend file: its defaults, model tables and placeholders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from core.diagnostics import model_codes
from core.dialects.field_values import describe, fault_text
from core.dialects.model_schema import (
    FLAT_DEFAULTS,
    LITERAL_MODEL_EXCEPTIONS,
    MODEL,
    SEED_TABLE,
    is_seed_dialect,
    model_types,
)
from core.dialects.placeholder_faults import PlaceholderFault, descriptive, unfilled
from core.dialects.spec_faults import condition_of, filled, spec_faults
from core.dialects.table_schema import Fault
from core.dialects.unquoted_keys import refuse_unquoted, unquoted
from core.entities import Backend, ModelSpec, Place
from core.errors import Condition
from core.files.source import Source
from core.problems import Findings
from core.records import dataclass
from core.releases import Behaviours
from core.suggest import difference
from core.variables import Environment

DEFAULT_TYPE = "llm"
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
            for fault in spec_faults(table, defaults, backend, self.behaviours, self.environment):
                self._report(backend, name, fault, table, place, defaults_place, misnamed)
                usable = False
        handle = fields.get("handle") if self.behaviours.handle_field else None
        handle = handle if isinstance(handle, str) and handle else name
        model_type = filled(fields.get("model_type", DEFAULT_TYPE), self.environment)
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
            if isinstance(model_id, str) and (filled(model_id, self.environment) or self.behaviours.model_id_required)
            else handle,
            fields=fields,
            place=place,
            defaults=defaults_place,
            own=frozenset(table),
            usable=usable,
        )

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
            refuse_unquoted(self.findings, condition_of(fault), names, place, header=True)
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
            model_codes.SPEC_INVALID, condition_of(fault), message, location, fix=fix, subject=name, cause=cause
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


def _meant_as_defaults(tables: Mapping[str, object]) -> str:
    """The table that was meant to be `defaults`, where there is none; empty without one."""
    if "defaults" in tables:
        return ""
    alike = (name for name in tables if name in ("default", "shared") or difference(name, "defaults"))
    return next((name for name in alike if isinstance(tables[name], dict)), "")
