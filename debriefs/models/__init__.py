"""Question templates, loss reasons, and what people said about a closed deal."""

from debriefs.models.citations import Basis, CheckAnswer, CitedReason
from debriefs.models.codes import CodedText, TextCode, TextCoding
from debriefs.models.debriefs import (
    TEXT_LIMIT,
    Answer,
    Audience,
    Debrief,
    DebriefVersion,
    Draft,
    FactorScore,
    Rating,
    RunnerUpBasis,
    closings_owed_by,
)
from debriefs.models.judgements import JudgedReason, ReasonJudgement, Recoding
from debriefs.models.proposers import ReasonProposer
from debriefs.models.reasons import (
    BEFORE_THE_SPLIT,
    ChangeKind,
    LossReason,
    ReasonChange,
    ReasonGroup,
    ReasonKind,
)
from debriefs.models.requests import DebriefRequest, RequestHandover
from debriefs.models.templates import (
    QuestionTemplate,
    TemplateProduct,
    TemplateTeam,
    TemplateVersion,
)

__all__ = [
    "BEFORE_THE_SPLIT",
    "TEXT_LIMIT",
    "Answer",
    "Audience",
    "Basis",
    "ChangeKind",
    "CheckAnswer",
    "CitedReason",
    "CodedText",
    "Debrief",
    "DebriefRequest",
    "DebriefVersion",
    "Draft",
    "FactorScore",
    "JudgedReason",
    "LossReason",
    "QuestionTemplate",
    "Rating",
    "ReasonChange",
    "ReasonGroup",
    "ReasonJudgement",
    "ReasonKind",
    "ReasonProposer",
    "Recoding",
    "RequestHandover",
    "RunnerUpBasis",
    "TemplateProduct",
    "TemplateTeam",
    "TemplateVersion",
    "TextCode",
    "TextCoding",
    "closings_owed_by",
]
