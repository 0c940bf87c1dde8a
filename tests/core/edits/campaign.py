"""Random intents on a tree, each judged: nothing is lost and only the target changes.

`python -m tests.core.edits.campaign RELEASE INTENTS SEED` runs one and prints what it found.
"""

from __future__ import annotations

import random
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.edits.backend_edits import RemoveBackend, SetBackendField, SwitchBackend, UseVariable
from core.edits.edit_session import Applied, Intent, apply_intent
from core.edits.fixes.model_fixes import RewriteSeedModels
from core.edits.intent import EditLayer
from core.edits.model_edits import (
    AddModel,
    ChangeModelField,
    DeleteModel,
    DuplicateModel,
    FixPerThousandPrices,
    SetPrice,
)
from core.edits.new_backends import AddBackend
from core.edits.profile_edits import (
    AddProfile,
    DeleteProfile,
    DuplicateProfile,
    RenameProfile,
    SetDefault,
    SetFallbackOrder,
    SetProfileDescription,
    SwitchProfile,
)
from core.edits.rename_edits import RenameModel
from core.edits.repoint_edits import UseOnly, accept, proposed
from core.edits.route_edits import (
    AddRoute,
    DeleteRoute,
    MoveRoute,
    RenamePattern,
    RetargetRoute,
    SetRouteOptional,
    Step,
)
from core.toml.edit.editor import comments_of
from tests.core.edits.stock_scene import Edit, Scene
from tests.support.stock import copy_project, stock_tree

Path_ = tuple[str | int, ...]

WORDS = ("new", "a b", "x.y", "*", "gpt-*", "*-mini", "über", "", " ", "no#hash", "[x]", '"q"', "défaut", "a/b", "0")
IDEMPOTENT = (
    SwitchBackend,
    SetBackendField,
    UseVariable,
    SwitchProfile,
    SetDefault,
    SetFallbackOrder,
    SetProfileDescription,
    RetargetRoute,
    ChangeModelField,
    SetPrice,
)
"""What changes nothing when it is done a second time."""
DELETING = (DeleteProfile, DeleteRoute, DeleteModel, RemoveBackend, SetRouteOptional)
"""What may take comments away: those that are about what goes."""


@dataclass
class Tally:
    """The result of a campaign."""

    applied: int = 0
    refused: int = 0
    unchanged: int = 0
    faults: list[str] = field(default_factory=list)


class Chooser:
    """Makes random intents for a tree: mostly of names that are there, now and then of others."""

    def __init__(self, chance: random.Random, scene: Scene) -> None:
        self.chance = chance
        self.catalog = scene.report.catalog
        self.scene = scene

    def of(self, names: Sequence[str]) -> str:
        """One of some names, or now and then any word."""
        if not names or self.chance.random() < 0.06:
            return self.chance.choice(WORDS)
        return self.chance.choice(names)

    @property
    def backend(self) -> str:
        """A backend."""
        return self.of(list(self.catalog.backends))

    @property
    def profile(self) -> str:
        """A profile."""
        return self.of(list(self.catalog.profiles))

    @property
    def word(self) -> str:
        """A new name."""
        return self.chance.choice((*WORDS, f"new-{self.chance.randrange(1000)}"))

    def routed(self) -> tuple[str, str, str]:
        """A profile with routes and two of its patterns, where there is one."""
        with_routes = [name for name, one in self.catalog.profiles.items() if one.routes or one.optional_routes]
        profile = self.of(with_routes)
        profile_ = self.catalog.profiles.get(profile)
        patterns = (
            [one.pattern for one in (*profile_.routes, *profile_.optional_routes)] if profile_ is not None else []
        )
        return profile, self.of(patterns), self.of(patterns)

    def model(self) -> tuple[str, str]:
        """A backend and a model of it."""
        backend = self.backend
        return backend, self.of([spec.handle for spec in self.catalog.specs_by_backend.get(backend, ())])

    def intent(self) -> Intent:
        """Any intent."""
        return self.chance.choice((self._of_backends, self._of_profiles, self._of_routes, self._of_models))()

    def _of_backends(self) -> Intent:
        chance = self.chance
        name = self.word
        choices: list[Callable[[], Intent]] = [
            lambda: SwitchBackend(self.backend, chance.random() < 0.5),
            lambda: SwitchBackend(self.backend, chance.random() < 0.5),
            lambda: SetBackendField(
                self.backend, chance.choice(("endpoint", "region", "x.y")), chance.choice(("https://x/v1", "é", None))
            ),
            lambda: UseVariable(self.backend, chance.choice(("MY_KEY", "OTHER", "no name"))),
            lambda: AddBackend(
                name,
                "http://localhost/v1",
                models=((self.word, ()),),
                routes=chance.random() < 0.5,
                profile=chance.random() < 0.5,
            ),
            lambda: RemoveBackend(
                self.backend, self.backend if chance.random() < 0.3 else None, file=chance.random() < 0.2
            ),
            self._use_only,
        ]
        return chance.choice(choices)()

    def _use_only(self) -> Intent:
        backend = self.backend
        proposal = proposed(self.scene.report, self.scene.view, backend)
        accepted = accept(proposal) if isinstance(proposal, tuple) else ()
        return UseOnly(backend, tuple(one for one in accepted if self.chance.random() < 0.7))

    def _of_profiles(self) -> Intent:
        chance = self.chance
        backends = list(self.catalog.backends)
        order = tuple(chance.sample(backends, min(len(backends), chance.randrange(4))))
        choices: list[Callable[[], Intent]] = [
            lambda: SwitchProfile(self.profile),
            lambda: AddProfile(
                self.word, self.backend, routes=((self.word, self.backend),) if chance.random() < 0.5 else ()
            ),
            lambda: DuplicateProfile(self.profile, self.word),
            lambda: RenameProfile(self.profile, self.word),
            lambda: DeleteProfile(self.profile, self.profile if chance.random() < 0.5 else None),
            lambda: SetDefault(self.profile, self.backend if chance.random() < 0.8 else None),
            lambda: SetFallbackOrder(self.profile, order),
            lambda: SetProfileDescription(self.profile, self.word),
        ]
        return chance.choice(choices)()

    def _of_routes(self) -> Intent:
        chance = self.chance
        profile, pattern, other = self.routed()
        if chance.random() < 0.2:
            profile = self.profile
        steps: tuple[Step, ...] = ("up", "down", "first", "last")
        place = chance.choice((None, "before", "after", "first"))
        choices: list[Callable[[], Intent]] = [
            lambda: AddRoute(
                profile,
                self.word,
                self.backend,
                before=other if place == "before" else None,
                after=other if place == "after" else None,
                first=place == "first",
                optional=chance.random() < 0.2,
            ),
            lambda: RetargetRoute(profile, pattern, self.backend),
            lambda: RenamePattern(profile, pattern, self.word),
            lambda: MoveRoute(profile, pattern, chance.choice(steps)),
            lambda: MoveRoute(profile, pattern, before=other),
            lambda: MoveRoute(profile, pattern, after=other),
            lambda: SetRouteOptional(profile, pattern, chance.random() < 0.5),
            lambda: DeleteRoute(profile, pattern),
        ]
        return chance.choice(choices)()

    def _of_models(self) -> Intent:
        chance = self.chance
        backend, handle = self.model()
        values: tuple[tuple[str, object], ...] = (
            ("inputs", ["text"]),
            ("inputs", ["text", "images"]),
            ("max_tokens", 4096),
            ("max_tokens", None),
            ("model_id", "x"),
            ("sdk", "openai"),
            ("nonsense", 1),
        )
        choices: list[Callable[[], Intent]] = [
            lambda: AddModel(backend, self.word, (chance.choice(values[:3]),)),
            lambda: ChangeModelField(backend, handle, *chance.choice(values)),
            lambda: ChangeModelField(backend, handle, "max_tokens", chance.choice((None, 1000, 64_000))),
            lambda: SetPrice(backend, handle, (("input", chance.choice((None, 0, 1.5, 3))),)),
            lambda: DuplicateModel(backend, handle, self.word, self.backend if chance.random() < 0.3 else None),
            lambda: RenameModel(handle, self.word, backend if chance.random() < 0.5 else None),
            lambda: DeleteModel(backend, handle),
            lambda: FixPerThousandPrices(backend),
            lambda: RewriteSeedModels(backend),
        ]
        return chance.choice(choices)()


# ---- judging


def named_paths(intent: Intent) -> list[Path_] | None:
    """The key paths an intent may change in `backends.toml`, routing or backend files; None where that is not plain."""
    match intent:
        case SwitchBackend(backend, _):
            return [(backend, "enabled")]
        case SetBackendField(backend, key, _):
            return [(backend, key)]
        case UseVariable(backend, _, key):
            return [(backend, key)]
        case SwitchProfile():
            return [("active",)]
        case AddProfile(profile):
            return [("profiles", profile), ("active",)]
        case DuplicateProfile(_, name):
            return [("profiles", name)]
        case RenameProfile(profile, name) | DeleteProfile(profile, name):
            return [("profiles", profile), ("profiles", str(name)), ("active",)]
        case SetDefault(profile, _):
            return [("profiles", profile, "default")]
        case SetFallbackOrder(profile, _):
            return [("profiles", profile, "fallback_order")]
        case SetProfileDescription(profile, _):
            return [("profiles", profile, "description")]
        case AddRoute(profile, pattern) | RetargetRoute(profile, pattern) | MoveRoute(profile, pattern):
            return [("profiles", profile, table, pattern) for table in ("routes", "optional_routes")]
        case DeleteRoute(profile, pattern) | SetRouteOptional(profile, pattern, _):
            return [("profiles", profile, table, pattern) for table in ("routes", "optional_routes")]
        case RenamePattern(profile, pattern, new):
            tables = ("routes", "optional_routes")
            return [("profiles", profile, table, name) for table in tables for name in (pattern, new)]
        case _:
            return None


def leaves(value: object, path: Path_ = ()) -> Iterator[tuple[Path_, object]]:
    """Every value that is no table, with its path; an empty table too."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def judge(intent: Intent, edit: Edit) -> Iterator[str]:
    """The faults of an edit."""
    allowed = named_paths(intent)
    for name, text in edit.files.items():
        if text is None:
            if not isinstance(intent, RemoveBackend):
                yield f"{name} is deleted"
            continue
        try:
            new = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            yield f"{name} is broken: {error}"
            continue
        folder = edit.scene.report.catalog.tree.paths.inference
        before = edit.scene.view.content(f"{folder}/{name}")
        if not isinstance(before, bytes):
            continue
        old_text = before.decode()
        if old_text and text and old_text.endswith("\n") != text.endswith("\n"):
            yield f"{name}: the end of the last line changed"
        if not isinstance(intent, DELETING):
            lost = Counter(comments_of(old_text)) - Counter(comments_of(text))
            if lost and not isinstance(intent, ChangeModelField | SetFallbackOrder | UseOnly):
                yield f"{name}: comments lost: {list(lost)[:2]}"
        if allowed is not None:
            yield from _outside(name, dict(leaves(tomllib.loads(old_text))), dict(leaves(new)), allowed)


def _outside(name: str, old: dict[Path_, object], new: dict[Path_, object], allowed: list[Path_]) -> Iterator[str]:
    for path in {*old, *new}:
        if repr(old.get(path)) == repr(new.get(path)):
            continue
        inside = any(path[: len(one)] == one or one[: len(path)] == path for one in allowed)
        if not inside:
            yield f"{name}: {path} changed"


def run(scene: Scene, intents: int, seed: int) -> Tally:
    """Apply random intents, each on the result of the previous."""
    chance = random.Random(seed)
    outcome = Tally()
    here = scene
    for number in range(intents):
        intent = Chooser(chance, here).intent()
        layer = chance.choice((EditLayer.AUTO, EditLayer.AUTO, EditLayer.AUTO, EditLayer.OVERRIDE, EditLayer.BASE))
        try:
            applied = apply_intent(here.report, here.view, intent, layer)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault with the intent that raised it
            outcome.faults.append(f"{number}: {intent!r} ({layer}): raised {error!r}")
            continue
        if not isinstance(applied, Applied):
            outcome.refused += 1
            if not applied.reason or not applied.instead:
                outcome.faults.append(f"{number}: {intent!r}: a refusal without words")
            if "The edit was refused" in applied.reason:
                outcome.faults.append(f"{number}: {intent!r}: the gate: {applied.message}")
            continue
        if not applied.steps:
            outcome.unchanged += 1
            continue
        outcome.applied += 1
        edit = Edit(here, applied)
        outcome.faults += [f"{number}: {intent!r} ({layer}): {fault}" for fault in judge(intent, edit)]
        after = edit.after
        if isinstance(intent, IDEMPOTENT):
            repeated = apply_intent(after.report, after.view, intent, layer)
            if not isinstance(repeated, Applied) or repeated.steps:
                outcome.faults.append(f"{number}: {intent!r} ({layer}): not the same a second time")
        # Continue on the result, but not for ever: a tree with most parts removed tests little.
        here = after if number % 40 else scene
    return outcome


def main() -> None:
    """Run one campaign from the command line."""
    release, intents, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(stock_tree(release), Path(folder) / "project")
        outcome = run(Scene.of(project.root, release), intents, seed)
    print(f"{release}: {outcome.applied} applied, {outcome.unchanged} unchanged, {outcome.refused} refused")
    for fault in outcome.faults:
        print(f"  {fault}")


if __name__ == "__main__":
    main()
