"""Addresses of contracts and orders."""

from __future__ import annotations

from django.urls import path

from huikuan.record.contracts.web import contract_editing, contracts, order_editing, orders

app_name = "contracts"
urlpatterns = [
    path("contracts/", contracts.show_contracts, name="contracts"),
    path("contracts/export", contracts.export_contracts, name="export"),
    path("contracts/new", contract_editing.create, name="new"),
    path("contracts/<int:contract_id>", contracts.show_contract, name="contract"),
    path("contracts/<int:contract_id>/amend", contract_editing.amend, name="amend"),
    path("contracts/<int:contract_id>/files", contracts.attach, name="attach"),
    path("contracts/<int:contract_id>/files/<str:sha256>", contracts.send_file, name="file"),
    path("contracts/<int:contract_id>/milestones", contracts.reach, name="reach"),
    path("contracts/<int:contract_id>/milestones/<int:event_id>/withdraw", contracts.withdraw, name="withdraw"),
    path("orders/", orders.show_orders, name="orders"),
    path("orders/export", orders.export_orders, name="orders_export"),
    path("orders/new", order_editing.create, name="new_order"),
    path("orders/<int:order_id>", orders.show_order, name="order"),
    path("orders/<int:order_id>/change", order_editing.change, name="change_order"),
    path("orders/<int:order_id>/cancel", order_editing.cancel, name="cancel_order"),
    path("orders/<int:order_id>/deliveries", order_editing.fulfil, name="fulfil"),
    path("orders/<int:order_id>/deliveries/<int:fulfilment_id>/withdraw", order_editing.withdraw, name="take_back"),
]
