from django.urls import path

from people.views import people, profile, setup, teams

app_name = "people"

urlpatterns = [
    path("you/", profile.profile, name="profile"),
    path("you/tokens/", profile.token_list, name="token_list"),
    path("you/tokens/<int:pk>/revoke", profile.token_revoke, name="token_revoke"),
    path("people/", people.person_list, name="list"),
    path("people/new", people.person_create, name="create"),
    path("people/<int:pk>/", people.person_detail, name="detail"),
    path("people/<int:pk>/edit", people.person_edit, name="edit"),
    path("people/<int:pk>/move", people.person_move, name="move"),
    path("people/<int:pk>/leave", people.person_leave, name="leave"),
    path("people/<int:pk>/confirm", people.person_confirm, name="confirm"),
    path("people/<int:pk>/merge", people.person_merge, name="merge"),
    path("people/<int:pk>/activity", people.person_activity, name="activity"),
    path("people/<int:pk>/invite", people.person_invite, name="invite"),
    path("teams/", teams.tree, name="team_tree"),
    path("teams/new", teams.team_create, name="team_create"),
    path("teams/<int:pk>/edit", teams.team_edit, name="team_edit"),
    path("teams/<int:pk>/retire", teams.team_retire, name="team_retire"),
    path("setup/", setup.setup, name="setup"),
    path("setup/<str:secret>/", setup.follow_link, name="setup_link"),
]
