"""The one statement that derives playbook entries from deals and debriefs.

Names follow `merged_into` to the entry that stands; a citation of a split reason is the
part that it was recoded to. Amounts go by domain.md: 0 on a lost
deal is unknown, as is one without a rate; conversion is half-even. Private answers are
left out at the source; reasons and the words beside them are for sales.
"""

_EXCERPT = 280

COLUMNS = (
    "debrief_id",
    "deal_id",
    "closing_id",
    "counts",
    "is_current",
    "open_to_company",
    "closed_on",
    "outcome",
    "account_id",
    "product_id",
    "stage_id",
    "team_id",
    "winner_id",
    "industry",
    "segment",
    "country",
    "competitor_ids",
    "reason_ids",
    "untested_ids",
    "amount_minor",
    "company_excerpt",
    "sales_excerpt",
    "company_words",
    "sales_words",
)


def _standing(name: str, table: str) -> str:
    """A table of (id, standing id, standing name) for a short list of names."""
    return f"""
{name}(id, standing_id, name) AS (
    SELECT id, id, name FROM {table} WHERE merged_into_id IS NULL
    UNION ALL
    SELECT merged.id, target.standing_id, target.name
    FROM {table} merged JOIN {name} target ON merged.merged_into_id = target.id
)"""  # noqa: S608 - our own names


_LISTS = ",".join(
    _standing(name, table)
    for name, table in {
        "competitor": "deals_competitor",
        "product": "deals_product",
        "stage": "deals_stage",
        "reason": "debriefs_lossreason",
    }.items()
)

# The submitted debriefs of the deals asked for.
_WANTED = """
wanted AS MATERIALIZED (
    SELECT deal.id AS deal_id, closing.id AS closing_id, debrief.id AS debrief_id,
        debrief.current_version_id AS version_id
    FROM deals_deal deal
    JOIN deals_closing closing ON closing.deal_id = deal.id
    JOIN debriefs_debrief debrief ON debrief.closing_id = closing.id
    WHERE debrief.current_version_id IS NOT NULL
        AND (%(deals)s::bigint[] IS NULL OR deal.id = ANY(%(deals)s::bigint[]))
)"""

_ACCOUNT = """
LEFT JOIN deals_account written ON written.id = deal.account_id
LEFT JOIN LATERAL (
    WITH RECURSIVE chain AS (
        SELECT next.id, next.merged_into_id
        FROM deals_account next WHERE next.id = written.merged_into_id
        UNION
        SELECT next.id, next.merged_into_id
        FROM deals_account next JOIN chain ON next.id = chain.merged_into_id
    )
    SELECT id FROM chain WHERE merged_into_id IS NULL
) target ON written.merged_into_id IS NOT NULL
LEFT JOIN deals_account account ON account.id = COALESCE(target.id, written.id)
"""

_MET = """
met AS (
    SELECT meeting.deal_id,
        array_agg(DISTINCT competitor.standing_id) AS ids,
        string_agg(DISTINCT competitor.name, ' ') AS names
    FROM deals_dealcompetitor meeting
    JOIN competitor ON competitor.id = meeting.competitor_id
    WHERE meeting.deal_id IN (SELECT deal_id FROM wanted)
    GROUP BY meeting.deal_id
)"""

_CITED = """
cited AS (
    SELECT once.version_id,
        array_agg(once.standing_id ORDER BY once.rank) AS ids,
        array_agg(once.standing_id ORDER BY once.rank) FILTER (WHERE once.is_untested)
            AS untested_ids,
        string_agg(once.name, ' ' ORDER BY once.rank) AS names,
        string_agg(concat_ws(' ', once.quotes, once.texts), ' ' ORDER BY once.rank) AS words,
        (array_agg(once.quotes ORDER BY once.rank) FILTER (WHERE once.quotes <> ''))[1] AS quote
    FROM (
        SELECT
            cited.version_id,
            reason.standing_id,
            reason.name,
            min(cited.rank) AS rank,
            bool_or(cited.is_untested) AS is_untested,
            string_agg(cited.quote, ' ' ORDER BY cited.rank) AS quotes,
            string_agg(cited.text, ' ' ORDER BY cited.rank) AS texts
        FROM debriefs_citedreason cited
        LEFT JOIN debriefs_recoding part ON part.version_id = cited.version_id
            AND part.reason_id = cited.reason_id
            AND part.split_id IS NOT NULL AND part.taken_back_at IS NULL
        JOIN reason ON reason.id = COALESCE(part.into_id, cited.reason_id)
        WHERE cited.version_id IN (SELECT version_id FROM wanted)
        GROUP BY cited.version_id, reason.standing_id, reason.name
    ) once
    GROUP BY once.version_id
)"""

# What the options of choices are called, in the version that a debrief was written on.
_OPTION = """
option AS MATERIALIZED (
    SELECT version.id AS template_version_id, question->>'key' AS question,
        option->>'key' AS key, option->>'label' AS label
    FROM debriefs_templateversion version,
        jsonb_array_elements(version.definition->'sections') section,
        jsonb_array_elements(section->'questions') question,
        jsonb_array_elements(question->'options') option
)"""

# Choices by their labels, in the words of the question's own version.
_CHOSEN = """
        SELECT answer.version_id, answer.key, string_agg(option.label, ', '), answer.audience,
            true, 0
        FROM wanted
        JOIN debriefs_answer answer ON answer.version_id = wanted.version_id
            AND answer.value IS NOT NULL AND answer.audience <> 'private'
        JOIN debriefs_debrief debrief ON debrief.id = wanted.debrief_id
        JOIN option ON option.template_version_id = debrief.template_version_id
            AND option.question = answer.key
            AND answer.value @> to_jsonb(option.key)
        GROUP BY answer.version_id, answer.key, answer.audience"""

# The excerpt is the lesson; without one, what says most.
_SAID = f"""
said AS (
    SELECT part.version_id,
        string_agg(part.text, E'\n' ORDER BY part.place, part.key)
            FILTER (WHERE part.audience = 'company') AS company_text,
        string_agg(part.text, E'\n' ORDER BY part.place, part.key)
            FILTER (WHERE part.audience = 'sales') AS sales_text,
        bool_or(part.audience = 'company' AND part.is_answer) AS open_to_company,
        (array_agg(part.text ORDER BY part.place, part.key)
            FILTER (WHERE part.audience = 'company' AND part.text <> ''))[1] AS company_excerpt,
        (array_agg(part.text ORDER BY part.place, part.key)
            FILTER (WHERE part.text <> ''))[1] AS sales_excerpt
    FROM (
        SELECT version_id, key, text, audience, true AS is_answer,
            CASE WHEN key = 'do_differently' THEN -1000000 ELSE -length(text) END AS place
        FROM debriefs_answer
        WHERE version_id IN (SELECT version_id FROM wanted)
            AND audience <> 'private'
        UNION ALL
        SELECT version_id, key, note, audience, false, -length(note)
        FROM debriefs_factorscore
        WHERE version_id IN (SELECT version_id FROM wanted)
            AND audience <> 'private' AND note <> ''
        UNION ALL{_CHOSEN}
    ) part
    GROUP BY part.version_id
)"""  # noqa: S608 - our own names

_RATE = """
LEFT JOIN LATERAL (
    SELECT CASE WHEN closing.currency_id = %(reporting_currency)s THEN 1 ELSE (
        SELECT rate.rate FROM deals_rate rate
        WHERE rate.currency_id = closing.currency_id AND rate.since <= closing.closed_on
        ORDER BY rate.since DESC LIMIT 1
    ) END AS rate
    WHERE NOT (closing.amount = 0 AND closing.outcome <> 'won')
) force ON true
LEFT JOIN LATERAL (
    SELECT closing.amount * force.rate * power(10::numeric, %(decimals)s) AS exact
) money ON true
"""

_HALF_EVEN = """
CASE
    WHEN money.exact - trunc(money.exact) = 0.5 AND trunc(money.exact) %% 2 = 0
    THEN trunc(money.exact)
    ELSE round(money.exact)
END::bigint
"""

_MORE_WORDS = """concat_ws(E'\n',
            cited.names, said.sales_text, cited.words, version.runner_up_evidence,
            version.missed_sign, version.unmet_need, version.rival_better, version.idea,
            left(deal.notes, 20000))"""


def _plain(text: str) -> str:
    """Text whose angle brackets are spaces: PostgreSQL would read <words> as a tag and skip it."""
    return f"translate({text}, '<>', '  ')"


_FACTS = """concat_ws(E'\n',
            deal.name, account.name, product.name, met.names, winner.name)"""
_COMPANY_TEXT = "COALESCE(said.company_text, '')"

# %(deals)s: the ids of the deals to derive, or NULL for all.
DERIVED = f"""
WITH RECURSIVE {_LISTS},
{_WANTED},
{_MET},
{_CITED},
{_OPTION},
{_SAID},
derived AS (
    SELECT
        debrief.id AS debrief_id,
        deal.id AS deal_id,
        closing.id AS closing_id,
        row_number() OVER (
            PARTITION BY closing.id
            ORDER BY (debrief.author_id = deal.owner_id) IS NOT TRUE,
                debrief.submitted_at, debrief.id
        ) = 1 AS counts,
        closing.reopened_at IS NULL AS is_current,
        COALESCE(said.open_to_company, false) AS open_to_company,
        closing.closed_on,
        closing.outcome,
        account.id AS account_id,
        product.standing_id AS product_id,
        stage.standing_id AS stage_id,
        membership.team_id,
        winner.standing_id AS winner_id,
        COALESCE(account.industry, '') AS industry,
        COALESCE(account.segment, '') AS segment,
        COALESCE(account.country, '') AS country,
        COALESCE(met.ids, '{{}}') AS competitor_ids,
        COALESCE(cited.ids, '{{}}') AS reason_ids,
        COALESCE(cited.untested_ids, '{{}}') AS untested_ids,
        {_HALF_EVEN} AS amount_minor,
        COALESCE(left(said.company_excerpt, {_EXCERPT}), '') AS company_excerpt,
        COALESCE(left(COALESCE(said.sales_excerpt, cited.quote), {_EXCERPT}), '') AS sales_excerpt,
        to_tsvector('reflection', {_plain(_FACTS)})
            || to_tsvector('reflection', {_plain(_COMPANY_TEXT)}) AS company_words,
        to_tsvector('reflection', {_plain(_MORE_WORDS)}) AS more_words
    FROM wanted
    JOIN deals_deal deal ON deal.id = wanted.deal_id
    JOIN deals_closing closing ON closing.id = wanted.closing_id
    JOIN debriefs_debrief debrief ON debrief.id = wanted.debrief_id
    JOIN debriefs_debriefversion version ON version.id = wanted.version_id
    LEFT JOIN product ON product.id = deal.product_id
    LEFT JOIN stage ON stage.id = closing.stage_id
    LEFT JOIN competitor winner ON winner.id = closing.winner_id
    LEFT JOIN people_membership membership
        ON membership.user_id = deal.owner_id
        AND membership.since <= closing.closed_on
        AND (membership.until IS NULL OR membership.until > closing.closed_on)
    LEFT JOIN met ON met.deal_id = wanted.deal_id
    LEFT JOIN cited ON cited.version_id = wanted.version_id
    LEFT JOIN said ON said.version_id = wanted.version_id
    {_ACCOUNT} {_RATE}
)
SELECT
    {", ".join(name for name in COLUMNS if name != "sales_words")},
    company_words || more_words
FROM derived
"""  # noqa: S608 - our own names
