"""The addresses of cash."""

from __future__ import annotations

from django.urls import path

from huikuan.record.cash.web import (
    applications,
    bench,
    choosing,
    collecting,
    deeds,
    matching,
    payers,
    returns,
    unapplied,
)

app_name = "cash"
urlpatterns = [
    path("", bench.show_bench, name="bench"),
    path("customers", choosing.offer_customers, name="customers"),
    path("match", matching.match_now, name="match"),
    path("matching", matching.show_matching, name="matching"),
    path("unapplied", unapplied.show_unapplied, name="unapplied"),
    path("unapplied/export", unapplied.export_unapplied, name="export-unapplied"),
    path("payers", payers.show_payers, name="payers"),
    path("payers/export", payers.export_payers, name="export-payers"),
    path("payers/register", payers.register, name="register-payer"),
    path("payers/revoke", payers.revoke, name="revoke-payer"),
    path("payers/mandates", payers.mandate, name="mandate"),
    path("payers/mandates/<int:mandate_id>/end", payers.end, name="end-mandate"),
    path("accept", deeds.accept, name="accept"),
    path("undo", deeds.undo, name="undo"),
    path("applications/<int:application_id>", applications.show_application, name="application"),
    path("applications/<int:application_id>/undo", applications.undo, name="undo-application"),
    path("lines/<int:line_id>/apply", deeds.apply, name="apply"),
    path("lines/<int:line_id>/reject", deeds.reject, name="reject"),
    path("bills/<int:bill_id>/collect", collecting.collect, name="collect"),
    path("lines/<int:line_id>/return", returns.take_back, name="return"),
    path("lines/<int:line_id>/aside", deeds.set_aside, name="aside"),
]
