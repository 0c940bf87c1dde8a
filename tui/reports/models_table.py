"""Tables of models: the catalogue, and models side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from core import formatting
from core.api import Report
from core.catalogue import Compared, Offer, Row, Tokens, elsewhere, offers
from core.formatting import counted, usd
from core.safe_text import safe
from tui.reports.text_output import TextOutput

_WIDE = 116
"""The width from which on words replace letters."""
_LETTERS = {"images": "i", "image": "i", "pdf": "p", "audio": "a", "video": "v"}
_OTHER_TYPES = {"text_extractor": "extract", "img_gen": "images", "doc_gen": "doc"}
_STATUS = {"callable": ("ok", "good"), "served": ("no key", "warn"), "on": ("unused", "dim"), "off": ("off", "dim")}


def print_catalogue(
    report: Report, rows: Sequence[Row], count: int, output: TextOutput, *, tokens: Tokens | None, same: bool
) -> None:
    """Print a table of the first rows of `count`; `tokens`: with the cost of a call, `same`: with other backends."""
    wide = output.width >= _WIDE
    heads = ["MODEL", "BACKEND", *(["TYPE", "INPUTS", "OUTPUTS"] if wide else ["CAN"])]
    heads += [] if tokens is not None and not wide else ["MAX"]
    heads += ["$ IN", "$ OUT"] + ([] if tokens is None else ["CALL"]) + ["STATUS"]
    cells, tones = [], []
    all_offers = offers(report) if same else ()
    for row in rows:
        more = len(row.offers) - 1
        shown = [("", row.lead, f"{row.lead.backend} +{more}" if more else row.lead.backend)]
        if same:
            shown += [("= ", offer, offer.backend) for offer in elsewhere(report, row.lead, all_offers)]
        for mark, offer, backend in shown:
            word, tone = _STATUS[offer.status]
            line = [f"{mark}{offer.handle}", backend, *_abilities(offer, wide)]
            line += [] if tokens is not None and not wide else [formatting.tokens(offer.max_tokens)]
            line += [usd(offer.price.input), usd(offer.price.output)]
            line += [] if tokens is None else [usd(offer.cost(*tokens))]
            cells.append([*line, word])
            tones.append(["dim" if mark else ""] * len(line) + [tone])
    if not rows:
        output.line("no model matches these filters")
        return
    numbers = range(heads.index("OUTPUTS" if wide else "CAN") + 1, len(heads) - 1)
    output.table(heads, cells, tones, right=tuple(numbers), flexible=(0, 1, *([3, 4] if wide else [])))
    total = f"{len(rows)} of {count} shown" if len(rows) < count else counted(count, "model")
    output.line((f"{total}; $ per million tokens, ? unknown", "dim"))
    if not wide and any(row.lead.model_type == "llm" for row in rows):
        output.line(("CAN: reads i images, p pdf, a audio, v video; s structured output", "dim"))


def _abilities(offer: Offer, wide: bool) -> list[str]:
    if wide:
        return [offer.model_type, " ".join(offer.inputs) or "?", " ".join(offer.outputs) or "?"]
    if offer.model_type != "llm":
        return [_OTHER_TYPES.get(offer.model_type, offer.model_type)]
    letters = dict.fromkeys(_LETTERS[item] for item in offer.inputs if item in _LETTERS)
    marks = "".join(letter if letter in letters else "-" for letter in "ipav")
    return [marks + ("s" if offer.structured else "-")]


def print_sides(rows: Sequence[Compared], output: TextOutput) -> None:
    """Print models side by side, a column for each; the best value of a line is marked."""
    if not rows:
        return
    count = len(rows[0].values)
    titles = max(len(row.name) for row in rows)
    width = max(12, (output.width - titles - 2 * count) // count)
    for row in rows:
        for number, line in enumerate(_lines(row, width)):
            runs: list[str | tuple[str, str]] = [(row.name.ljust(titles) if not number else " " * titles, "dim")]
            for index, cell in enumerate(line):
                last = index == len(line) - 1
                tone = "good" if row.best == index else "" if row.differs else "dim"
                runs += ["  ", (cell.rstrip() if last else cell.ljust(width), tone)]
            output.line(*runs)


def _lines(row: Compared, width: int) -> Iterator[list[str]]:
    """The lines of a row with its cells wrapped; the best is marked with `*`, as there may be no colour."""
    marked = [f"{value} *" if row.best == index else value for index, value in enumerate(row.values)]
    wrapped = [textwrap.wrap(safe(cell), width) or [""] for cell in marked]
    for number in range(max(len(cell) for cell in wrapped)):
        yield [cell[number] if number < len(cell) else "" for cell in wrapped]
