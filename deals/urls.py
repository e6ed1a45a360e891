from django.urls import path

from deals.views import deals

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
]
