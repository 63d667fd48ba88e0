"""Addresses of limitation."""

from __future__ import annotations

from django.urls import path

from huikuan.record.limitation.web import items, listing, suspensions

app_name = "limitation"
urlpatterns = [
    path("", listing.show_claims, name="claims"),
    path("export", listing.export_claims, name="export"),
    path("items/<int:item_id>", items.show_item, name="item"),
    path("items/<int:item_id>/record", items.record, name="record"),
    path("items/<int:item_id>/suspend", suspensions.suspend, name="suspend"),
    path("suspensions/<int:number>/end", suspensions.end, name="end"),
    path("suspensions/<int:number>/lift", suspensions.lift, name="lift"),
    path("suspensions/<int:number>/files/<str:sha256>", suspensions.send_proof, name="suspension-file"),
    path("interruptions/<int:number>/withdraw", items.withdraw, name="withdraw"),
    path("interruptions/<int:number>/files/<str:sha256>", items.send_proof, name="file"),
]
