"""The query: reads from and writes to parameters, and says what can't be asked."""

import json
from datetime import date
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from common.periods import Period
from trends.dimensions import DIMENSIONS
from trends.errors import TrendError
from trends.measures import MEASURES, REFUSED
from trends.query import CompareWith, Judgement, ListReading, TrendQuery

NAMES = [name for name, each in DIMENSIONS.items() if not each.is_time]
VALUES = st.one_of(st.none(), st.text(min_size=1).filter(lambda text: text != "null"))


@given(
    filters=st.dictionaries(
        st.one_of(st.sampled_from(NAMES), st.text(min_size=1).map("attribute:".__add__)),
        st.lists(VALUES, min_size=1, max_size=3),
        max_size=3,
    ),
    compare=st.sampled_from([None, *CompareWith, Period(date(2025, 1, 1), date(2025, 2, 3))]),
    reading=st.sampled_from(ListReading),
    judgement=st.sampled_from(Judgement),
    by=st.one_of(
        st.sampled_from([(), ("month",), ("stage", "month"), ("attribute:size",)]),
        st.text(min_size=1).map(lambda key: (f"attribute:{key}", "week")),
    ),
)
def test_parameters_read_back_to_the_same_query(
    filters: dict[str, list[str | None]],
    compare: CompareWith | Period | None,
    reading: ListReading,
    judgement: Judgement,
    by: tuple[str, ...],
) -> None:
    query = TrendQuery(
        measure="deals",
        by=by,
        since=date(2026, 1, 1),
        until=date(2026, 3, 31),
        compare=compare,
        reading=reading,
        judgement=judgement,
    ).with_filters(filters)
    params = query.to_params()
    address = QueryDict(urlencode(params, doseq=True))
    kept = json.loads(json.dumps(params))
    assert [TrendQuery.from_params(each) for each in (params, address, kept)] == [query] * 3


def test_an_address_is_read_like_a_mapping() -> None:
    address = QueryDict(
        "by=reason,month&measure=mentions&since=2026-01&until=2026-03&winner=X&winner=null"
    )
    query = TrendQuery.from_params(address)
    assert query.by == ("reason", "month")
    assert query.period == Period(date(2026, 1, 1), date(2026, 3, 31))
    assert query.values_of("winner") == ("X", None)


def test_empty_parameters_and_another_s_are_passed_over() -> None:
    query = TrendQuery.from_params({"stage": "", "since": "", "page": "2"}, ignore=["page"])
    assert query == TrendQuery()


@pytest.mark.parametrize(
    ("params", "field", "words"),
    [
        ({"by": "colour"}, "by", "There is no dimension called “colour”."),
        ({"measure": "luck"}, "measure", "There is no measure called “luck”."),
        ({"by": "reason,month,stage"}, "by", "Ask for two dimensions at most."),
        ({"by": "stage,stage"}, "by", "“stage” is asked for twice."),
        ({"by": "month,week"}, "by", "Ask for one dimension of time."),
        ({"by": "amount"}, "by", "“amount” can only be a filter."),
        ({"since": "0024-02-30"}, "since", "“0024-02-30” is no day"),
        ({"since": "0024-02-03"}, "since", "Choose a day from 1990-01-01"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "until", "before it begins"),
        ({"compare": "previous"}, "compare", "Give since and until"),
        ({"compare": "sometimes"}, "compare", "Choose previous, year, or a period"),
        ({"compare": "2026-02-01..2026-01-01"}, "compare", "a period cannot end"),
        ({"list": "tomorrow"}, "list", "“tomorrow” is none of today, recorded."),
        ({"judgement": "nobody"}, "judgement", "“nobody” is none of author, confirmed."),
        ({"month": "2026-01"}, "month", "Choose days with since and until."),
        ({"colour": "red"}, "colour", "There is no such parameter"),
        ({"by": "reason", "measure": "win_rate"}, "measure", "Reasons are asked of lost deals"),
        ({"by": "month", "measure": "lift"}, "measure", "take win_rate over time"),
        ({"by": "stage,product", "measure": "lift"}, "by", "Lift goes by one dimension."),
        ({"measure": ["lost", "won"]}, "measure", "Give one value."),
    ],
)
def test_what_cannot_be_asked_names_its_parameter(
    params: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(TrendError) as refused:
        TrendQuery.from_params(params)
    assert refused.value.field == field
    assert words in refused.value.reason


def test_every_refused_pair_names_a_measure_and_a_dimension_that_exist() -> None:
    for measure, pairs in REFUSED.items():
        assert measure in MEASURES
        assert set(pairs) <= set(DIMENSIONS)


def test_a_filter_is_set_replaced_and_removed() -> None:
    query = TrendQuery().where(stage="Offer", winner=None)
    assert query.filters == (("stage", ("Offer",)), ("winner", (None,)))
    assert query.where(stage="Demo").values_of("stage") == ("Demo",)
    assert query.with_filters({"stage": []}).values_of("stage") == ()
