from django.urls import path

from trends import views
from trends.participation import views as participation

app_name = "trends"

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("deals/", views.deals, name="deals"),
    path("table.csv", views.table, name="table"),
    path("participation/", participation.participation_page, name="participation"),
    path("participation/deals/", participation.participation_deals, name="participation_deals"),
    path("participation/table.csv", participation.participation_table, name="participation_table"),
]
