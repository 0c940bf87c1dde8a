"""Published data about a model: a line for its end, and a section of prices and limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from core.entities import ModelSpec
from core.formatting import price_factor, tokens, usd
from tui.inspector.sheet import Sheet
from tui.labels import life_tone, plain
from tui.widgets.runs import Tone

if TYPE_CHECKING:
    from core.lives.index import ListedPrice, Origin


def life_line(sheet: Sheet, spec: ModelSpec | None, indent: str = "") -> None:
    """One line about the end of a model, with source and day; none where no source states one."""
    lives = sheet.view.lives
    text = lives.text(spec) if lives is not None and spec is not None else ""
    if lives is not None and spec is not None and text:
        tone = life_tone(lives, spec)
        sheet.text((f"{indent}{'!' if tone else '-'} ", tone), (plain(text), tone), hang=2)


def published_section(sheet: Sheet, spec: ModelSpec) -> None:
    """The prices and limits of a model by source, beside those of the file."""
    lives = sheet.view.lives
    facts = lives.facts(spec) if lives is not None else None
    if lives is None:
        return
    window = lives.context(spec)
    if window is not None and (facts is None or not facts.limits):
        sheet.field("context", f"{tokens(window.size)} tokens", "max_tokens of the file")
    if facts is None:
        return
    sheet.heading("published data", lives.age_text)
    check = lives.price_check(spec)
    off: Tone = "warn" if check is not None and not check.agrees else ""
    if check is not None and not check.agrees:
        sheet.field("price", f"{price_factor(check.factor)} off: no source has that of the file", tone="warn")
    for listed in facts.prices:
        start = f" from {listed.start}" if listed.start > lives.knowledge.today else ""
        sheet.field(
            "$ in / out", f"{usd(listed.input)} / {usd(listed.output)}{start}", _names(listed.origins), tone=off
        )
        for name, text in _details(listed):
            sheet.field(name, text)
    for limits in facts.limits:
        parts = [f"{tokens(limits.context)} context"] if limits.context else []
        parts += [f"{tokens(limits.max_output)} output"] if limits.max_output else []
        sheet.field("tokens", ", ".join(parts), _names(limits.origins))
    if window is not None and window.others:
        said = ", ".join(f"{tokens(size)} by {origin.name}" for size, origin in window.others)
        sheet.field("context", f"{tokens(window.size)} tokens, as {window.source} says", f"not {said}")


def _details(listed: ListedPrice) -> Iterator[tuple[str, str]]:
    """The prices of cached tokens, long contexts and service tiers."""
    if listed.other:
        yield "", ", ".join(f"{usd(amount)} {kind}" for kind, amount in listed.other.items())
    for size, cost_in, cost_out, _ in listed.steps:
        yield "", f"{usd(cost_in)} / {usd(cost_out)} above {tokens(size)} tokens"
    for tier, (cost_in, cost_out) in listed.tiers.items():
        yield "", f"{usd(cost_in)} / {usd(cost_out)} {tier}"


def _names(origins: Iterable[Origin]) -> str:
    return ", ".join(origin.name for origin in origins)
