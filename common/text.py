"""Plain functions on text that several apps share."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_GROUPING = re.compile(r"\s|,(?=\d{3}(?!\d))")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def tidy(name: str) -> str:
    """The name as a person would write it: NFKC, no control characters, single spaces."""
    normal = unicodedata.normalize("NFKC", name)
    printable = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in normal)
    return _SPACES.sub(" ", printable).strip()


def name_key(name: str) -> str:
    """The key under which two spellings are the same name.

    Only case, spacing and Unicode form are folded: "GTXPro" and "GTX Pro" stay two
    names, since a near match is proposed to a person and never applied silently.
    """
    return tidy(name).casefold()


def csv_safe(value: str) -> str:
    """Guard a CSV cell against formula injection (OWASP): prefix a quote where needed."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def plain_number(text: str) -> str:
    """A number as people write it, without what groups its digits: `12,500.00` and `12 500`."""
    return _GROUPING.sub("", text)
