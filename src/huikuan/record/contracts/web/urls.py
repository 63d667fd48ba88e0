"""Addresses of contracts and orders."""

from __future__ import annotations

from django.urls import path

from huikuan.record.contracts.web import contracts, orders

app_name = "contracts"
urlpatterns = [
    path("contracts/", contracts.show_contracts, name="contracts"),
    path("contracts/export", contracts.export_contracts, name="export"),
    path("contracts/<int:contract_id>", contracts.show_contract, name="contract"),
    path("contracts/<int:contract_id>/files", contracts.attach, name="attach"),
    path("contracts/<int:contract_id>/files/<str:sha256>", contracts.send_file, name="file"),
    path("contracts/<int:contract_id>/milestones", contracts.reach, name="reach"),
    path("contracts/<int:contract_id>/milestones/<int:event_id>/withdraw", contracts.withdraw, name="withdraw"),
    path("orders/", orders.show_orders, name="orders"),
    path("orders/export", orders.export_orders, name="orders_export"),
    path("orders/<int:order_id>", orders.show_order, name="order"),
]
