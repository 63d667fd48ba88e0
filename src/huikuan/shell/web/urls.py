"""The shell's own addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.mechanisms.pages.access import LOGGED_IN, needs
from huikuan.shell.web import views

app_name = "shell"
urlpatterns = [
    path("", views.home, name="home"),
    path("login", views.LogIn.as_view(), name="login"),
    path("logout", needs(LOGGED_IN)(views.LogOut.as_view()), name="logout"),
    path("me/unit", views.choose_unit, name="unit"),
    path("me/language", views.choose_language, name="language"),
    path("me/theme", views.choose_theme, name="theme"),
]
