"""What this app tells the others, through the outbox."""

# payload: {"debrief_id": int, "closing_id": int, "deal_id": int, "version": int}
DEBRIEF_SUBMITTED = "debrief.submitted"
# payload: {"debrief_id": int}: a manager opened a submitted debrief for amending.
DEBRIEF_REOPENED = "debrief.reopened"
# payload: {"deal_id": int}: a request was found not worth a debrief, or that was taken back.
REQUEST_DECIDED = "debrief_request.decided"
# payload: {"request_id": int, "deal_id": int}: somebody is asked for a second view.
VIEW_ASKED = "debrief_request.asked"
# payload: {"reason_ids": [int]}: added, renamed, merged, moved to another group or retired.
REASON_CHANGED = "reason.changed"
# payload: {"template_id": int, "version": int}
TEMPLATE_PUBLISHED = "template.published"
# payload: {"template_id": int}: it asks about no further deal.
TEMPLATE_RETIRED = "template.retired"
