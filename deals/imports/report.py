"""What an import did, for a person and for a program."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from deals.imports.findings import findings_from
from deals.models import Closing, Deal, ImportRun, ImportState, NoteKind, Outcome
from deals.services.conflicts import encode

SHOWN_REJECTIONS = 20


def report_of(run: ImportRun) -> dict[str, Any]:
    """The import as JSON: counts, each rejected row, names to review, and where deals stand.

    `totals` count all deals of the source: on a check, those that stood before.
    """
    findings = findings_from(run.findings)
    rejections = run.notes.rejections()
    return {
        "import": run.pk,
        "state": run.state,
        "failure": run.failure,
        "source": run.source,
        "dry_run": run.state == ImportState.CHECKED,
        "rows": run.total,
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "rejected": run.rejected,
        "flagged": run.flagged,
        "contested": run.contested,
        "rejections": list(rejections.values("file", "row", "field", "value", "reason", "remedy")),
        "read_as": list(
            run.notes.filter(kind=NoteKind.READ_AS).values("row", "field", "value", "reason")
        ),
        "names_to_review": findings.as_json()["names"],
        "people": findings.people,
        "companions": findings.companions,
        "dates": findings.dates,
        "encodings": findings.encodings,
        "ignored_columns": findings.ignored_columns,
        "totals": totals_of(run.source),
    }


def totals_of(source: str) -> dict[str, Any]:
    """Where the deals of a source stand: counts, win rate, value won, losses of unknown value."""
    closings = Closing.objects.current().filter(deal__source=source)
    won, lost = Q(outcome=Outcome.WON), ~Q(outcome=Outcome.WON)
    counts = closings.aggregate(
        closed=Count("pk"),
        won=Count("pk", filter=won),
        lost=Count("pk", filter=lost),
        lost_of_unknown_value=Count("pk", filter=lost & (Q(amount=None) | Q(amount=0))),
    )
    values = closings.won().exclude(amount=None).order_by("currency_id").values("currency_id")
    sums = values.annotate(value=Sum("amount")).values_list("currency_id", "value")
    return {
        "deals": Deal.objects.filter(source=source).count(),
        **counts,
        "win_rate": round(counts["won"] / counts["closed"], 4) if counts["closed"] else None,
        "won_value": {currency: encode(value) for currency, value in sums},
    }


def report_in_words(report: dict[str, Any]) -> str:
    """The same for a terminal: the first rejected rows, the rest in the JSON and on the page."""
    if report["failure"]:
        return f"Stopped. {report['failure']}"
    verb = "Would create" if report["dry_run"] else "Created"
    lines = [
        (
            f"{verb} {report['created']:,}, updated {report['updated']:,}, "
            f"unchanged {report['unchanged']:,}, rejected {report['rejected']:,} "
            f"of {report['rows']:,} rows from {report['source'] or 'lists alone'}."
        )
    ]
    lines += [
        f"  row {each['row']}: {each['field']}: {each['reason']} {each['remedy']}"
        for each in report["rejections"][:SHOWN_REJECTIONS]
    ]
    if report["rejected"] > SHOWN_REJECTIONS:
        lines.append(f"  and {report['rejected'] - SHOWN_REJECTIONS:,} more: see --json.")
    lines += _names(report)
    lines += [f"Dates in {name}: {said}." for name, said in report["dates"].items()]
    lines += [f"{name} was read as {code}." for name, code in report["encodings"].items()]
    if report["read_as"]:
        lines.append(f"{len(report['read_as']):,} values with a note, such as a year below 100.")
    if report["contested"]:
        lines.append(f"{report['contested']:,} rows contradict what a person entered.")
    if report["people"]:
        verb = "would be added" if report["dry_run"] else "added"
        lines.append(f"{len(report['people']):,} people named in the file {verb} as inactive.")
    if report["ignored_columns"]:
        lines.append(f"Columns not read: {', '.join(report['ignored_columns'])}.")
    return "\n".join([*lines, *_totals(report["totals"])])


def _names(report: dict[str, Any]) -> list[str]:
    if not report["names_to_review"]:
        return []
    lines = [f"{report['flagged']:,} rows bear a name to review:"]
    for name in report["names_to_review"][:SHOWN_REJECTIONS]:
        like = f" (like “{name['proposed']}”)" if name["proposed"] else ""
        lines.append(f"  {name['catalogue']} “{name['name']}”{like}: {name['rows']:,} rows")
    if len(report["names_to_review"]) > SHOWN_REJECTIONS:
        lines.append(f"  and {len(report['names_to_review']) - SHOWN_REJECTIONS:,} more names.")
    return lines


def _totals(totals: dict[str, Any]) -> list[str]:
    if not totals["deals"]:
        return []
    values = ", ".join(f"{Decimal(v):,} {code}" for code, v in totals["won_value"].items())
    rate = f", win rate {totals['win_rate']:.2%}" if totals["win_rate"] is not None else ""
    return [
        (
            f"The source stands at {totals['deals']:,} deals, {totals['closed']:,} closed: "
            f"{totals['won']:,} won ({values or 'no value'}), {totals['lost']:,} lost{rate}."
        )
    ]
