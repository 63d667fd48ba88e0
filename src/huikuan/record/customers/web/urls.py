"""Addresses of a customer's data, people and papers."""

from __future__ import annotations

from django.urls import path

from huikuan.record.customers.web import conduct, customers, papers, people

app_name = "customers"
urlpatterns = [
    path("customers/new", customers.new_customer, name="new"),
    path("customers/check", customers.check_code, name="check"),
    path("customers/expiring", papers.show_expiring, name="expiring"),
    path("customers/expiring/export", papers.export_expiring, name="expiring-export"),
    path("customers/<int:customer_id>/edit", customers.edit_customer, name="edit"),
    path("customers/<int:customer_id>/care", customers.save_care, name="care"),
    path("customers/<int:customer_id>/affiliation", customers.save_affiliation, name="affiliation"),
    path("customers/<int:customer_id>/contacts/new", people.new_contact, name="contact-new"),
    path("customers/<int:customer_id>/contacts/<int:number>", people.edit_contact, name="contact"),
    path("customers/<int:customer_id>/papers/new", papers.new_paper, name="paper-new"),
    path("customers/<int:customer_id>/papers/<int:number>", papers.renew_paper, name="paper"),
    path("customers/<int:customer_id>/papers/<int:number>/withdraw", papers.withdraw_paper, name="paper-withdraw"),
    path("customers/<int:customer_id>/conduct", conduct.show_conduct, name="conduct"),
    path("customers/<int:customer_id>/conduct/<int:number>/evidence", conduct.send_evidence, name="evidence"),
    path("customers/<int:customer_id>/files/<str:sha256>", papers.send_paper, name="file"),
]
