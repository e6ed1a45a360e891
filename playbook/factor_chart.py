"""The factor grid drawn around zero: what hurt us to the left, what helped to the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts.frame import Cell, Sample, Table, drawing
from common.charts.marks import COLOURS, RULE, built, mark, num, pct, text

ROW = 44
BAR = 14
HEAD = 22
STRONGEST = 2
WORDS = {
    -2: "hurt us a lot",
    -1: "hurt us",
    0: "made no difference",
    1: "helped us",
    2: "helped us a lot",
}


@dataclass(frozen=True)
class ScoredFactor:
    """One factor's name, its score from -2 to +2, and the note beside it."""

    name: str
    score: int
    note: str = ""

    @property
    def words(self) -> str:
        return f"{self.name}: {WORDS[self.score]}"


@dataclass(frozen=True)
class FactorChart:
    """Bars from a line in the middle. Strongest effects are longest; 0 is a dot."""

    factors: Sequence[ScoredFactor]
    key: str = "factors"
    title: str = "What hurt, what helped"
    description: str = "As the author scored it; factors left empty are left out."

    @property
    def is_empty(self) -> bool:
        return not self.factors

    def legend(self) -> list[Sample]:
        return []

    def svg(self) -> SafeString:
        height = HEAD + len(self.factors) * ROW
        axis = (
            f"{text('0', 12, 'hurt us')}{text('100%', 12, 'helped us', anchor='end')}"
            f'<g class="cg" stroke="{RULE}">{"".join(self._line(step) for step in range(-2, 3))}</g>'
        )
        rows = "".join(
            mark("", factor.words, self._row(factor, HEAD + place * ROW))
            for place, factor in enumerate(self.factors)
        )
        return drawing(self, height, built(f"{axis}{rows}"))

    def table(self) -> Table:
        rows = tuple(
            (Cell(factor.name), Cell(f"{factor.score:+d}"), Cell(factor.note or "–"))
            for factor in self.factors
        )
        return Table(("Factor", "Score", "Note"), rows)

    def _line(self, step: int) -> str:
        x, bottom = pct(_place(step)), num(HEAD + len(self.factors) * ROW)
        return f'<line x1="{x}" x2="{x}" y1="{HEAD - 4}" y2="{bottom}"/>'

    def _row(self, factor: ScoredFactor, top: float) -> str:
        name = text("0", top + 14, factor.name, css="cl")
        said = text("100%", top + 14, WORDS[factor.score], css="cv", anchor="end")
        return f"{name}{said}{_bar(factor.score, top + 20)}"


def _bar(score: int, y: float) -> str:
    if score == 0:
        return f'<circle class="s6" fill="{COLOURS[5]}" cx="50%" cy="{num(y + BAR / 2)}" r="4"/>'
    start, end = sorted((_place(0), _place(score)))
    place, css = (1, "s2") if score < 0 else (3, "s4")
    return (
        f'<rect class="{css}" fill="{COLOURS[place]}" x="{pct(start)}" y="{num(y)}" '
        f'width="{pct(end - start)}" height="{BAR}"/>'
    )


def _place(score: int) -> float:
    return (score + STRONGEST) / (2 * STRONGEST)
