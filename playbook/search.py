"""The lexical index: the one place that knows how words find debriefs.

Callers hand over what a person typed and get entries or snippets back, always within
what that person may read. Underneath stand PostgreSQL's own lexemes: English stems
without accents. Matches are never ranked over everything; lists are by date or amount.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString

from debriefs.models import Audience
from people.models import User
from playbook.models import Owed, PlaybookEntryQuerySet

CONFIGURATION = "reflection"
LONGEST_QUERY = 200

# Private-use characters that no text keeps: they can't be forged by what people write.
_START, _STOP = "\ue000", "\ue001"
# A word with an asterisk, outside of quotes.
_PREFIX = re.compile(r'"[^"]*"?|(?<!\S)(-?)(\w+)\*(?!\S)')

_OPTIONS = (
    f"StartSel={_START}, StopSel={_STOP}, MaxFragments=2, MinWords=9, MaxWords=24,"
    ' FragmentDelimiter=" … "'
)
_SNIPPETS = """
SELECT found.id, ts_headline('reflection', found.text,
    websearch_to_tsquery('reflection', %(plain)s) && to_tsquery('reflection', %(prefixes)s),
    %(options)s)
FROM (
    SELECT debrief.id, translate(concat_ws(E'\\n', said.text, cited.text), %(marks)s, '    ') AS text
    FROM debriefs_debrief debrief
    JOIN debriefs_debriefversion version ON version.id = debrief.current_version_id
    JOIN deals_closing closing ON closing.id = debrief.closing_id
    JOIN deals_deal deal ON deal.id = closing.deal_id
    LEFT JOIN LATERAL (
        SELECT string_agg(part.text, E'\\n' ORDER BY part.key) AS text FROM (
            SELECT key, text FROM debriefs_answer
            WHERE version_id = version.id AND audience = ANY(%(audiences)s)
            UNION ALL
            SELECT key, note FROM debriefs_factorscore
            WHERE version_id = version.id AND audience = ANY(%(audiences)s)
            UNION ALL
            SELECT answer.key, string_agg(option->>'label', ', ')
            FROM debriefs_answer answer
            JOIN debriefs_templateversion template ON template.id = debrief.template_version_id
            CROSS JOIN jsonb_path_query(template.definition,
                '$.sections[*].questions[*] ? (@.key == $question).options[*]',
                jsonb_build_object('question', answer.key)) option
            WHERE answer.version_id = version.id AND answer.audience = ANY(%(audiences)s)
                AND answer.value IS NOT NULL AND answer.value @> (option->'key')
            GROUP BY answer.key
        ) part WHERE part.text <> ''
    ) said ON true
    LEFT JOIN LATERAL (
        SELECT concat_ws(E'\\n',
            (SELECT string_agg(concat_ws(E'\\n', quote, text), E'\\n' ORDER BY rank)
                FROM debriefs_citedreason WHERE version_id = version.id),
            version.runner_up_evidence, version.missed_sign, version.unmet_need,
            version.rival_better, version.idea, left(deal.notes, 20000)) AS text
        WHERE %(in_sales)s
    ) cited ON true
    WHERE debrief.id = ANY(%(ids)s)
) found
"""


@dataclass(frozen=True)
class Words:
    """What a person typed: words, "a phrase", or, -not, and beginn* for a prefix."""

    typed: str

    def __bool__(self) -> bool:
        return bool(self.typed.strip())

    @property
    def plain(self) -> str:
        """All but the prefixes, in the search engines' common syntax."""
        return _PREFIX.sub(lambda found: "" if found[2] else found[0], self.typed).strip()

    @property
    def prefixes(self) -> str:
        """The prefixes in PostgreSQL's own syntax, all of which must be met."""
        found = (match for match in _PREFIX.finditer(self.typed) if match[2])
        return " & ".join(f"{'!' if match[1] else ''}{match[2]}:*" for match in found)

    def query(self) -> SearchQuery:
        plain = SearchQuery(self.plain, config=CONFIGURATION, search_type="websearch")
        if not self.prefixes:
            return plain
        prefixes = SearchQuery(self.prefixes, config=CONFIGURATION, search_type="raw")
        return plain & prefixes if self.plain else prefixes


def audiences_of(viewer: User) -> list[str]:
    """The audiences whose answers search may read for this person; never private ones."""
    return [Audience.SALES, Audience.COMPANY] if viewer.in_sales else [Audience.COMPANY]


def matching(
    entries: PlaybookEntryQuerySet, typed: str, *, viewer: User, owed: Owed | None = None
) -> PlaybookEntryQuerySet:
    """Those of `entries` whose words, as far as `viewer` may read them, match; `owed` as in
    `visible_to`."""
    column = "sales_words" if viewer.in_sales else "company_words"
    return entries.visible_to(viewer, owed=owed).filter(**{column: Words(typed).query()})


def snippets(debrief_ids: Sequence[int], typed: str, *, viewer: User) -> dict[int, SafeString]:
    """For each debrief the places where the words stand, marked, as safe HTML.

    A debrief found by its facts alone has no marks in its text and is left out.
    """
    words = Words(typed)
    with connection.cursor() as cursor:
        cursor.execute(
            _SNIPPETS,
            {
                "plain": words.plain,
                "prefixes": words.prefixes,
                "options": _OPTIONS,
                "ids": list(debrief_ids),
                "audiences": audiences_of(viewer),
                "in_sales": viewer.in_sales,
                "marks": f"{_START}{_STOP}<>",
            },
        )
        rows = cursor.fetchall()
    return {debrief: _marked(text) for debrief, text in rows if _START in text}


def _marked(text: str) -> SafeString:
    shown = escape(text).replace(_START, "<mark>").replace(_STOP, "</mark>")
    return SafeString(shown)
