"""What the debrief's form, autosave and submitting cost against an empty signed-in page, what a
first visit weighs, and how long a scripted person takes for the quick debrief."""

import itertools
import uuid
from collections.abc import Iterator

from benchmarks.first_visit import Visit, first_visit
from benchmarks.harness import Calls, Measured, Request, product
from benchmarks.quick_debrief import Script, quick_debrief
from benchmarks.results import Row, at_most, for_the_record

DATA = "100k"
DEALS = 100_000
ROUNDS, BATCH = 15, 8
# One submission each for warming up, for counting, and for each measured request.
SUBMISSIONS = ROUNDS * BATCH + 20


def run() -> list[Row]:
    with product(deals=DEALS) as running:
        drafts = _drafts(SUBMISSIONS + 3)
        untouched, form, saved, *rest = (f"/debriefs/closings/{pk}/" for pk in drafts)
        pages: dict[str, Calls] = {
            "form": Request(form),
            "autosave": _saves(saved),
            "submit": _submissions(rest),
        }
        measured = running.measure(pages, rounds=ROUNDS, batch=BATCH)
        visit = first_visit(running, form)
        script = quick_debrief(running, untouched)
        _forget(drafts)
    return [*_ratios(measured), *_bytes(visit), *_quick(script)]


def _ratios(measured: Measured) -> list[Row]:
    pages, sure = measured.pages, measured.sure
    return [
        for_the_record("an empty signed-in page", measured.empty_ms, "CPU ms"),
        at_most("form page / empty page", pages["form"].ratio, 3.5, "x", sure=sure),
        at_most("autosave / empty page", pages["autosave"].ratio, 2.0, "x", sure=sure),
        at_most("submit / empty page", pages["submit"].ratio, 4.0, "x", sure=sure),
        at_most("statements of the form page", pages["form"].statements, 5, ""),
        at_most("statements of autosave", pages["autosave"].statements, 4, ""),
        at_most("statements of submitting everything", pages["submit"].statements, 12, ""),
    ]


def _bytes(visit: Visit) -> list[Row]:
    return [
        at_most("form page, compressed", visit.page / 1000, 40, "kB"),
        at_most("first visit with styles, scripts and fonts", visit.total / 1000, 150, "kB"),
    ]


def _quick(script: Script | None) -> list[Row]:
    """Nothing where there is no browser to run the script in."""
    if script is None:
        return []
    return [
        for_the_record("quick debrief: keys besides the text", script.keys, ""),
        at_most("quick debrief: statements", script.statements, 2, ""),
        at_most("quick debrief by a scripted person", script.minutes, 1.5, "min"),
    ]


def _saves(form: str) -> Iterator[Request]:
    """What a page posts while a sentence is typed: each time a longer one."""
    for number in itertools.count(1):
        change = {"answers.do_differently.text": "Meet the finance head first. " * (number % 9 + 1)}
        sent = {"writer": "bench", "sequence": number, "base": number, "changes": change}
        yield Request(f"{form}draft/", json=sent)


def _drafts(count: int) -> list[int]:
    """Closings on which the person of the benchmark has a draft with everything answered; on
    the first of them nothing yet."""
    from deals.models import Closing
    from debriefs.models import Debrief, Draft
    from debriefs.questions import default_version
    from people.models import User

    person = User.objects.get(username="bench")
    Debrief.objects.of(person).update(current_version=None, submitted_at=None)
    Debrief.objects.of(person).delete()
    fields = {name: [value, 1, "bench"] for name, value in _everything().items()}
    closings = Closing.objects.current().lost().exclude(outcome="lost_unspecified")
    chosen = list(closings.order_by("-pk").values_list("pk", flat=True)[:count])
    version = default_version()
    debriefs = Debrief.objects.bulk_create(
        Debrief(closing_id=pk, author=person, template_version=version) for pk in chosen[1:]
    )
    Draft.objects.bulk_create(
        Draft(debrief=debrief, fields=fields, revision=1) for debrief in debriefs
    )
    return chosen


def _everything() -> dict[str, str]:
    """A value for each field but the facts, which the deal has already."""
    from deals.models import Stage
    from debriefs.fields import RANKS, fields_of
    from debriefs.models import LossReason
    from debriefs.questions import default_version, definition_of

    known = fields_of(definition_of(default_version().pk))
    keys = list(LossReason.objects.choosable().values_list("key", flat=True)[:3])
    values = {
        name: field.choices[0] if field.choices else "They asked twice, and we were late. " * 3
        for name, field in known.items()
        if not name.startswith("facts.")
    }
    values |= {f"reasons.{rank}.gap_percent": "20" for rank in RANKS}
    values["hindsight.missed_sign_stage"] = Stage.objects.standing()[0].name
    return values | {f"reasons.{rank}.reason": key for rank, key in zip(RANKS, keys, strict=True)}


def _submissions(forms: list[str]) -> Iterator[Request]:
    for form in forms:
        data = {"submission_id": str(uuid.uuid4())}
        yield Request(f"{form}submit/", data=data, expect=(302,))


def _forget(closings: list[int]) -> None:
    """Leave the shared data as it was."""
    from debriefs.models import Debrief
    from people.models import User

    person = User.objects.get(username="bench")
    mine = Debrief.objects.of(person).filter(closing__in=closings)
    mine.update(current_version=None, submitted_at=None)
    mine.delete()
