"""Display formats of numbers: prices, tokens, counts, changes, durations and ages. Unknown is `?`, never 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

UNKNOWN = "?"
_BLOCKS = "▁▂▃▄▅▆▇█"
_AGE_UNITS = ((60, 3600, "min"), (3600, 86_400, "h"))


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: `1 cause`, `2 aliases`; `plural` is for phrases such as `1 name dies`, `2 names die`."""
    return f"{count:,} {noun if count == 1 else plural or plural_of(noun)}"


def plural_of(noun: str) -> str:
    """The regular plural: `causes`, `aliases`, `entries`."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return noun + ("es" if noun.endswith("s") else "s")


def enumerated(words: Iterable[str]) -> str:
    """Words as an enumeration: `a`, `a and b`, `a, b and c`."""
    return " and ".join(", ".join(words).rsplit(", ", 1))


def usd(amount: float | None) -> str:
    """An amount in USD: `$3`, `$0.25`, `$0.000042`."""
    if amount is None:
        return UNKNOWN
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    if size >= 1:
        size = round(size, 3)
    if size >= 1000:
        return f"{sign}${size:,.0f}"
    if size == round(size):
        return f"{sign}${size:.0f}"
    if size >= 100 or (size >= 0.01 and round(size, 2) == size):
        return f"{sign}${size:.2f}"
    if size < 0.000001:
        return f"{sign}<$0.000001"
    if size >= 1:
        return f"{sign}${size:.3f}"
    return f"{sign}${size:.3g}" if size >= 0.0001 else f"{sign}${size:.7f}".rstrip("0")


def usd_sum(amount: float) -> str:
    """A sum in USD, to the cent, or to three digits below one dollar: `$3.10`, `$0.0129`."""
    return usd(round(amount, 2) if amount >= 1 else float(f"{amount:.3g}"))


def usd_range(low: float, high: float) -> str:
    """A sum in USD from and to: `$0.70`, `$0.70 to 0.95`."""
    first, last = usd_sum(low), usd_sum(high)
    return first if first == last else f"{first} to {last.removeprefix('$')}"


def usd_change(amount: float) -> str:
    """A change of a price in USD with its sign, to the cent: `+$0.40`."""
    return f"{'-' if amount < 0 else '+'}${abs(amount):.2f}"


def aligned_usd(amount: float | None) -> str:
    """An amount in USD for a right-aligned column of nine characters, decimal points below each other."""
    if amount is None:
        return UNKNOWN
    if amount >= 100:
        return f"{amount:.0f}"
    if 0 < amount < 0.000001:
        return "<0.000001"
    text = f"{amount:.6f}".rstrip("0").rstrip(".")
    decimals = text.partition(".")[2]
    return f"{text}{' ' * (6 - len(decimals))}{'' if decimals else ' '}"


def price(amount: float | None, *, cents: bool = False) -> str:
    """A price in USD per million tokens for a column: `3.00`, `0.075`, `120`; to four decimals.

    `cents`: to two, `~.08` where that is not all of it.
    """
    if amount is None:
        return UNKNOWN
    if abs(amount) >= 100:
        return f"{amount:.0f}" if abs(amount) < 100_000 else f"{amount:.0e}"
    if cents and round(amount, 2) != amount:
        return f"~{amount:.2f}".replace("~0.", "~.") if abs(amount) >= 0.005 else "<.01"
    if 0 < abs(amount) < 0.00005:
        return "<0.0001"
    text = f"{amount:.4f}".rstrip("0")
    return text + "0" * (2 - len(text.partition(".")[2]))


def fraction_of(text: str) -> str:
    """The point of a number and its decimals: `.075`; empty for a whole one."""
    _, point, decimals = text.partition(".")
    return point + decimals


def point_aligned(texts: Sequence[str]) -> list[str]:
    """Numbers for a right-aligned column, with blanks after them so that decimal points stand below each other."""
    after = max((len(fraction_of(text)) for text in texts), default=0)
    return [text + " " * (after - len(fraction_of(text))) if text else text for text in texts]


def tokens(count: int | None) -> str:
    """A number of tokens: `800`, `64k`, `1.05M`."""
    if count is None:
        return UNKNOWN
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if abs(count) >= size:
            return f"{count / size:.3g}{unit}"
    return str(count)


def change(before: float | None, after: float | None) -> str:
    """The difference of two amounts: `-40%`, `+25%`, `x12`, `same`, `was free`."""
    if before is None or after is None:
        return UNKNOWN
    if before == after:
        return "same"
    if before == 0:
        return "was free"
    ratio = after / before
    return f"x{ratio:.0f}" if ratio >= 10 else f"{(ratio - 1) * 100:+.0f}%"


def price_factor(factor: float | None) -> str:
    """The factor between two prices: `x5`, `x1.25`; `free` where only one of them is 0, empty where it is None."""
    if factor is None:
        return ""
    return "free" if factor == float("inf") else f"x{factor:.3g}" if factor < 1000 else f"x{factor:.0e}"


def duration(seconds: float) -> str:
    """The time that a call took: `0.43 s`."""
    return f"{seconds:.2f} s"


def age(seconds: float) -> str:
    """A time that passed: `just now`, `12 min ago`, `3 h ago`, `1 day ago`."""
    if seconds < 60:
        return "just now"
    for size, limit, unit in _AGE_UNITS:
        if seconds < limit:
            return f"{int(seconds // size)} {unit} ago"
    return f"{counted(int(seconds // 86_400), 'day')} ago"


def block(share: float) -> str:
    """A share of 0 to 1 as a block of a sparkline."""
    return _BLOCKS[min(int(share * len(_BLOCKS)), len(_BLOCKS) - 1)]


def bar(share: float, width: int) -> str:
    """A share of 0 to 1 as a bar; any share above 0 has at least one cell."""
    return "█" * (max(1, round(share * width)) if share > 0 else 0)
