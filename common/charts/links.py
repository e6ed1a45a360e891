"""Where a mark leads, and how much it says lies there."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from html import escape


@dataclass(frozen=True)
class Opens:
    """An address with what its list must hold: `n` rows and, where the mark shows money, their sum.

    Both stand on the link, so that a test, or a reader's own script, can hold the list against
    the mark.
    """

    address: str
    n: int
    amount: Decimal | None = None

    @cached_property
    def attributes(self) -> str:
        """Those of the `<a>` element: a mark and its cell in the table beside it have the same."""
        amount = f' data-amount="{self.amount}"' if self.amount is not None else ""
        return f'href="{escape(self.address)}" data-n="{self.n}"{amount}'


Href = str | Opens


def link_attributes(href: Href) -> str:
    """The attributes of the `<a>` element."""
    if isinstance(href, str):
        return f'href="{escape(href)}"'
    return href.attributes
