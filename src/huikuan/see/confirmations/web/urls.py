"""Addresses of confirmations."""

from __future__ import annotations

from django.urls import path

from huikuan.see.confirmations.web import asking, invitation, lists, register

app_name = "confirmations"
urlpatterns = [
    path("", register.show_invitations, name="invitations"),
    path("export", register.export_invitations, name="export"),
    path("ask", asking.ask_many, name="many"),
    path("ask/<int:statement_id>", asking.ask, name="ask"),
    path("runs/<int:run_id>", asking.show_run, name="run"),
    path("<int:invitation_id>", invitation.show_invitation, name="invitation"),
    path("<int:invitation_id>/receipt", invitation.send_receipt, name="receipt"),
    path("<int:invitation_id>/files/<str:sha256>", invitation.send_file, name="file"),
    path("<int:invitation_id>/list", lists.show_list, name="list"),
    path("<int:invitation_id>/list/export", lists.export_list, name="list-export"),
    path("<int:invitation_id>/list/original", lists.send_original, name="list-original"),
    path("<int:invitation_id>/list/<int:difference_id>", lists.work_off_one, name="work-off"),
    path("<int:invitation_id>/<slug:deed>", invitation.act_on, name="act"),
]
