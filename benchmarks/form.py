"""What the debrief's form costs, and what submitting costs, against an empty signed-in page."""

import uuid
from collections.abc import Iterator

from benchmarks.harness import Calls, Product, Request, product
from benchmarks.results import Row, at_most

DATA = "100k"
DEALS = 100_000
ROUNDS, BATCH = 15, 8
# One submission each for warming up, for counting, and for each measured request.
SUBMISSIONS = ROUNDS * BATCH + 20


def run() -> list[Row]:
    with product(deals=DEALS) as running:
        drafts = _drafts(SUBMISSIONS + 1)
        pages: dict[str, Calls] = {
            "form": Request(f"/debriefs/closings/{drafts[0]}/"),
            "submit": _submissions(drafts[1:]),
        }
        measured = running.measure(pages, rounds=ROUNDS, batch=BATCH)
        first_visit = _kilobytes(running, drafts[0])
        _forget(drafts)
    form, submit = measured.pages["form"], measured.pages["submit"]
    return [
        at_most("form page / empty page", form.ratio, 3.5, "x", sure=measured.sure),
        at_most("submit / empty page", submit.ratio, 4.0, "x", sure=measured.sure),
        at_most("statements of the form page", form.statements, 5, ""),
        at_most("statements of submitting everything", submit.statements, 12, ""),
        at_most("form page, compressed", first_visit, 40, "kB"),
    ]


def _drafts(count: int) -> list[int]:
    """Closings on which the person of the benchmark has a draft with everything answered."""
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
        Debrief(closing_id=pk, author=person, template_version=version) for pk in chosen
    )
    Draft.objects.bulk_create(
        Draft(debrief=debrief, fields=fields, revision=1) for debrief in debriefs
    )
    return chosen


def _everything() -> dict[str, str]:
    """A value for each field but the facts, which the deal has already."""
    from debriefs.fields import fields_of
    from debriefs.models import LossReason
    from debriefs.questions import default_version, definition_of

    known = fields_of(definition_of(default_version().pk))
    keys = list(LossReason.objects.choosable().values_list("key", flat=True)[:3])
    values = {
        name: field.choices[0] if field.choices else "They asked twice, and we were late. " * 3
        for name, field in known.items()
        if not name.startswith("facts.")
    }
    return values | {f"reasons.{rank}.reason": key for rank, key in enumerate(keys, start=1)}


def _submissions(closings: list[int]) -> Iterator[Request]:
    for pk in closings:
        data = {"submission_id": str(uuid.uuid4())}
        yield Request(f"/debriefs/closings/{pk}/submit/", data=data, expect=(302,))


def _kilobytes(running: Product, closing: int) -> float:
    import gzip

    running._connection.request(
        "GET",
        f"/debriefs/closings/{closing}/",
        headers={"Cookie": "; ".join(f"{k}={v}" for k, v in running.cookies.items())},
    )
    return len(gzip.compress(running._connection.getresponse().read())) / 1000


def _forget(closings: list[int]) -> None:
    """Leave the shared data as it was."""
    from debriefs.models import Debrief
    from people.models import User

    person = User.objects.get(username="bench")
    mine = Debrief.objects.of(person).filter(closing__in=closings)
    mine.update(current_version=None, submitted_at=None)
    mine.delete()
