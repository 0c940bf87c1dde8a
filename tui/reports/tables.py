"""Tables: the catalogue of models, models side by side, routing rules, and variables."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterator, Sequence

from core.api import Report
from core.catalogue import Compared, Offer, Row, Tokens, elsewhere, offers, past_runs
from core.formatting import counted, point_aligned, tokens, usd
from core.keys import KeyRow
from core.records import dataclass
from core.route_check import NameTest, Rule, rules
from core.safe_text import safe
from core.secret_texts import shown_name
from core.variables import State
from tui.reports.pipes import ran_tone
from tui.reports.text_output import TextOutput

_WIDE = 116
"""The width from which on words replace letters."""
_LETTERS = {"images": "i", "image": "i", "pdf": "p", "audio": "a", "video": "v"}
_OTHER_TYPES = {"text_extractor": "extract", "img_gen": "images", "doc_gen": "doc"}
_STATUS = {
    "callable": ("ok", "good"),
    "unknown": ("unknown", "warn"),
    "served": ("fails", "warn"),
    "refused": ("refused", "bad"),
    "on": ("unused", "dim"),
    "off": ("off", "dim"),
}


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
    price: bool = False
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
    _TableColumn("$ IN", lambda offer, _: usd(offer.price.input), number=True, price=True),
    _TableColumn("$ OUT", lambda offer, _: usd(offer.price.output), number=True, price=True),
    _TableColumn(
        "CALL", lambda offer, call: usd(offer.cost(*call)), number=True, price=True, shown=lambda wide, priced: priced
    ),
)


def print_catalogue(
    report: Report, rows: Sequence[Row], count: int, output: TextOutput, *, call: Tokens | None, same: bool
) -> None:
    """Print a table of the first rows of `count`; `call`: with its cost, `same`: with other backends."""
    if not rows:
        declared = report.catalog.declared
        output.line("no model matches these filters" if declared else "no model is declared in a file that can be read")
        return
    wide = output.width >= _WIDE
    columns = [column for column in _COLUMNS if column.shown(wide, call is not None)]
    if wide and any(row.lead.context for row in rows):
        columns.insert(4, _TableColumn("CONTEXT", lambda offer, _: tokens(offer.context), number=True))
    if wide and any(row.lead.ends for row in rows):
        columns.append(_TableColumn("ENDS", lambda offer, _: offer.ends))
    cells, tones = [], []
    all_offers = offers(report) if same else ()
    ran = past_runs(report, rows)
    for row, of_row in zip(rows, ran, strict=True):
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
            if any(ran):
                shown = of_row if not mark else None
                cells[-1].append("" if shown is None else "failed" if shown.failed_last else shown.age)
                tones[-1].append(ran_tone(shown) if shown is not None else "")
    for index, column in enumerate(columns, 2):
        if column.price:
            for row_cells, text in zip(cells, point_aligned([each[index] for each in cells]), strict=True):
                row_cells[index] = text
    output.table(
        ["MODEL", "BACKEND", *(column.head for column in columns), "STATUS", *(["RAN"] if any(ran) else [])],
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


def print_rules(report: Report, output: TextOutput, *, names: bool) -> None:
    """Print the rules of the active profile with their counts; `names`: with all handles."""
    catalog = report.catalog
    profile_rules = rules(catalog, report.serving)
    output.line((f"profile {catalog.active or 'none'}", "bold"), (f"  {_described(report)}", "dim"))
    if not profile_rules:
        output.line("it has no rules")
        return
    folder = catalog.tree.paths.folder
    cells, tones = [], []
    for rule in profile_rules:
        place = f"{rule.place.location.line}"
        cells.append((rule.pattern, rule.backend, *_counts(rule), place, _note(rule)))
        dim = "" if rule.live and not rule.idle_reason else "dim"
        tones.append((dim, dim, dim, dim, dim, "dim", "warn" if rule.idle_reason and rule.live else "dim"))
    heads = ("RULE", "SENDS TO", "CATCHES", "SERVED", "SHADOWS", "LINE", "")
    output.table(heads, cells, [(*row, "") for row in tones], right=(2, 3, 4, 5), flexible=(0, 1, 6))
    output.line((f"lines of {profile_rules[0].place.location.within(folder).rpartition(':')[0]}", "dim"))
    if names:
        for rule in profile_rules:
            _print_names(rule, output)


def _described(report: Report) -> str:
    profile = report.catalog.profile
    return profile.description if profile is not None else ""


def _counts(rule: Rule) -> tuple[str, str, str]:
    shadows = str(len(rule.shadows)) if rule.shadows else "-"
    return str(len(rule.caught)), str(rule.served), shadows


def _note(rule: Rule) -> str:
    if rule.idle_reason:
        return f"never: {rule.idle_reason}".replace("`", "")
    if rule.missed:
        return f"drops {len(rule.missed)}"
    return "matches nothing here" if not rule.caught and rule.kind in ("route", "optional") else ""


def _print_names(rule: Rule, output: TextOutput) -> None:
    if not rule.caught:
        return
    output.line()
    output.line((rule.pattern, "bold"), (f" -> {rule.backend}", "dim"))
    output.wrapped("  ", "catches " + ", ".join(rule.caught))
    if rule.missed:
        output.wrapped("  ", f"drops, as {rule.backend} does not declare them: " + ", ".join(rule.missed), "warn")
    for item in rule.shadows:
        output.wrapped("  ", f"shadows {item.pattern} -> {item.backend} for {item.handle}")


def print_everywhere(tests: Sequence[NameTest], output: TextOutput) -> None:
    """Print the backend of a name in each profile."""
    output.line((tests[0].name if tests else "", "bold"))
    cells, tones = [], []
    for test in tests:
        line = str(test.match.place.location.line) if test.match is not None else ""
        cells.append((test.profile, test.backend or "none", test.rule_name, line))
        tones.append(("", "good" if test.backend is not None else "bad", "dim", "dim"))
    output.table(("PROFILE", "SERVED BY", "RULE", "LINE"), cells, tones, right=(3,), flexible=(0, 1, 2))


def print_test(report: Report, test: NameTest, output: TextOutput) -> None:
    """Print the backend of a name, the rule that wins, and those that lost."""
    folder = report.catalog.tree.paths.folder
    match, matched_by = test.match, test.rule_name
    tone = "good" if test.backend is not None else "bad"
    runs: list[str | tuple[str, str]] = [(test.name, "bold"), " -> ", (test.backend or "none", tone)]
    if matched_by:
        runs.append((f"  by {matched_by}", "dim"))
    output.entry(0, runs, match.place.location.within(folder) if match is not None else "")
    for destination in test.destinations:
        kind = f"{destination.model_type}: " if destination.model_type else ""
        if destination.backend is None:
            output.wrapped("  ", f"{kind}{destination.reason}", "bad")
        else:
            output.line("  ", kind, (f"served by {destination.backend} ({destination.method})", "dim"))
    for lost in test.lost:
        text = f"{lost.route.pattern} -> {lost.route.backend}  {lost.reason}"
        output.entry(2, [("also matches: ", "dim"), text], lost.route.place.location.within(folder))
    declared = [*test.on, *(f"{name} (off)" for name in test.disabled)]
    output.wrapped("  ", f"declared by {', '.join(declared)}" if declared else "no backend declares it", "dim")


_TONES = {
    State.SET: "good",
    State.EMPTY: "bad",
    State.MISSING: "bad",
    State.PLACEHOLDER: "warn",
    State.UNKNOWN: "warn",
}
_MAX_BACKENDS = 3


def print_keys(rows: Sequence[KeyRow], order: str, output: TextOutput, *, everything: bool) -> None:
    """Print a table of the needed variables, or of `everything`, with their findings."""
    shown = [row for row in rows if row.needed or everything]
    hidden = len(rows) - len(shown)
    if shown:
        cells = [(row.shown, _state(row), row.source or "-", _backends(row)) for row in shown]
        tones = [("", "warn" if row.spaced else _TONES[row.state], "dim", "dim") for row in shown]
        output.table(("VARIABLE", "STATE", "FROM", "NEEDED BY"), cells, tones, flexible=(0, 3))
    elif not rows:
        output.line("the tree refers to no variable")
    for row in shown:
        if row.finding:
            output.wrapped(("! ", "warn"), f"{row.shown}: {row.finding}")
            output.wrapped("  ", f"fix: {row.fix}", "dim")
    output.line((f"{required_text(rows)}; sources, the last wins: {order}", "dim"))
    if hidden:
        output.line((f"{counted(hidden, 'more is', 'more are')} needed by disabled backends (--all)", "dim"))


def required_text(rows: Sequence[KeyRow], refused: Collection[str] = ()) -> str:
    """The number of required variables that are set: `2 of 4 required variables set, 1 unknown`.

    `refused`: the names of those that a provider refused.
    """
    needed = [row for row in rows if row.needed]
    rejected = sum(row.name in refused and not row.fails for row in needed)
    failing, unknown = (sum(getattr(row, name) for row in needed) for name in ("fails", "unknown"))
    said = f"{len(needed) - failing - unknown - rejected} of {len(needed)} required variables set"
    said = f"{said}, {rejected} refused" if rejected else said
    return f"{said}, {unknown} unknown" if unknown else said


def _state(row: KeyRow) -> str:
    return "spaced" if row.spaced and row.state is State.SET else row.state.value


def _backends(row: KeyRow) -> str:
    needs = sorted(row.needs, key=lambda need: not need.on)
    names = [need.backend if need.on else f"{need.backend} (off)" for need in needs]
    text = ", ".join(names[:_MAX_BACKENDS]) + (f" +{len(names) - _MAX_BACKENDS}" if len(names) > _MAX_BACKENDS else "")
    other_names = dict.fromkeys(name for need in needs for name in need.others)
    return f"{text}; or {', '.join(map(shown_name, other_names))}" if other_names else text
