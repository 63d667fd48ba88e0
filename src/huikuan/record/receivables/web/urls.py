"""The ledger's addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.record.receivables.web import contracts, views

app_name = "receivables"
urlpatterns = [
    path("items", views.show_items, name="items"),
    path("items/export", views.export_items, name="export"),
    path("items/<int:item_id>", views.show_item, name="item"),
    path("contracts/<int:contract_id>/items", contracts.show_items, name="of_contract"),
]
