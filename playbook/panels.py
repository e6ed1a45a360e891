"""What the list page shows around its rows: facets with counts, and chips of what narrows it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from deals.models import Outcome
from playbook.facets import FACETS, LOST, UNKNOWN, Counts, Facet
from playbook.names import Names
from playbook.query import PlaybookQuery
from trends.groups import SMALL, SMALL_LABEL

SHOWN_AT_MOST = 12
OPEN_FROM_THE_START = ("outcome", "reason", "competitor")


@dataclass(frozen=True)
class Option:
    """One value of a facet and where choosing it leads."""

    label: str
    count: int
    address: str
    is_unknown: bool = False


@dataclass(frozen=True)
class Panel:
    """One facet: its values, or the chosen one alone with the way to let it go."""

    title: str
    options: tuple[Option, ...]
    more: int
    chosen: Option | None
    is_open: bool


@dataclass(frozen=True)
class Chip:
    """Something that narrows the list; `address` leads to the list without it."""

    label: str
    address: str


def panels(query: PlaybookQuery, counts: Counts, names: Names) -> list[Panel]:
    """The facets in their order; those without any value are left out."""
    made = (_panel(facet, query, counts, names) for facet in FACETS.values())
    return [panel for panel in made if panel.options or panel.chosen]


def chips(query: PlaybookQuery, names: Names, account: str) -> list[Chip]:
    """Each filter in words with a link that removes it."""
    plain = query.first_page()
    made = [
        Chip(
            f"{FACETS[name].title}: {label_of(FACETS[name], value, names)}",
            query.without(name).address(),
        )
        for name, value in query.choices
    ]
    if query.words:
        made.insert(0, Chip(f"“{query.words}”", replace(plain, words="").address()))
    if query.account:
        made.append(Chip(f"Account: {account}", replace(plain, account=None).address()))
    if query.since:
        made.append(Chip(f"From {query.since:%-d %b %Y}", replace(plain, since=None).address()))
    if query.until:
        made.append(Chip(f"Until {query.until:%-d %b %Y}", replace(plain, until=None).address()))
    return made


def label_of(facet: Facet, value: str, names: Names) -> str:
    """A facet's value as people say it."""
    if value == UNKNOWN:
        return "None named" if facet.is_list else "Unknown"
    if facet.name == "outcome":
        return "All lost" if value == LOST else Outcome(value).label
    if value == SMALL and facet.name == "team":
        return SMALL_LABEL
    if facet.is_named:
        return names.of_value(facet.names_kind, value)
    return value.replace("-Q", " Q") if facet.name == "period" else value


def _panel(facet: Facet, query: PlaybookQuery, counts: Counts, names: Names) -> Panel:
    counted = counts.get(facet.name, {})
    if value := query.chosen.get(facet.name):
        chosen = Option(
            label_of(facet, value, names),
            counted.get(value, 0),
            query.without(facet.name).address(),
        )
        return Panel(facet.title, (), 0, chosen, is_open=True)
    options = _sorted(facet, _options(facet, query, counts, names))
    return Panel(
        title=facet.title,
        options=tuple(options[:SHOWN_AT_MOST]),
        more=max(0, len(options) - SHOWN_AT_MOST),
        chosen=None,
        is_open=facet.name in OPEN_FROM_THE_START,
    )


def _options(facet: Facet, query: PlaybookQuery, counts: Counts, names: Names) -> Iterator[Option]:
    base = query.first_page().address()
    joined = base if base == "?" else f"{base}&"
    for value, count in counts.get(facet.name, {}).items():
        address = f"{joined}{facet.name}={quote(value)}"
        yield Option(label_of(facet, value, names), count, address, value == UNKNOWN)


def _sorted(facet: Facet, options: Iterable[Option]) -> list[Option]:
    """Quarters by time, the latest first; everything else by how often it occurs, unknown last."""
    by_label = sorted(options, key=lambda option: option.label, reverse=facet.name == "period")
    if facet.name == "period":
        return by_label
    return sorted(by_label, key=lambda option: (option.is_unknown, -option.count))
