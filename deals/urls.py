from django.urls import path

from deals.views import deals, imports, names, rates

app_name = "deals"

urlpatterns = [
    path("", deals.deal_list, name="list"),
    path("new/", deals.deal_create, name="create"),
    path("<int:pk>/", deals.deal_detail, name="detail"),
    path("<int:pk>/edit/", deals.deal_edit, name="edit"),
    path("<int:pk>/close/", deals.deal_close, name="close"),
    path("<int:pk>/closing/", deals.closing_edit, name="closing_edit"),
    path("<int:pk>/reopen/", deals.deal_reopen, name="reopen"),
    path("<int:pk>/conflicts/<int:conflict_pk>/", deals.conflict_resolve, name="conflict"),
    path("review/", names.review_list, name="review_list"),
    path("review/<str:kind>/accept/", names.review_accept, name="review_accept"),
    path("review/<str:kind>/<int:pk>/", names.review_decide, name="review_decide"),
    path("review/<str:kind>/<int:pk>/same/", names.review_same, name="review_same"),
    path("names/<str:kind>/", names.entry_list, name="entry_list"),
    path("names/<str:kind>/new/", names.entry_create, name="entry_create"),
    path("names/<str:kind>/<int:pk>/", names.entry_detail, name="entry_detail"),
    path("names/<str:kind>/<int:pk>/rename/", names.entry_rename, name="entry_rename"),
    path("names/<str:kind>/<int:pk>/merge/", names.entry_merge, name="entry_merge"),
    path("names/<str:kind>/<int:pk>/part/", names.entry_part, name="entry_part"),
    path("names/accounts/<int:pk>/facts/", names.account_edit, name="account_edit"),
    path("names/stages/<int:pk>/move/", names.stage_move, name="stage_move"),
    path("rates/", rates.rate_list, name="rate_list"),
    path("rates/<int:pk>/remove/", rates.rate_remove, name="rate_remove"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_create, name="import_create"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/check/", imports.import_check, name="import_check"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/rejected.csv", imports.import_errors, name="import_errors"),
]
