"""Text of lives and prices: the ends of models, and prices beside those of the sources."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.api import Report
from core.formatting import counted, point_aligned, price_factor, usd
from core.lives.index import names
from core.lives.life_rows import LifeRow
from core.lives.lives import LifeState
from core.lives.price_check import PriceCheck
from tui.reports.text_output import TextOutput

_TONES = {LifeState.ENDED: "bad", LifeState.ENDS: "warn", LifeState.DEPRECATED: "warn", LifeState.LISTED: "good"}


def print_lives(
    report: Report,
    rows: Sequence[LifeRow],
    output: TextOutput,
    *,
    within: int,
    ignored: Collection[str],
    unknown: int | None,
) -> None:
    """Print the models with an end, and the index with its age."""
    cells = [
        [
            state_text(row),
            f"{row.spec.backend}/{row.spec.handle}" + (" (ignored)" if row.spec.handle in ignored else ""),
            _names(row.names),
            row.end.successor + (f" = {row.follows}" if row.follows else ""),
            str(row.end.origin),
        ]
        for row in rows
    ]
    tones = [[_TONES.get(row.state, ""), "", "", "", "dim"] for row in rows]
    if cells:
        output.table(["ENDS", "MODEL", "USED BY", "SUCCESSOR", "SAYS"], cells, tones, flexible=(1, 2, 3))
    if report.lives is None:
        return
    used = [row for row in rows if row.names]
    ended = sum(row.state is LifeState.ENDED for row in rows)
    soon = sum(row.state is LifeState.ENDS for row in rows)
    output.line(
        f"{counted(ended, 'model')} ended, {soon} ending within {within} days,"
        f" {sum(row.state is LifeState.DEPRECATED for row in rows)} deprecated; {len(used)} of them used by names"
    )
    output.line((f"{counted(unknown or 0, 'model')} not in the index; {report.lives.age_text}", "dim"))


def state_text(row: LifeRow) -> str:
    """`ended 2026-10-23`, `2027-01-14`, `deprecated`, `listed 3 h ago`."""
    if row.state is LifeState.LISTED:
        return f"listed {row.listed}"
    if row.state is LifeState.ENDED:
        return f"ended {row.end.day}".rstrip()
    return row.end.day or row.state.value


def _names(used: Sequence[str]) -> str:
    return f"{used[0]} +{len(used) - 1}" if len(used) > 1 else used[0] if used else "-"


def price_pairs(pairs: Sequence[tuple[float | None, float | None]]) -> list[str]:
    """Pairs such as `$3 / $15` below each other, decimal points too."""
    halves = []
    for side in (0, 1):
        texts = point_aligned([usd(pair[side]) for pair in pairs])
        width = max(map(len, texts), default=0)
        halves.append([text.rjust(width) for text in texts])
    return [f"{cost_in} / {cost_out}" for cost_in, cost_out in zip(*halves, strict=True)]


def print_prices(report: Report, checks: Sequence[PriceCheck], compared: int, output: TextOutput) -> None:
    """Print the prices that differ, with those of the sources below each other."""
    cells, tones = [], []
    here = price_pairs([(check.price.input, check.price.output) for check in checks])
    said = iter(price_pairs([(listed.input, listed.output) for check in checks for listed in check.listed]))
    for check, pair in zip(checks, here, strict=True):
        for number, listed in enumerate(check.listed):
            first = not number
            cells.append(
                [
                    price_factor(check.factor) if first else "",
                    f"{check.spec.backend}/{check.spec.handle}" if first else "",
                    pair if first else "",
                    next(said),
                    names(listed.origins),
                ]
            )
            tones.append(["bad" if check.factor >= 5 else "warn", "", "", "", "dim"])
    if cells:
        output.table(["OFF", "MODEL", "FILE", "SOURCES", "SAYS"], cells, tones, flexible=(1, 4))
    if report.lives is None:
        return
    output.line(f"{len(checks)} of {counted(compared, 'compared price')} listed; $ in / out per million tokens")
    output.line((report.lives.age_text, "dim"))
