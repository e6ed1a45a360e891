"""Question templates, loss reasons, and what people said about a closed deal."""

from debriefs.models.debriefs import (
    TEXT_LIMIT,
    Answer,
    Audience,
    Basis,
    CheckAnswer,
    CitedReason,
    Debrief,
    DebriefVersion,
    Draft,
    FactorScore,
    Rating,
    RunnerUpBasis,
    closings_owed_by,
)
from debriefs.models.proposers import ReasonProposer
from debriefs.models.reasons import LossReason, ReasonGroup, ReasonKind
from debriefs.models.requests import DebriefRequest, RequestHandover
from debriefs.models.templates import QuestionTemplate, TemplateVersion

__all__ = [
    "TEXT_LIMIT",
    "Answer",
    "Audience",
    "Basis",
    "CheckAnswer",
    "CitedReason",
    "Debrief",
    "DebriefRequest",
    "DebriefVersion",
    "Draft",
    "FactorScore",
    "LossReason",
    "QuestionTemplate",
    "Rating",
    "ReasonGroup",
    "ReasonKind",
    "ReasonProposer",
    "RequestHandover",
    "RunnerUpBasis",
    "TemplateVersion",
    "closings_owed_by",
]
