"""What the CRM says of a deal in words, as SQL over `deal`: its notes and its written reasons."""

# What CRMs call the reason, as the import keeps it.
_WRITTEN = "attribute.key IN ('Lost reason', 'Lost sub-reason') AND attribute.value <> ''"

HAS_NOTES = f"""
    (deal.notes <> '' OR EXISTS (
        SELECT FROM deals_dealattribute attribute
        WHERE attribute.deal_id = deal.id AND {_WRITTEN}))
"""
NOTES = f"""
    concat_ws(E'\\n',
        (SELECT string_agg(attribute.value, E'\\n' ORDER BY attribute.key)
         FROM deals_dealattribute attribute
         WHERE attribute.deal_id = deal.id AND {_WRITTEN}),
        NULLIF(deal.notes, ''))
"""  # noqa: S608
