"""The table of measures and dimensions in the docs is the one in the code."""

from reflection.environment import PROJECT_ROOT
from trends.dimensions import DIMENSIONS, Dimension, dimension
from trends.measures import MEASURES, why_refused

ASKED = [
    *(each for each in DIMENSIONS.values() if not each.filter_only),
    dimension("attribute:KEY", field="by"),
]


def reasons() -> list[str]:
    """Why pairs are refused, each once, in the order of the table."""
    found = (why_refused(name, each) for each in ASKED for name in MEASURES)
    return list(dict.fromkeys(reason for reason in found if reason))


def table() -> str:
    """A line per dimension, a column per measure; a number names the reason of a refusal."""
    head = " | ".join(f"`{name}`" for name in MEASURES)
    lines = [f"| | {head} |", "|---|" + "---|" * len(MEASURES)]
    lines += [f"| `{each.name}` | " + " | ".join(cells(each)) + " |" for each in ASKED]
    return "\n".join(lines)


def cells(each: Dimension) -> list[str]:
    why = (why_refused(name, each) for name in MEASURES)
    return [str(reasons().index(reason) + 1) if reason else "yes" for reason in why]


def test_the_docs_show_which_measure_goes_with_which_dimension_and_why_not() -> None:
    told = (PROJECT_ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    assert table() in told
    assert [f"{n}. {reason}" in told for n, reason in enumerate(reasons(), 1)] == [True] * len(
        reasons()
    )
    for measure in MEASURES.values():
        assert f"| `{measure.name}` | {measure.label} | {measure.denominator} |" in told
    for each in DIMENSIONS.values():
        assert f"| `{each.name}` | {each.label} |" in told
