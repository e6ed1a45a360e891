"""Saved views, the arrangement of the overview, annotations: what people keep beside the figures."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from common.clock import company_today
from people.models import User
from trends.dashboard.catalogue import WIDGETS
from trends.dashboard.errors import BoardRefused
from trends.dashboard.saved import known_page, page_path
from trends.dashboard.state import DashboardState
from trends.errors import TrendError
from trends.models import Annotation, AnnotationKind, Arrangement, SavedView

Params = Mapping[str, Sequence[str]]

LONGEST_WORDS = 200


def save_view(
    name: str, *, page: str, subject: str = "", params: Params, is_shared: bool = False, by: User
) -> SavedView:
    """Keep a page with its state under a name. BoardRefused for a name that is taken or an address
    that can't be read."""
    if not known_page(page):
        raise BoardRefused("name", f"There is no page called “{page}”.")
    _check_params(page, subject, params)
    view = SavedView(
        owner=by,
        name=_named(name),
        page=page,
        subject=subject,
        params={key: list(values) for key, values in params.items()},
        shared_at=timezone.now() if is_shared else None,
    )
    _save(view)
    return view


def change_view(view: SavedView, *, name: str, is_shared: bool) -> SavedView:
    """Rename a view, share it, or take the sharing back."""
    view.name = _named(name)
    if is_shared != (view.shared_at is not None):
        view.shared_at = timezone.now() if is_shared else None
    _save(view)
    return view


def delete_view(view: SavedView) -> None:
    view.delete()


def arrange_overview(widgets: Sequence[str], *, by: User) -> Arrangement:
    """Put these widgets, and no others, on the person's overview, in this order."""
    unknown = [key for key in widgets if key not in WIDGETS]
    if unknown:
        raise BoardRefused("widgets", f"There is no figure called “{unknown[0]}”.")
    if not widgets:
        raise BoardRefused("widgets", "Keep one figure at least, or go back to the standard page.")
    kept = list(dict.fromkeys(widgets))
    arrangement, _ = Arrangement.objects.update_or_create(person=by, defaults={"widgets": kept})
    return arrangement


def arrange_as_standard(*, by: User) -> None:
    Arrangement.objects.filter(person=by).delete()


def annotate(
    day: date, words: str, *, kind: AnnotationKind, by: User | None, origin: str = ""
) -> Annotation:
    """Mark on every time axis what happened on a day.

    With an `origin`, such as "action:12", there is one annotation of it: again with the same one
    changes it. So a finished action may call this twice.
    """
    found = {"day": day, "words": _worded(words), "kind": kind, "made_by": by}
    if origin:
        annotation, _ = Annotation.objects.update_or_create(origin=origin, defaults=found)
        return annotation
    return Annotation.objects.create(**found)


def change_annotation(
    annotation: Annotation, *, day: date, words: str, kind: AnnotationKind
) -> Annotation:
    annotation.day, annotation.words, annotation.kind = day, _worded(words), kind
    annotation.save(update_fields=["day", "words", "kind"])
    return annotation


def remove_annotation(annotation: Annotation) -> None:
    annotation.delete()


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise BoardRefused("name", "Give the view a name.")
    return name


def _worded(words: str) -> str:
    words = " ".join(words.split())
    if not words:
        raise BoardRefused("words", "Say what happened.")
    if len(words) > LONGEST_WORDS:
        raise BoardRefused("words", f"Say it in {LONGEST_WORDS} characters.")
    return words


def _check_params(page: str, subject: str, params: Params) -> None:
    try:
        DashboardState.from_params(params, today=company_today(), path=page_path(page, subject))
    except TrendError as error:
        raise BoardRefused("name", f"{error.field}: {error.reason}") from error


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as taken:
        raise BoardRefused("name", f"You have a view called “{view.name}” already.") from taken
