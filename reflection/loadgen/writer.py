"""Writing the drawn deals and debriefs, row for row as the services would."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from deals.models import Closing, Deal, DealCompetitor
from debriefs.models import (
    Answer,
    CitedReason,
    Debrief,
    DebriefRequest,
    DebriefVersion,
    FactorScore,
)
from debriefs.questions import QuestionKind
from reflection.loadgen.copying import RowCopy, check_constraints_now, take_ids
from reflection.loadgen.draws import DealDraw, DebriefDraw, Draws, Load
from reflection.loadgen.words import Phrasebook
from reflection.loadgen.world import World

CHUNK = 5_000
REQUEST_HOURS = 48
REQUEST_DAYS = 14


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
        written = _Deals(self._load, self._world, self._now).write(deals)
        debriefed = [each for each in written if each.draw.debriefed]
        said = draws.debriefs(len(debriefed), len(self._rated), len(self._factors))
        self._write_debriefs(start, debriefed, said)
        self._request_debriefs(written)
        check_constraints_now()

    def _write_debriefs(
        self, start: int, debriefed: list["WrittenDeal"], said: list[DebriefDraw]
    ) -> None:
        tables = _DebriefTables()
        debriefs = take_ids(Debrief, len(debriefed))
        versions = take_ids(DebriefVersion, len(debriefed))
        submissions = random.Random(f"{self._load.source}:{start}")
        for written, draw, debrief, version in zip(
            debriefed, said, debriefs, versions, strict=True
        ):
            deal, closing = written.draw, written.closing
            at = self._submitted_at(deal, draw)
            owner = self._world.owners[deal.owner].pk
            begun = at - timedelta(seconds=draw.seconds)
            template = self._world.template_version
            tables.debriefs.add(debrief, closing, owner, template, begun, at, version)
            token = UUID(int=submissions.getrandbits(128), version=4)
            facts = facts_written_on(self._world, deal, written.deal)
            tables.versions.add(version, debrief, 1, token, at, facts, None, "", draw.seconds)
            self._write_content(tables, deal, draw, version)
        tables.flush()

    def _write_content(
        self, tables: "_DebriefTables", deal: DealDraw, draw: DebriefDraw, version: int
    ) -> None:
        for key, rating, length, sentences in zip(
            self._rated, draw.ratings, draw.texts, draw.sentences, strict=False
        ):
            text = self._phrases.note(sentences, length) if length else ""
            tables.answers.add(version, key, rating.value, text, self._audiences[key])
        *_, lesson, coach, reason_text = draw.sentences
        tables.answers.add(
            version,
            "do_differently",
            "",
            self._phrases.note(lesson, 2),
            self._audiences["do_differently"],
        )
        if draw.seconds % 20 == 0:
            note = self._phrases.note(coach, 1)
            tables.answers.add(version, "for_my_coach", "", note, self._audiences["for_my_coach"])
        for key, score in zip(self._factors, draw.scores, strict=True):
            if score:
                tables.factors.add(version, key, score, "", self._audiences[key])
        if deal.outcome.is_lost:
            self._write_reasons(tables, draw, version, reason_text)

    def _write_reasons(
        self, tables: "_DebriefTables", draw: DebriefDraw, version: int, sentences: list[int]
    ) -> None:
        for rank, (place, basis) in enumerate(zip(draw.reasons, draw.bases, strict=False), start=1):
            reason, needs_text = self._world.reasons[place]
            text = self._phrases.note(sentences, 1) if needs_text else ""
            tables.reasons.add(version, rank, reason, basis.value, "", text)

    def _submitted_at(self, deal: DealDraw, draw: DebriefDraw) -> datetime:
        """In office hours some days after the closing, never in the future."""
        day = deal.closed_on + timedelta(days=draw.days_later)
        moment = datetime.combine(day, time(8 + draw.seconds % 9, draw.seconds % 60), UTC)
        return min(moment, self._now)

    def _request_debriefs(self, written: list["WrittenDeal"]) -> None:
        """Open requests for the fresh closings that nobody has debriefed."""
        fresh = self._load.today - timedelta(days=REQUEST_DAYS)
        requests = RowCopy(
            DebriefRequest, "closing", "person", "requested_at", "due_at", "dismissed_because"
        )
        for each in written:
            deal = each.draw
            if deal.closed_on >= fresh and not deal.debriefed:
                asked = _morning_of(deal)
                due = asked + timedelta(hours=REQUEST_HOURS)
                requests.add(each.closing, self._world.owners[deal.owner].pk, asked, due, "")
        requests.flush()


class _Deals:
    """Deals, their one closing each, and the competitors met."""

    def __init__(self, load: Load, world: World, now: datetime) -> None:
        self._load, self._world, self._now = load, world, now
        self._deals = RowCopy(
            Deal,
            *("id", "source", "external_id", "name", "account", "owner", "product", "stage"),
            *("opened_on", "amount", "currency", "notes", "provenance"),
        )
        self._closings = RowCopy(
            Closing,
            *("id", "deal", "number", "closed_on", "outcome", "stage", "winner"),
            *("amount", "currency", "recorded_at"),
        )
        self._meetings = RowCopy(DealCompetitor, "deal", "competitor")

    def write(self, deals: list[DealDraw]) -> list["WrittenDeal"]:
        """Write them; what was written, in the same order."""
        ids, closings = take_ids(Deal, len(deals)), take_ids(Closing, len(deals))
        written = [WrittenDeal(*each) for each in zip(deals, ids, closings, strict=True)]
        for each in written:
            self._add(each.draw, each.deal, each.closing)
        for table in (self._deals, self._closings, self._meetings):
            table.flush()
        return written

    def _add(self, draw: DealDraw, deal: int, closing: int) -> None:
        world = self._world
        met = [world.competitors[place].pk for place in draw.met]
        money: tuple[Any, ...] = (None, None)
        if draw.amount is not None:
            money = (Decimal(draw.amount), world.currencies[draw.currency])
        account, stage = world.accounts[draw.account].pk, world.stages[draw.stage].pk
        owner, product = world.owners[draw.owner].pk, world.products[draw.product].pk
        self._deals.add(
            *(deal, self._load.source, draw.number, f"Deal {draw.number}", account, owner),
            *(product, stage, draw.opened_on, *money, "", {}),
        )
        winner = met[0] if draw.has_winner else None
        recorded = min(_morning_of(draw), self._now)
        self._closings.add(
            *(closing, deal, 1, draw.closed_on, draw.outcome.value, stage, winner, *money, recorded)
        )
        for competitor in met:
            self._meetings.add(deal, competitor)


class _DebriefTables:
    """The tables that one debrief is written to, in the order of their foreign keys."""

    def __init__(self) -> None:
        self.debriefs = RowCopy(
            Debrief,
            *("id", "closing", "author", "template_version", "begun_at", "submitted_at"),
            "current_version",
        )
        self.versions = RowCopy(
            DebriefVersion,
            *("id", "debrief", "number", "submission_id", "submitted_at", "facts"),
            *("was_runner_up", "runner_up_evidence", "seconds_to_fill"),
        )
        self.answers = RowCopy(Answer, "version", "key", "rating", "text", "audience")
        self.factors = RowCopy(FactorScore, "version", "key", "score", "note", "audience")
        self.reasons = RowCopy(CitedReason, "version", "rank", "reason", "basis", "quote", "text")

    def flush(self) -> None:
        for table in (self.debriefs, self.versions, self.answers, self.factors, self.reasons):
            table.flush()


def facts_written_on(world: World, draw: DealDraw, deal: int) -> dict[str, Any]:
    """The deal's facts as `deals.facts.facts_of` freezes them."""
    account, met = world.accounts[draw.account], [world.competitors[place] for place in draw.met]
    return {
        "deal_id": deal,
        "closing_number": 1,
        "name": f"Deal {draw.number}",
        "account": account.frozen(),
        **account.facts,
        "owner": world.owners[draw.owner].frozen(),
        "product": world.products[draw.product].frozen(),
        "competitors": [rival.frozen() for rival in sorted(met, key=lambda rival: rival.name)],
        "opened_on": draw.opened_on.isoformat(),
        "closed_on": draw.closed_on.isoformat(),
        "outcome": draw.outcome.value,
        "stage": world.stages[draw.stage].frozen(),
        "winner": met[0].frozen() if draw.has_winner else None,
        "amount": None if draw.amount is None else str(draw.amount),
        "currency": None if draw.amount is None else world.currencies[draw.currency],
        "attributes": {},
    }


def _morning_of(deal: DealDraw) -> datetime:
    return datetime.combine(deal.closed_on, time(9), UTC)
