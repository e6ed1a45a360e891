from django.urls import path

from playbook import views
from playbook.records import KINDS

app_name = "playbook"

urlpatterns = [
    path("", views.playbook_list, name="list"),
    path("debriefs/<int:debrief_id>/", views.debrief_detail, name="detail"),
    path("debriefs/<int:debrief_id>/versions/", views.versions, name="versions"),
    path("closings/<int:closing_id>/", views.compare_views, name="side_by_side"),
    path("deals/<int:deal_id>/debriefs/", views.debriefs_of_deal, name="of_deal"),
    path("similar/<int:deal_id>/", views.similar, name="similar"),
    *(path(f"{name}/<int:pk>/", views.record, {"kind": name}, name=name) for name in KINDS),
]
