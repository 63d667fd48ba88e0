"""The cockpit's addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.see.cockpit.web import views

app_name = "cockpit"
urlpatterns = [path("overview", views.show_overview, name="overview")]
