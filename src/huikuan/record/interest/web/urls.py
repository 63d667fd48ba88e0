"""Addresses of late-payment interest."""

from __future__ import annotations

from django.urls import path

from huikuan.record.interest.web import items, listing, sheets

app_name = "interest"
urlpatterns = [
    path("", listing.show_claims, name="claims"),
    path("export", listing.export_claims, name="export"),
    path("items/<int:item_id>", items.show_item, name="item"),
    path("items/<int:item_id>/claim", items.claim_item, name="claim"),
    path("items/<int:item_id>/declare", items.declare, name="declare"),
    path("items/<int:item_id>/bankruptcy", items.bankruptcy, name="bankruptcy"),
    path("claims/<int:number>/sheet", sheets.send_sheet, name="sheet"),
    path("claims/<int:number>/waive", items.waive, name="waive"),
    path("claims/<int:number>/correct", items.correct, name="correct"),
    path("claims/<int:number>/withdraw", items.withdraw, name="withdraw"),
]
