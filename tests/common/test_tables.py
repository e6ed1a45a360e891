from datetime import date

from common.tables import Column, addresses_of, day_cell, remark_cell, stacked_table

COLUMNS = (Column("Deal"), Column("Amount", is_number=True))


def test_a_row_is_named_by_its_first_cell_and_every_other_says_what_it_is() -> None:
    assert stacked_table(COLUMNS, [("Zinc", "USD 5")]) == (
        '<table class="table table-stack"><thead><tr><th scope="col">Deal</th>'
        '<th scope="col" class="num">Amount</th></tr></thead><tbody><tr>'
        '<th scope="row">Zinc</th><td class="num" data-label="Amount">USD 5</td></tr></tbody></table>'
    )


def test_what_people_wrote_is_escaped_and_a_drawn_cell_is_not() -> None:
    drawn = stacked_table(COLUMNS, [("<b>R&D</b>", remark_cell("<unknown>"))])
    assert '<th scope="row">&lt;b&gt;R&amp;D&lt;/b&gt;</th>' in drawn
    assert '<span class="meta">&lt;unknown&gt;</span>' in drawn


def test_a_day_is_read_by_people_and_machines() -> None:
    assert day_cell(date(2026, 3, 5)) == '<time datetime="2026-03-05">5 Mar 2026</time>'


def test_addresses_are_those_of_the_pages() -> None:
    assert [addresses_of("deals:detail")(pk) for pk in (7, 10)] == ["/deals/7/", "/deals/10/"]
