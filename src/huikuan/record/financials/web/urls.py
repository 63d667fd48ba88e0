"""Addresses of a customer's statements and ratios."""

from __future__ import annotations

from django.urls import path

from huikuan.record.financials.web import editing, pages, references

app_name = "financials"
urlpatterns = [
    path("customers/references", references.show_references, name="references"),
    path("customers/references/export", references.export_references, name="references-export"),
    path("customers/<int:customer_id>/financials", pages.show_statements, name="statements"),
    path("customers/<int:customer_id>/financials/export/<slug:sheet>", pages.export_sheet, name="export"),
    path("customers/<int:customer_id>/financials/ratios/<slug:code>", pages.show_ratio, name="ratio"),
    path("customers/<int:customer_id>/financials/files/<str:sha256>", pages.send_original, name="file"),
    path("customers/<int:customer_id>/financials/edit", editing.edit_statement, name="edit"),
    path("customers/<int:customer_id>/financials/upload", editing.upload, name="upload"),
    path("customers/<int:customer_id>/financials/template", editing.send_template, name="template"),
    path("customers/<int:customer_id>/financials/withdraw", editing.withdraw, name="withdraw"),
]
