"""The only way a page, call or job gets a debrief for a person.

Unseen is 404 (`DoesNotExist`'s page), seen but not theirs is 403.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from deals.models import Closing
from debriefs.models import (
    CodedText,
    Debrief,
    DebriefRequest,
    DebriefVersion,
    LossReason,
    QuestionTemplate,
    ReasonChange,
    ReasonGroup,
    Recoding,
    TemplateVersion,
    TextCode,
    TextCoding,
)
from debriefs.queries.work import Work, find_work
from debriefs.services.judgements import may_judge
from debriefs.services.voices import may_ask_for_views
from people.access import people_below
from people.models import User


def visible_debrief(user: User, debrief_id: int) -> Debrief:
    """A submitted debrief within its audience, or the person's own draft."""
    return get_object_or_404(Debrief.objects.visible_to(user), pk=debrief_id)


def own_debrief(user: User, debrief_id: int) -> Debrief:
    """A debrief for its author to change: 404 when unseen, 403 when another wrote it."""
    visible = Debrief.objects.visible_to(user).select_related("template_version")
    debrief = get_object_or_404(visible, pk=debrief_id)
    if debrief.author_id != user.pk:
        raise PermissionDenied("Only the author changes a debrief.")
    return debrief


def work_on(user: User, closing_id: int) -> Work:
    """The person's work on a closing that they may debrief; else 404."""
    work = find_work(user, closing_id)
    if work is None:
        raise Http404
    return work


def closing_to_debrief(user: User, closing_id: int) -> Closing:
    """A closing that stands, for somebody in sales to begin a debrief of; else 404."""
    closings = Closing.objects.none() if user.is_partner else Closing.objects.all()
    return get_object_or_404(closings, pk=closing_id)


def closing_to_ask_about(user: User, closing_id: int) -> Closing:
    """A closing that stands, to ask others for their view of it: 403 for whom that is not for."""
    closing = closing_to_debrief(user, closing_id)
    if not may_ask_for_views(user, closing):
        raise PermissionDenied("The deal's owner and the managers above ask others for their view.")
    return closing


def own_request(user: User, request_id: int) -> DebriefRequest:
    """A request for the person asked, or for a manager above, to decide on; else 404."""
    request = get_object_or_404(
        DebriefRequest.objects.select_related("closing__deal"), pk=request_id
    )
    if (
        request.person_id != user.pk
        and not people_below(user).filter(user=request.person_id).exists()
    ):
        raise Http404
    return request


def listed_reason(pk: int) -> LossReason:
    """A reason of the list, as its pages show it."""
    reasons = LossReason.objects.select_related("group", "owner", "merged_into")
    return get_object_or_404(reasons, pk=pk)


def listed_group(pk: int) -> ReasonGroup:
    return get_object_or_404(ReasonGroup, pk=pk)


def listed_change(pk: int) -> ReasonChange:
    return get_object_or_404(ReasonChange, pk=pk)


def debrief_to_judge(user: User, debrief_id: int) -> Debrief:
    """A submitted debrief for a manager above its author: 404 unseen, 403 for anybody else."""
    visible = Debrief.objects.visible_to(user).select_related("author", "closing__deal")
    debrief = get_object_or_404(visible, pk=debrief_id)
    if not may_judge(debrief, user):
        raise PermissionDenied("Only a manager above the author judges the reasons.")
    return debrief


def version_to_triage(user: User, version_id: int) -> DebriefVersion:
    """A version that counts, of a debrief that the person may read; else 404."""
    readable = Debrief.objects.visible_to(user).filter(current_version=version_id)
    versions = DebriefVersion.objects.select_related("debrief__closing")
    return get_object_or_404(versions, pk=version_id, debrief__in=readable)


def recoding_to_take_back(user: User, pk: int) -> Recoding:
    readable = Debrief.objects.visible_to(user)
    recodings = Recoding.objects.select_related("version__debrief__closing")
    return get_object_or_404(recodings, pk=pk, version__debrief__in=readable)


def coding_to_take_back(user: User, pk: int) -> TextCoding:
    readable = Debrief.objects.visible_to(user)
    codings = TextCoding.objects.select_related("version__debrief__closing")
    return get_object_or_404(codings, pk=pk, version__debrief__in=readable)


def coded_text(name: str) -> CodedText:
    """One of the texts that are coded; else 404."""
    if name not in CodedText.values:
        raise Http404
    return CodedText(name)


def listed_code(pk: int) -> TextCode:
    return get_object_or_404(TextCode.objects.select_related("merged_into"), pk=pk)


def template_to_keep(template_id: int) -> QuestionTemplate:
    """A template, for a page that lets admins in only; else 404."""
    return get_object_or_404(QuestionTemplate, pk=template_id)


def draft_to_edit(template_id: int) -> TemplateVersion:
    """The draft of a template, for a page that lets admins in only; 404 where there is none."""
    drafts = TemplateVersion.objects.with_scope().select_related("based_on").drafts()
    return get_object_or_404(drafts, template=template_id)


def version_to_keep(template_id: int, number: int) -> TemplateVersion:
    """A version of a template, for a page that lets admins in only; else 404."""
    versions = TemplateVersion.objects.with_scope()
    return get_object_or_404(versions, template=template_id, number=number)
