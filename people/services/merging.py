"""A person whom an import named turns out to be somebody we know."""

from collections.abc import Iterable
from datetime import date

import pghistory.models
from django.contrib.auth.models import Group
from django.db import IntegrityError, models, transaction

from outbox.services import record
from people import events
from people.errors import MergeRefused
from people.models import Membership, User
from people.services.memberships import EARLIEST

Span = tuple[date, date | None]

_AUDIT = (pghistory.models.Event, pghistory.models.Events)


@transaction.atomic
def merge_people(named: User, *, into: User, by: User) -> User:
    """All that stands under `named` stands under `into`, now and in later imports.

    `named` must await confirmation: nobody who could ever sign in is merged away. Where
    both belonged to a team on a day, the membership of `into` stands. The row of `named`
    is kept, inactive, so that the next import of that name finds the right person.
    Raises MergeRefused.
    """
    both = User.objects.select_for_update().in_bulk([named.pk, into.pk])
    named, into = both[named.pk], both[into.pk]
    _refuse_unfit(named, into)
    _move_memberships(named, into)
    for relation in _relations_to_people():
        _repoint(relation, named, into)
    named.merged_into = into
    named.save(update_fields=["merged_into"])
    _record(named, into, by=by)
    return into


def _refuse_unfit(named: User, into: User) -> None:
    if named.pk == into.pk:
        raise MergeRefused("Choose another person: these are one and the same already.")
    if not named.awaits_confirmation:
        raise MergeRefused(
            f"{named.full_name} has an address: only a person whom an import named is merged."
        )
    if into.merged_into_id is not None:
        raise MergeRefused(f"{into.full_name} was merged: choose the person who stands.")


def _move_memberships(named: User, into: User) -> None:
    held: list[Span] = list(into.memberships.values_list("since", "until"))
    for row in named.memberships.all():
        for since, until in days_outside((row.since, row.until), held):
            Membership.objects.create(user=into, team=row.team, since=since, until=until)
    named.memberships.all().delete()


def days_outside(span: Span, held: Iterable[Span]) -> list[Span]:
    """The parts of `span` that lie in none of `held`; upper bounds are excluded."""
    parts = [span]
    for cut_since, cut_until in sorted(held, key=lambda cut: cut[0]):
        remaining: list[Span] = []
        for since, until in parts:
            if until is not None and until <= cut_since:
                remaining.append((since, until))
                continue
            if since < cut_since:
                remaining.append((since, cut_since))
            if cut_until is not None and (until is None or cut_until < until):
                remaining.append((max(since, cut_until), until))
        parts = remaining
    return parts


def _relations_to_people() -> list[models.ForeignObjectRel]:
    """Every foreign key to a person, in whichever app: this floor needn't know them.

    What the audit recorded stays as it was.
    """
    return [
        relation
        for relation in User._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
        and relation.related_model not in (Membership, Group)
        and not issubclass(relation.related_model, _AUDIT)
        and not relation.many_to_many
    ]


def _repoint(relation: models.ForeignObjectRel, named: User, into: User) -> None:
    field = relation.field.name
    rows = relation.related_model._base_manager.filter(**{field: named})
    try:
        with transaction.atomic():
            rows.update(**{field: into})
    except IntegrityError as error:
        kind = relation.related_model._meta.verbose_name_plural
        raise MergeRefused(
            f"{named.full_name} and {into.full_name} both have {kind} for the same deal: "
            f"settle those first."
        ) from error


def _record(named: User, into: User, *, by: User) -> None:
    """Deals of all days have changed hands, so all days of `into` are named."""
    subject = f"person:{into.pk}"
    record(
        events.PERSON_CHANGED,
        subject=subject,
        payload={"user_ids": [named.pk, into.pk]},
        by=by.pk,
    )
    record(
        events.MEMBERSHIP_CHANGED,
        subject=subject,
        payload={"user_id": into.pk, "since": EARLIEST.isoformat(), "until": None},
        by=by.pk,
    )
