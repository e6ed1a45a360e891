from django.urls import path

from trends import views

app_name = "trends"

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("deals/", views.deals, name="deals"),
    path("table.csv", views.table, name="table"),
]
