"""The record of one competitor, account, product or reason: who they are, and their latest debriefs."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404

from deals.models import Account, Competitor, Product
from debriefs.models import LossReason
from people.models import User
from playbook import queries
from playbook.query import PlaybookQuery

LATEST = 5


@dataclass(frozen=True)
class Kind:
    """A kind of record. `choice` is the facet that narrows the playbook to it, if it is one."""

    name: str
    title: str
    model: type[models.Model]
    icon: str
    choice: str = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("competitor", "Competitor", Competitor, "swords", "competitor"),
        Kind("account", "Account", Account, "building-2"),
        Kind("product", "Product", Product, "package", "product"),
        Kind("reason", "Reason", LossReason, "tag", "reason"),
    )
}


@dataclass(frozen=True)
class Subject:
    """What the record is of. `merged_into` is the entry that took its place."""

    kind: Kind
    id: int
    name: str
    lede: str
    merged_into: int | None

    @property
    def query(self) -> PlaybookQuery:
        """The playbook narrowed to it."""
        if self.kind.name == "account":
            return PlaybookQuery(account=self.id)
        return PlaybookQuery(choices=((self.kind.choice, str(self.id)),))


def subject(kind: Kind, pk: int) -> Subject:
    """What the address names. Http404 when there is none."""
    entry = kind.model._default_manager.filter(pk=pk).first()
    if entry is None:
        raise Http404(f"No such {kind.name}.")
    return Subject(
        kind=kind,
        id=pk,
        name=str(entry),
        lede=_lede(entry),
        merged_into=getattr(entry, "merged_into_id", None),
    )


def latest(of: Subject, viewer: User) -> queries.Page | None:
    """Its latest debriefs; None where `viewer` sees such things in totals only."""
    try:
        return queries.search(of.query, viewer, size=LATEST)
    except PermissionDenied:
        return None


def _lede(entry: models.Model) -> str:
    if isinstance(entry, LossReason):
        return entry.definition
    if isinstance(entry, Account):
        return " · ".join(part for part in (entry.segment, entry.industry, entry.country) if part)
    return ""
