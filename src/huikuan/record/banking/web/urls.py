"""Addresses of bank money."""

from __future__ import annotations

from django.urls import path

from huikuan.record.banking.web import accounts, columns, lines, uploads

app_name = "banking"
urlpatterns = [
    path("lines/", lines.show_lines, name="lines"),
    path("lines/export", lines.export_lines, name="export"),
    path("lines/<int:line_id>", lines.show_line, name="line"),
    path("lines/<int:line_id>/bounced", lines.pair, name="pair"),
    path("statements/<int:statement_id>/file", lines.send_original, name="file"),
    path("accounts/", accounts.show_accounts, name="accounts"),
    path("accounts/export", accounts.export_accounts, name="export-accounts"),
    path("accounts/open", accounts.open_one, name="open-account"),
    path("accounts/<int:account_id>", accounts.show_account, name="account"),
    path("accounts/<int:account_id>/export", accounts.export_statements, name="export-statements"),
    path("import", uploads.show_uploads, name="import"),
    path("import/<int:upload_id>/answer", uploads.answer, name="answer"),
    path("import/<int:upload_id>/columns", columns.show_columns, name="columns"),
    path("import/<int:upload_id>/discard", uploads.discard, name="discard"),
]
