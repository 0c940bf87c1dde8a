"""The text of `routing_profiles.toml`."""

from __future__ import annotations

from core.starting.lines import comment, document, header, pairs
from core.starting.lineup import LLM, Lineup
from core.starting.providers import Provider

_HEAD = """\
Routing: which backend is asked for which model. `active` names the profile that counts; the others wait.

A profile may have routes, under [profiles.NAME.routes]: "pattern" = "backend". For a handle, an exact name wins
wherever it stands; then the first pattern that fits, from the top; then the default. A `*` counts as the first or the
last character only. A pattern takes a handle even from backends that declare it: nothing else is then tried.
"""
_ORDER = "A model is asked of the first of these backends that declares it."
_FIRST = "A model is asked of this backend if it declares it, else of the others, as they stand in backends.toml."
_ONLY = "Language models of {title} only. The work that no language model does stays where it is."


def routing_text(lineup: Lineup) -> str:
    """The text of `routing_profiles.toml`."""
    return document(
        comment(_HEAD), pairs({"active": active_profile(lineup)}), _everything(lineup), *_one_by_one(lineup)
    )


def active_profile(lineup: Lineup) -> str:
    """The name of the profile in force: that of the one provider, or that of all."""
    asked = [provider for provider in lineup.providers if provider.backend or provider.speaks]
    return f"all_{asked[0].name}" if len(asked) == 1 else "all_enabled_backends"


def _everything(lineup: Lineup) -> list[str]:
    names = [provider.name for provider in lineup.providers]
    ordered = lineup.behaviours.fallback_order
    words = _ORDER if ordered else _FIRST
    target: dict[str, object] = {"fallback_order": names} if ordered else {"default": names[0]}
    asked = [provider.title for provider in lineup.providers if provider.backend or provider.speaks]
    description = {"description": f"Everything at {asked[0]}" if len(asked) == 1 else "Every backend that is on"}
    return [*comment(words), header("profiles", active_profile(lineup)), *pairs({**description, **target})]


def _one_by_one(lineup: Lineup) -> list[list[str]]:
    """A profile for each provider of language models, where there are several and a profile can keep to one.

    Up to 0.15 the other backends are tried whatever the profile says.
    """
    if len(lineup.speaking) < 2 or lineup.behaviours.default_miss in ("other backends", "order then others"):
        return []
    return [lines for provider in lineup.speaking for lines in _only(provider, lineup)]


def _only(provider: Provider, lineup: Lineup) -> list[list[str]]:
    name = f"all_{provider.name}"
    fields = {"description": f"Language models of {provider.title} only", "default": provider.name}
    own = comment(_ONLY.format(title=provider.title))
    others = {
        model.handle: other.name
        for other in lineup.providers
        for model in other.models
        if model.model_type != LLM and other.name != provider.name
    }
    out = [[*own, header("profiles", name), *pairs(fields)]]
    if others:
        out.append([header("profiles", name, "routes"), *pairs(dict(others))])
    return out
