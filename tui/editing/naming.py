"""Names: giving a thing another one, copying it under a new one, deleting it once it is seen who uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.edits.aliases import AddAlias, DeleteAlias
from core.edits.intent import Intent
from core.edits.model_names import DeleteModel, RenameModel
from core.edits.models import DuplicateModel
from core.edits.presets import DeletePreset, DuplicatePreset
from core.edits.profiles import DeleteProfile, DuplicateProfile, RenameProfile
from core.edits.refusals import NotDone
from core.edits.remove_backend import RemoveBackend
from core.edits.renames import RenameAlias, RenamePreset, RenameWaterfall
from core.edits.routes import DeleteRoute, RenamePattern
from core.edits.waterfalls import AddWaterfall, DeleteWaterfall
from core.mentions import Node
from core.usage import usage
from core.workspace import Proposal
from tui.facts import Facts
from tui.forms.deck import now_at, space
from tui.forms.models import model_choices
from tui.screens.ask import AskScreen, Option
from tui.screens.pick import WIDE, PickScreen
from tui.screens.prompt import PromptScreen, Wrong
from tui.things import Thing
from tui.widgets.lines import Line
from tui.words import counted, plain

if TYPE_CHECKING:
    from tui.faces.main import MainFace

MOST_LISTED = 12
Named = Callable[[str], Intent]


def ask_name(screen: MainFace, title: str, value: str, make: Named, made: Callable[[str], Thing | None]) -> None:
    """Ask for a name and make the edit of it; what is wrong with the name is said where it is typed."""

    def take(text: str, taken: Callable[[], None], wrong: Wrong) -> None:
        name = text.strip()
        intent = make(name)

        def done(proposal: Proposal) -> None:
            taken()
            screen.editing.tell_done(proposal)

        def refused(found: NotDone) -> None:
            wrong(plain(found.message))
            if found.offers or found.others:
                taken()
                screen.editing.refuse(intent, made(name), found)

        screen.editing.do(intent, select=made(name), done=done, refused=refused)

    screen.app.push_screen(PromptScreen(title, value, take))


def rename(screen: MainFace, facts: Facts, thing: Thing) -> None:
    """Give a thing another name; what names it follows."""
    make = _renamer(facts, thing)
    if make is None:
        screen.tell(f"the name of a {thing.kind} cannot be changed here: v shows its text")
        return
    ask_name(screen, f"rename {thing.kind} {thing.name}", thing.name, make, lambda name: thing._replace(name=name))


def _renamer(facts: Facts, thing: Thing) -> Named | None:
    family = space(facts, thing) if thing.kind in ("alias", "waterfall") else thing.family
    profile = facts.catalog.active or ""
    makers: dict[str, Named] = {
        "preset": lambda name: RenamePreset(family, thing.name, name),
        "alias": lambda name: RenameAlias(family, thing.name, name),
        "waterfall": lambda name: RenameWaterfall(family, thing.name, name),
        "profile": lambda name: RenameProfile(thing.name, name),
        "route": lambda name: RenamePattern(profile, thing.name, name),
        "model": lambda name: RenameModel(thing.name, name, model_type=_type(facts, thing)),
    }
    if thing.kind == "route" and thing.family not in ("route", "optional"):
        return None
    return makers.get(thing.kind)


def _type(facts: Facts, thing: Thing) -> str | None:
    spec = facts.spec_of(thing)
    return spec.model_type if spec is not None else None


def duplicate(screen: MainFace, facts: Facts, thing: Thing) -> None:
    """Copy a thing under another name."""
    make = _copier(facts, thing)
    if make is None:
        screen.tell(f"a {thing.kind} cannot be copied")
        return
    title = f"copy {thing.kind} {thing.name} as"
    ask_name(screen, title, thing.name, make, lambda name: thing._replace(name=name))


def _copier(facts: Facts, thing: Thing) -> Named | None:
    section = facts.catalog.families.get(thing.family)
    family = space(facts, thing) if thing.kind in ("alias", "waterfall") else thing.family
    if thing.kind == "preset":
        return lambda name: DuplicatePreset(family, thing.name, name)
    if thing.kind == "alias" and section is not None and not section.aliases[thing.name].is_list:
        target = section.aliases[thing.name].targets[0]
        return lambda name: AddAlias(family, name, target)
    if thing.kind == "waterfall" and section is not None:
        entries = section.waterfalls[thing.name].entries
        return lambda name: AddWaterfall(family, name, entries)
    spec = facts.spec_of(thing) if thing.kind == "model" else None
    if spec is not None:
        return lambda name: DuplicateModel(spec.backend, thing.name, name)
    if thing.kind in ("route", "profile"):
        profile = thing.name if thing.kind == "profile" else facts.catalog.active or ""
        return lambda name: DuplicateProfile(profile, name)
    return None


def _remover(facts: Facts, thing: Thing, instead: str | None = None) -> Intent | None:
    family = space(facts, thing) if thing.kind in ("alias", "waterfall") else thing.family
    if thing.kind == "route" and thing.family not in ("route", "optional"):
        return None
    spec = facts.spec_of(thing) if thing.kind == "model" else None
    if spec is not None:
        return DeleteModel(spec.backend, thing.name, instead, spec.model_type)
    makers: dict[str, Callable[[], Intent]] = {
        "backend": lambda: RemoveBackend(thing.name, instead, file=True),
        "preset": lambda: DeletePreset(family, thing.name, instead),
        "alias": lambda: DeleteAlias(family, thing.name, instead),
        "waterfall": lambda: DeleteWaterfall(family, thing.name, instead),
        "profile": lambda: DeleteProfile(thing.name, instead),
        "route": lambda: DeleteRoute(facts.catalog.active or "", thing.name),
    }
    return makers[thing.kind]() if thing.kind in makers else None


def delete(screen: MainFace, facts: Facts, thing: Thing) -> None:
    """Delete a thing, once it is shown who uses it and what would die."""
    intent = _remover(facts, thing)
    if intent is None:
        screen.tell("this cannot be deleted here")
        return
    workspace = screen.session.workspace
    screen.editing.work(
        intent.label, lambda: workspace.propose(intent), lambda found: _ask(screen, facts, thing, intent, found)
    )


def _ask(screen: MainFace, facts: Facts, thing: Thing, intent: Intent, found: Proposal | NotDone) -> None:
    lines = _users(facts, thing)
    if isinstance(found, NotDone):
        _ask_instead(screen, facts, thing, found, lines)
        return
    lines += [Line(), Line((("then: ", "dim"), (found.impact.summary(), "bad" if found.impact.died else "")))]
    lines += [Line((("! ", "warn"), (plain(note), ""))) for note in found.notes]

    def answer(key: str | None) -> None:
        if key:
            screen.editing.do(intent)

    options = [Option("yes", "delete it"), Option("", "leave it")]
    screen.app.push_screen(AskScreen(f"delete {thing.kind} {thing.name}?", lines, options), answer)


def _ask_instead(screen: MainFace, facts: Facts, thing: Thing, found: NotDone, lines: list[Line]) -> None:
    options = [Option(f"other {number}", _instead_words(other)) for number, other in enumerate(found.others)]
    if thing.kind in ("alias", "waterfall", "preset", "model") and not found.offers:
        options.append(Option("pick", "delete it, and pick what its users name in its place"))
    options += [Option(f"where {where.value}", f"delete it in the {where.value} file") for where in found.offers]

    def answer(key: str | None) -> None:
        kind, _, name = (key or "").partition(" ")
        if kind == "other":
            screen.editing.do(found.others[int(name)])
        elif kind == "pick":
            _pick_instead(screen, facts, thing)
        elif kind == "where":
            intent = _remover(facts, thing)
            where = next(one for one in found.offers if one.value == name)
            if intent is not None:
                screen.editing.do(intent, where)

    text = [Line(((plain(found.message), ""),)), *lines]
    screen.app.push_screen(
        AskScreen(f"delete {thing.kind} {thing.name}?", text, [*options, Option("", "leave it")]), answer
    )


def _instead_words(other: Intent) -> str:
    """An offer in words: what takes the place of what is deleted."""
    instead = getattr(other, "instead", None) or getattr(other, "active", None)
    return f"delete it; {instead} takes its place" if instead else plain(other.label)


def _pick_instead(screen: MainFace, facts: Facts, thing: Thing) -> None:
    def take(key: str | None) -> None:
        intent = _remover(facts, thing, key) if key is not None else None
        if intent is not None:
            screen.editing.do(intent)

    own = facts.references[thing].reference
    choices = model_choices(
        facts, space(facts, thing), now_at(facts, thing), presets=thing.kind == "preset", without=own
    )
    screen.app.push_screen(PickScreen("what its users name then", choices, columns=WIDE), take)


def _users(facts: Facts, thing: Thing) -> list[Line]:
    """Who uses a thing, in the tree and in method files."""
    if thing.kind == "route":
        return []
    uses = [use for use in usage(facts.report).of(Node(*thing)).all if use.role != "takes"]
    if not uses:
        return [Line((("nothing uses it", "dim"),))]
    lines = [Line(((f"used in {counted(len(uses), 'place')}", "heading"),))]
    for use in uses[:MOST_LISTED]:
        via = f"  through {use.via[0].name}" if use.via else ""
        lines.append(Line((("  ", ""), (use.label, "accent"), (f"  {facts.where(use.location)}{via}", "dim"))))
    if len(uses) > MOST_LISTED:
        lines.append(Line(((f"  and {len(uses) - MOST_LISTED} more", "dim"),)))
    return lines
