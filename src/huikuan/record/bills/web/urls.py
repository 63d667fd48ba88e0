"""Addresses of bills."""

from __future__ import annotations

from django.urls import path

from huikuan.record.bills.web import acting, bills, calendar, listing, receiving

app_name = "bills"
urlpatterns = [
    path("", listing.show_bills, name="bills"),
    path("export", listing.export_bills, name="export"),
    path("calendar", calendar.show_calendar, name="calendar"),
    path("calendar/export", calendar.export_calendar, name="calendar-export"),
    path("new", receiving.receive, name="new"),
    path("<int:number>", bills.show_bill, name="bill"),
    path("<int:number>/files/<str:sha256>", bills.send_scan, name="file"),
    path("<int:number>/<slug:name>", acting.move_bill, name="move"),
]
