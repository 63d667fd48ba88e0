"""The portal's addresses. None of them names a row: whose account it is, the guest's invitation says."""

from __future__ import annotations

from django.urls import path

from huikuan.shell.portal import account, entry, lists, receipts

app_name = "portal"
urlpatterns = [
    path("open/<str:token>", entry.enter, name="open"),
    path("leave", entry.leave_portal, name="leave"),
    path("verify", receipts.verify, name="verify"),
    path("", account.show_account, name="account"),
    path("statement", account.send_statement, name="statement"),
    path("list", lists.show_list, name="list"),
    path("receipt", receipts.show_receipt, name="receipt"),
    path("receipt/<slug:form>", receipts.send_receipt, name="receipt-file"),
]
