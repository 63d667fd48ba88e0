"""Addresses of planning."""

from __future__ import annotations

from django.urls import path

from huikuan.act.planning.web import plans, tiers

app_name = "planning"
urlpatterns = [
    path("", plans.show_plan, name="plan"),
    path("export", plans.export_plan, name="export"),
    path("draft", plans.draft, name="draft"),
    path("agree", plans.agree, name="agree"),
    path("tiers", tiers.show_tiers, name="tiers"),
    path("tiers/export", tiers.export_tiers, name="tiers-export"),
    path("<int:line_id>", plans.show_line, name="line"),
    path("<int:line_id>/edit", plans.edit, name="edit"),
    path("<int:line_id>/explain", plans.explain, name="explain"),
]
