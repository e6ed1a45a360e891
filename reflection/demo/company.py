"""Who works at Halden Analytics, what it sells, and against whom."""

from dataclasses import dataclass

from people.models import Role

COMPANY = "Halden Analytics"
DOMAIN = "halden.example"


@dataclass(frozen=True)
class Person:
    name: str
    role: Role
    time_zone: str = "Europe/Oslo"

    @property
    def username(self) -> str:
        """`ingrid.dahl`, without the letters that a keyboard abroad lacks."""
        return self.name.lower().translate(_PLAIN).replace(" ", ".").replace("'", "")


@dataclass(frozen=True)
class SalesTeam:
    name: str
    region: str
    time_zone: str
    manager: str
    reps: tuple[str, ...]


@dataclass(frozen=True)
class Rival:
    """A competitor: how often it is met in small, mid-market and enterprise deals, how often it wins.

    A `strength` of 2 wins twice as often as its meetings would make one expect.
    """

    name: str
    weights: tuple[int, int, int]
    strength: float = 1.0
    home: str = ""


@dataclass(frozen=True)
class Product:
    name: str
    series: str
    features: tuple[str, ...]
    missing: tuple[str, ...]
    share: int


@dataclass(frozen=True)
class Login:
    """A person who can sign in to the demo, and the role that they show."""

    name: str
    label: str


_PLAIN = str.maketrans(
    {
        "ø": "o",
        "å": "a",
        "æ": "ae",
        "ö": "o",
        "ä": "a",
        "ü": "u",
        "á": "a",
        "é": "e",
        "í": "i",
        "ó": "o",
        "ß": "ss",
    }
)

REGIONS = {"Nordics": "Kari Solheim", "DACH": "Matthias Brandl", "UK & Ireland": "Helen Ashworth"}
SALES_DIRECTOR = "Erik Halvorsen"

TEAMS = (
    SalesTeam(
        "Oslo",
        "Nordics",
        "Europe/Oslo",
        "Marit Engen",
        (
            "Ingrid Dahl",
            "Siri Nygård",
            "Jonas Bakke",
            "Henrik Lunde",
            "Tuva Aasen",
            "Lars Myhre",
            "Nora Fossum",
            "Petter Hagen",
        ),
    ),
    SalesTeam(
        "Stockholm",
        "Nordics",
        "Europe/Stockholm",
        "Anders Wikström",
        (
            "Elin Sandberg",
            "Johan Ekblad",
            "Maja Lindqvist",
            "Oskar Hallgren",
            "Saga Nordin",
            "Viktor Åberg",
            "Klara Holmgren",
            "Axel Berglund",
        ),
    ),
    SalesTeam(
        "Hamburg",
        "DACH",
        "Europe/Berlin",
        "Sabine Petersen",
        (
            "Tobias Krüger",
            "Lena Vogt",
            "Jan Harms",
            "Katrin Möller",
            "Felix Behrens",
            "Mareike Lorenz",
            "Nils Petzold",
            "Svenja Kruse",
        ),
    ),
    SalesTeam(
        "Munich",
        "DACH",
        "Europe/Berlin",
        "Florian Huber",
        (
            "Anna Leitner",
            "Maximilian Egger",
            "Julia Stadler",
            "Thomas Aigner",
            "Verena Pichler",
            "Lukas Winkler",
            "Carina Moser",
            "Simon Gruber",
        ),
    ),
    SalesTeam(
        "London",
        "UK & Ireland",
        "Europe/London",
        "Priya Raman",
        (
            "James Whitcombe",
            "Olivia Tennant",
            "Daniel Okafor",
            "Charlotte Fenn",
            "Ravi Mistry",
            "Megan Hollis",
            "Tom Bairstow",
            "Amelia Croft",
        ),
    ),
    SalesTeam(
        "Dublin",
        "UK & Ireland",
        "Europe/Dublin",
        "Ciarán Doyle",
        (
            "Aoife Brennan",
            "Conor Tierney",
            "Niamh Gallagher",
            "Sean Rafferty",
            "Orla Keane",
            "Patrick Lennon",
            "Róisín Daly",
            "Eoin McGrath",
        ),
    ),
)

ADMINS = ("Ellen Storm", "David Lind")
PARTNERS = {
    "Camilla Rud": "marketing",
    "Stefan Adler": "product",
    "Grace Morley": "customer success",
}

LOGINS = (
    Login("Ingrid Dahl", "Rep"),
    Login("Marit Engen", "Manager"),
    Login("Ellen Storm", "Admin"),
    Login("Stefan Adler", "Partner"),
)

NORVIK = "Norvik"
RIVALS = (
    Rival(NORVIK, (2, 4, 2), 0.8),
    Rival("Brightmoor", (1, 4, 9), 1.9),
    Rival("Castera", (2, 5, 5), 1.3, "DACH"),
    Rival("Quillon", (9, 4, 1), 0.6),
    Rival("Tessaly Systems", (2, 6, 6), 1.0),
    Rival("Opengrove", (3, 3, 3), 0.5, "UK & Ireland"),
)

STAGES = (
    "Qualification",
    "Discovery",
    "Demo",
    "Proof of concept",
    "Security review",
    "Proposal",
    "Negotiation",
    "Contract",
)

PRODUCTS = (
    Product(
        "Halden Forecast",
        "Planning",
        ("the scenario view", "the demand forecast", "the what-if slider", "the seasonal model"),
        (
            "forecasts below one day",
            "a promotion calendar",
            "an on-premises version",
            "forecasts for new articles without history",
        ),
        30,
    ),
    Product(
        "Halden Supply",
        "Planning",
        ("the stock map", "the order proposal", "the supplier score", "the bottleneck alarm"),
        (
            "planning across several warehouses",
            "batch tracing",
            "a supplier portal",
            "shelf-life planning",
        ),
        22,
    ),
    Product(
        "Halden Shopfloor",
        "Operations",
        ("the shift board", "the downtime view", "the scrap analysis", "the line comparison"),
        (
            "a link to older machine controls",
            "an offline mode for the shop floor",
            "energy figures per machine",
            "a mobile client for shift leads",
        ),
        18,
    ),
    Product(
        "Halden Insight",
        "Reporting",
        ("the board report", "the margin tree", "the drill-down", "the monthly pack"),
        (
            "row-level rights",
            "consolidation of several companies",
            "a spreadsheet add-in",
            "planning in the same tool",
        ),
        15,
    ),
    Product(
        "Halden Field",
        "Operations",
        ("the route view", "the visit planner", "the spare parts forecast", "the service clock"),
        (
            "time recording for technicians",
            "a client portal",
            "route planning with live traffic",
            "use without a connection",
        ),
        9,
    ),
    Product(
        "Halden Connect",
        "Platform",
        (
            "the connector library",
            "the data check",
            "the replay of failed loads",
            "the flow editor",
        ),
        (
            "a connector for their old mainframe",
            "change capture in real time",
            "hosting in their own cloud account",
            "a metadata catalogue",
        ),
        6,
    ),
)


def sales_people() -> list[Person]:
    """Everybody of the sales tree: the director, regional heads, team managers and reps."""
    people = [Person(SALES_DIRECTOR, Role.MANAGER)]
    zones = {team.region: team.time_zone for team in TEAMS}
    people += [Person(name, Role.MANAGER, zones[region]) for region, name in REGIONS.items()]
    for team in TEAMS:
        people.append(Person(team.manager, Role.MANAGER, team.time_zone))
        people += [Person(name, Role.REP, team.time_zone) for name in team.reps]
    return people


def everybody() -> list[Person]:
    admins = [Person(name, Role.ADMIN) for name in ADMINS]
    return [*sales_people(), *admins, *(Person(name, Role.PARTNER) for name in PARTNERS)]
