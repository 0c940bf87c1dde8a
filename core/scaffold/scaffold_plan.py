"""The plan of a new tree: every file with its text, for a release and the chosen providers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from core.errors import PipedeckError
from core.records import dataclass
from core.releases import Behaviours
from core.scaffold.backend_files import active_profile, backends_text, routing_text, specs_text
from core.scaffold.deck_content import GAP_LABELS
from core.scaffold.family_deck import family_files, family_gaps
from core.scaffold.flat_deck import flat_files, flat_gaps
from core.scaffold.templates import (
    INTERNAL,
    TEMPLATE_NAMES,
    BackendSelection,
    ProviderTemplate,
    first_release,
    select_backends,
    template_for,
)
from core.suggest import did_you_mean

KEYLESS = "ollama"
"""The provider to suggest when no key is set: it needs none."""


class ScaffoldError(PipedeckError):
    """A tree cannot be planned as requested. The message gives the reason and the correction."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to write: its path inside of the `inference` folder, and its text."""

    path: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class ScaffoldPlan:
    """A new tree. `gaps` are the families whose required default no chosen provider can fill."""

    behaviours: Behaviours
    providers: tuple[ProviderTemplate, ...]
    profile: str
    files: tuple[NewFile, ...]
    gaps: tuple[str, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the tree needs, each once."""
        return tuple(dict.fromkeys(name for template in self.providers for name in template.variables))

    @property
    def notes(self) -> tuple[str, ...]:
        """The gaps of the tree in words, and the requirements of its providers besides their keys."""
        gaps = [f"nothing in this tree {GAP_LABELS[family]}" for family in self.gaps]
        return (*gaps, *(f"{template.name}: {template.note}" for template in self.providers if template.note))


def plan_tree(behaviours: Behaviours, names: Sequence[str]) -> ScaffoldPlan:
    """Plan a tree for a release with the named providers, in order of preference; `internal` is added.

    Raises ScaffoldError when a name is unknown or unsupported by the release, or no provider has language models.
    """
    chosen = [_template(name, behaviours) for name in dict.fromkeys(names) if name != INTERNAL]
    if not any(template.has_language_models for template in chosen):
        listed = ", ".join(template.name for template in chosen)
        reason = f"{listed} {'serves' if len(chosen) == 1 else 'serve'} no" if chosen else "there is no provider of"
        raise ScaffoldError(
            f"{reason} language models, and a tree needs one; add one, such as {KEYLESS}, which needs no key"
        )
    internal = template_for(INTERNAL, behaviours.release)
    selection = select_backends([*chosen, *([internal] if internal else [])], behaviours)
    profile = active_profile(selection)
    return ScaffoldPlan(behaviours, selection.providers, profile, _files(selection), _gaps(selection))


def _template(name: str, behaviours: Behaviours) -> ProviderTemplate:
    try:
        template = template_for(name, behaviours.release)
    except KeyError:
        hint = did_you_mean(name, TEMPLATE_NAMES) or f"write one of {', '.join(TEMPLATE_NAMES[:-1])}"
        raise ScaffoldError(f"unknown provider `{name}`: {hint}") from None
    if template is None:
        since = first_release(name)
        raise ScaffoldError(f"`{name}` needs Pipelex {since} or newer, and the tree is for {behaviours.release}")
    return template


def _files(selection: BackendSelection) -> tuple[NewFile, ...]:
    """The files in writing order: `backends.toml` last, as Pipelex reads no other without it."""
    deck = family_files(selection) if selection.behaviours.deck_layout == "families" else flat_files(selection)
    return (
        *(
            NewFile(f"backends/{template.name}.toml", specs_text(template, selection))
            for template in selection.providers
        ),
        *(NewFile(f"deck/{name}", text) for name, text in deck),
        NewFile("routing_profiles.toml", routing_text(selection)),
        NewFile("backends.toml", backends_text(selection)),
    )


def _gaps(selection: BackendSelection) -> tuple[str, ...]:
    return family_gaps(selection) if selection.behaviours.deck_layout == "families" else flat_gaps(selection)
