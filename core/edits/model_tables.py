"""Model tables on a session: the file of a backend in the release's form, its models, and writing a new one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from core.dialects.model_schema import FLAT_DEFAULTS, MODEL, SEED_TABLE, header_fault, is_seed_dialect
from core.edits.edit_session import EditSession
from core.edits.entry_names import check_name, wrong_value
from core.edits.intent import EditLayer, EditRefusedError
from core.edits.layered_files import LayeredFiles
from core.entities import ModelSpec
from core.records import dataclass
from core.suggest import did_you_mean
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import AddTable, InsertKey

ORDER = (
    "handle",
    "model_type",
    "sdk",
    "variant",
    "model_id",
    "max_tokens",
    "inputs",
    "outputs",
    "max_prompt_images",
    "costs",
)
"""The order in which Pipelex's own files write the keys of a model; others come behind."""
_HEAD = "# Models of {name}. Prices are USD per million tokens.\n"
_DEFAULT_TYPE = "llm"


@dataclass(frozen=True, slots=True)
class ModelTables:
    """The file of one backend, as edited so far."""

    session: EditSession
    backend: str

    # ---- reading

    @property
    def path(self) -> str:
        """The backend's file, there or not."""
        tree = self.session.report.catalog.tree
        source = tree.specs.get(self.backend)
        return source.path if source is not None else os.path.join(tree.specs_path, f"{self.backend}.toml")

    @property
    def specs(self) -> tuple[ModelSpec, ...]:
        """Its models, in file order."""
        return self.session.report.catalog.specs_by_backend.get(self.backend, ())

    @property
    def prefix(self) -> Path:
        """The table that holds the models: the root, or `models` in the dialect of the seed document."""
        return (SEED_TABLE,) if is_seed_dialect(self.session.data(self.path)) else ()

    @property
    def handles(self) -> frozenset[str]:
        """The handles of the models in the file, also while the backend is not in `backends.toml`."""
        data = self.session.data(self.path)
        tables = data.get(SEED_TABLE) if self.prefix else data
        if not isinstance(tables, Mapping):
            return frozenset()
        models = ((name, table) for name, table in tables.items() if isinstance(table, Mapping) and name != "defaults")
        return frozenset(str(table.get("handle", name)) for name, table in models)

    @property
    def flat(self) -> bool:
        """Whether defaults are `default_sdk` and the like at the top of the file, as in 0.10."""
        return self.session.report.catalog.behaviours.model_defaults == "flat keys"

    @property
    def defaults(self) -> Mapping[str, object]:
        """The defaults of all models of the file, by model field."""
        data = self.session.data(self.path)
        result = {
            field: data[key] for key, field in FLAT_DEFAULTS.items() if key in data and (self.flat or self.prefix)
        }
        table = data.get("defaults")
        if isinstance(table, Mapping) and (not self.flat or self.prefix):
            result.update(table)
        return result

    def require(self, handle: str, model_type: str | None = None) -> ModelSpec:
        """The model of a handle. Raises EditRefusedError if there is none, or several and no type is named."""
        matches = [spec for spec in self.specs if spec.handle == handle and model_type in (None, spec.model_type)]
        if not matches:
            handles = [spec.handle for spec in self.specs]
            raise EditRefusedError(
                f"Backend `{self.backend}` declares no model `{handle}`.",
                did_you_mean(handle, handles) or self._declared_by(handle) or "Add the model first.",
            )
        if len(matches) > 1:
            types = " and ".join(spec.model_type for spec in matches)
            raise EditRefusedError(f"`{handle}` is declared as {types}.", "Give the model type.")
        return matches[0]

    def _declared_by(self, handle: str) -> str:
        other_backends = [spec.backend for spec in self.session.report.catalog.declared.get(handle, ())]
        return f"It is declared by {' and '.join(dict.fromkeys(other_backends))}." if other_backends else ""

    def open(self) -> str:
        """The path of the file to change. Raises EditRefusedError for the override layer, which it lacks."""
        if self.session.layer is EditLayer.OVERRIDE:
            raise EditRefusedError(
                "A backend's file has no override file.", "Change the file itself.", layers=(EditLayer.BASE,)
            )
        LayeredFiles(self.session, "backends").note_ownership(self.path)
        return self.path

    # ---- writing

    def create(self, defaults: Mapping[str, object]) -> None:
        """Make the file, with defaults in the release's form."""
        path = self.open()
        self.session.create(path, _HEAD.format(name=self.backend))
        if not defaults:
            return
        if self.flat:
            names = {field: key for key, field in FLAT_DEFAULTS.items()}
            for field, value in defaults.items():
                if field not in names:
                    existing = ", ".join(names)
                    raise EditRefusedError(
                        f"Pipelex {self.session.report.release} has no default for `{field}`.",
                        f"Set it for each model; defaults exist for {existing}.",
                    )
                self.session.edit(path, InsertKey((names[field],), value))
        else:
            self.session.edit(path, AddTable(("defaults",), defaults))

    def add(self, handle: str, fields: Mapping[str, object], after: str | None = None) -> None:
        """Write a new model: required fields are filled in, values equal to the defaults left out.

        Without `after`, the table of a model, it goes behind the last of its type. Raises EditRefusedError if the
        release would refuse it.
        """
        path = self.open()
        if not self.session.exists(path):
            self.create({})
        defaults = self.defaults
        complete = self._completed(handle, fields, defaults)
        model_type = str(complete.get("model_type", defaults.get("model_type", _DEFAULT_TYPE)))
        table = self._table_name(handle, model_type)
        if table != handle:
            complete["handle"] = handle
        self._check(handle, complete, defaults)
        explicit = {
            key: complete[key] for key in in_order(complete) if key not in defaults or defaults[key] != complete[key]
        }
        neighbour = after if after is not None else self._last_of(model_type)
        self.session.add_table(path, (*self.prefix, table), explicit, after=neighbour)

    def _completed(
        self, handle: str, fields: Mapping[str, object], defaults: Mapping[str, object]
    ) -> dict[str, object]:
        complete = dict(fields)
        if self.session.report.catalog.behaviours.model_id_required:
            for key, value in (("model_id", handle), ("costs", {})):
                if key not in complete and key not in defaults:
                    complete[key] = value
        if not complete.get("sdk") and not defaults.get("sdk"):
            used = list(dict.fromkeys(spec.sdk for spec in self.specs if spec.sdk))
            if len(used) != 1:
                raise EditRefusedError(
                    f"A model needs an sdk, and {self.session.shown(self.path)} has none in its defaults.",
                    f"Give one, such as {' or '.join(used[:3]) or 'openai'}.",
                )
            complete["sdk"] = used[0]
        return complete

    def _table_name(self, handle: str, model_type: str) -> str:
        """The name of a new model's table; another one than the handle where a model of another type has that."""
        check_name(handle, "model")
        data = self.session.data(self.path)
        reserved = ("defaults", SEED_TABLE) if not self.flat else (*FLAT_DEFAULTS, SEED_TABLE)
        if handle in reserved:
            raise EditRefusedError(f"`{handle}` is a reserved name in a backend's file.", "Use another name.")
        same = [spec for spec in self.specs if spec.handle == handle]
        typed = self.session.report.catalog.behaviours.handle_field
        if same and (not typed or any(spec.model_type == model_type for spec in same)):
            raise EditRefusedError(
                f"Backend `{self.backend}` already declares `{handle}`.", "Change it, or use another name."
            )
        tables = data.get(SEED_TABLE) if self.prefix else data
        used_names = set(tables) if isinstance(tables, Mapping) else set()
        name = handle if handle not in used_names else f"{handle}-{model_type.replace('_', '-')}"
        if name in used_names or (name != handle and not typed):
            raise EditRefusedError(f"Table `{name}` already exists.", "Use another name.")
        return name

    def _check(self, handle: str, fields: Mapping[str, object], defaults: Mapping[str, object]) -> None:
        """Raises EditRefusedError for the first field that the release would refuse."""
        report = self.session.report
        for fault in MODEL.validate({**defaults, **fields}, report.release):
            key = str(fault.path[0])
            if fault.kind == "unknown":
                check_header(self.session, key, {**defaults, **fields}[key])
            elif fault.kind != "missing":
                raise wrong_value(f"`{key}` of `{handle}`", fault.value, fault.expected)

    def _last_of(self, model_type: str) -> str | None:
        tables = [spec.table for spec in self.specs if spec.model_type == model_type]
        return tables[-1] if tables else None


def check_header(session: EditSession, key: str, value: object) -> None:
    """Raises EditRefusedError when a key of a model is neither known to the release nor a request header."""
    fault = header_fault(key, value, value, session.report.catalog.behaviours)
    if fault is not None:
        schema_fields = MODEL.fields_of(session.report.release)
        raise EditRefusedError(
            f"Pipelex {session.report.release} knows no key `{key}` of models.",
            did_you_mean(key, schema_fields) or f"Expected {fault.expected}.",
        )


def in_order(fields: Mapping[str, object]) -> Sequence[str]:
    """The keys of a model in the order in which they are written."""
    return sorted(fields, key=lambda key: ORDER.index(key) if key in ORDER else len(ORDER))


def predecessors(key: str) -> tuple[str, ...]:
    """The keys that a new key of a model goes behind, the nearest first."""
    return tuple(reversed(ORDER[: ORDER.index(key)])) if key in ORDER else ()
