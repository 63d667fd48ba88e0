"""Every URL of the product, context by context."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("huikuan.shell.web.urls")),
    path("receivables/", include("huikuan.see.cockpit.web.urls")),
    path("receivables/", include("huikuan.record.receivables.web.urls")),
    path("receivables/statements/", include("huikuan.see.statements.web.urls")),
    path("bank/", include("huikuan.record.banking.web.urls")),
    path("cash/", include("huikuan.record.cash.web.urls")),
    path("bills/", include("huikuan.record.bills.web.urls")),
    path("notices/", include("huikuan.mechanisms.notices.web.urls")),
    path("disputes/", include("huikuan.record.disputes.web.urls")),
    path("promises/", include("huikuan.record.promises.web.urls")),
    path("interest/", include("huikuan.record.interest.web.urls")),
    path("limitation/", include("huikuan.record.limitation.web.urls")),
    path("collection/", include("huikuan.act.collection.web.urls")),
    path("collection/planning/", include("huikuan.act.planning.web.urls")),
    path("collection/visits/", include("huikuan.act.visits.web.urls")),
    path("receivables/confirmations/", include("huikuan.see.confirmations.web.urls")),
    path("portal/", include("huikuan.shell.portal.urls")),
    path("cover/", include("huikuan.record.cover.web.urls")),
    path("credit/", include("huikuan.judge.credit.web.urls")),
    path("", include("huikuan.see.dossiers.web.urls")),
    path("", include("huikuan.record.customers.web.urls")),
    path("", include("huikuan.record.financials.web.urls")),
    path("", include("huikuan.record.contracts.web.urls")),
    path("", include("huikuan.judge.rating.web.urls")),
    path("imports/", include("huikuan.connect.connectors.web.urls")),
    path("api/", include("huikuan.connect.api.web.urls")),
]

handler400 = "huikuan.shell.web.failures.unreadable"
handler403 = "huikuan.shell.web.failures.not_allowed"
handler404 = "huikuan.shell.web.failures.not_found"
handler500 = "huikuan.shell.web.failures.broken"
