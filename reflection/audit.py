"""The audit as a page reads it: who changed people, rights, templates and reasons, latest first.

Wired here, since it reads the events of two apps that don't know each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, ForeignKey, OuterRef, Q, QuerySet, Subquery

from debriefs.models import (
    LossReason,
    QuestionTemplate,
    ReasonChange,
    ReasonGroup,
    TemplateProduct,
    TemplateTeam,
    TemplateVersion,
)
from people.models import ApiToken, Membership, Team, User

PAGE_SIZE = 50
LONGEST_VALUE = 200
LABELS = {"insert": "added", "update": "changed", "delete": "removed", "standing": "as it stood"}


@dataclass(frozen=True)
class Kind:
    """A table of which an audit is kept. `title` are the fields that name one of its rows."""

    label: str
    model: Any
    title: tuple[str, ...]

    @property
    def events(self) -> QuerySet[Any]:
        events: QuerySet[Any] = self.model._meta.get_field(
            "audit_events"
        ).related_model.objects.all()
        return events


KINDS: Mapping[str, Kind] = {
    "person": Kind("Person", User, ("full_name",)),
    "team": Kind("Team", Team, ("name",)),
    "membership": Kind("Membership", Membership, ("user", "team")),
    "token": Kind("API token", ApiToken, ("prefix", "user")),
    "template": Kind("Template", QuestionTemplate, ("name",)),
    "version": Kind("Template version", TemplateVersion, ("template", "number")),
    "template_product": Kind(
        "Product of a template", TemplateProduct, ("templateversion", "product")
    ),
    "template_team": Kind("Team of a template", TemplateTeam, ("templateversion", "team")),
    "group": Kind("Group of reasons", ReasonGroup, ("name",)),
    "reason": Kind("Loss reason", LossReason, ("name",)),
    "reason_change": Kind("Change of the reason list", ReasonChange, ("reason", "kind")),
}
_PLACES = {key: place for place, key in enumerate(KINDS)}


@dataclass(frozen=True)
class Asked:
    """What the page is narrowed to. `object_id` goes with a kind, `day` is one of the company."""

    kind: str = ""
    object_id: int | None = None
    by: int | None = None
    day: date | None = None


@dataclass(frozen=True)
class Mark:
    """The last change of a page: the next one begins after it."""

    at: datetime
    kind: str
    event: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}/{self.kind}/{self.event}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        try:
            at, kind, event = text.split("/")
            moment = datetime.fromisoformat(at)
            return cls(moment, kind, int(event)) if kind in KINDS and moment.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Field:
    """One column: what it was and what it became, in words; an addition has no `before`."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    kind: str
    kind_label: str
    object_id: int
    title: str
    what: str
    at: datetime
    by: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class AuditPage:
    changes: tuple[Change, ...]
    after: str


def audit_page(asked: Asked, *, after: Mark | None = None) -> AuditPage:
    """Fifty changes. As many statements whatever there is: two for each kind, and the names."""
    found = [
        (key, event)
        for key in ([asked.kind] if asked.kind else KINDS)
        for event in _narrowed(key, asked, after)[: PAGE_SIZE + 1]
    ]
    found.sort(key=lambda each: (-each[1].pgh_created_at.timestamp(), _place(*each)))
    shown = found[:PAGE_SIZE]
    before = _before(shown)
    names = _Names([event for _, event in shown] + list(before.values()))
    changes = tuple(
        _change(key, event, before.get((key, event.before)), names) for key, event in shown
    )
    more = len(found) > PAGE_SIZE
    last = Mark(shown[-1][1].pgh_created_at, shown[-1][0], shown[-1][1].pgh_id) if more else ""
    return AuditPage(changes, str(last))


def _place(key: str, event: Any) -> tuple[int, int]:
    return _PLACES[key], -event.pgh_id


def _narrowed(key: str, asked: Asked, after: Mark | None) -> QuerySet[Any]:
    events: QuerySet[Any] = KINDS[key].events
    if asked.object_id is not None:
        events = events.filter(pgh_obj_id=asked.object_id)
    if asked.by is not None:
        events = events.filter(pgh_context__user=asked.by)
    if asked.day is not None:
        begins = datetime.combine(
            asked.day, time(), tzinfo=ZoneInfo(settings.ENV.company_time_zone)
        )
        events = events.filter(
            pgh_created_at__gte=begins, pgh_created_at__lt=begins + timedelta(days=1)
        )
    if after is not None:
        events = events.filter(_follows(key, after))
    earlier = KINDS[key].events.filter(
        pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id")
    )
    latest = earlier.order_by("-pgh_id").values("pgh_id")[:1]
    ordered: QuerySet[Any] = events.annotate(before=Subquery(latest))
    return ordered.order_by(F("pgh_created_at").desc(), F("pgh_id").desc())


def _follows(key: str, after: Mark) -> Q:
    """Changes of one transaction bear one moment: kinds go in their order, then the latest first."""
    earlier = Q(pgh_created_at__lt=after.at)
    if _PLACES[key] < _PLACES[after.kind]:
        return earlier
    if key == after.kind:
        return earlier | Q(pgh_created_at=after.at, pgh_id__lt=after.event)
    return earlier | Q(pgh_created_at=after.at)


def _before(shown: Iterable[tuple[str, Any]]) -> dict[tuple[str, int | None], Any]:
    """The event before each, by kind and its id."""
    wanted: dict[str, list[int]] = {}
    for key, event in shown:
        if event.before is not None:
            wanted.setdefault(key, []).append(event.before)
    return {
        (key, event.pgh_id): event
        for key, ids in wanted.items()
        for event in KINDS[key].events.filter(pgh_id__in=ids)
    }


def _columns(event: Any) -> list[Any]:
    return [
        field
        for field in event._meta.concrete_fields
        if not field.name.startswith("pgh_") and field.name != "id"
    ]


class _Names:
    """What the ids in some events are called today: one statement for each table."""

    def __init__(self, events: Iterable[Any]) -> None:
        wanted: dict[Any, set[Any]] = {}
        for event in events:
            for field in _columns(event):
                if isinstance(field, ForeignKey) and (key := getattr(event, field.attname)):
                    wanted.setdefault(field.related_model, set()).add(key)
            if user := (event.pgh_context or {}).get("user"):
                wanted.setdefault(User, set()).add(user)
        self._known = {
            model: {row.pk: _name_of(row) for row in _with_names(model, keys)}
            for model, keys in wanted.items()
        }

    def of(self, model: Any, key: Any) -> str:
        return self._known.get(model, {}).get(key) or f"{model._meta.verbose_name} {key}, gone"

    def by(self, event: Any) -> str:
        context = event.pgh_context or {}
        if user := context.get("user"):
            return self.of(User, user)
        if task := context.get("task"):
            return f"the job {task}"
        return f"the command {context['command']}" if context.get("command") else "unknown"

    def words(self, event: Any, field: Any) -> str:
        """A value as people read it; a definition is told by its template's own pages."""
        value = getattr(event, field.attname)
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(field, ForeignKey):
            return self.of(field.related_model, value)
        if isinstance(value, dict) and "sections" in value:
            return f"{len(value.get('sections', ()))} sections"
        if field.choices:
            return str(dict(field.choices).get(value, value))
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            zone = ZoneInfo(settings.ENV.company_time_zone)
            return f"{value.astimezone(zone):%-d %b %Y, %H:%M}"
        text = f"{value:%-d %b %Y}" if isinstance(value, date) else str(value)
        return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _with_names(model: Any, keys: set[Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(pk__in=keys)
    return rows.select_related("template") if model is TemplateVersion else rows


def _name_of(row: Any) -> str:
    if isinstance(row, TemplateVersion):
        return f"{row.template}, version {row.number}"
    return str(row)


def _change(key: str, event: Any, before: Any, names: _Names) -> Change:
    kind = KINDS[key]
    title = [names.words(event, event._meta.get_field(name)) for name in kind.title]
    return Change(
        kind=key,
        kind_label=kind.label,
        object_id=event.pgh_obj_id,
        title=", ".join(filter(None, title)),
        what=LABELS.get(event.pgh_label, event.pgh_label),
        at=event.pgh_created_at,
        by="" if event.pgh_label == "standing" else names.by(event),
        fields=tuple(_fields(event, before, names)) if event.pgh_label != "delete" else (),
    )


def _fields(event: Any, before: Any, names: _Names) -> Iterable[Field]:
    """Of a change the columns that changed; of an addition all that say something."""
    for field in _columns(event):
        now = names.words(event, field)
        label = str(field.verbose_name).capitalize()
        if before is None:
            if now:
                yield Field(label, "", now)
        elif getattr(event, field.attname) != getattr(before, field.attname):
            yield Field(label, names.words(before, field) or "nothing", now or "nothing")
