"""Decisions on names: keep, rename, merge and part accounts, competitors, products and stages."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common.text import name_key
from deals.errors import NameRefused
from deals.events import ACCOUNT_CHANGED, CATALOGUE_CHANGED
from deals.facts import UNSET, Unset, by_person
from deals.models import Account, CatalogueEntry, Stage
from deals.services.names import LONGEST_NAME, checked_name, entries_named, list_names
from outbox.services import record
from people.models import User

Entry = TypeVar("Entry", bound=CatalogueEntry)

_REVIEW_FIELDS = ["reviewed_at", "reviewed_by", "proposed", "proposal_score"]


@transaction.atomic
def keep_entry(entry: Entry, *, by: User) -> Entry:
    """Decide that a name as written is a name of its own."""
    return keep_entries(type(entry), [entry.pk], by=by)[0]


@transaction.atomic
def keep_entries(model: type[Entry], ids: Sequence[int], *, by: User) -> list[Entry]:
    """Decide so for several names at once; those already decided on are left alone."""
    waiting = model._default_manager.select_for_update().order_by("pk")
    entries = list(waiting.filter(pk__in=ids, merged_into=None))
    new = [entry for entry in entries if not entry.is_reviewed]
    for entry in new:
        _mark_reviewed(entry, by)
    model._default_manager.bulk_update(new, _REVIEW_FIELDS)
    if new:
        _tell(model, [entry.pk for entry in new], by)
    return entries


@transaction.atomic
def add_entry(model: type[Entry], name: str, *, by: User) -> Entry:
    """List a name before any deal bears it. Refused when it is listed already."""
    entry = entries_named(model, [name])[name_key(name)]
    if entry.is_reviewed or entry.merged_into_id:
        raise _taken(name, entry)
    return keep_entry(entry, by=by)


@transaction.atomic
def rename_entry(entry: Entry, name: str, *, by: User) -> Entry:
    """Give an entry another name. The old one stays known: rows that bear it still find it.

    Refused when another entry bears the new name: merging is a decision of its own.
    """
    model = type(entry)
    entry = _locked(entry)
    name = checked_name(name)
    old, key = entry.name, name_key(name)
    renamed = key != entry.name_key
    bearer = model._default_manager.filter(name_key=key).exclude(pk=entry.pk).first()
    if bearer is not None:
        if bearer.merged_into_id != entry.pk:
            raise _taken(name, bearer)
        _set_name(bearer, f"was {name} #{bearer.pk}"[:LONGEST_NAME])
    _mark_reviewed(entry, by)
    entry.save(update_fields=_REVIEW_FIELDS)
    _set_name(entry, name)
    if bearer is not None:
        _set_name(bearer, old)
    elif renamed:
        _remember_name(model, old, entry, by)
    _tell(model, [entry.pk], by)
    return entry


@transaction.atomic
def merge_entry(entry: Entry, *, into: Entry, by: User) -> Entry:
    """Decide that `entry` is the same as `into`: one decision for every row, now and later.

    Names that were merged into `entry` before come along, so that one step always leads
    to the name of today. Returns the entry that stands.
    """
    model = type(entry)
    if type(into) is not model:
        raise NameRefused("name", "The two are not of one list.", "Choose one of the same list.")
    entry, into = _both_locked(entry, into)
    if into.pk == entry.pk:
        raise NameRefused("name", f"“{entry}” is that name already.", "Choose another one.")
    if entry.merged_into_id:
        raise NameRefused(
            "name", f"“{entry}” is merged into “{entry.merged_into}”.", "Part the two first."
        )
    followers = model._default_manager.filter(merged_into=entry)
    along = list(followers.order_by("pk").values_list("pk", flat=True))
    followers.update(merged_into=into)
    entry.merged_into, entry.brought = into, along
    _mark_reviewed(entry, by)
    entry.save(update_fields=["merged_into", "brought", *_REVIEW_FIELDS])
    if not into.is_reviewed:
        keep_entry(into, by=by)
    _tell(model, [entry.pk, into.pk, *along], by)
    return into


@transaction.atomic
def part_entry(entry: Entry, *, by: User) -> Entry:
    """Undo a merge: the entry stands again, with those it had brought along."""
    model = type(entry)
    entry = _locked(entry)
    if entry.merged_into_id is None:
        raise NameRefused("name", f"“{entry}” isn't merged into another.", "Nothing is to undo.")
    into_id = entry.merged_into_id
    along = [pk for pk in entry.brought if pk]
    back = model._default_manager.filter(pk__in=along, merged_into=into_id)
    entry.merged_into, entry.brought = None, []
    entry.save(update_fields=["merged_into", "brought"])
    back.update(merged_into=entry)
    _tell(model, [entry.pk, into_id, *along], by)
    return entry


@transaction.atomic
def change_account(
    account: Account,
    *,
    by: User,
    country: str | Unset = UNSET,
    industry: str | Unset = UNSET,
    segment: str | Unset = UNSET,
    employees: int | Unset | None = UNSET,
    parent: Account | Unset | None = UNSET,
) -> Account:
    """Change what is known of a client; its deals are tallied anew under the new facts."""
    account = _locked(account)
    given = {
        "country": country,
        "industry": industry,
        "segment": segment,
        "employees": employees,
        "parent": parent,
    }
    if isinstance(parent, Account) and parent.today_id == account.pk:
        raise NameRefused("parent", "A company isn't its own parent.", "Choose another one.")
    changed = [
        name
        for name, value in given.items()
        if value is not UNSET and getattr(account, name) != value
    ]
    for name in changed:
        setattr(account, name, given[name])
    if changed:
        account.provenance = {**account.provenance, **dict.fromkeys(changed, by_person(by))}
        account.save(update_fields=[*changed, "provenance"])
        record(ACCOUNT_CHANGED, payload={"account_ids": [account.pk]}, by=by.pk)
    return account


@transaction.atomic
def add_stage(name: str, *, by: User) -> Stage:
    """Add a stage at the end of the list."""
    last = Stage.objects.aggregate(last=Max("position"))["last"]
    stage = add_entry(Stage, name, by=by)
    stage.position = 0 if last is None else last + 1
    stage.save(update_fields=["position"])
    return stage


@transaction.atomic
def order_stages(ids: Sequence[int], *, by: User) -> None:
    """Put the stages in this order. Refused when the list has changed meanwhile."""
    stages = {stage.pk: stage for stage in Stage.objects.standing().select_for_update()}
    if set(ids) != set(stages) or len(ids) != len(stages):
        raise NameRefused("stages", "The list of stages has changed.", "Reload it and try again.")
    for position, pk in enumerate(ids):
        stages[pk].position = position
    Stage.objects.bulk_update(stages.values(), ["position"])
    _tell(Stage, list(ids), by)


def vouch_for_names(model: type[Entry], names: Sequence[str], *, by: User | None) -> list[Entry]:
    """List names that come with a list of their own, such as a file of products.

    Inside the caller's transaction; tells of those that are new or were awaiting review.
    """
    before = {e.name_key for e in model._default_manager.exclude(reviewed_at=None)}
    entries = list_names(model, names, by=by)
    new = [entry.pk for key, entry in entries.items() if key not in before]
    if new:
        _tell(model, new, by)
    return list(entries.values())


def _locked(entry: Entry) -> Entry:
    return type(entry)._default_manager.select_for_update().get(pk=entry.pk)


def _both_locked(entry: Entry, into: Entry) -> tuple[Entry, Entry]:
    """The entry and the one that stands for `into`, locked in one order for every caller."""
    model = type(entry)
    standing_id = model._default_manager.get(pk=into.pk).today_id
    rows = model._default_manager.select_for_update().filter(pk__in=(entry.pk, standing_id))
    locked = {row.pk: row for row in rows.order_by("pk")}
    return locked[entry.pk], locked[standing_id].today


def _mark_reviewed(entry: CatalogueEntry, by: User) -> None:
    entry.reviewed_at, entry.reviewed_by = timezone.now(), by
    entry.proposed, entry.proposal_score = None, None


def _set_name(entry: CatalogueEntry, name: str) -> None:
    entry.name, entry.name_key = name, name_key(name)
    entry.save(update_fields=["name", "name_key"])


def _remember_name(model: type[Entry], old: str, entry: Entry, by: User) -> None:
    alias = model(name=old, name_key=name_key(old), merged_into=entry)
    _mark_reviewed(alias, by)
    alias.save()


def _taken(name: str, entry: CatalogueEntry) -> NameRefused:
    remedy = "Merge the two if they are the same."
    if entry.merged_into_id:
        remedy = f"It stands for “{entry.merged_into}”; part the two first."
    return NameRefused("name", f"“{name}” is listed already.", remedy)


def _tell(model: type[CatalogueEntry], ids: Sequence[int], by: User | None) -> None:
    """Every decision on names reaches those who read them; an account's also as its own event."""
    actor = by.pk if by else None
    payload = {"catalogue": model._meta.model_name, "ids": list(ids)}
    record(CATALOGUE_CHANGED, payload=payload, by=actor)
    if issubclass(model, Account):
        record(ACCOUNT_CHANGED, payload={"account_ids": list(ids)}, by=actor)
