"""What the quality panel counts of a version, worked out once: a version never changes.

Private answers are left out: they are for the coach, not for figures.
"""

from django.db import connection

AT_ONCE = 20_000

_MEASURE = """
WITH wanted AS MATERIALIZED (
    SELECT debrief.current_version_id AS id
    FROM debriefs_debrief debrief
    LEFT JOIN trends_versionquality kept ON kept.version_id = debrief.current_version_id
    WHERE debrief.current_version_id IS NOT NULL AND kept.version_id IS NULL
    LIMIT %(at_once)s
),
answer AS MATERIALIZED (
    SELECT given.version_id, given.id, given.rating, btrim(given.text) AS words
    FROM debriefs_answer given JOIN wanted ON wanted.id = given.version_id
    WHERE given.audience <> 'private'
),
texts AS (
    SELECT version_id, count(*) AS given, count(*) FILTER (WHERE words !~ '[[:space:]]') AS one_word
    FROM answer WHERE words <> '' GROUP BY version_id
),
place AS (
    SELECT version_id, rating,
        row_number() OVER (PARTITION BY version_id ORDER BY id)
        - row_number() OVER (PARTITION BY version_id, rating ORDER BY id) AS island
    FROM answer WHERE rating <> ''
),
run AS (
    SELECT version_id, count(*) AS length FROM place GROUP BY version_id, rating, island
),
rated AS (
    SELECT version_id, sum(length) AS ratings, max(length) AS longest FROM run GROUP BY version_id
),
cited AS (
    SELECT cites.version_id,
        bool_or(reason.kind = 'other') AS other,
        bool_or(reason.kind = 'dont_know') AS dont_know,
        bool_or(reason.asks_price_checks) AS price,
        bool_or(cites.is_untested) AS untested
    FROM debriefs_citedreason cites
    JOIN wanted ON wanted.id = cites.version_id
    JOIN debriefs_lossreason reason ON reason.id = cites.reason_id
    GROUP BY cites.version_id
)
INSERT INTO trends_versionquality (version_id, texts, one_word_texts, ratings, longest_run,
    cites_other, cites_dont_know, cites_price, price_untested)
SELECT wanted.id, COALESCE(texts.given, 0), COALESCE(texts.one_word, 0),
    COALESCE(rated.ratings, 0), COALESCE(rated.longest, 0),
    COALESCE(cited.other, false), COALESCE(cited.dont_know, false),
    COALESCE(cited.price, false), COALESCE(cited.untested, false)
FROM wanted
LEFT JOIN texts ON texts.version_id = wanted.id
LEFT JOIN rated ON rated.version_id = wanted.id
LEFT JOIN cited ON cited.version_id = wanted.id
ON CONFLICT (version_id) DO NOTHING
"""


def measure_quality() -> int:
    """Measure current versions that nobody has measured; returns how many. Twice is once."""
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, {"at_once": AT_ONCE})
        return int(cursor.rowcount)


def measure_all() -> int:
    """Measure all that nobody has measured, however many: after a load."""
    measured = 0
    while found := measure_quality():
        measured += found
    return measured
