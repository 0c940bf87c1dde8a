"""Tables of models: the catalogue, and models side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence

from core.api import Report
from core.catalogue import Compared, Offer, Row, Tokens, elsewhere, offers
from core.formatting import counted, tokens, usd
from core.records import dataclass
from core.safe_text import safe
from tui.reports.text_output import TextOutput

_WIDE = 116
"""The width from which on words replace letters."""
_LETTERS = {"images": "i", "image": "i", "pdf": "p", "audio": "a", "video": "v"}
_OTHER_TYPES = {"text_extractor": "extract", "img_gen": "images", "doc_gen": "doc"}
_STATUS = {"callable": ("ok", "good"), "served": ("no key", "warn"), "on": ("unused", "dim"), "off": ("off", "dim")}


def _letters(offer: Offer) -> str:
    """The abilities of a model in five characters; of other types than `llm` the type."""
    if offer.model_type != "llm":
        return _OTHER_TYPES.get(offer.model_type, offer.model_type)
    letters = dict.fromkeys(_LETTERS[item] for item in offer.inputs if item in _LETTERS)
    return "".join(letter if letter in letters else "-" for letter in "ipav") + ("s" if offer.structured else "-")


@dataclass(frozen=True, slots=True)
class _TableColumn:
    """A column of the catalogue: its head, the cell of an offer for a call of some tokens, and when it is shown."""

    head: str
    cell: Callable[[Offer, Tokens], str]
    number: bool = False
    flexible: bool = False
    shown: Callable[[bool, bool], bool] = lambda wide, priced: True


def _wide(wide: bool, priced: bool) -> bool:
    return wide


_COLUMNS = (
    _TableColumn("TYPE", lambda offer, _: offer.model_type, shown=_wide),
    _TableColumn("INPUTS", lambda offer, _: " ".join(offer.inputs) or "?", flexible=True, shown=_wide),
    _TableColumn("OUTPUTS", lambda offer, _: " ".join(offer.outputs) or "?", flexible=True, shown=_wide),
    _TableColumn("CAN", lambda offer, _: _letters(offer), shown=lambda wide, priced: not wide),
    _TableColumn(
        "MAX", lambda offer, _: tokens(offer.max_tokens), number=True, shown=lambda wide, priced: wide or not priced
    ),
    _TableColumn("$ IN", lambda offer, _: usd(offer.price.input), number=True),
    _TableColumn("$ OUT", lambda offer, _: usd(offer.price.output), number=True),
    _TableColumn("CALL", lambda offer, call: usd(offer.cost(*call)), number=True, shown=lambda wide, priced: priced),
)


def print_catalogue(
    report: Report, rows: Sequence[Row], count: int, output: TextOutput, *, call: Tokens | None, same: bool
) -> None:
    """Print a table of the first rows of `count`; `call`: with its cost, `same`: with other backends."""
    if not rows:
        output.line("no model matches these filters")
        return
    wide = output.width >= _WIDE
    columns = [column for column in _COLUMNS if column.shown(wide, call is not None)]
    cells, tones = [], []
    all_offers = offers(report) if same else ()
    for row in rows:
        more = len(row.offers) - 1
        lines = [("", row.lead, f"{row.lead.backend} +{more}" if more else row.lead.backend)]
        if same:
            lines += [("= ", offer, offer.backend) for offer in elsewhere(report, row.lead, all_offers)]
        for mark, offer, backend in lines:
            word, tone = _STATUS[offer.status]
            cells.append(
                [f"{mark}{offer.handle}", backend, *(column.cell(offer, call or (0, 0)) for column in columns), word]
            )
            tones.append(["dim" if mark else ""] * (len(columns) + 2) + [tone])
    output.table(
        ["MODEL", "BACKEND", *(column.head for column in columns), "STATUS"],
        cells,
        tones,
        right=tuple(index for index, column in enumerate(columns, 2) if column.number),
        flexible=(0, 1, *(index for index, column in enumerate(columns, 2) if column.flexible)),
    )
    total = f"{len(rows)} of {count} shown" if len(rows) < count else counted(count, "model")
    output.line((f"{total}; $ per million tokens, ? unknown", "dim"))
    if not wide and any(row.lead.model_type == "llm" for row in rows):
        output.line(("CAN: reads i images, p pdf, a audio, v video; s structured output", "dim"))


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
