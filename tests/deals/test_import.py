"""Importing files: what comes in, what is refused, and what a second run changes (nothing)."""

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from deals.errors import DealRefused, FileRefused
from deals.facts import DealFacts, facts_of
from deals.imports import engine
from deals.imports.engine import check_import, run_import
from deals.imports.report import report_in_words, report_of
from deals.models import (
    Account,
    Closing,
    Deal,
    DealConflict,
    ImportRun,
    Product,
    Stage,
)
from deals.services import change_deal, merge_entry
from deals.services.imports import ask_for_check, ask_for_run, take_files
from outbox.models import Event
from people.models import Membership, Team, User
from tests.factories import UserFactory

DATA = Path(__file__).parent / "data"
PIPELINE = ["sales_pipeline.csv", "accounts.csv", "products.csv", "sales_teams.csv"]
MAVEN = Path(__file__).parents[3] / "shared" / "data" / "maven_crm"
HEADER = "id,name,account,owner,product,stage,outcome,opened_on,closed_on,amount,currency"

pytestmark = pytest.mark.django_db


def taken(*names: str, **options: Any) -> ImportRun:
    files = [(name, io.BytesIO((DATA / name).read_bytes())) for name in names]
    return take_files(files, by=None, **options)


def lines(*rows: str, header: str = HEADER, **options: Any) -> ImportRun:
    content = "\n".join([header, *rows])
    return take_files([("deals.csv", io.BytesIO(content.encode()))], by=None, **options)


def carried_out(run: ImportRun) -> dict[str, Any]:
    ask_for_run(run)
    run.refresh_from_db()
    return report_of(run_import(run))


def checked(run: ImportRun) -> dict[str, Any]:
    ask_for_check(run)
    run.refresh_from_db()
    return report_of(check_import(run))


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    names = ("created", "updated", "unchanged", "rejected", "flagged")
    return tuple(report[name] for name in names)


def test_four_files_that_belong_together_come_in_whatever_their_order() -> None:
    report = carried_out(taken(*reversed(PIPELINE)))
    assert counts(report) == (40, 0, 0, 0, 13)
    assert report["names_to_review"] == [
        {"catalogue": "product", "name": "LoomPro", "proposed": "Loom Pro", "rows": 13}
    ]
    assert report["totals"] == {
        "deals": 40,
        "closed": 32,
        "won": 20,
        "lost": 12,
        "lost_of_unknown_value": 12,
        "win_rate": 0.625,
        "won_value": {"USD": "3330"},
    }
    assert Deal.objects.filter(account=None).count() == 6
    assert {stage.name for stage in Stage.objects.awaiting_review()} == set()


def test_lists_that_come_along_bring_what_is_known_of_their_entries() -> None:
    carried_out(taken(*PIPELINE))
    kestrel = Account.objects.get(name="Kestrel Labs")
    assert (kestrel.industry, kestrel.country, kestrel.employees, kestrel.segment) == (
        "medical",
        "Kenya",
        900,
        "Mid-market",
    )
    assert str(kestrel.parent) == "Brightwater Foods"
    assert Product.objects.get(name="Loom Pro").series == "Loom"


def test_people_named_are_inactive_and_every_closed_deal_has_a_team_on_its_day() -> None:
    carried_out(taken(*PIPELINE))
    named = User.objects.filter(is_active=False, email=None)
    assert set(named.values_list("full_name", flat=True)) == {
        "Ana Souza",
        "Ben Okoro",
        "Eve Stone",
        "Ida Noor",
        "Lea Brandt",
        "Max Feld",
        "Per Lund",
    }
    for closing in Closing.objects.select_related("deal"):
        running = Membership.objects.on(closing.closed_on).filter(user=closing.deal.owner)
        assert running.count() == 1
    team = Team.objects.get(memberships__user__full_name="Ida Noor")
    assert (team.name, team.parent.name if team.parent else "") == ("Team Max Feld", "East")


def test_a_second_run_changes_nothing_before_and_after_the_names_are_decided(admin: User) -> None:
    carried_out(taken(*PIPELINE))
    people, teams, events = User.objects.count(), Team.objects.count(), Event.objects.count()
    assert counts(carried_out(taken(*PIPELINE))) == (0, 0, 40, 0, 13)
    assert (User.objects.count(), Team.objects.count(), Event.objects.count()) == (
        people,
        teams,
        events,
    )
    written = Product.objects.get(name="LoomPro")
    merge_entry(written, into=Product.objects.get(name="Loom Pro"), by=admin)
    report = carried_out(taken(*PIPELINE))
    assert (counts(report), report["names_to_review"]) == ((0, 0, 40, 0, 0), [])


def test_a_check_says_what_would_happen_and_writes_nothing() -> None:
    run = taken(*PIPELINE)
    report = checked(run)
    assert (counts(report), report["dry_run"], len(report["people"])) == (
        (40, 0, 0, 0, 13),
        True,
        7,
    )
    assert (Deal.objects.count(), User.objects.count(), Event.objects.count()) == (0, 0, 0)
    assert Product.objects.count() == 0
    assert counts(carried_out(run)) == (40, 0, 0, 0, 13)


def test_an_import_lists_the_names_to_review_as_its_check_foretold() -> None:
    rows = (
        "1,One,Acme,,Loom,Handshake,won,,2026-01-05,10,EUR",
        "2,Two,Acme,,,Talks,lost,,2026-01-06,,",
        "3,Three,,,Loom,Talks,,,,,",
    )
    foretold = checked(lines(*rows))["names_to_review"]
    assert [(each["catalogue"], each["name"], each["rows"]) for each in foretold] == [
        ("account", "Acme", 2),
        ("product", "Loom", 2),
        ("stage", "Talks", 2),
        ("stage", "Handshake", 1),
    ]
    assert carried_out(lines(*rows))["names_to_review"] == foretold


def test_our_own_format_brings_every_fact(rep: User) -> None:
    report = carried_out(taken("reflection.csv"))
    assert (counts(report), report["people"]) == ((3, 0, 0, 0, 3), [])
    closing = Closing.objects.with_facts().get(deal__external_id="R-1")
    facts = facts_of(closing)
    assert (facts["amount"], facts["currency"], facts["industry"], facts["segment"]) == (
        "1234",
        "USD",
        "Retail",
        "Mid-market",
    )
    assert [each["name"] for each in facts["competitors"]] == ["Norvik", "Zenta"]
    assert (facts["winner"]["name"], facts["stage"]["name"]) == ("Norvik", "Negotiation")
    assert facts["attributes"] == {"Lead source": "Fair"}
    assert closing.deal.notes == 'They liked us.\nPrice was "fine".'
    won = Closing.objects.get(deal__external_id="R-2")
    assert (won.amount, won.currency_id) == (Decimal("1234.56"), "EUR")
    assert (closing.deal.owner, Deal.objects.open().get().external_id) == (rep, "R-3")


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        ("A,x,,,,,perhaps,,2026-03-01,5,USD", "outcome", "maps to no outcome"),
        ("A,x,,,,,won,,2999-01-01,5,USD", "closed_on", "in the future"),
        ("A,x,,,,,won,,,5,USD", "closed_on", "needs the day"),
        ("A,x,,,,,won,,31/31/2026,5,USD", "closed_on", "no day of the calendar"),
        ("A,x,,,,,won,,2026-03-01,five,USD", "amount", "is no amount"),
        ("A,x,,,,,won,,2026-03-01,(5),USD", "amount", "below zero"),
        ("A,x,,,,,won,,2026-03-01,5,EURO", "currency", "no currency"),
        ("A,x,,,,,won,,2026-03-01,EUR 5,USD", "currency", "The amount says EUR"),
        (",x,,,,,won,,2026-03-01,5,USD", "external_id", "no id"),
        ("A,x,,,,,won,,2026-03-01,5,USD,more", "row", "12 values"),
        (f"A,{'x' * 251},,,,,won,,2026-03-01,5,USD", "name", "251 characters"),
        (f"A,x,{'y' * 201},,,,won,,2026-03-01,5,USD", "account", "201 characters"),
    ],
)
def test_a_bad_row_is_rejected_with_its_number_field_reason_and_what_to_do(
    row: str, field: str, says: str
) -> None:
    report = carried_out(lines("OK,fine,,,,,won,,2026-03-01,5,USD", row))
    rejection = report["rejections"][0]
    assert (counts(report)[:4], rejection["row"], rejection["field"]) == ((1, 0, 0, 1), 3, field)
    assert says in rejection["reason"]
    assert rejection["remedy"]
    assert Deal.objects.get().external_id == "OK"


def test_a_stage_that_maps_to_no_outcome_is_rejected_until_the_mapping_says_what_it_means() -> None:
    header, row = "id,name,stage,closed_on,account,amount", "A,x,Somewhere,2026-03-01,,"
    report = carried_out(lines(row, header=header))
    assert (report["rejected"], report["rejections"][0]["field"]) == (1, "stage")
    assert ImportRun.objects.get().findings["unknown_stages"] == {"Somewhere": 1}
    meant = {"stages": {"Somewhere": "postponed"}}
    assert carried_out(lines(row, header=header, written=meant))["created"] == 1
    assert Closing.objects.get().outcome == "postponed"


def test_a_deal_without_outcome_is_open_and_its_stage_is_reviewed() -> None:
    report = carried_out(lines("A,x,,,,Somewhere,,,,5,USD"))
    assert (counts(report), report["names_to_review"][0]["catalogue"]) == ((1, 0, 0, 0, 1), "stage")
    assert Deal.objects.open().count() == 1


def test_a_repeated_id_is_taken_once_and_refused_when_it_says_otherwise() -> None:
    row = "A,x,,,,,won,,2026-03-01,5,USD"
    report = carried_out(lines(row, row, row.replace(",5,", ",6,")))
    assert counts(report)[:4] == (1, 0, 1, 1)
    assert report["rejections"][0]["row"] == 4
    assert "Row 2 has the same id" in report["rejections"][0]["reason"]


def test_the_year_24_is_read_as_2024_and_counted() -> None:
    report = carried_out(lines("A,x,,,,,won,,0024-03-01,5,USD"))
    assert Closing.objects.get().closed_on == date(2024, 3, 1)
    assert report["read_as"] == [
        {
            "row": 2,
            "field": "closed_on",
            "value": "0024-03-01",
            "reason": "Read as the year 2024.",
        }
    ]


def test_the_whole_column_decides_dates_and_the_report_says_how() -> None:
    report = carried_out(lines("A,x,,,,,won,,03/04/2026,5,USD", "B,x,,,,,won,,03/25/2026,5,USD"))
    assert report["dates"] == {"closed_on": "read as month/day/year"}
    assert Closing.objects.get(deal__external_id="A").closed_on == date(2026, 3, 4)


def test_a_file_without_currency_takes_the_companys_and_a_lost_0_is_unknown() -> None:
    carried_out(lines("A,x,,,,,won,,2026-03-01,5,", "B,y,,,,,lost,,2026-03-01,0,"))
    rows = Closing.objects.order_by("deal__external_id").values_list("amount", "currency")
    assert list(rows) == [(Decimal(5), "USD"), (None, None)]


def test_an_import_that_was_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHUNK_ROWS", 10)
    run = taken(*PIPELINE)
    ask_for_run(run)
    run.refresh_from_db()

    def die(done: int, _total: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(run, progress=die)
    stopped = ImportRun.objects.get(pk=run.pk)
    assert (stopped.state, stopped.cursor, Deal.objects.count()) == ("running", 20, 20)
    report = report_of(run_import(stopped))
    assert (counts(report), report["names_to_review"][0]["rows"]) == ((40, 0, 0, 0, 13), 13)
    assert len(report["people"]) == 7


def test_an_import_writes_one_event_for_each_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHUNK_ROWS", 30)
    carried_out(lines(*(f"D{n},x,,,,,won,,2026-03-01,5,USD" for n in range(50))))
    told = Event.objects.filter(kind__startswith="deal.").order_by("pk")
    ids = [e.payload.get("deal_ids") or e.payload["closing_ids"] for e in told]
    assert [(e.kind, len(each)) for e, each in zip(told, ids, strict=True)] == [
        ("deal.changed", 30),
        ("deal.closed", 30),
        ("deal.changed", 20),
        ("deal.closed", 20),
    ]
    assert all(e.payload["imported"] for e in told if e.kind == "deal.closed")


def test_many_rows_are_updated_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"D{n},x\\{n},,,,,won,,2026-03-01,5,USD" for n in range(50)]
    carried_out(lines(*rows))
    changed = [row.replace(",5,", ",7,") for row in rows[:40]]
    assert counts(carried_out(lines(*changed, *rows[40:])))[:3] == (0, 40, 10)
    assert Closing.objects.filter(amount=7).count() == 40
    assert Deal.objects.get(external_id="D3").name == "x\\3"


def test_a_person_s_value_stands_and_the_row_is_counted_as_contested(rep: User) -> None:
    run = lines("A,x,,,,,won,,2026-03-01,5,USD")
    carried_out(run)
    change_deal(Deal.objects.get(), DealFacts(name="As I say"), by=rep)
    report = carried_out(lines("A,x,,,,,won,,2026-03-01,5,USD"))
    assert (report["contested"], Deal.objects.get().name) == (1, "As I say")
    assert DealConflict.objects.get().theirs == "x"


def test_an_owner_is_found_by_name_or_address_and_a_shared_name_is_refused(rep: User) -> None:
    for _ in range(2):
        UserFactory.create(full_name="Kim Twice")
    report = carried_out(
        lines(
            "A,x,,rita REP,,,won,,2026-03-01,5,USD",
            "B,x,,rep@example.com,,,won,,2026-03-01,5,USD",
            "C,x,,Kim Twice,,,won,,2026-03-01,5,USD",
        )
    )
    assert set(Deal.objects.values_list("owner", flat=True)) == {rep.pk}
    assert (report["rejections"][0]["row"], report["rejections"][0]["field"]) == (4, "owner")


SALESFORCE = (
    "Stage,Opportunity Name,Account Name,Amount,Close Date,Created Date,Lost Reason,"
    "Opportunity ID,Opportunity ID"
)
PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency of Value,Deal - Stage,"
    "Deal - Status,Deal - Won time,Deal - Lost time,Deal - Lost reason"
)
HUBSPOT = "Record ID,Deal Name,Deal Stage,Amount,Close Date,Is Closed Won,Is closed lost,Closed Lost Reason"
ODOO = "External ID,Opportunity,Customer,Stage,Active,Expected Revenue,Closed Date,Lost Reason"


@pytest.mark.parametrize(
    ("header", "row", "source", "outcome", "attributes"),
    [
        (
            SALESFORCE,
            'Closed Lost,Big,Acme,"USD 485,000.00",25/03/2026,01/02/2026,Price,006A,006A18',
            "salesforce",
            "lost_unspecified",
            {"Lost reason": "Price"},
        ),
        (
            PIPEDRIVE,
            "7,Big,Ann,485000,USD,Negotiation,Lost,,2026-03-25 10:00:00,Preis",
            "pipedrive",
            "lost_unspecified",
            {"Lost reason": "Preis"},
        ),
        (
            HUBSPOT,
            "7,Big,3835407076,485000,2026-03-25 10:00,true,false,",
            "hubspot",
            "won",
            {},
        ),
        (
            ODOO,
            "7,Big,Acme,Qualified,False,485000,2026-03-25,Too expensive",
            "odoo",
            "lost_unspecified",
            {"Lost reason": "Too expensive"},
        ),
    ],
)
def test_exports_of_known_crms_are_recognised_by_their_headers(
    header: str, row: str, source: str, outcome: str, attributes: dict[str, str]
) -> None:
    report = carried_out(lines(row, header=header))
    assert (report["source"], counts(report)[:4]) == (source, (1, 0, 0, 0))
    closing = Closing.objects.get()
    assert (closing.outcome, closing.closed_on) == (outcome, date(2026, 3, 25))
    assert dict(closing.deal.attributes.values_list("key", "value")) == attributes
    assert closing.amount in (Decimal(485000), None)


def test_a_mapping_reads_any_other_file() -> None:
    report = carried_out(
        lines(
            "Nord;verloren gegangen;West",
            "Süd;Won;Ost",
            header="Kunde;Status;Gebiet",
            source="generic",
            written={
                "source": "alt",
                "columns": {"Kunde": "account", "Status": "outcome", "Gebiet": "attribute:Area"},
                "constants": {"closed_on": "2016-12-31"},
                "stages": {"verloren gegangen": "no_decision"},
                "identity": "row",
            },
        )
    )
    assert (report["source"], counts(report)[:4]) == ("alt", (2, 0, 0, 0))
    facts = facts_of(Closing.objects.with_facts().get(outcome="no_decision"))
    assert (facts["account"]["name"], facts["closed_on"], facts["attributes"]) == (
        "Nord",
        "2016-12-31",
        {"Area": "West"},
    )


@pytest.mark.parametrize(
    ("header", "options", "says"),
    [
        ("a,b,c", {}, "no known system"),
        (f"{HEADER},colour", {}, "colour"),
        (HEADER, {"source": "hubspot"}, "not those of HubSpot"),
        (HEADER, {"written": {"columns": {"no": "name"}}}, "no column “no”"),
        (HEADER, {"written": {"columns": {"name": "title"}}}, "“title”"),
        (HEADER, {"written": {"stages": {"x": "gone"}}}, "“gone”"),
        (HEADER, {"written": {"dates": "us"}}, "“us”"),
        (HEADER, {"written": {"odd": 1}}, "“odd”"),
        ("title,client", {"source": "generic", "written": {}}, "No column tells how"),
    ],
)
def test_a_file_that_cannot_be_mapped_is_refused_and_nothing_is_kept(
    header: str, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(FileRefused, match=says):
        lines("1,2,3", header=header, **options)
    assert ImportRun.objects.count() == 0


def test_two_files_of_one_kind_are_refused() -> None:
    with pytest.raises(FileRefused, match=r"as accounts\.csv does"):
        taken("accounts.csv", "accounts.csv")


def test_an_import_is_let_run_once() -> None:
    run = taken(*PIPELINE)
    carried_out(run)
    with pytest.raises(DealRefused, match="is done"):
        ask_for_run(run)


def test_the_command_reports_as_json_and_fails_when_rows_were_rejected(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = [str(DATA / name) for name in PIPELINE]
    call_command("import_deals", *files, "--dry-run")
    assert "Would create 40" in capsys.readouterr().out
    assert ImportRun.objects.count() == 0
    call_command("import_deals", *files, "--json")
    assert json.loads(capsys.readouterr().out)["created"] == 40
    bad = tmp_path / "bad.csv"
    bad.write_text(f"{HEADER}\nA,x,,,,,won,,,5,USD\n")
    with pytest.raises(SystemExit) as ended:
        call_command("import_deals", str(bad))
    assert (ended.value.code, "row 2: closed_on" in capsys.readouterr().out) == (1, True)


@pytest.mark.parametrize("content", ["{", "[]"])
def test_the_command_refuses_a_mapping_that_is_none(content: str, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(content)
    with pytest.raises(CommandError, match="JSON"):
        call_command("import_deals", str(DATA / "reflection.csv"), "--mapping", str(mapping))


@pytest.mark.skipif(not MAVEN.exists(), reason="the public sample isn't here")
def test_the_public_sample_comes_in_whole(admin: User) -> None:
    files = [(name, io.BytesIO((MAVEN / name).read_bytes())) for name in PIPELINE]
    report = carried_out(take_files(files, by=None))
    assert counts(report) == (8800, 0, 0, 0, 1480)
    assert report["totals"] == {
        "deals": 8800,
        "closed": 6711,
        "won": 4238,
        "lost": 2473,
        "lost_of_unknown_value": 2473,
        "win_rate": 0.6315,
        "won_value": {"USD": "10005534"},
    }
    assert [name["name"] for name in report["names_to_review"]] == ["GTXPro"]
    assert "GTXPro" in report_in_words(report)
