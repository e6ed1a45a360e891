"""Debriefs for other front ends: begun, saved piece by piece, submitted, and read."""

import uuid
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field

from common.api import (
    CONFLICTS,
    PER_PAGE,
    REFUSALS,
    ApiRefused,
    Id,
    Limit,
    Moment,
    Text,
    keyset_page,
)
from deals.models import Closing, Deal, Outcome
from debriefs.access import closing_to_debrief, own_debrief, visible_debrief
from debriefs.api_answers import (
    DebriefLine,
    DebriefOut,
    DebriefPage,
    DraftOut,
    complete,
    debrief_out,
    draft_out,
    line_of,
    listed,
)
from debriefs.api_bodies import DebriefIn, DraftBody
from debriefs.asked import TemplateOut, template_out
from debriefs.models import (
    Debrief,
    Draft,
    LossReason,
    TemplateVersion,
)
from debriefs.queries.traits import version_for
from debriefs.services.drafts import begin_amendment, begin_debrief, save_draft
from debriefs.services.submission import submit_draft
from people.api import caller
from people.models import User

router = Router(tags=["Debriefs"])

SUBMISSIONS = uuid.UUID("6d1f4c1e-6d4f-4d5f-9f6e-0c6f0f7a5f2b")


class DebriefFilters(Schema):
    """Latest begun first. `since` and `until` are closing days, both included."""

    deal: Id | None = None
    author: Text | None = Field(None, description="An e-mail address; for sales only.")
    reason: Text | None = Field(None, description="A reason's key, at any rank; for sales only.")
    outcome: Outcome | None = None
    since: date | None = None
    until: date | None = None
    submitted_since: Moment | None = None
    after: Id | None = Field(None, description="The `next` of the page before.")
    limit: Limit = PER_PAGE

    def narrow(self, debriefs: QuerySet[Debrief]) -> QuerySet[Debrief]:
        exact = {
            "closing__deal": self.deal,
            "author__email__iexact": self.author,
            "closing__outcome": self.outcome,
            "closing__closed_on__gte": self.since,
            "closing__closed_on__lte": self.until,
            "current_version__submitted_at__gte": self.submitted_since,
            "pk__lt": self.after,
        }
        found = debriefs.filter(**{name: at for name, at in exact.items() if at is not None})
        if self.reason:
            found = found.filter(current_version__reasons__reason__key=self.reason)
        return found


class SubmitHeaders(Schema):
    idempotency_key: Text | None = Field(
        None, max_length=200, description="The same key again gives the same debrief."
    )


@router.post("/debriefs", response={200: DraftOut, 201: DraftOut, **CONFLICTS}, url_name="debriefs")
def begin(request: HttpRequest, body: DebriefIn) -> Status[DraftOut]:
    """Start your debrief of a closed deal, or go on with the one begun before.

    A submitted debrief is opened for amending, as long as that is allowed.
    """
    person = caller(request)
    deal = get_object_or_404(Deal.objects.visible_to(person), pk=body.deal)
    closing = Closing.objects.current().filter(deal=deal).first()
    if closing is None:
        raise ApiRefused(409, "deal", "The deal is open.", "Debrief it once it has closed.")
    closing = closing_to_debrief(person, closing.pk)
    is_new = not Debrief.objects.of(person).filter(closing=closing).exists()
    debrief = begin_debrief(closing, author=person)
    return Status(201 if is_new else 200, draft_out(debrief, _open_draft(debrief, person), person))


@router.patch(
    "/debriefs/{int:debrief_id}", response={200: DraftOut, **CONFLICTS}, url_name="debrief"
)
def save(request: HttpRequest, debrief_id: int, body: DraftBody) -> DraftOut:
    """Save a part of your debrief. Nothing is kept if any field can't be.

    With `base_revision`, 409 when somebody changed one of the fields after that revision.
    """
    person = caller(request)
    debrief = own_debrief(person, debrief_id)
    with transaction.atomic():
        draft = _open_draft(debrief, person)
        base = draft.revision if body.base_revision is None else body.base_revision
        reply = save_draft(
            debrief, base_revision=base, writer=f"api:{person.pk}", changes=body.values()
        )
        for name in reply.conflicts:
            raise ApiRefused(
                409,
                name,
                f"It was changed elsewhere after revision {base}.",
                f"Read the draft again and send it on revision {reply.revision}.",
            )
    return draft_out(debrief, Draft.objects.get(debrief=debrief), person)


@router.post(
    "/debriefs/{int:debrief_id}/submit",
    response={200: DebriefOut, **CONFLICTS},
    url_name="debrief_submit",
)
def submit(request: HttpRequest, debrief_id: int, headers: Header[SubmitHeaders]) -> DebriefOut:
    """Submit your draft as it stands.

    Send an `Idempotency-Key`: the same submission sent again then gives the same answer.
    """
    person = caller(request)
    debrief = own_debrief(person, debrief_id)
    key = headers.idempotency_key
    name = f"{person.pk}:{debrief.pk}:{key}"
    submission_id = uuid.uuid5(SUBMISSIONS, name) if key else uuid.uuid4()
    submit_draft(debrief.closing_id, submission_id=submission_id, by=person)
    return debrief_out(complete(Debrief.objects.of(person), person).get(pk=debrief.pk), person)


@router.get("/debriefs", response={200: DebriefPage, **REFUSALS}, url_name="debriefs")
def list_debriefs(request: HttpRequest, filters: Query[DebriefFilters]) -> DebriefPage:
    """The submitted debriefs that the caller may see."""
    person = caller(request)
    if person.is_partner and (filters.author or filters.reason):
        field = "author" if filters.author else "reason"
        raise ApiRefused(
            403, field, "Partners see this in totals only.", "Leave it out, or ask GET /trends."
        )
    visible = filters.narrow(Debrief.objects.visible_to(person).submitted())
    ordered = listed(visible, person).order_by("-pk")
    rows, more = keyset_page(ordered[: filters.limit + 1], filters.limit)
    items = [DebriefLine(**line_of(debrief, person)) for debrief in rows]
    return DebriefPage(items=items, next=rows[-1].pk if more else None)


@router.get(
    "/debriefs/{int:debrief_id}",
    response={200: DebriefOut | DraftOut, **REFUSALS},
    url_name="debrief",
)
def get_debrief(request: HttpRequest, debrief_id: int) -> DebriefOut | DraftOut:
    """A submitted debrief as far as the caller may read it; your own draft as a draft."""
    person = caller(request)
    debrief = visible_debrief(person, debrief_id)
    if debrief.current_version_id is None:
        draft = Draft.objects.filter(debrief=debrief).first()
        if draft is None:
            raise Http404
        return draft_out(debrief, draft, person)
    return debrief_out(
        complete(Debrief.objects.visible_to(person), person).get(pk=debrief.pk), person
    )


@router.get(
    "/templates/current", response={200: TemplateOut, **REFUSALS}, url_name="template_current"
)
def current_template(request: HttpRequest, deal: Id | None = None) -> TemplateOut:
    """The questions, factors and reasons that a new debrief of `deal` would be asked.

    Of a deal that is still open, and without one, those of the default template.
    """
    person = caller(request)
    closing = None
    if deal is not None:
        seen = get_object_or_404(Deal.objects.visible_to(person), pk=deal)
        closing = Closing.objects.current().filter(deal=seen).first()
    version = TemplateVersion.objects.select_related("template").get(
        pk=version_for(closing.pk if closing else None)
    )
    return template_out(version, LossReason.objects.choosable().select_related("group"))


def _open_draft(debrief: Debrief, person: User) -> Draft:
    """The draft to write in; a submitted debrief is opened for amending."""
    draft = Draft.objects.filter(debrief=debrief).first()
    return draft or begin_amendment(debrief, by=person)
