"""The cockpit's addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.see.cockpit.web import figures, findings, panels, views

app_name = "cockpit"
urlpatterns = [
    path("overview", views.show_overview, name="overview"),
    path("overview/export/<slug:panel>", panels.export_panel, name="export_panel"),
    path("indicators", figures.show_indicators, name="indicators"),
    path("indicators/export", figures.export_indicators, name="export_indicators"),
    path("checkup", findings.show_findings, name="findings"),
    path("checkup/export", findings.export_findings, name="export_findings"),
    path("checkup/<slug:code>", findings.show_finding, name="finding"),
    path("checkup/<slug:code>/export", findings.export_finding, name="export_finding"),
]
