"""Renames, copies and deletes items, after a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.edits.alias_edits import AddAlias, AddWaterfall, DeleteAlias, DeleteWaterfall
from core.edits.backend_edits import RemoveBackend
from core.edits.intent import EditLayer, EditRefused, Intent
from core.edits.model_edits import DeleteModel, DuplicateModel
from core.edits.preset_edits import DeletePreset, DuplicatePreset
from core.edits.profile_edits import DeleteProfile, DuplicateProfile, RenameProfile
from core.edits.refused_settings import WithSettings
from core.edits.rename_edits import RenameAlias, RenameModel, RenamePreset, RenameWaterfall
from core.edits.route_edits import DeleteRoute, RenamePattern
from core.formatting import counted
from core.mentions import Node
from core.usage import usage
from tui.dialogs.ask import AskScreen, Option
from tui.dialogs.pick import WIDE, PickScreen
from tui.dialogs.prompt import PromptScreen
from tui.forms.deck_forms import current_spec, model_family
from tui.forms.model_choices import model_choices
from tui.labels import plain
from tui.messages import DeletionPrepared
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

MAX_USES = 12
Named = Callable[[str], Intent]


def _ask_name(screen: MainScreen, title: str, ref: ItemRef, make: Named) -> None:
    """Ask for the name of a renamed or copied item, and make the edit."""

    def renamed(text: str) -> ItemRef:
        return ref._replace(name=text.strip())

    prompt = PromptScreen(title, ref.name, screen.editing.submit(lambda text: make(text.strip()), renamed))
    prompt.offers = True
    screen.app.push_screen(prompt)


def rename(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    """Rename an item, with every reference to it."""
    make = _renamer(view, ref)
    if make is None:
        screen.show_status(f"the name of a {ref.kind} cannot be changed here: v shows its text")
        return
    _ask_name(screen, f"rename {ref.kind} {ref.name}", ref, make)


def _renamer(view: ViewModel, ref: ItemRef) -> Named | None:
    family = model_family(view, ref) if ref.kind in ("alias", "waterfall") else ref.family
    profile = view.catalog.active or ""
    makers: dict[str, Named] = {
        "preset": lambda name: RenamePreset(family, ref.name, name),
        "alias": lambda name: RenameAlias(family, ref.name, name),
        "waterfall": lambda name: RenameWaterfall(family, ref.name, name),
        "profile": lambda name: RenameProfile(ref.name, name),
        "route": lambda name: RenamePattern(profile, ref.name, name),
        "model": lambda name: RenameModel(ref.name, name, model_type=_type(view, ref)),
    }
    if ref.kind == "route" and ref.family not in ("route", "optional"):
        return None
    return makers.get(ref.kind)


def _type(view: ViewModel, ref: ItemRef) -> str | None:
    spec = view.spec_of(ref)
    return spec.model_type if spec is not None else None


def duplicate(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    """Copy an item under another name."""
    make = _copier(view, ref)
    if make is None:
        screen.show_status(f"a {ref.kind} cannot be copied")
        return
    _ask_name(screen, f"copy {ref.kind} {ref.name} as", ref, make)


def _copier(view: ViewModel, ref: ItemRef) -> Named | None:
    section = view.catalog.families.get(ref.family)
    family = model_family(view, ref) if ref.kind in ("alias", "waterfall") else ref.family
    if ref.kind == "preset":
        return lambda name: DuplicatePreset(family, ref.name, name)
    if ref.kind == "alias" and section is not None and not section.aliases[ref.name].is_list:
        target = section.aliases[ref.name].targets[0]
        return lambda name: AddAlias(family, name, target)
    if ref.kind == "waterfall" and section is not None:
        entries = section.waterfalls[ref.name].entries
        return lambda name: AddWaterfall(family, name, entries)
    spec = view.spec_of(ref) if ref.kind == "model" else None
    if spec is not None:
        return lambda name: DuplicateModel(spec.backend, ref.name, name)
    if ref.kind in ("route", "profile"):
        profile = ref.name if ref.kind == "profile" else view.catalog.active or ""
        return lambda name: DuplicateProfile(profile, name)
    return None


def _remover(view: ViewModel, ref: ItemRef, instead: str | None = None) -> Intent | None:
    family = model_family(view, ref) if ref.kind in ("alias", "waterfall") else ref.family
    if ref.kind == "route" and ref.family not in ("route", "optional"):
        return None
    spec = view.spec_of(ref) if ref.kind == "model" else None
    if spec is not None:
        return DeleteModel(spec.backend, ref.name, instead, spec.model_type)
    makers: dict[str, Callable[[], Intent]] = {
        "backend": lambda: RemoveBackend(ref.name, instead, file=True),
        "preset": lambda: DeletePreset(family, ref.name, instead),
        "alias": lambda: DeleteAlias(family, ref.name, instead),
        "waterfall": lambda: DeleteWaterfall(family, ref.name, instead),
        "profile": lambda: DeleteProfile(ref.name, instead),
        "route": lambda: DeleteRoute(view.catalog.active or "", ref.name),
    }
    return makers[ref.kind]() if ref.kind in makers else None


def delete(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    """Delete an item, after showing its uses and the impact."""
    intent = _remover(view, ref)
    if intent is None:
        screen.show_status("this cannot be deleted here")
        return
    workspace = screen.session.workspace

    def task() -> DeletionPrepared:
        return DeletionPrepared(view, ref, intent, workspace.propose(intent))

    screen.editing.run_task(intent.label, task)


def ask_to_delete(screen: MainScreen, prepared: DeletionPrepared) -> None:
    """Show the uses of an item and the impact of its deletion, and ask."""
    view, ref, intent, result = prepared.view, prepared.ref, prepared.intent, prepared.result
    lines = _uses(view, ref)
    if isinstance(result, EditRefused):
        lines = [Line(((plain(result.message), ""),)), *lines]
        options = [Option(f"edit {number}", _instead_label(edit)) for number, edit in enumerate(result.alternatives)]
        if ref.kind in ("alias", "waterfall", "preset", "model") and not result.layers:
            options.append(Option("pick", "delete it, and choose a replacement for its uses"))
        options += [Option(f"layer {layer.value}", f"delete it in the {layer.value} file") for layer in result.layers]
    else:
        lines += [
            Line(),
            Line(
                (
                    ("then: ", "dim"),
                    (result.impact.summary(), "bad" if result.impact.worsens else ""),
                )
            ),
        ]
        lines += [Line((("! ", "warn"), (plain(note), ""))) for note in result.notes]
        options = [Option("delete", "delete it")]

    def answer(key: str | None) -> None:
        kind, _, name = (key or "").partition(" ")
        if kind == "delete":
            screen.editing.do(intent)
        elif kind == "pick":
            _pick_instead(screen, view, ref)
        elif kind == "layer":
            screen.editing.do(intent, EditLayer(name))
        elif kind == "edit" and isinstance(result, EditRefused):
            screen.editing.do(result.alternatives[int(name)])

    screen.app.push_screen(
        AskScreen(f"delete {ref.kind} {ref.name}?", lines, [*options, Option("", "leave it")]), answer
    )


def _instead_label(edit: Intent) -> str:
    """The label of an edit that deletes an item and replaces it."""
    instead = edit.active if isinstance(edit, DeleteProfile) else None
    if isinstance(edit, RemoveBackend | DeleteModel | DeletePreset | DeleteAlias | DeleteWaterfall):
        instead = edit.instead
    return f"delete it; {instead} takes its place" if instead else plain(edit.label)


def _pick_instead(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    def delete_for(key: str | None) -> None:
        intent = _remover(view, ref, key) if key is not None else None
        if intent is not None:
            screen.editing.do(WithSettings(intent))

    family, name, spec = model_family(view, ref), view.references[ref].reference, current_spec(view, ref)
    choices = model_choices(view, family, spec, presets=ref.kind == "preset", of=ref)
    screen.app.push_screen(PickScreen(f"replacement for {name}", choices, columns=WIDE), delete_for)


def _uses(view: ViewModel, ref: ItemRef) -> list[Line]:
    """The uses of an item in the tree and in method files."""
    if ref.kind == "route":
        return []
    uses = [use for use in usage(view.report).of(Node(*ref)).all if use.role != "takes"]
    if not uses:
        return [Line((("nothing uses it", "dim"),))]
    lines = [Line(((f"used in {counted(len(uses), 'place')}", "heading"),))]
    for use in uses[:MAX_USES]:
        via = f"  through {use.via[0].name}" if use.via else ""
        lines.append(Line((("  ", ""), (use.label, "accent"), (f"  {view.location_text(use.location)}{via}", "dim"))))
    if len(uses) > MAX_USES:
        lines.append(Line(((f"  and {len(uses) - MAX_USES} more", "dim"),)))
    return lines
