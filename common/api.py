"""What every API call has in common: the shape of a refusal, checked text, keyset pages."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

MOST_PER_PAGE = 200
PER_PAGE = 50
LARGEST_ID = 2**63 - 1


class Problem(Schema):
    """One thing that stands in the way."""

    field: str | None = Field(description="What it is about: a dotted path into the request.")
    why: str
    remedy: str = Field(description="What to do about it.")


class Refusal(Schema):
    """Why nothing was done. Every answer from 400 on has this shape."""

    status: int
    title: str
    problems: list[Problem]


class ApiRefused(Exception):
    """A call refused by the API itself, with what to do instead."""

    def __init__(self, status: int, field: str | None, why: str, remedy: str) -> None:
        super().__init__(why)
        self.status = status
        self.field = field
        self.why = why
        self.remedy = remedy


# What an operation may answer besides its result, for the OpenAPI document.
REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 422), Refusal)
CONFLICTS: dict[int, Any] = {**REFUSALS, 409: Refusal}


def storable(text: str) -> str:
    """Text that a database holds: no NUL and no half of a surrogate pair."""
    if "\x00" in text:
        raise ValueError("holds the character NUL, which no text can hold")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a character (a lone surrogate)") from None
    return text


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC, which a database takes from any offset; without one it is UTC already."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


Text = Annotated[str, AfterValidator(storable)]
Moment = Annotated[datetime, AfterValidator(in_utc)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Limit = Annotated[int, Field(ge=1, le=MOST_PER_PAGE)]


class Strict(Schema):
    """A body in which an unknown field is an error, so that a typo can't lose a value."""

    model_config = ConfigDict(extra="forbid")


class Named(Schema):
    """Something with a page of its own, by id, and what people call it."""

    id: int
    name: str


Row = TypeVar("Row")


def keyset_page(rows: Iterable[Row], limit: int) -> tuple[list[Row], bool]:
    """The rows of a page, read one beyond its end, and whether there are more."""
    found = list(rows)
    return found[:limit], len(found) > limit
