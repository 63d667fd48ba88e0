"""Credit's addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.judge.credit.web import customer, drift, groups, limits, waiting

app_name = "credit"
urlpatterns = [
    path("", waiting.show_waiting, name="waiting"),
    path("export", waiting.export_waiting, name="waiting-export"),
    path("orders/<int:order_id>", waiting.show_order, name="order"),
    path("limits/", limits.show_requests, name="requests"),
    path("customers/<int:customer_id>", customer.show_customer, name="customer"),
    path("customers/<int:customer_id>/export", customer.export_history, name="history-export"),
    path("drift", drift.show_drift, name="drift"),
    path("drift/export", drift.export_drift, name="drift-export"),
    path("groups", groups.show_group, name="group"),
    path("groups/export", groups.export_group, name="group-export"),
]
