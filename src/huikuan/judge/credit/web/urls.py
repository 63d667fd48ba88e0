"""Credit's addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.judge.credit.web import customer, drift, dry_run, groups, limits, paid, waiting

app_name = "credit"
urlpatterns = [
    path("", waiting.show_waiting, name="waiting"),
    path("export", waiting.export_waiting, name="waiting-export"),
    path("orders/<int:order_id>", waiting.show_order, name="order"),
    path("dry-run", dry_run.show_runs, name="dry-runs"),
    path("dry-run/<int:run_id>", dry_run.show_run, name="dry-run"),
    path("dry-run/<int:run_id>/export", dry_run.export_run, name="dry-run-export"),
    path("dry-run/<int:run_id>/enforce", dry_run.enforce, name="enforce"),
    path("limits/", limits.show_requests, name="requests"),
    path("customers/<int:customer_id>", customer.show_customer, name="customer"),
    path("customers/<int:customer_id>/export", customer.export_history, name="history-export"),
    path("customers/<int:customer_id>/paid", paid.show_paid, name="paid"),
    path("drift", drift.show_drift, name="drift"),
    path("drift/export", drift.export_drift, name="drift-export"),
    path("groups", groups.show_group, name="group"),
    path("groups/export", groups.export_group, name="group-export"),
]
