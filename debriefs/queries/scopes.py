"""What the ids of scopes are called, read for a page or a check."""

from collections.abc import Mapping
from dataclasses import dataclass

from deals.models import Product
from debriefs.scopes import Scope
from debriefs.wording import scope_words
from people.models import Team


@dataclass(frozen=True)
class Names:
    """Products and teams by id.

    `products_today` gives what a merged product stands for now, `lines` each team with all
    above it, and `paths` its name after theirs, from the top.
    """

    products: Mapping[int, str]
    products_today: Mapping[int, int]
    teams: Mapping[int, str]
    lines: Mapping[int, frozenset[int]]
    paths: Mapping[int, tuple[str, ...]]

    def words(self, scope: Scope) -> str:
        return scope_words(scope, products=self.products, teams=self.teams)


def names_in_scopes() -> Names:
    products = list(Product.objects.values_list("pk", "name", "merged_into"))
    teams = {
        pk: (name, parent) for pk, name, parent in Team.objects.values_list("pk", "name", "parent")
    }
    up = {pk: _line(pk, teams) for pk in teams}
    return Names(
        products={pk: name for pk, name, _ in products},
        products_today={pk: into or pk for pk, _, into in products},
        teams={pk: name for pk, (name, _) in teams.items()},
        lines={pk: frozenset(line) for pk, line in up.items()},
        paths={pk: tuple(teams[each][0] for each in reversed(line)) for pk, line in up.items()},
    )


def _line(pk: int, teams: Mapping[int, tuple[str, int | None]]) -> list[int]:
    """The team, then the one above it, up to the top."""
    line = [pk]
    while (parent := teams[line[-1]][1]) is not None and parent not in line:
        line.append(parent)
    return line
