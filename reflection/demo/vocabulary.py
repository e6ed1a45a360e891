"""The words of each trade, and of the people on the other side of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """An industry: how reps call it, what hurts there, what is measured, what happens."""

    industry: str
    short: str
    share: int
    firms: tuple[str, ...]
    units: tuple[str, ...]
    pains: tuple[str, ...]
    metrics: tuple[str, ...]
    events: tuple[str, ...]


TRADES = (
    Trade(
        "Food & beverage",
        "food",
        14,
        ("Seafood", "Dairy", "Bakeries", "Foods", "Brewery"),
        ("chilled goods", "the bottling line", "the export desk", "raw materials"),
        (
            "write-offs in the cold chain",
            "stock-outs before weekends",
            "short shelf life on export pallets",
            "promotions that nobody planned for",
            "the scrap on line 3",
            "raw material bought at the wrong time",
        ),
        ("write-offs", "forecast error", "service level", "days of stock"),
        (
            "the Easter season",
            "the new cold store",
            "the audit of their largest retailer",
            "the summer peak",
        ),
    ),
    Trade(
        "Manufacturing",
        "manufacturing",
        20,
        ("Maskin", "Components", "Gears", "Tooling", "Castings", "Pumps"),
        ("spare parts", "the press shop", "assembly", "the tool store"),
        (
            "late orders from the press shop",
            "spare parts that are never where they are needed",
            "set-up times on the old lines",
            "three planners with three spreadsheets",
            "expediting every week",
            "orders promised that can't be built",
        ),
        (
            "on-time delivery",
            "overall equipment effectiveness",
            "stock of finished goods",
            "planning hours",
        ),
        (
            "the ERP change",
            "the move to the new hall",
            "the trade fair in spring",
            "the start of the second shift",
        ),
    ),
    Trade(
        "Retail",
        "retail",
        13,
        ("Stores", "Home", "Sport", "Outfitters", "Markets"),
        ("the store roll-out", "online orders", "seasonal goods", "the central warehouse"),
        (
            "markdowns at the end of the season",
            "empty shelves on Saturdays",
            "returns from online orders",
            "stock in the wrong store",
            "suppliers who deliver when they like",
            "price changes that reach the stores late",
        ),
        ("markdown share", "shelf availability", "stock turn", "return rate"),
        ("Black Friday", "the new online shop", "the stock-taking", "the spring collection"),
    ),
    Trade(
        "Logistics",
        "logistics",
        11,
        ("Freight", "Logistics", "Shipping", "Cargo"),
        ("the night hub", "returns", "the customs desk", "fleet planning"),
        (
            "half-empty trucks on Mondays",
            "volumes that customers announce too late",
            "overtime in the night hub",
            "claims for late parcels",
            "subcontractors booked at peak prices",
            "nobody seeing the whole chain",
        ),
        ("load factor", "cost per drop", "overtime hours", "claims"),
        (
            "the peak before Christmas",
            "the new toll",
            "the opening of the second hub",
            "the contract with their largest shipper",
        ),
    ),
    Trade(
        "Energy & utilities",
        "energy",
        8,
        ("Kraft", "Energy", "Grid", "Water"),
        ("grid maintenance", "meter data", "the control room", "outage planning"),
        (
            "crews sent out twice for one fault",
            "outages that take the planners by surprise",
            "meter data from four systems",
            "balancing costs in winter",
            "maintenance by calendar and not by need",
            "reports to the regulator made by hand",
        ),
        ("balancing cost", "minutes of outage", "crew hours", "reporting days"),
        (
            "the new network rules",
            "the winter",
            "the roll-out of smart meters",
            "the regulator's review",
        ),
    ),
    Trade(
        "Healthcare",
        "healthcare",
        8,
        ("Klinik", "Care", "Medical", "Diagnostics"),
        ("the operating theatres", "the pharmacy", "bed planning", "the laboratory"),
        (
            "theatres that stand empty on Fridays",
            "drugs that expire in the ward cupboard",
            "beds planned on paper",
            "agency staff at short notice",
            "samples that wait for a courier",
            "three systems for one patient",
        ),
        ("theatre use", "expired stock", "agency hours", "waiting days"),
        (
            "the new wing",
            "the accreditation",
            "the change of the patient system",
            "the budget talks with the payers",
        ),
    ),
    Trade(
        "Financial services",
        "finance",
        8,
        ("Capital", "Insurance", "Leasing", "Bank"),
        ("claims", "the branch network", "regulatory reporting", "the call centre"),
        (
            "a month-end that takes eleven days",
            "claims that pile up after a storm",
            "figures that differ by department",
            "staffing of the call centre",
            "reports to the supervisor made by hand",
            "no one view of a client",
        ),
        ("closing days", "claims backlog", "cost per contact", "manual corrections"),
        (
            "the year-end close",
            "the supervisor's visit",
            "the core system migration",
            "the merger of two branches",
        ),
    ),
    Trade(
        "Public sector",
        "public services",
        6,
        ("Kommune", "Transit", "Housing", "Port Authority"),
        ("winter service", "building maintenance", "the depot", "the budget office"),
        (
            "winter service planned by phone",
            "repairs that are reported three times",
            "a budget nobody can follow",
            "vehicles in the wrong depot",
            "overtime at weekends",
            "tenders built on last year's numbers",
        ),
        ("overtime hours", "response time", "budget variance", "fleet use"),
        ("the council vote", "the budget year", "the new procurement rules", "the winter"),
    ),
    Trade(
        "Construction",
        "construction",
        7,
        ("Bygg", "Construction", "Interiors", "Concrete"),
        ("the equipment pool", "site logistics", "precast parts", "the tender desk"),
        (
            "machines that stand on the wrong site",
            "material that arrives a week early",
            "sites that report on Fridays only",
            "change orders that nobody prices",
            "subcontractors who don't turn up",
            "margins seen only at the end",
        ),
        ("machine use", "waiting hours", "margin per site", "change order value"),
        (
            "the start of the motorway job",
            "the winter break",
            "the handover of the tower",
            "the new safety rules",
        ),
    ),
    Trade(
        "Telecoms",
        "telecoms",
        5,
        ("Telekom", "Fibre", "Mobile", "Networks"),
        ("field service", "the shop network", "capacity planning", "spare parts"),
        (
            "technicians sent without the part",
            "capacity bought a year too early",
            "churn seen when it is over",
            "installations that need a second visit",
            "the spare parts of three generations",
            "shop staff at the wrong hours",
        ),
        ("second visits", "churn", "capacity cost", "parts on stock"),
        (
            "the switch-off of the old network",
            "the launch of the new tariff",
            "the frequency auction",
            "the fibre roll-out",
        ),
    ),
)

STEMS = {
    "Nordics": (
        "Fjellheim|Strandvik|Nordlys|Granlund|Havsund|Björkdal|Lindholm|Solbakken|Vestfoss|Kvistad|"
        "Almhult|Rosendal|Skogby|Tallberg|Ramsund|Elvestad|Holtan|Sjöberg|Eriksberg|Norrsken|"
        "Langvik|Myrland|Torsnes|Halmstrand|Lövdal|Grönvall|Sandnes|Aurland|Birkeland|Kolvik"
    ).split("|"),
    "DACH": (
        "Steinbach|Lindner|Hohenau|Rehberg|Waldkirch|Brunner|Altmann|Seefeld|Kronberg|Eichhorn|"
        "Falkenau|Grünwald|Hartwig|Isenburg|Kessler|Lauterach|Morgenroth|Neuhof|Oberland|Rosner|"
        "Sonnleitner|Thalheim|Ulmer|Vierkant|Weidinger|Zeller|Birkner|Dornbach|Erlacher|Fichtner"
    ).split("|"),
    "UK & Ireland": (
        "Ashdown|Bramley|Carrick|Dunmore|Eastleigh|Fairholm|Glanmire|Hartley|Inverley|Kilbride|"
        "Larkfield|Marlowe|Northgate|Oakhurst|Penrose|Quayside|Ravensworth|Stanton|Thornbury|Underhill|"
        "Wexcombe|Yarrow|Aldous|Brackley|Clonmore|Draycott|Ellerby|Foxrock|Greystone|Hawthorn"
    ).split("|"),
}

COUNTRIES = {
    "Nordics": {"Norway": 8, "Sweden": 8, "Denmark": 3, "Finland": 3},
    "DACH": {"Germany": 14, "Austria": 5, "Switzerland": 3},
    "UK & Ireland": {"United Kingdom": 13, "Ireland": 8},
}

PLACES = {
    "Norway": "Bergen|Stavanger|Drammen|Trondheim|Fredrikstad",
    "Sweden": "Gothenburg|Malmö|Örebro|Linköping|Västerås",
    "Denmark": "Aarhus|Odense|Esbjerg|Kolding",
    "Finland": "Tampere|Turku|Oulu|Lahti",
    "Germany": "Bremen|Kassel|Leipzig|Augsburg|Dortmund|Ulm",
    "Austria": "Linz|Graz|Wels|Salzburg",
    "Switzerland": "Winterthur|Olten|St. Gallen",
    "United Kingdom": "Leeds|Bristol|Coventry|Preston|Swindon|Hull",
    "Ireland": "Cork|Galway|Limerick|Athlone",
}

SITES = ("the {} site", "{}", "the {} plant", "the {} branch", "{}")

SEGMENTS = ("Small business", "Mid-market", "Enterprise")

CHAMPIONS = (
    "the planning manager",
    "the head of supply chain",
    "the head of controlling",
    "the plant manager",
    "the head of operations",
    "the project lead",
    "the data team lead",
    "the head of purchasing",
    "the logistics manager",
    "the process owner",
    "the head of customer service",
)
DECIDERS = (
    "the COO",
    "the managing director",
    "the CEO",
    "the head of the division",
    "the board member for operations",
    "the owner",
)
FINANCE = ("the CFO", "the finance director", "the head of finance", "their controller")
BLOCKERS = (
    "the IT security lead",
    "the head of IT",
    "the data protection officer",
    "the works council",
    "the enterprise architect",
    "procurement",
    "the lawyer of the group",
)
SYSTEMS = (
    "their ERP",
    "a spreadsheet with 40 tabs",
    "a tool that they built in 2011",
    "the old planning module",
    "an access database",
    "the warehouse system",
    "a data warehouse that nobody maintains",
    "two ERPs from two mergers",
    "paper and a whiteboard",
    "the group's reporting tool",
)
STANDARDS = (
    "security",
    "ISO 27001",
    "SOC 2",
    "penetration test",
    "data residency",
    "sub-processor",
    "NIS2",
    "key management",
)
CLAUSES = (
    "unlimited liability",
    "the termination for convenience",
    "payment after 90 days",
    "the audit right",
    "source code escrow",
    "the penalty for downtime",
    "the most-favoured price clause",
    "their own data processing terms",
)
LEAD_SOURCES = ("Inbound", "Outbound", "Partner", "Tender", "Event", "Existing client")
