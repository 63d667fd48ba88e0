"""Addresses of bills."""

from __future__ import annotations

from django.urls import path

from huikuan.record.bills.web import acting, bills, calendar, cash, listing, receiving

app_name = "bills"
urlpatterns = [
    path("", listing.show_bills, name="bills"),
    path("export", listing.export_bills, name="export"),
    path("calendar", calendar.show_calendar, name="calendar"),
    path("calendar/export", calendar.export_calendar, name="calendar-export"),
    path("cash", cash.show_cash, name="cash"),
    path("cash/export", cash.export_cash, name="cash-export"),
    path("cash/take", cash.take, name="take-cash"),
    path("cash/<int:number>/sign", cash.sign, name="sign-cash"),
    path("cash/<int:number>/turn-down", cash.turn_down, name="turn-down-cash"),
    path("own-accounts", cash.show_own_payments, name="own-payments"),
    path("own-accounts/export", cash.export_own_payments, name="own-payments-export"),
    path("new", receiving.receive, name="new"),
    path("<int:number>", bills.show_bill, name="bill"),
    path("<int:number>/files/<str:sha256>", bills.send_scan, name="file"),
    path("<int:number>/<slug:name>", acting.move_bill, name="move"),
]
