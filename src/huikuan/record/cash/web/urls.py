"""The addresses of cash."""

from __future__ import annotations

from django.urls import path

from huikuan.record.cash.web import applications, bench, choosing, deeds, matching, unapplied

app_name = "cash"
urlpatterns = [
    path("", bench.show_bench, name="bench"),
    path("customers", choosing.offer_customers, name="customers"),
    path("match", matching.match_now, name="match"),
    path("matching", matching.show_matching, name="matching"),
    path("unapplied", unapplied.show_unapplied, name="unapplied"),
    path("unapplied/export", unapplied.export_unapplied, name="export-unapplied"),
    path("accept", deeds.accept, name="accept"),
    path("undo", deeds.undo, name="undo"),
    path("applications/<int:application_id>", applications.show_application, name="application"),
    path("applications/<int:application_id>/undo", applications.undo, name="undo-application"),
    path("lines/<int:line_id>/apply", deeds.apply, name="apply"),
    path("lines/<int:line_id>/aside", deeds.set_aside, name="aside"),
]
