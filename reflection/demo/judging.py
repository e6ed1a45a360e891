"""What others made of the debriefs: managers' judgements, triage of "other", codes of free texts."""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import F

from deals.models import Closing
from debriefs.models import (
    CitedReason,
    CodedText,
    Debrief,
    DebriefVersion,
    JudgedReason,
    LossReason,
    ReasonJudgement,
    Recoding,
    TextCode,
    TextCoding,
)
from people.models import User
from people.queries import managers_above
from reflection.demo.company import ADMINS
from reflection.demo.rows import SOURCE

SEED = 7
JUDGED = 0.15
CHANGED = 14
TRIAGED = 0.8
CODED = 0.6
RECENT_DAYS = 30

# What a manager makes of a primary reason that they don't believe: which other, and why.
SEEN_OTHERWISE = {
    "price": (
        "no_access",
        (
            "We never met whoever owns the budget. Price is what one says to a rep at the end.",
            "I called their finance head: she had not seen our case. So it wasn't the price.",
            "At an equal price we would have lost as well, nobody there was for us.",
            "The gap is hearsay. What I know is that we spoke to one person.",
        ),
    ),
    "priorities_changed": (
        "slow_response",
        (
            "They still wanted it in spring. Our answers came when the window had closed.",
            "Other priorities came up while they were waiting for us.",
        ),
    ),
    "budget_lost": (
        "no_access",
        (
            "The money went to a project whose sponsor was in the room. Ours was not.",
            "There was money, for those who asked the board. We asked the project lead.",
        ),
    ),
}

# Words of an "other" or "don't know", and the reason that they amount to.
AMOUNTS_TO = {
    "chose our partner": "competitor_stronger",
    "invoice address": "terms",
    "prescribes the tool": "incumbent",
    "Group IT in another": "no_access",
    "test for a young": "priorities_changed",
    "team split over": "no_access",
    "ban on new cloud": "priorities_changed",
    "flooded": "priorities_changed",
    "had a fire": "priorities_changed",
    "formal error": "priorities_changed",
    "second quote for": "no_access",
    "consultant who earns": "no_access",
    "Officially": "priorities_changed",
    "the successor": "priorities_changed",
    "(money)": "budget_lost",
    "went silent after": "no_access",
    "Could be a freeze": "budget_lost",
}

CODES: Mapping[CodedText, Mapping[str, tuple[str, ...]]] = {
    CodedText.UNMET_NEED: {
        "Start with few users": ("does not start at our minimum", "A way to start", "first step"),
        "Roll-out without own IT": ("from their IT", "project of its own", "on site for the"),
        "Security papers ready to read": ("answers that their", "test report"),
        "Hosting in their own country": ("in their own country",),
        "Mobile use": ("on a phone", "mobile"),
        "Supplier portal": ("supplier portal",),
        "Row-level rights": ("row-level",),
        "Promotion calendar": ("promotion calendar",),
        "Offline mode": ("offline", "without a connection"),
    },
    CodedText.RIVAL_STRENGTH: {
        "Trial on own data": ("free month", "let the users", "try it for", "own data"),
        "No minimum, monthly price": ("seat minimum", "per site and not"),
        "Template for the trade": ("template",),
        "Quicker answers": (
            "answered the",
            "answers in the chat",
            "engineer on each",
            "in approval",
        ),
        "One clear price": ("One number", "payback by month", "small package"),
        "Signed their contract": ("took their paper", "final contract"),
    },
}
MERGED_CODE = ("Small start package", "Start with few users")


def write_judgements(people: Mapping[str, User], now: datetime) -> None:
    """The newest debriefs wait for a manager, and the newest texts for triage."""
    _Judging(people, now).write()


class _Judging:
    def __init__(self, people: Mapping[str, User], now: datetime) -> None:
        self._people, self._now, self._rng = people, now, random.Random(SEED)
        self._reasons = {reason.key: reason for reason in LossReason.objects.all()}

    def write(self) -> None:
        self._judge()
        self._triage()
        self._code()

    def _judge(self) -> None:
        """Most are confirmed as they are; some were seen otherwise."""
        lost = Closing.objects.current().lost().filter(deal__source=SOURCE)
        debriefs = Debrief.objects.counting().filter(closing__in=lost, submitted_at__lt=self._now)
        versions = (
            DebriefVersion.objects.filter(pk__in=debriefs.values("current_version"))
            .defer("facts")
            .select_related("debrief")
            .prefetch_related("reasons__reason")
            .order_by("pk")
        )
        judged = [one for one in versions if self._rng.random() < JUDGED]
        doubted = [one for one in judged if _is_doubted(one)][:CHANGED]
        managers = managers_above({one.debrief.author_id for one in judged})
        made = [
            self._judgement(one, managers[one.debrief.author_id], is_changed=one in doubted)
            for one in judged
            if one.debrief.author_id in managers
        ]
        ReasonJudgement.objects.bulk_create(judgement for judgement, _ in made)
        JudgedReason.objects.bulk_create(
            JudgedReason(judgement=judgement, rank=rank, reason=reason)
            for judgement, reasons in made
            for rank, reason in enumerate(reasons, start=1)
        )

    def _judgement(
        self, version: DebriefVersion, manager: int, *, is_changed: bool
    ) -> tuple[ReasonJudgement, list[LossReason]]:
        reasons, note = [cited.reason for cited in version.reasons.all()], ""
        if is_changed:
            key, notes = SEEN_OTHERWISE[reasons[0].key]
            seen, note = self._reasons[key], self._rng.choice(notes)
            reasons = [seen, *(reason for reason in reasons if reason != seen)][:3]
        judgement = ReasonJudgement(
            version=version,
            judged_by_id=manager,
            judged_at=self._days_after(version, 9),
            agrees=not is_changed,
            note=note,
        )
        return judgement, reasons

    def _triage(self) -> None:
        cited = CitedReason.objects.exclude(text="").filter(
            version__debrief__current_version=F("version"), **_of_the_demo("version__")
        )
        Recoding.objects.bulk_create(
            self._recodings(cited.select_related("version").defer("version__facts"))
        )

    def _recodings(self, cited: Iterable[CitedReason]) -> Iterator[Recoding]:
        for each in cited:
            key = _matching(AMOUNTS_TO, each.text)
            if key and self._is_settled(each.version, TRIAGED):
                yield Recoding(
                    version=each.version,
                    reason_id=each.reason_id,
                    into=self._reasons[key],
                    made_at=self._days_after(each.version, 20),
                    made_by=self._people[ADMINS[0]],
                )

    def _code(self) -> None:
        for text, codes in CODES.items():
            listed = {name: _listed(text, name) for name in codes}
            marks = {mark: name for name, marks in codes.items() for mark in marks}
            versions = (
                DebriefVersion.objects.exclude(**{text.column: ""}).defer("facts").order_by("pk")
            )
            TextCoding.objects.bulk_create(self._codings(text, marks, listed, versions))
        merged, into = (_listed(CodedText.UNMET_NEED, name) for name in MERGED_CODE)
        merged.merged_into = into
        merged.save(update_fields=["merged_into"])

    def _codings(
        self,
        text: CodedText,
        marks: Mapping[str, str],
        listed: Mapping[str, TextCode],
        versions: Iterable[DebriefVersion],
    ) -> Iterator[TextCoding]:
        for version in versions:
            name = _matching(marks, getattr(version, text.column))
            if name and self._is_settled(version, CODED):
                yield TextCoding(
                    version=version,
                    of_text=text,
                    code=listed[name],
                    made_at=self._days_after(version, 20),
                    made_by=self._people[ADMINS[0]],
                )

    def _is_settled(self, version: DebriefVersion, share: float) -> bool:
        is_old = self._now - version.submitted_at > timedelta(days=RECENT_DAYS)
        return self._rng.random() < share and is_old

    def _days_after(self, version: DebriefVersion, most: int) -> datetime:
        later = version.submitted_at + timedelta(days=self._rng.randint(1, most), minutes=25)
        return min(later, self._now)


def _of_the_demo(path: str = "") -> dict[str, str]:
    """Beside the demo there may be debriefs of others, which it leaves alone."""
    return {f"{path}debrief__closing__deal__source": SOURCE}


def _listed(text: CodedText, name: str) -> TextCode:
    code, _ = TextCode.objects.get_or_create(
        of_text=text, name__iexact=name, defaults={"name": name}
    )
    return code


def _is_doubted(version: DebriefVersion) -> bool:
    """A price that nobody tested, or a primary reason of the client's own that we may have caused."""
    first = version.reasons.all()[0]
    return first.reason.key in SEEN_OTHERWISE and (
        first.is_untested or not first.reason.asks_price_checks
    )


def _matching(marks: Mapping[str, str], text: str) -> str:
    return next((found for mark, found in marks.items() if mark in text), "")
