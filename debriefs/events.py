"""What this app tells the others, through the outbox."""

# payload: {"debrief_id": int, "closing_id": int, "deal_id": int, "version": int}
DEBRIEF_SUBMITTED = "debrief.submitted"
# payload: {"debrief_id": int}: a manager opened a submitted debrief for amending.
DEBRIEF_REOPENED = "debrief.reopened"
# payload: {"deal_id": int}: a request was found not worth a debrief, or that was taken back.
REQUEST_DECIDED = "debrief_request.decided"
# payload: {"request_id": int, "deal_id": int}: somebody is asked for a second view.
VIEW_ASKED = "debrief_request.asked"
# payload: {"reason_ids": [int], "deal_ids": [int]}: added, renamed, merged, split, moved to another
# group, retired or taken back; the deals are those whose recodings that takes back.
REASON_CHANGED = "reason.changed"
# payload: {"deal_id": int}: a cited reason was recoded after a split, triaged, or that was taken back.
REASON_RECODED = "reason.recoded"
# payload: {"deal_id": int}: a manager confirmed or changed an author's reasons, or withdrew that.
REASONS_JUDGED = "reasons.judged"
# payload: {"template_id": int, "version": int}
TEMPLATE_PUBLISHED = "template.published"
# payload: {"template_id": int}: it asks about no further deal.
TEMPLATE_RETIRED = "template.retired"
# payload: {"deal_id": int}: a text of a debrief was given a code, or that was taken back.
TEXT_CODED = "text.coded"
# payload: {"code_ids": [int]}: a code was renamed, merged or parted.
CODE_CHANGED = "code.changed"
