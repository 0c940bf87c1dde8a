"""Planning a new tree: every file of it with its text, for a release and the providers that somebody chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from core.errors import PipedeckError
from core.records import dataclass
from core.releases import Behaviours
from core.starting.families_text import family_files, gaps
from core.starting.flat_text import plain_files, plain_gaps
from core.starting.lineup import Lineup, line_up
from core.starting.offers import KEYLESS
from core.starting.providers import INTERNAL, ORDER, Provider, first_release, provider
from core.starting.routing_text import active_profile, routing_text
from core.starting.specs_text import backends_text, specs_text
from core.suggest import did_you_mean

GAP_WORDS = {"img_gen": "makes images", "search": "searches the web"}
"""What nobody chosen does, by the family that the release wants a default for all the same."""


class StartError(PipedeckError):
    """A tree cannot be planned as asked: the message says why and what to write instead."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to write: its path inside of the `inference` folder, and its text."""

    path: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class StartPlan:
    """A new tree. `gaps` are the families whose required default no chosen provider can fill."""

    behaviours: Behaviours
    providers: tuple[Provider, ...]
    profile: str
    files: tuple[NewFile, ...]
    gaps: tuple[str, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the tree needs, each once."""
        return tuple(dict.fromkeys(name for found in self.providers for name in found.variables))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know of this tree: what nobody does, and what a provider needs besides its key."""
        nobody = [f"nothing in this tree {GAP_WORDS[family]}" for family in self.gaps]
        return (*nobody, *(f"{found.name}: {found.note}" for found in self.providers if found.note))


def plan_init(behaviours: Behaviours, names: Sequence[str]) -> StartPlan:
    """Plan a tree for a release with the named providers, in the order they are tried; `internal` comes by itself.

    Raises StartError when a name is unknown, is no provider of that release, or no provider serves language models.
    """
    chosen = [_chosen(name, behaviours) for name in dict.fromkeys(names) if name != INTERNAL]
    if not any(found.speaks for found in chosen):
        others = ", ".join(found.name for found in chosen)
        why = f"{others} {'serves' if len(chosen) == 1 else 'serve'} no" if chosen else "there is no provider of"
        raise StartError(
            f"{why} language models, and a tree needs one; choose one too, such as {KEYLESS}, which needs no key"
        )
    internal = provider(INTERNAL, behaviours.release)
    lineup = line_up([*chosen, *([internal] if internal else [])], behaviours)
    return StartPlan(behaviours, lineup.providers, active_profile(lineup), _files(lineup), _gaps(lineup))


def _chosen(name: str, behaviours: Behaviours) -> Provider:
    try:
        found = provider(name, behaviours.release)
    except KeyError:
        hint = did_you_mean(name, ORDER) or f"write one of {', '.join(ORDER[:-1])}"
        raise StartError(f"no provider `{name}` is known: {hint}") from None
    if found is None:
        since = first_release(name)
        raise StartError(f"`{name}` needs Pipelex {since} or later, and the tree is for {behaviours.release}")
    return found


def _files(lineup: Lineup) -> tuple[NewFile, ...]:
    """In writing order: `backends.toml` last, as without it the others are not looked at."""
    deck = family_files(lineup) if lineup.behaviours.deck_layout == "families" else plain_files(lineup)
    return (
        *(NewFile(f"backends/{found.name}.toml", specs_text(found, lineup)) for found in lineup.providers),
        *(NewFile(f"deck/{name}", text) for name, text in deck),
        NewFile("routing_profiles.toml", routing_text(lineup)),
        NewFile("backends.toml", backends_text(lineup)),
    )


def _gaps(lineup: Lineup) -> tuple[str, ...]:
    return gaps(lineup) if lineup.behaviours.deck_layout == "families" else plain_gaps(lineup)
