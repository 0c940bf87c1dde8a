"""Names that the target's kit no longer has, the mentions of them, and the names to use instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.api import Report
from core.candidates import Candidate, Need
from core.dialects.deck_schema import family_of
from core.edits.edit_session import EditSession
from core.entities import GLOBAL, ModelSpec
from core.mentions import HANDLE_KEYS, Mention, Node, mentions, pipe_mentions
from core.methods import Origin
from core.records import dataclass
from core.references import Kind, written
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import RenameKey, SetValue
from core.upgrade.convert import Converter

_ENTRIES = (Kind.ALIAS, Kind.WATERFALL, Kind.PRESET)


@dataclass(frozen=True)
class Gone:
    """A name that was alive before and is no longer in the carried tree. `path` is its key path in the old deck."""

    node: Node
    path: Path
    spec: ModelSpec | None
    families: tuple[str, ...]
    """The families of the target in which it could live."""

    @property
    def id(self) -> str:
        """The name of its decision."""
        return f"{self.node.kind} {self.families[0]} {self.node.name}"


def gone_names(converter: Converter, after: Report) -> dict[Node, Gone]:
    """The entries of the deck that lived in the tree and are not defined in the carried one."""
    found = {}
    for item in converter.before.resolutions:
        if item.kind not in _ENTRIES or not item.alive or item.place is None:
            continue
        families = converter.families(item.family, item.name)
        if not any(_defines(after, item.kind, family, item.name) for family in families):
            node = Node(item.kind.value, item.family, item.name)
            found[node] = Gone(node, item.place.path, item.spec, families)
    return found


def _defines(after: Report, kind: Kind, family: str, name: str) -> bool:
    for space in (after.catalog.families.get(family), after.catalog.families.get(GLOBAL)):
        if space is None:
            continue
        if kind is Kind.PRESET and name in space.presets:
            return True
        if kind is not Kind.PRESET and (name in space.aliases or name in space.waterfalls):
            return True
    return False


def uses_in_tree(after: Report, gone: Gone) -> tuple[Mention, ...]:
    """The mentions of a name in the carried tree."""
    kinds = {gone.node.kind, Kind.MODEL.value, Kind.ALIAS.value, Kind.WATERFALL.value}
    return tuple(
        mention
        for mention in mentions(after.resolver)
        if mention.target.name == gone.node.name
        and mention.target.kind in kinds
        and mention.target.family in (*gone.families, GLOBAL, "")
        and not mention.is_key
        and mention.role in ("model", "target", "entry", "choice")
        and not after.catalog.declared.get(gone.node.name)
    )


def uses_in_methods(converter: Converter, session: EditSession, node: Node) -> tuple[Mention, ...]:
    """The mentions of a name in the project's own pipes."""
    found = pipe_mentions(converter.before.resolver, session.methods)
    return tuple(mention for pipe, mention in found if mention.target == node and pipe.origin is Origin.PROJECT)


def instead_of(gone: Gone, after: Report) -> str:
    """The living reference of the target that is nearest to a name: a preset for a preset, else any other name."""
    behaviours = after.catalog.behaviours
    kinds = (Kind.PRESET,) if gone.node.kind == Kind.PRESET.value else (Kind.ALIAS, Kind.WATERFALL)
    words = _words(gone.node.name)
    best: tuple[int, int, str] | None = None
    for order, item in enumerate(after.resolutions):
        if item.kind in kinds and not item.fails and item.family in (*gone.families, GLOBAL):
            found = _words(item.name)
            score = len(words & found) if kinds == (Kind.PRESET,) or words <= found or found <= words else 0
            if score and (best is None or (-score, order) < best[:2]):
                best = (-score, order, written(item.kind, item.name, behaviours))
    if best is not None:
        return best[2]
    default = next(
        (
            item
            for item in after.resolutions
            if item.kind is Kind.CHOICE and item.family in gone.families and item.alive
        ),
        None,
    )
    if default is not None and kinds == (Kind.PRESET,):
        return default.lookup
    return nearest_model(after, gone.families[0], gone.node.name, gone.spec) or ""


def nearest_model(after: Report, family: str, name: str, spec: ModelSpec | None) -> str | None:
    """The handle of the served model of a family that is nearest to one that is gone."""
    model_type = spec.model_type if spec is not None else after.resolver.names.type_of(family) or "llm"
    need = Need(model_type, spec, (name, *((spec.handle,) if spec is not None else ())), ())
    candidates = (
        Candidate(handle, served, need, after.catalog, served.backend in after.resolver.ready, after.lives)
        for (_, handle), served in after.serving.served.items()
        if served.model_type == model_type and after.resolver.names.finds_itself(handle)
    )
    best = min((item for item in candidates if item.fits), key=lambda item: item.rank, default=None)
    return best.text if best is not None else None


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", name.lower())) - {"llm", "for", "to", "and", "of", "the"}


def update_methods(converter: Converter, session: EditSession, instead: dict[Node, str]) -> int:
    """Write the references of the project's pipes in the target's form; return the number of those that changed.

    `instead` has the new references of names that are gone.
    """
    if not session.follow_methods:
        return 0
    count = 0
    renames: dict[tuple[str, Path], str] = {}
    for pipe, mention in list(pipe_mentions(converter.before.resolver, session.methods)):
        if pipe.origin is not Origin.PROJECT:
            continue
        family = family_of(pipe.model_type, converter.new)
        key = next(key for key in pipe.keys if key.path == mention.path[: len(key.path)])
        is_choice = isinstance(key.value, str) and not key.handle
        text = instead.get(mention.target) or converter.reference(mention.text, family, choice=is_choice)
        path = mention.source.path
        if text != mention.text:
            session.edit(path, SetValue(mention.path, text))
            count += 1
        last = mention.path[-1]
        if last in HANDLE_KEYS and len(mention.path) > len(key.path) and last != "model":
            renames[path, mention.path] = "model"
        if (new_key := _key(key.key, converter)) != key.key:
            renames[path, key.path] = new_key
    for (path, keys), name in sorted(renames.items(), key=lambda item: -len(item[0][1])):
        session.edit(path, RenameKey(keys, name))
    return count + len(renames)


def _key(key: str, converter: Converter) -> str:
    """The key of the target for one of a pipe."""
    old, new = converter.old.model_keys, converter.new.model_keys
    if key in new or key not in old:
        return key
    if len(new) == len(old):
        return new[old.index(key)]
    return "model_to_structure" if key.endswith("_to_structure") else "model"


def direct_handles(converter: Converter, session: EditSession) -> Iterator[tuple[Node, Mention]]:
    """The models that the project's pipes name themselves, and that the carried tree no longer serves."""
    served = {handle for _, handle in session.report.serving.served}
    names = session.report.resolver.names
    for pipe, mention in pipe_mentions(converter.before.resolver, session.methods):
        name = mention.target.name
        family = family_of(pipe.model_type, converter.new)
        known = any(names.defines(kind, name, family) for kind in (Kind.ALIAS, Kind.WATERFALL))
        declared = pipe.origin is Origin.PROJECT and converter.before.catalog.declared.get(name)
        if declared and mention.target.kind == Kind.MODEL.value and name not in served and not known:
            yield mention.target, mention
