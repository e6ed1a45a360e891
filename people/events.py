"""What this app tells the others, through the outbox."""

# payload: {"user_id": int, "since": "YYYY-MM-DD", "until": "YYYY-MM-DD" | null}: the days whose
# team may have changed; `until` is excluded, null means for ever.
MEMBERSHIP_CHANGED = "membership.changed"
# payload: {"team_ids": [int]}: renamed, moved in the tree, retired.
TEAM_CHANGED = "team.changed"
# payload: {"user_ids": [int]}: renamed, role or activity changed, merged.
PERSON_CHANGED = "person.changed"
# payload: {"token_id": int, "user_id": int}: an API token was issued or revoked.
TOKEN_ISSUED = "token.issued"
TOKEN_REVOKED = "token.revoked"
