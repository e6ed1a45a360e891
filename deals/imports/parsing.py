"""From cells to values: amounts, dates and yes-or-no as people and CRMs write them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from html.parser import HTMLParser

from deals.currency_list import CURRENCIES

NOTHING = frozenset({"", "-", "–", "—", "n/a", "#n/a", "null", "none", "(blank)", "(none)", "nan"})

_LONGEST_NOTHING = 12
_SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₺": "TRY", "zł": "PLN"}
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"})
_AMOUNT = re.compile(r"^(?P<sign>[-−+]?)(?P<number>\d[\d.,]*|[.,]\d+)$")
_SPACES = re.compile(r"[\s'’_\u00a0\u202f]")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$")
_LOCAL = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,].*)?$")
_WORDY = re.compile(r"^(?:(\d{1,2})[. ]+([a-z]{3,})|([a-z]{3,})[. ]+(\d{1,2}))[., ]+(\d{4})$", re.I)
_MONTHS = {
    word: number
    for number, word in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
_YES = frozenset({"true", "yes", "1", "y", "t", "x"})
_NO = frozenset({"false", "no", "0", "n", "f", ""})


class NotUnderstood(ValueError):
    """The cell holds something, but not what its column promises."""


class Order(StrEnum):
    """How 03/04/2026 is meant."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True)
class Amount:
    value: Decimal
    currency: str | None


def is_nothing(cell: str) -> bool:
    return len(cell) <= _LONGEST_NOTHING and cell.strip().casefold() in NOTHING


def parse_amount(cell: str, *, comma_is_decimal: bool | None, company_currency: str) -> Amount:
    """An amount such as `USD 1,234.00`, `$1,234,567`, `1.234,56 €` or `(1,234)`.

    `comma_is_decimal` says what the whole column shows; it decides a cell such as `1,234`
    that could be read both ways. In brackets it is below zero.
    """
    text = cell.strip()
    in_brackets = text.startswith("(") and text.endswith(")")
    bare, currency = _without_currency(text.strip("()"), company_currency)
    match = _AMOUNT.match(_SPACES.sub("", bare))
    if match is None:
        raise NotUnderstood(f"“{cell}” is no amount.")
    try:
        value = Decimal(_plain(match["number"], comma_is_decimal))
    except InvalidOperation as error:
        raise NotUnderstood(f"“{cell}” is no amount.") from error
    negative = in_brackets or match["sign"] in ("-", "−")
    return Amount(-value if negative else value, currency)


def comma_marks_decimals(cells: Iterable[str]) -> bool | None:
    """What a column shows of its commas; None when no cell decides."""
    for cell in cells:
        digits = re.sub(r"[^\d.,]", "", cell)
        comma, dot = digits.rfind(","), digits.rfind(".")
        if comma >= 0 and dot >= 0:
            return comma > dot
        for mark, place in ((",", comma), (".", dot)):
            if place < 0:
                continue
            if digits.count(mark) > 1:
                return mark == "."
            if len(digits) - place - 1 != 3:
                return mark == ","
    return None


def _without_currency(text: str, company_currency: str) -> tuple[str, str | None]:
    for code in re.findall(r"[A-Za-z]{3}", text):
        if code.upper() in CURRENCIES:
            return text.replace(code, ""), code.upper()
    for symbol, code in _SYMBOLS.items():
        if symbol in text:
            return text.replace(symbol, ""), code
    if "$" in text:
        bare = re.sub(r"(?:US|CA|A|C|NZ|S|HK)?\$", "", text)
        return bare, company_currency if company_currency in _DOLLARS else "USD"
    return text, None


def _plain(number: str, comma_is_decimal: bool | None) -> str:
    comma, dot = number.rfind(","), number.rfind(".")
    if comma >= 0 and dot >= 0:
        decimal = "," if comma > dot else "."
    elif comma < 0 and dot < 0:
        return number
    else:
        decimal = _lone_mark(number, "," if comma >= 0 else ".", comma_is_decimal)
    thousands = "." if decimal == "," else ","
    return (
        number.replace(thousands, "").replace(decimal, ".")
        if decimal
        else number.replace(",", "").replace(".", "")
    )


def _lone_mark(number: str, mark: str, comma_is_decimal: bool | None) -> str:
    """The decimal mark of a number with one kind of mark, or "" when it parts thousands."""
    if number.count(mark) > 1:
        return ""
    could_be_thousands = re.fullmatch(r"\d{1,3}[.,]\d{3}", number) is not None
    if not could_be_thousands:
        return mark
    if comma_is_decimal is None:
        return mark if mark == "." else ""
    return mark if (mark == ",") == comma_is_decimal else ""


def parse_date(cell: str, *, order: Order | None) -> tuple[date, str]:
    """The day, and what is to say about how it was read ("" for nothing).

    A time of day is dropped. A year below 100, as in 0024-03-01, is meant as 2024.
    """
    text = cell.strip()
    year, month, day = _iso(text) or _local(text, order) or _wordy(text)
    note = ""
    if year < 100:
        year += 2000
        note = f"Read as the year {year}."
    try:
        return date(year, month, day), note
    except ValueError as error:
        raise NotUnderstood(f"“{cell}” is no day of the calendar.") from error


def day_order(cells: Iterable[str]) -> tuple[Order | None, bool]:
    """Which order a column of dates shows (None: no cell decides), and whether it has local dates."""
    any_local = False
    for cell in cells:
        match = _LOCAL.match(cell.strip())
        if match is None:
            continue
        any_local = True
        if match[2] == "." or int(match[1]) > 12:
            return Order.DAY_FIRST, True
        if int(match[3]) > 12:
            return Order.MONTH_FIRST, True
    return None, any_local


def _iso(text: str) -> tuple[int, int, int] | None:
    match = _ISO.match(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _local(text: str, order: Order | None) -> tuple[int, int, int] | None:
    match = _LOCAL.match(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    month_first = order is Order.MONTH_FIRST and match[2] != "."
    return (year, first, second) if month_first else (year, second, first)


def _wordy(text: str) -> tuple[int, int, int]:
    match = _WORDY.match(text)
    month = _MONTHS.get((match[2] or match[3])[:3].lower()) if match else None
    if match is None or month is None:
        raise NotUnderstood(f"“{text}” is no date.")
    return int(match[5]), month, int(match[1] or match[4])


def parse_flag(cell: str) -> bool:
    word = cell.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise NotUnderstood(f"“{cell}” is neither yes nor no.")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag in ("p", "br", "div", "li"):
            self.pieces.append("\n")


def plain_text(html: str) -> str:
    """The text of a note that a CRM keeps as HTML; other text as it is."""
    if "<" not in html:
        return html
    reader = _Text()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.pieces)).strip()
