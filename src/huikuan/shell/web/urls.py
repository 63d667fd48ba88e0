"""The shell's own addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.mechanisms.pages.access import LOGGED_IN, needs
from huikuan.shell.web import account, lists, log_in, people, search, teams, today, views

app_name = "shell"
urlpatterns = [
    path("", views.home, name="home"),
    path("today", today.show_today, name="today"),
    path("search", search.show_search, name="search"),
    path("login", log_in.LogIn.as_view(), name="login"),
    path("login/code", log_in.ask_code, name="code"),
    path("logout", needs(LOGGED_IN)(log_in.LogOut.as_view()), name="logout"),
    path("me/", account.show_account, name="account"),
    path("me/again", log_in.prove_again, name="again"),
    path("me/unit", views.choose_unit, name="unit"),
    path("me/language", views.choose_language, name="language"),
    path("me/theme", views.choose_theme, name="theme"),
    path("me/keys", views.choose_keys, name="keys"),
    path("me/password", account.change_password, name="password"),
    path("me/second-factor", account.set_up_factor, name="second-factor"),
    path("me/second-factor/remove", account.remove_factor, name="remove-factor"),
    path("me/recovery-codes", account.renew_codes, name="recovery-codes"),
    path("me/sessions/<int:session_id>/end", account.end_one_session, name="end-session"),
    path("me/tokens", account.add_token, name="add-token"),
    path("me/tokens/<int:token_id>/revoke", account.revoke_token, name="revoke-token"),
    path("lists/<str:name>/views", lists.keep, name="keep-view"),
    path("lists/<str:name>/columns", lists.columns, name="columns"),
    path("lists/views/<int:view_id>/forget", lists.forget, name="forget-view"),
    path("users/", people.show_users, name="users"),
    path("users/export", people.export_users, name="export-users"),
    path("users/add", people.add_user, name="add-user"),
    path("users/of/<str:username>", people.show_user, name="user"),
    path("users/of/<str:username>/grant", people.grant, name="grant"),
    path("users/of/<str:username>/revoke", people.revoke, name="revoke"),
    path("users/of/<str:username>/team", people.change_team, name="user-team"),
    path("users/of/<str:username>/names", people.change_names, name="user-names"),
    path("users/of/<str:username>/password", people.change_password, name="user-password"),
    path("users/of/<str:username>/state", people.change_state, name="user-state"),
    path("users/of/<str:username>/reset-factor", people.reset_factor, name="reset-factor"),
    path("users/of/<str:username>/revoke-token", people.revoke_token, name="user-token"),
    path("teams/", teams.show_teams, name="teams"),
    path("teams/export", teams.export_teams, name="export-teams"),
    path("teams/add", teams.add_team, name="add-team"),
    path("teams/move", teams.move_team, name="move-team"),
]
