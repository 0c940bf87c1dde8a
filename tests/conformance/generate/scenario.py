"""A case under construction: documents by path, the names in use, and where each release keeps what."""

from __future__ import annotations

import copy
import posixpath
import random
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..environments import minor_of
from .case import INFERENCE, Case
from .tables import Table, at, child, merge_into, routes_of, spec_path
from .toml_text import document_text

PLACEHOLDER = re.compile(r"\$\{([^}\n\"'$]+)\}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
REMOTE = ("vertexai", "pipelex_gateway", "pipelex_manifold")
"""Backends whose loading goes out on the network; never enabled by the base."""

NEW_DECK_FILES = (
    "deck/zz_extra.toml",
    "deck/zz_extra.toml",
    "deck/00_extra.toml",
    "deck/sub/extra.toml",
    "deck/Z_extra.toml",
)


class Scenario:
    """The stock tree of a release, being changed. Paths are relative to `.pipelex/inference`."""

    def __init__(self, release: str, stock: Path, rng: random.Random) -> None:
        self.release = release
        self.minor = minor_of(release)
        self.rng = rng
        self.texts: dict[str, str] = {}
        self.parsed: dict[str, Table] = {}
        self.edited: set[str] = set()
        self.extra: dict[str, bytes] = {}
        self.project: dict[str, str] = {"pyproject.toml": '[project]\nname = "case"\n'}
        self.home: dict[str, str] = {}
        self.late: list[Callable[[dict[str, bytes]], None]] = []
        self.variables: dict[str, str | None] = {}
        self.enabled: list[str] = []
        for path in sorted(stock.rglob("*.toml")):
            self.texts[path.relative_to(stock).as_posix()] = path.read_text(encoding="utf-8")

    # -- documents

    def doc(self, path: str) -> Table:
        """The document at a path, to look at; empty when there is no such file."""
        if path not in self.parsed:
            if path not in self.texts:
                return {}
            self.parsed[path] = tomllib.loads(self.texts[path])
        return self.parsed[path]

    def edit(self, path: str) -> Table:
        """The document at a path, to change: the file will be written anew."""
        self.parsed[path] = self.doc(path)
        self.texts.setdefault(path, "")
        self.edited.add(path)
        return self.parsed[path]

    def replace_text(self, path: str, text: str) -> None:
        """Give a file a new text, which must be TOML."""
        self.remove(path)
        self.texts[path] = text

    def remove(self, path: str) -> None:
        """Take a file out of the tree."""
        self.texts.pop(path, None)
        self.parsed.pop(path, None)
        self.edited.discard(path)

    def paths(self, prefix: str) -> list[str]:
        """The files whose path starts so, in merge order."""
        return sorted(path for path in self.texts if path.startswith(prefix))

    def append_late(self, path: str, data: bytes) -> None:
        """Add bytes at the end of a file once everything is written."""
        self.late.append(lambda files: files.update({path: files.get(path, b"") + data}))

    def leave_out(self, start: str) -> None:
        """Leave out the files whose path starts so, once everything is written."""

        def drop(files: dict[str, bytes]) -> None:
            for path in [path for path in files if path.startswith(start)]:
                del files[path]

        self.late.append(drop)

    # -- where a release keeps what

    @property
    def by_family(self) -> bool:
        """Whether aliases and waterfalls belong to a family (0.18 on) rather than to all."""
        return self.minor >= 18

    def families(self) -> list[str]:
        """The deck sections that hold presets in this release."""
        if self.minor == 10:
            return ["llm"]
        names = ["llm", "ocr" if self.minor == 11 else "extract", "img_gen"]
        if self.minor >= 19:
            names.append("search")
        if self.minor >= 72:
            names += ["doc_gen", "judgment"]
        return names

    def handle_key(self, family: str = "llm") -> str:
        """What a preset calls the model it names."""
        return f"{family}_handle" if self.minor <= 11 else "model"

    def where(self, kind: str, family: str = "llm") -> list[str]:
        """The key path of `aliases`, `waterfalls`, `presets`, `choice_defaults` or `choice_overrides`."""
        if kind in ("aliases", "waterfalls"):
            return [family, kind] if self.by_family else [kind]
        return [f"llm_{kind}"] if self.minor == 10 else [family, kind]

    # -- the deck

    def merged_deck(self) -> Table:
        """The deck files merged in order, lists replaced: good enough to pick names from."""
        merged: Table = {}
        for path in self.paths("deck/"):
            merge_into(merged, self.doc(path))
        return merged

    def deck_names(self, kind: str, family: str = "llm") -> list[str]:
        """The names defined at a place of the merged deck."""
        node = at(self.merged_deck(), self.where(kind, family))
        return list(node) if isinstance(node, dict) else []

    def deck_file(self) -> str:
        """The deck file a change goes to: a stock one, or a new one merged before, after or between them."""
        stock = [path for path in self.paths("deck/") if "extra" not in path]
        roll = self.rng.random()
        if stock and roll < 0.6:
            return stock[-1] if roll < 0.45 else stock[0]
        return self.rng.choice(NEW_DECK_FILES)

    def deck_put(self, path: Sequence[str], value: object, file: str | None = None) -> str:
        """Set a value at a key path of a deck file and return the file."""
        file = file or self.deck_file()
        node = self.edit(file)
        for key in path[:-1]:
            node = child(node, key)
        node[path[-1]] = value
        return file

    def alias(self, name: str, target: object, file: str | None = None) -> str:
        """Define an LLM alias (a global one in the older releases)."""
        return self.deck_put([*self.where("aliases"), name], target, file)

    def waterfall(self, name: str, entries: object, file: str | None = None) -> str:
        """Define an LLM waterfall."""
        return self.deck_put([*self.where("waterfalls"), name], entries, file)

    def preset(self, name: str, handle: object, file: str | None = None, /, **keys: object) -> str:
        """Define an LLM preset at temperature 0.5, unless `keys` says otherwise."""
        return self.deck_put(
            [*self.where("presets"), name], {self.handle_key(): handle, "temperature": 0.5, **keys}, file
        )

    # -- backends and models

    def backends(self) -> list[str]:
        """Every backend with a table in `backends.toml`, in order."""
        return [name for name, value in self.doc("backends.toml").items() if isinstance(value, dict)]

    def disabled(self) -> list[str]:
        """The backends that are not enabled."""
        return [name for name in self.backends() if name not in self.enabled]

    def models_of(self, backend: str) -> list[str]:
        """The model tables of a backend's file."""
        document = self.doc(spec_path(backend))
        return [name for name, value in document.items() if isinstance(value, dict) and name != "defaults"]

    def llms_of(self, backend: str) -> list[str]:
        """The model tables of a backend's file whose type is `llm`."""
        document = self.doc(spec_path(backend))
        defaults = document.get("defaults")
        default_type = defaults.get("model_type", "llm") if isinstance(defaults, dict) else "llm"
        return [name for name in self.models_of(backend) if document[name].get("model_type", default_type) == "llm"]

    def models(self) -> list[str]:
        """The names that enabled backends declare, each once, in order of first declaration."""
        return list(dict.fromkeys(name for backend in self.enabled for name in self.models_of(backend)))

    def a_model(self) -> str:
        """Some declared name."""
        return self.rng.choice(self.models() or ["gpt-4o"])

    def an_llm(self) -> str:
        """Some declared LLM."""
        names = [name for backend in self.enabled for name in self.llms_of(backend)]
        return self.rng.choice(names) if names else "gpt-4o-mini"

    def provider(self) -> str:
        """An enabled backend with models, not `internal` when that can be avoided."""
        names = [name for name in self.enabled if name != "internal" and self.models_of(name)]
        return self.rng.choice(names or self.enabled)

    def free_backends(self) -> list[str]:
        """Enabled backends that the active profile does not name."""
        profile = self.active_profile()
        used = [profile.get("default"), *routes_of(profile).values()]
        return [name for name in self.enabled if name not in used and name != "internal"]

    def pick_model(self) -> tuple[str, str, Table]:
        """A backend, one of its model names, and that model's table to change."""
        backend = self.provider()
        document = self.edit(spec_path(backend))
        names = self.models_of(backend)
        if not names:
            document["spare-model"] = {"sdk": "openai", "model_id": "spare", "costs": {}}
            names = ["spare-model"]
        name = self.rng.choice(names)
        table: Table = document[name]
        return backend, name, table

    def backend_table(self, backend: str) -> Table:
        """A backend's table in `backends.toml`, to change."""
        return child(self.edit("backends.toml"), backend)

    def add_backend(self, name: str, models: Mapping[str, Table], **keys: object) -> None:
        """Add an enabled backend with a file of its own."""
        self.edit("backends.toml")[name] = {"enabled": True, "endpoint": "https://added.test/v1", **keys}
        self.edit(spec_path(name)).update(copy.deepcopy(dict(models)))
        if name not in self.enabled:
            self.enabled.append(name)

    # -- routing

    def routing(self) -> Table:
        """`routing_profiles.toml`, to change."""
        return self.edit("routing_profiles.toml")

    def profiles(self) -> Table:
        """The table of profiles, to change."""
        return child(self.routing(), "profiles")

    def active_profile(self) -> Table:
        """The active profile, to change; one is made when the active name has none."""
        active = self.routing().get("active")
        name = active if isinstance(active, str) else "bench"
        self.profiles().setdefault(name, {"description": "made for a change"})
        return child(self.profiles(), name)

    def routes(self, key: str = "routes") -> Table:
        """The active profile's routes, to change."""
        return child(self.active_profile(), key)

    # -- out

    def finish(self, seed: int, notes: tuple[str, ...]) -> Case:
        """The case: every file's bytes, and a value for every variable a placeholder names."""
        inference: dict[str, bytes] = {}
        for path in sorted(self.texts):
            text = document_text(self.parsed[path]) if path in self.edited else self.texts[path]
            inference[path] = text.encode()
        inference.update(self.extra)
        for change in self.late:
            change(inference)
        files = {posixpath.normpath(f"{INFERENCE}/{path}"): data for path, data in inference.items()}
        files.update({path: text.encode() for path, text in self.project.items()})
        home = {path: text.encode() for path, text in self.home.items()}
        env = self._environment([*files.values(), *home.values()])
        return Case(self.release, seed, files, home or None, env, notes)

    def _environment(self, contents: Sequence[bytes]) -> dict[str, str]:
        names = set(self.variables)
        for data in contents:
            for inside in PLACEHOLDER.findall(data.decode(errors="replace")):
                names.update(part.split(":", 1)[-1].strip() for part in inside.split("|"))
        values = {
            name: self.variables.get(name, f"dummy-{name.lower()}")
            for name in sorted(names)
            if VARIABLE.fullmatch(name)
        }
        return {name: value for name, value in values.items() if value is not None}
