"""Addresses of customers whole."""

from __future__ import annotations

from django.urls import path

from huikuan.see.dossiers.web import customer, files, listing

app_name = "dossiers"
urlpatterns = [
    path("customers/", listing.show_customers, name="customers"),
    path("customers/export", listing.export_customers, name="export"),
    path("customers/<int:customer_id>", customer.show_customer, name="customer"),
    path("customers/<int:customer_id>/export/<slug:tab>", files.export_customer, name="customer-export"),
]
