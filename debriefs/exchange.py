"""A template as a JSON file: what stands in it, and what is wrong with one, by path."""

import json
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails

from common.api import Text, storable
from deals.models import Outcome
from debriefs.checks import LIMITS
from debriefs.errors import FieldsRefused
from debriefs.models import Audience
from debriefs.questions import Comparison, Effect, Match, QuestionKind

FORMAT = "reflection.template/1"
LARGEST_FILE = 256 * 1024
MOST_PARTS = 200
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
_WORDS = {
    "missing": "It is missing.",
    "extra_forbidden": "There is no such name here.",
    "string_too_short": "It is empty.",
    "string_pattern_mismatch": "A key is of small letters, digits and _, beginning with a letter.",
}
TemplateKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,49}$")]


Title = Annotated[Text, StringConstraints(max_length=LIMITS["title"])]
Words = Annotated[Text, StringConstraints(max_length=LIMITS["text"])]
Help = Annotated[Text, StringConstraints(max_length=LIMITS["help"])]
Label = Annotated[Text, StringConstraints(max_length=LIMITS["label"])]
Value = Annotated[Text, StringConstraints(max_length=250)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=3, strict=False)]
Item = TypeVar("Item")
Many = Annotated[list[Item], Field(max_length=MOST_PARTS)]


class Strict(BaseModel):
    """An unknown name is an error, so that a typo can't lose a question."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OptionFile(Strict):
    key: Key
    label: Label


class QuestionFile(Strict):
    key: Key
    kind: QuestionKind = Field(strict=False)
    text: Words
    help: Help = ""
    required: bool = False
    options: Many[OptionFile] = []
    low: Label = ""
    high: Label = ""
    unit: Label = ""
    skill: Key | None = None


class FactorFile(Strict):
    key: Key
    name: Title
    help: Help = ""


class SectionFile(Strict):
    key: Key
    title: Title
    audience: Audience = Field(strict=False)
    intro: Help = ""
    questions: Many[QuestionFile] = []
    factors: Many[FactorFile] = []


class ConditionFile(Strict):
    on: Key
    comparison: Comparison = Field(strict=False)
    values: Many[Value] = []


class RuleFile(Strict):
    conditions: Many[ConditionFile]
    effect: Effect = Field(strict=False)
    target: Key
    match: Match = Field(Match.ALL, strict=False)


class DefinitionFile(Strict):
    sections: Many[SectionFile]
    rules: Many[RuleFile] = []


class ScopeFile(Strict):
    """Amounts as texts, so that no decimal is lost; a team by its path from the top."""

    outcomes: list[Annotated[Outcome, Field(strict=False)]] = []
    amount_from: Amount | None = None
    amount_below: Amount | None = None
    currency: Text = ""
    products: Many[Text] = []
    teams: Many[list[Text]] = []


class TemplateFile(Strict):
    format: Text
    key: TemplateKey
    name: Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(storable)]
    asks_about: ScopeFile = ScopeFile()
    definition: DefinitionFile


def read_file(content: bytes) -> TemplateFile:
    """The file, checked in its shape. FieldsRefused with a message for each path that is wrong."""
    if len(content) > LARGEST_FILE:
        raise FieldsRefused({"file": f"The file is larger than {LARGEST_FILE // 1024} kB."})
    try:
        read = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FieldsRefused({"file": f"This is no JSON file: {_why_no_json(error)}."}) from None
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise FieldsRefused(
            {"format": f"This is no exported template: “format” must be “{FORMAT}”."}
        )
    try:
        return TemplateFile.model_validate(read)
    except ValidationError as invalid:
        raise FieldsRefused(
            {_path(error["loc"]): _sentence(error) for error in invalid.errors()}
        ) from None


def written(contents: dict[str, Any]) -> bytes:
    """The same contents always give the same bytes."""
    return (json.dumps(contents, ensure_ascii=False, indent=2) + "\n").encode()


def _path(loc: tuple[int | str, ...]) -> str:
    """`definition.sections[2].questions[0].kind`."""
    path = ""
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")


def _sentence(error: ErrorDetails) -> str:
    if error["type"] in _WORDS:
        return _WORDS[error["type"]]
    plain = error["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{plain[:1].upper()}{plain[1:]}."


def _why_no_json(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    return "its letters are not UTF-8" if isinstance(error, UnicodeDecodeError) else "too deep"
