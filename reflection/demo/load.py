"""Loading the demo: everything or nothing, then what derives from it."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from common.clock import company_today
from common.periods import add_months
from deals.models import Deal
from deals.services.defaults import install_defaults as install_deal_defaults
from debriefs.models import Debrief
from debriefs.questions import TemplateDefinition, default_version
from debriefs.services.defaults import install_defaults as install_debrief_defaults
from people.models import User
from reflection.demo.catalogue import write_catalogue
from reflection.demo.company import ADMINS, everybody
from reflection.demo.errors import DemoRefused
from reflection.demo.history import write_history
from reflection.demo.judging import write_judgements
from reflection.demo.kept import write_kept
from reflection.demo.plan import DemoPlan, plan_demo
from reflection.demo.rows import SOURCE, Rows
from reflection.demo.staff import write_logins, write_people
from reflection.demo.unfinished import write_conflicts, write_drafts
from reflection.demo.waiting import write_waiting
from reflection.loadgen.copying import defer_constraints
from reflection.loadgen.derived import rebuild_derived
from reflection.loadgen.rates import install_rates
from reflection.loadgen.tables import refresh_statistics

CURRENCIES = ("EUR", "GBP", "SEK")


@dataclass(frozen=True)
class Loaded:
    """What stands now. `has_rates` says whether amounts convert into the reporting currency."""

    closed_deals: int
    open_deals: int
    debriefs: int
    people: int
    has_rates: bool


def load_demo(*, force: bool = False) -> Loaded:
    """Load the demo company. DemoRefused where deals stand, unless `force`, or the demo itself."""
    _refuse(force=force)
    with transaction.atomic():
        loaded = _write()
    rebuild_derived()
    return loaded


def _refuse(*, force: bool) -> None:
    if Deal.objects.filter(source=SOURCE).exists():
        raise DemoRefused("The demo company is there already.")
    if Deal.objects.exists() and not force:
        raise DemoRefused(
            "This database already holds deals. Use an empty one, or --force to add the demo."
        )
    usernames = [person.username for person in everybody()]
    taken = User.objects.filter(username__in=usernames).values_list("username", flat=True).first()
    if taken is not None:
        raise DemoRefused(
            f"Somebody here is called {taken} already, as one of the demo's people is."
        )


def _write() -> Loaded:
    defer_constraints()
    install_deal_defaults()
    install_debrief_defaults()
    plan = plan_demo(timezone.now(), company_today(), _audiences())
    people = write_people(plan.timeline)
    has_rates = install_rates(
        CURRENCIES, since=add_months(plan.timeline.months[0], -12), today=company_today()
    )
    write_history(people, plan.timeline)
    catalogue = write_catalogue(plan.accounts, plan.deals, by=people[ADMINS[0]])
    now = timezone.now()
    Rows(people, catalogue, now).write(plan.deals)
    refresh_statistics()
    write_drafts(people)
    write_conflicts()
    write_judgements(people, now)
    write_waiting(people, now)
    write_kept(people, plan.timeline)
    write_logins(people)
    return _counted(plan, len(people), has_rates=has_rates)


def _audiences() -> dict[str, str]:
    """Who reads what by default, by question and factor key."""
    definition = TemplateDefinition.of(default_version())
    keys = [question.key for question in definition.questions()]
    keys += [factor.key for factor in definition.factors()]
    return {key: definition.section_of(key).audience.value for key in keys}


def _counted(plan: DemoPlan, people: int, *, has_rates: bool) -> Loaded:
    opened = sum(deal.is_open for deal in plan.deals)
    return Loaded(
        closed_deals=len(plan.deals) - opened,
        open_deals=opened,
        debriefs=Debrief.objects.submitted().count(),
        people=people,
        has_rates=has_rates,
    )


def missing_rates_notice() -> str:
    return (
        f"No exchange rates into {settings.ENV.reporting_currency} are built in: "
        "amounts show as unknown until an admin enters rates."
    )
