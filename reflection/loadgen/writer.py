"""Writing the drawn deals and debriefs, row for row as the services would."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from deals.models import Closing, Deal, Outcome
from debriefs.branching import Path, answer_field, path_of
from debriefs.deadlines import deadlines
from debriefs.hindsight import Hindsight
from debriefs.models import CodedText, Debrief, DebriefVersion
from debriefs.questions import QuestionKind
from reflection.loadgen.copying import check_constraints_now, take_ids
from reflection.loadgen.draws import DealDraw, DebriefDraw, Draws, Load
from reflection.loadgen.tables import DealTables, DebriefTables, frozen_facts
from reflection.loadgen.values import as_cell, drawn_checks, drawn_value
from reflection.loadgen.words import Phrasebook
from reflection.loadgen.world import World

CHUNK = 5_000
REQUEST_DAYS = 14
NOTHING_CODED = (-1, -1)


@dataclass(frozen=True)
class WrittenDeal:
    """A deal that stands, with the ids of its rows."""

    draw: DealDraw
    deal: int
    closing: int


class Writer:
    """Writes a load chunk by chunk; memory holds one chunk."""

    def __init__(self, load: Load, world: World) -> None:
        self._load = load
        self._world = world
        self._phrases = Phrasebook(load.seed)
        self._now = timezone.now()
        questions = list(world.template.questions())
        self._questions = {question.key: question for question in questions}
        keys = [question.key for question in questions]
        keys += [factor.key for factor in world.template.factors()]
        self._audiences = {key: world.template.section_of(key).audience.value for key in keys}
        self._rated = [q.key for q in questions if q.kind is QuestionKind.RATING]
        self._factors = [factor.key for factor in world.template.factors()]

    def write(self) -> Iterator[int]:
        """Write all chunks, yielding after each how many deals stand."""
        for start in range(0, self._load.deals, CHUNK):
            stop = min(start + CHUNK, self._load.deals)
            self._write_chunk(start, stop)
            yield stop

    def _write_chunk(self, start: int, stop: int) -> None:
        draws = Draws(self._load, self._world, start, stop)
        deals = draws.deals()
        written = self._write_deals(deals)
        debriefed = [each for each in written if each.draw.debriefed]
        said = draws.debriefs(len(debriefed), len(self._rated), len(self._factors))
        coded = draws.coded(len(debriefed))
        self._write_debriefs(start, debriefed, said, coded)
        self._request_debriefs(written)
        check_constraints_now()

    def _write_deals(self, draws: list[DealDraw]) -> list["WrittenDeal"]:
        """Write them; what was written, in the same order."""
        tables = DealTables()
        ids, closings = take_ids(Deal, len(draws)), take_ids(Closing, len(draws))
        written = [WrittenDeal(*each) for each in zip(draws, ids, closings, strict=True)]
        for each in written:
            self._add_deal(tables, each)
        tables.flush()
        return written

    def _add_deal(self, tables: DealTables, written: "WrittenDeal") -> None:
        world, draw, deal = self._world, written.draw, written.deal
        met = [world.competitors[place].pk for place in draw.met]
        money: tuple[Any, ...] = (None, None)
        if draw.amount is not None:
            money = (draw.amount, world.currencies[draw.currency])
        account, stage = world.accounts[draw.account].pk, world.stages[draw.stage].pk
        owner, product = world.owners[draw.owner].pk, world.products[draw.product].pk
        tables.deals.add(
            *(deal, self._load.source, draw.number, f"Deal {draw.number}", account, owner),
            *(product, stage, draw.opened_on, *money, "", {}, False),
        )
        winner = met[0] if draw.has_winner else None
        recorded = min(_morning_of(draw), self._now)
        tables.closings.add(
            *(written.closing, deal, 1, draw.closed_on, draw.outcome.value),
            *(stage, winner, *money, recorded, None),
        )
        for competitor in met:
            tables.meetings.add(deal, competitor)

    def _write_debriefs(
        self,
        start: int,
        debriefed: list["WrittenDeal"],
        said: list[DebriefDraw],
        coded: list[tuple[int, int]],
    ) -> None:
        tables = DebriefTables()
        debriefs = take_ids(Debrief, len(debriefed))
        versions = take_ids(DebriefVersion, len(debriefed))
        submissions = random.Random(f"{self._load.source}:{start}")
        for written, draw, codes, debrief, version in zip(
            debriefed, said, coded, debriefs, versions, strict=True
        ):
            deal, closing = written.draw, written.closing
            at = self._submitted_at(deal, draw)
            owner = self._world.owners[deal.owner].pk
            begun = at - timedelta(seconds=draw.seconds)
            template = self._world.template_version
            tables.add_debrief(
                debrief,
                closing=closing,
                author=owner,
                template_version=template,
                begun_at=begun,
                submitted_at=at,
                current_version=version,
            )
            token = UUID(int=submissions.getrandbits(128), version=4)
            facts = facts_written_on(self._world, deal, written.deal)
            told = (version, debrief, 1, token, at, facts, None, "", draw.seconds, "")
            named = codes if deal.outcome.is_lost else NOTHING_CODED
            tables.add_version(*told, hindsight=self._code(tables, version, named))
            self._write_content(tables, deal, draw, version, submissions)
        tables.flush()

    def _write_content(
        self,
        tables: DebriefTables,
        deal: DealDraw,
        draw: DebriefDraw,
        version: int,
        values: random.Random,
    ) -> None:
        answers = self._answers(draw, values)
        path = self._path(answers, deal.outcome)
        for key, (rating, value, text) in answers.items():
            if path is None or key in path.questions:
                cell = as_cell(self._questions[key], value)
                tables.answers.add(version, key, rating, cell, text, self._audiences[key])
        for key, score in zip(self._factors, draw.scores, strict=True):
            if score and (path is None or self._section_of(key) in path.sections):
                tables.factors.add(version, key, score, "", self._audiences[key])
        if deal.outcome.is_lost:
            self._write_reasons(tables, draw, version, values)

    def _code(self, tables: DebriefTables, version: int, named: tuple[int, int]) -> Hindsight:
        """What the debrief says of the need and of the rival, each already coded in the triage."""
        lists = {
            CodedText.UNMET_NEED: self._world.needs,
            CodedText.RIVAL_STRENGTH: self._world.strengths,
        }
        texts = {}
        for (of_text, codes), place in zip(lists.items(), named, strict=True):
            if place >= 0:
                texts[of_text.column] = f"It was {codes[place].name.lower()}."
                tables.codings.add(version, of_text.value, codes[place].pk)
        return Hindsight(**texts)

    def _answers(self, draw: DebriefDraw, values: random.Random) -> dict[str, tuple[str, str, str]]:
        """By key the rating, the value as a draft holds it, and the text."""
        *_, lesson, coach, _ = draw.sentences
        given = {
            key: (rating.value, "", self._phrases.note(sentences, length) if length else "")
            for key, rating, length, sentences in zip(
                self._rated, draw.ratings, draw.texts, draw.sentences, strict=False
            )
        }
        for key, question in self._questions.items():
            if value := drawn_value(question, values):
                given[key] = ("", value, "")
        if "do_differently" in self._questions:
            given["do_differently"] = ("", "", self._phrases.note(lesson, 2))
        if "for_my_coach" in self._questions and draw.seconds % 20 == 0:
            given["for_my_coach"] = ("", "", self._phrases.note(coach, 1))
        return given

    def _path(self, answers: Mapping[str, tuple[str, str, str]], outcome: Outcome) -> Path | None:
        """What these answers lead to; None where no rule tells anything apart."""
        if not self._world.template.rules:
            return None
        values = {
            answer_field(self._questions[key].kind, key): rating or value or text
            for key, (rating, value, text) in answers.items()
        }
        return path_of(self._world.template, values, outcome=outcome)

    def _section_of(self, key: str) -> str:
        return self._world.template.section_of(key).key

    def _write_reasons(
        self, tables: DebriefTables, draw: DebriefDraw, version: int, values: random.Random
    ) -> None:
        for rank, (place, basis) in enumerate(zip(draw.reasons, draw.bases, strict=False), start=1):
            reason = self._world.reasons[place]
            text = self._phrases.note(draw.sentences[-1], 1) if reason.needs_text else ""
            checks = drawn_checks(values) if reason.asks_price_checks else None
            tables.add_reason(version, rank, reason.pk, basis.value, "", text, checks=checks)

    def _submitted_at(self, deal: DealDraw, draw: DebriefDraw) -> datetime:
        """In office hours some days after the closing, never in the future."""
        day = deal.closed_on + timedelta(days=draw.days_later)
        moment = datetime.combine(day, time(8 + draw.seconds % 9, draw.seconds % 60), UTC)
        return min(moment, self._now)

    def _request_debriefs(self, written: list["WrittenDeal"]) -> None:
        """Open requests for the fresh closings that nobody has debriefed."""
        fresh = self._load.today - timedelta(days=REQUEST_DAYS)
        tables = DebriefTables()
        for each in written:
            deal = each.draw
            if deal.closed_on >= fresh and not deal.debriefed:
                asked = _morning_of(deal)
                dates = deadlines(asked, time_zone="UTC", calendar="")
                owner = self._world.owners[deal.owner].pk
                tables.requests.add(
                    *(each.closing, owner, asked, dates.due_at, None, None, ""),
                    *(dates.escalates_at, dates.reminded_until),
                )
        tables.flush()


def facts_written_on(world: World, draw: DealDraw, deal: int) -> dict[str, Any]:
    """The deal's facts, frozen into its debrief."""
    met = [world.competitors[place].frozen() for place in draw.met]
    account = world.accounts[draw.account]
    return frozen_facts(
        deal=deal,
        number=1,
        name=f"Deal {draw.number}",
        account=account.frozen(),
        account_facts=account.facts,
        owner=world.owners[draw.owner].frozen(),
        product=world.products[draw.product].frozen(),
        met=met,
        opened_on=draw.opened_on,
        closed_on=draw.closed_on,
        outcome=draw.outcome.value,
        stage=world.stages[draw.stage].frozen(),
        winner=met[0] if draw.has_winner else None,
        amount=draw.amount,
        currency=world.currencies[draw.currency],
        attributes={},
    )


def _morning_of(deal: DealDraw) -> datetime:
    return datetime.combine(deal.closed_on, time(9), UTC)
