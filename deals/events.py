"""What this app tells the others, through the outbox."""

# payload: {"deal_ids": [int]}: any fact of these deals or their closings changed, they closed,
# reopened, or came in. An import writes one event per chunk of ids.
DEAL_CHANGED = "deal.changed"
# payload: {"deal_id": int, "closing_id": int} for one deal; {"closing_ids": [int], "imported":
# bool} for a batch by API or, with `imported`, for a chunk of an import.
DEAL_CLOSED = "deal.closed"
# payload: {"account_ids": [int]}: an account's industry, segment, country or name changed, or merged.
ACCOUNT_CHANGED = "account.changed"
# payload: {"catalogue": "product" | "competitor" | "stage" | "account", "ids": [int]}: names
# kept, renamed, merged or parted again.
CATALOGUE_CHANGED = "catalogue.changed"
# payload: {"currency": "EUR", "since": "YYYY-MM-DD", "until": "YYYY-MM-DD" | null}: the days whose
# rate changed; `until` is excluded, null means for ever.
RATE_CHANGED = "rate.changed"
