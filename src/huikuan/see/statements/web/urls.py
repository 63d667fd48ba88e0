"""The statements' addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.see.statements.web import accounts, register, statement

app_name = "statements"
urlpatterns = [
    path("", accounts.show_accounts, name="accounts"),
    path("export", accounts.export_accounts, name="accounts-export"),
    path("customers/<int:customer_id>", statement.show_statement, name="statement"),
    path("customers/<int:customer_id>/draft", statement.send_draft, name="statement-draft"),
    path("issued", register.show_issued, name="issued"),
    path("issued/export", register.export_issued, name="issued-export"),
    path("issued/<int:statement_id>", register.send_issued, name="file"),
    path("runs/<int:run_id>", register.show_run, name="run"),
    path("runs/<int:run_id>/archive", register.send_archive, name="archive"),
]
