from django.urls import path

from debriefs.views import check, draft, form, proposal, quick, voices, worklist

app_name = "debriefs"

urlpatterns = [
    path("", worklist.mine, name="mine"),
    path("backlog/", quick.backlog, name="backlog"),
    path("signed-in/", draft.signed_in_again, name="signed_in"),
    path("requests/<int:request_id>/dismiss/", worklist.dismiss, name="dismiss"),
    path("requests/<int:request_id>/snooze/", worklist.snooze, name="snooze"),
    path("requests/<int:request_id>/hand-over/", worklist.hand_over, name="hand_over"),
    path("closings/<int:closing_id>/", form.debrief_form, name="form"),
    path("closings/<int:closing_id>/quick/", quick.quick, name="quick"),
    path("closings/<int:closing_id>/draft/", draft.draft, name="draft"),
    path("closings/<int:closing_id>/proposal/", proposal.proposal, name="proposal"),
    path("closings/<int:closing_id>/discard/", form.discard, name="discard"),
    path("closings/<int:closing_id>/check/", check.check, name="check"),
    path("closings/<int:closing_id>/submit/", check.submit, name="submit"),
    path("closings/<int:closing_id>/receipt/", check.receipt, name="receipt"),
    path("closings/<int:closing_id>/amend/", form.amend, name="amend"),
    path("closings/<int:closing_id>/ask/", voices.ask, name="ask"),
    path("<int:debrief_id>/actions/", form.actions, name="actions"),
    path("<int:debrief_id>/reopen/", form.reopen, name="reopen"),
]
