from django.urls import include, path

from trends import views
from trends.dashboard.catalogue import BOARDS
from trends.participation import views as participation
from trends.perception import Beside

app_name = "trends"

urlpatterns = [
    path("", views.board, {"slug": "overview"}, name="dashboard"),
    *(
        path(f"{board.slug}/", views.board, {"slug": board.slug}, name=board.slug)
        for board in BOARDS.values()
        if board.slug != "overview" and not board.subject
    ),
    path("competitors/<int:pk>/", views.board, {"slug": "competitor"}, name="competitor"),
    path("wins-against-losses/", views.wins_against_losses, name="contrasts"),
    path("wins-against-losses/table.csv", views.contrasts_table, name="contrasts_table"),
    path(
        "wins-against-losses/attributes.csv",
        views.contrasts_attributes,
        name="contrasts_attributes",
    ),
    path("perception/", views.perceived, {"beside": Beside.MANAGER}, name="perception"),
    path(
        "perception/buyers/",
        views.perceived,
        {"beside": Beside.BUYER},
        name="perception_buyers",
    ),
    path("rest/<slug:slug>/", views.rest, name="rest"),
    path("rest/<slug:slug>/<int:pk>/", views.rest, name="rest"),
    path("choices/", views.choices, name="choices"),
    path("explore/", views.explore_page, name="explore"),
    path("views/", views.view_list, name="view_list"),
    path("views/new/", views.view_create, name="view_create"),
    path("views/<int:pk>/", views.view_open, name="view_open"),
    path("views/<int:pk>/change/", views.view_change, name="view_change"),
    path("views/<int:pk>/delete/", views.view_delete, name="view_delete"),
    path("views/<int:pk>/weekly/", views.view_weekly, name="view_weekly"),
    path("views/<int:pk>/weekly/end/", views.view_weekly_end, name="view_weekly_end"),
    path("views/leave/<str:token>/", views.view_leave, name="view_leave"),
    path("arrangement/", views.arrangement, name="arrangement"),
    path("annotations/", views.annotation_list, name="annotation_list"),
    path("annotations/<int:pk>/", views.annotation_change, name="annotation_change"),
    path("annotations/<int:pk>/remove/", views.annotation_remove, name="annotation_remove"),
    path("print/wins-against-losses.<str:kind>", views.printed_contrasts, name="printed_contrasts"),
    path(
        "print/participation.<str:kind>", views.printed_participation, name="printed_participation"
    ),
    path(
        "print/perception.<str:kind>",
        views.printed_perception,
        {"beside": Beside.MANAGER},
        name="printed_perception",
    ),
    path(
        "print/perception-buyers.<str:kind>",
        views.printed_perception,
        {"beside": Beside.BUYER},
        name="printed_perception_buyers",
    ),
    path("print/<slug:slug>.<str:kind>", views.printed, name="printed"),
    path("print/<slug:slug>/<int:pk>.<str:kind>", views.printed, name="printed_about"),
    path("deals/", views.deals, name="deals"),
    path("signals/", include("trends.signals.urls")),
    path("table.csv", views.table, name="table"),
    path("participation/", participation.participation_page, name="participation"),
    path("participation/deals/", participation.participation_deals, name="participation_deals"),
    path("participation/table.csv", participation.participation_table, name="participation_table"),
]
