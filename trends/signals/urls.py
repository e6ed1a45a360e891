"""Addresses of signals, within the app's name space."""

from django.urls import path

from trends.signals import views

urlpatterns = [
    path("", views.signal_list, name="signals"),
    path("following", views.follow, name="signals_follow"),
    path("<int:pk>/", views.signal, name="signal"),
]
