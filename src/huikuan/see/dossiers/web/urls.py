"""Addresses of customers whole."""

from __future__ import annotations

from django.urls import path

from huikuan.see.dossiers.web import customer, files, groups, handovers, listing, merging, quality

app_name = "dossiers"
urlpatterns = [
    path("customers/", listing.show_customers, name="customers"),
    path("customers/export", listing.export_customers, name="export"),
    path("customers/<int:customer_id>", customer.show_customer, name="customer"),
    path("customers/<int:customer_id>/export/<slug:tab>", files.export_customer, name="customer-export"),
    path("customers/<int:customer_id>/merge", merging.merge, name="merge"),
    path("customers/merges/<int:number>/undo", merging.undo, name="merge-undo"),
    path("customers/hand-overs/", handovers.show_hand_overs, name="hand-overs"),
    path("customers/hand-overs/export", handovers.export_hand_overs, name="hand-overs-export"),
    path("customers/hand-overs/new", handovers.draw_up, name="hand-over-new"),
    path("customers/hand-overs/<int:number>", handovers.show_hand_over, name="hand-over"),
    path("customers/hand-overs/<int:number>/sign", handovers.sign, name="hand-over-sign"),
    path("customers/hand-overs/<int:number>/call-off", handovers.call_off, name="hand-over-call-off"),
    path("customers/hand-overs/<int:number>/document", handovers.send_document, name="hand-over-document"),
    path("customers/groups/", groups.show_groups, name="groups"),
    path("customers/groups/export", groups.export_groups, name="groups-export"),
    path("customers/groups/add", groups.add_group, name="group-add"),
    path("customers/groups/move", groups.put_below, name="group-move"),
    path("customers/quality", quality.show_quality, name="quality"),
    path("customers/quality/export", quality.export_quality, name="quality-export"),
]
