from django.urls import URLPattern, URLResolver, include, path

from reflection import api, audit_page, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("theme", views.choose_theme, name="theme"),
    path("", include("people.urls")),
    path("reminders/", include("notices.urls")),
    path("deals/", include("deals.urls")),
    path("dashboard/", include("trends.urls")),
    path("playbook/", include("playbook.urls")),
    path("debriefs/", include("debriefs.urls")),
    path("audit/", audit_page.audit, name="audit"),
    path("outbox/", include("reflection.dead_letters")),
    path("api/v1/", api.urls()),
    path("accounts/", include("allauth.urls")),
]
