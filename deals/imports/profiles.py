"""The shapes in which CRMs export, recognised by their headers."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass

from deals.errors import FileRefused
from deals.imports.mapping import ATTRIBUTE, FIELDS, IGNORED, Mapping
from deals.imports.vocabulary import word_key
from deals.models import FileKind

_REASON = f"{ATTRIBUTE}Lost reason"
_TYPE = f"{ATTRIBUTE}Type"
_PIPELINE = f"{ATTRIBUTE}Pipeline"


@dataclass(frozen=True)
class Profile:
    """One CRM's export: fields by `word_key` of the header, and headers without which it isn't one."""

    key: str
    label: str
    columns: AnyMapping[str, str]
    needs: tuple[frozenset[str], ...]
    kind: FileKind = FileKind.DEALS
    identity: str = "external_id"

    def fits(self, headers: Sequence[str]) -> bool:
        """Whether the headers hold at least one of each group that it needs."""
        present = {word_key(header) for header in headers}
        return all(group & present for group in self.needs)

    def mapping(self, headers: Sequence[str]) -> Mapping:
        """Each header's field; of several for one single-valued field the first counts."""
        columns: dict[str, str] = {}
        taken: set[str] = set()
        for header in headers:
            target = self.columns.get(word_key(header), IGNORED)
            repeated = target in taken and target not in ("closed_on", "notes", "account")
            columns[header] = IGNORED if repeated else target
            taken.add(target)
        given = {*columns.values()}
        by_name = "external_id" not in given and {"account", "name"} <= given
        return Mapping(
            source=self.key,
            columns=columns,
            identity="account_name" if by_name else self.identity,
        )


def _groups(*groups: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split()) for group in groups)


def _columns(**headers: str) -> dict[str, str]:
    """`field="header header"` as header to field."""
    return {header: name for name, words in headers.items() for header in words.split()}


OURS = Profile(
    "reflection",
    "Reflection's own format",
    {**{word_key(name): name for name in FIELDS}, "id": "external_id"},
    _groups("id externalid", "name", "outcome stage", "account closedon amount"),
)
MAVEN = Profile(
    "maven",
    "Maven sales pipeline",
    _columns(
        external_id="opportunityid",
        owner="salesagent",
        product="product",
        account="account",
        stage="dealstage",
        opened_on="engagedate",
        closed_on="closedate",
        amount="closevalue",
    ),
    _groups("opportunityid", "salesagent", "dealstage", "engagedate"),
)
SALESFORCE = Profile(
    "salesforce",
    "Salesforce",
    _columns(
        external_id="opportunityid",
        name="opportunityname",
        account="accountname",
        owner="opportunityowner owner ownername owneremail",
        stage="stage stagename",
        amount="amount totalamount amountusd",
        currency="totalamountcurrency amountcurrency opportunitycurrency currency currencyisocode",
        closed_on="closedate",
        opened_on="createddate",
        product="product productname",
        competitors="competitorc competitor competitors maincompetitors primarycompetitor",
        notes="closedlostnotesc closedlostdetails lossdetailsc detailsoflostopportunityc nextstep "
        "opportunitynextsteps description",
        industry="industry accountindustry",
        country="billingcountry country",
        segment="segment accountsegment",
    )
    | dict.fromkeys(
        ("lostreason", "lostreasonc", "lossreasonc", "closedlostreason", "whydidwelose"), _REASON
    )
    | {
        "type": _TYPE,
        "salesregion": f"{ATTRIBUTE}Sales region",
        "territoryregion": f"{ATTRIBUTE}Sales region",
        "forecastcategory": f"{ATTRIBUTE}Forecast category",
        "stagebeforeclosed": f"{ATTRIBUTE}Stage before closed",
        "closedlostsubreason": f"{ATTRIBUTE}Lost sub-reason",
        "leadsource": f"{ATTRIBUTE}Lead source",
        "businessissuec": f"{ATTRIBUTE}Business issue",
    },
    _groups("opportunityname opportunityid", "stage stagename", "closedate"),
)
HUBSPOT = Profile(
    "hubspot",
    "HubSpot",
    _columns(
        external_id="recordid dealid hsobjectid hubspotdealid internaldealid",
        name="dealname",
        stage="dealstage",
        amount="amount",
        currency="currency dealcurrencycode",
        closed_on="closedate",
        opened_on="createdate",
        owner="dealowner hubspotownerid",
        account="associatedcompanyprimary associatedcompany",
        is_won="isclosedwon hsisclosedwon",
        is_lost="isclosedlost hsisclosedlost",
        industry="industry",
        segment="companysize",
        competitors="competitormentioned",
        notes="dealnotes",
    )
    | {
        "closedlostreason": _REASON,
        "lossreasontag": _REASON,
        "closedwonreason": f"{ATTRIBUTE}Won reason",
        "winreasontag": f"{ATTRIBUTE}Won reason",
        "dealtype": _TYPE,
        "pipeline": _PIPELINE,
    },
    _groups("dealname", "dealstage"),
)
PIPEDRIVE = Profile(
    "pipedrive",
    "Pipedrive",
    _columns(
        external_id="dealid",
        name="dealtitle",
        owner="dealowner",
        amount="dealvalue",
        currency="dealcurrencyofvalue dealcurrency",
        account="dealorganization",
        stage="dealstage",
        outcome="dealstatus",
        opened_on="dealdealcreated",
        closed_on="dealwontime deallosttime dealdealclosedon",
        product="dealproductname",
    )
    | {
        "deallostreason": _REASON,
        "deallabel": f"{ATTRIBUTE}Label",
        "dealpipeline": _PIPELINE,
        "dealsourcechannel": f"{ATTRIBUTE}Source channel",
    },
    _groups("dealtitle", "dealstatus", "dealid"),
)
ODOO = Profile(
    "odoo",
    "Odoo",
    _columns(
        external_id="externalid id",
        name="opportunity name",
        account="companyname customer partnername partnerid",
        owner="salesperson userid",
        stage="stage stageid",
        active="active",
        amount="expectedrevenue",
        currency="currency",
        closed_on="closeddate dateclosed",
        opened_on="createdon createdate",
        notes="noteshtml notes description",
    )
    | {
        "lostreason": _REASON,
        "lostreasonid": _REASON,
        "salesteam": f"{ATTRIBUTE}Sales team",
        "teamid": f"{ATTRIBUTE}Sales team",
        "tags": f"{ATTRIBUTE}Tags",
        "tagids": f"{ATTRIBUTE}Tags",
    },
    _groups("expectedrevenue", "stage stageid", "opportunity name"),
)
LOSTBOT = Profile(
    "lostbot",
    "Lostbot's list of deals",
    _columns(
        external_id="dealid",
        account="company",
        amount="arrvalue",
        stage="stage",
        closed_on="closedate",
        owner="aename",
        competitors="competitor",
        product="productevaluated",
        notes="notes calltranscriptssummary emailthreadssummary",
    )
    | {
        "aestatedreason": _REASON,
        "dealsizebucket": f"{ATTRIBUTE}Deal size",
        "discountoffered": f"{ATTRIBUTE}Discount offered",
    },
    _groups("dealid", "company", "arrvalue", "aestatedreason"),
)
GENERIC = Profile(
    "generic",
    "Another system",
    {
        **SALESFORCE.columns,
        **HUBSPOT.columns,
        **MAVEN.columns,
        **OURS.columns,
    }
    | _columns(
        external_id="id dealid opportunityid number reference ref",
        name="title deal opportunity subject",
        account="client customer company organisation organization",
        owner="rep salesrep salesperson seller accountexecutive",
        outcome="status result state",
        amount="value dealvalue price revenue totalvalue",
        opened_on="opened created createdon startdate",
        closed_on="closed closeddate closingdate enddate",
        segment="size companysize",
    ),
    _groups(),
)
COMPANIONS = (
    Profile(
        "accounts",
        "Accounts",
        _columns(
            account="account accountname name company",
            industry="sector industry",
            employees="employees numberofemployees",
            country="officelocation country billingcountry",
            segment="segment",
            parent="subsidiaryof parentaccount parent",
        ),
        _groups("account accountname", "sector industry employees officelocation"),
        FileKind.ACCOUNTS,
    ),
    Profile(
        "products",
        "Products",
        _columns(product="product productname", series="series family productfamily"),
        _groups("product productname", "series salesprice family productfamily"),
        FileKind.PRODUCTS,
    ),
    Profile(
        "teams",
        "People and teams",
        _columns(
            person="salesagent rep salesrep person",
            manager="manager",
            region="regionaloffice region",
        ),
        _groups("salesagent rep salesrep person", "manager", "regionaloffice region"),
        FileKind.TEAMS,
    ),
)
CRMS = (OURS, MAVEN, LOSTBOT, PIPEDRIVE, HUBSPOT, SALESFORCE, ODOO)
BY_KEY = {profile.key: profile for profile in (*CRMS, GENERIC)}
# Public collections are recognised, not asked for.
SOURCES = ("auto", *(key for key in BY_KEY if key not in ("maven", "lostbot")))


def recognise(headers: Sequence[str]) -> Profile | None:
    """The profile whose headers these are: a CRM's deals first, then a list that goes with them."""
    return next((p for p in (*CRMS, *COMPANIONS) if p.fits(headers)), None)


def mapping_for(name: str, headers: Sequence[str], source: str) -> Mapping:
    """How a file of deals is read if it comes from `source` ("auto": by its headers).

    Refuses headers of another system, and a column that our own format doesn't know.
    """
    profile = recognise(headers) if source == "auto" else BY_KEY[source]
    if profile is None or profile.kind is not FileKind.DEALS:
        raise FileRefused(
            name,
            f"Its columns are of no known system: {', '.join(headers)}.",
            "Say what they are with --source generic --mapping FILE.json, or on the import page.",
        )
    if not profile.fits(headers):
        raise FileRefused(
            name,
            f"Its columns are not those of {profile.label}: {', '.join(headers)}.",
            f"Expected at least {_needed(profile)}.",
        )
    mapping = profile.mapping(headers)
    if profile is OURS:
        mapping = _with_attributes(name, mapping)
    return mapping


def _with_attributes(name: str, mapping: Mapping) -> Mapping:
    columns = {
        header: header if header.startswith(ATTRIBUTE) else target
        for header, target in mapping.columns.items()
    }
    unknown = [header for header, target in columns.items() if target == IGNORED]
    if unknown:
        raise FileRefused(
            name,
            f"The format has no column {', '.join(f'“{header}”' for header in unknown)}.",
            f"Call it {ATTRIBUTE}NAME to keep it, or take it out.",
        )
    return Mapping(source=mapping.source, columns=columns, identity=mapping.identity)


def _needed(profile: Profile) -> str:
    return ", ".join("one of " + "/".join(sorted(group)) for group in profile.needs)
