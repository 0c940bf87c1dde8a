"""Names: giving an item another one, copying it under a new one, deleting it once it is seen who uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.edits.alias_edits import AddAlias, AddWaterfall, DeleteAlias, DeleteWaterfall
from core.edits.backend_edits import RemoveBackend
from core.edits.intent import EditRefused, Intent
from core.edits.model_edits import DeleteModel, DuplicateModel
from core.edits.preset_edits import DeletePreset, DuplicatePreset
from core.edits.profile_edits import DeleteProfile, DuplicateProfile, RenameProfile
from core.edits.rename_edits import RenameAlias, RenameModel, RenamePreset, RenameWaterfall
from core.edits.route_edits import DeleteRoute, RenamePattern
from core.formatting import counted
from core.mentions import Node
from core.usage import usage
from core.workspace import Proposal
from tui.dialogs.ask import AskScreen, Option
from tui.dialogs.pick import WIDE, PickScreen
from tui.dialogs.prompt import PromptScreen, Reject
from tui.forms.deck_forms import current_spec, model_family
from tui.forms.model_choices import model_choices
from tui.labels import plain
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

MOST_LISTED = 12
Named = Callable[[str], Intent]


def ask_name(screen: MainScreen, title: str, value: str, make: Named, made: Callable[[str], ItemRef | None]) -> None:
    """Ask for a name and make the edit of it; what is wrong with the name is said where it is typed."""

    def take(text: str, taken: Callable[[], None], wrong: Reject) -> None:
        name = text.strip()
        intent = make(name)

        def done(proposal: Proposal) -> None:
            taken()
            screen.editing.show_done(proposal)

        def refused(found: EditRefused) -> None:
            wrong(plain(found.message))
            if found.layers or found.alternatives:
                taken()
                screen.editing.refuse(intent, made(name), found)

        screen.editing.do(intent, select=made(name), done=done, refused=refused)

    screen.app.push_screen(PromptScreen(title, value, take))


def rename(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    """Give an item another name; what names it follows."""
    make = _renamer(view, ref)
    if make is None:
        screen.show_status(f"the name of a {ref.kind} cannot be changed here: v shows its text")
        return
    ask_name(screen, f"rename {ref.kind} {ref.name}", ref.name, make, lambda name: ref._replace(name=name))


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
    title = f"copy {ref.kind} {ref.name} as"
    ask_name(screen, title, ref.name, make, lambda name: ref._replace(name=name))


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
    """Delete an item, once it is shown who uses it and what would die."""
    intent = _remover(view, ref)
    if intent is None:
        screen.show_status("this cannot be deleted here")
        return
    workspace = screen.session.workspace
    screen.editing.work(
        intent.label, lambda: workspace.propose(intent), lambda found: _ask(screen, view, ref, intent, found)
    )


def _ask(screen: MainScreen, view: ViewModel, ref: ItemRef, intent: Intent, found: Proposal | EditRefused) -> None:
    lines = _users(view, ref)
    if isinstance(found, EditRefused):
        _ask_instead(screen, view, ref, found, lines)
        return
    lines += [Line(), Line((("then: ", "dim"), (found.impact.summary(), "bad" if found.impact.died else "")))]
    lines += [Line((("! ", "warn"), (plain(note), ""))) for note in found.notes]

    def answer(key: str | None) -> None:
        if key:
            screen.editing.do(intent)

    options = [Option("yes", "delete it"), Option("", "leave it")]
    screen.app.push_screen(AskScreen(f"delete {ref.kind} {ref.name}?", lines, options), answer)


def _ask_instead(screen: MainScreen, view: ViewModel, ref: ItemRef, found: EditRefused, lines: list[Line]) -> None:
    options = [Option(f"other {number}", _instead_words(other)) for number, other in enumerate(found.alternatives)]
    if ref.kind in ("alias", "waterfall", "preset", "model") and not found.layers:
        options.append(Option("pick", "delete it, and pick what its users name in its place"))
    options += [Option(f"where {where.value}", f"delete it in the {where.value} file") for where in found.layers]

    def answer(key: str | None) -> None:
        kind, _, name = (key or "").partition(" ")
        if kind == "other":
            screen.editing.do(found.alternatives[int(name)])
        elif kind == "pick":
            _pick_instead(screen, view, ref)
        elif kind == "where":
            intent = _remover(view, ref)
            where = next(one for one in found.layers if one.value == name)
            if intent is not None:
                screen.editing.do(intent, where)

    text = [Line(((plain(found.message), ""),)), *lines]
    screen.app.push_screen(
        AskScreen(f"delete {ref.kind} {ref.name}?", text, [*options, Option("", "leave it")]), answer
    )


def _instead_words(other: Intent) -> str:
    """An offer in words: what takes the place of what is deleted."""
    instead = getattr(other, "instead", None) or getattr(other, "active", None)
    return f"delete it; {instead} takes its place" if instead else plain(other.label)


def _pick_instead(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    def take(key: str | None) -> None:
        intent = _remover(view, ref, key) if key is not None else None
        if intent is not None:
            screen.editing.do(intent)

    own = view.references[ref].reference
    choices = model_choices(
        view, model_family(view, ref), current_spec(view, ref), presets=ref.kind == "preset", without=own
    )
    screen.app.push_screen(PickScreen("what its users name then", choices, columns=WIDE), take)


def _users(view: ViewModel, ref: ItemRef) -> list[Line]:
    """Who uses an item, in the tree and in method files."""
    if ref.kind == "route":
        return []
    uses = [use for use in usage(view.report).of(Node(*ref)).all if use.role != "takes"]
    if not uses:
        return [Line((("nothing uses it", "dim"),))]
    lines = [Line(((f"used in {counted(len(uses), 'place')}", "heading"),))]
    for use in uses[:MOST_LISTED]:
        via = f"  through {use.via[0].name}" if use.via else ""
        lines.append(Line((("  ", ""), (use.label, "accent"), (f"  {view.where(use.location)}{via}", "dim"))))
    if len(uses) > MOST_LISTED:
        lines.append(Line(((f"  and {len(uses) - MOST_LISTED} more", "dim"),)))
    return lines
