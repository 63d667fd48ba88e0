"""Addresses of promises."""

from __future__ import annotations

from django.urls import path

from huikuan.record.promises.web import barters, freezes, listing, making, plans

app_name = "promises"
urlpatterns = [
    path("", listing.show_promises, name="promises"),
    path("export", listing.export_promises, name="export"),
    path("new", making.new_promise, name="new"),
    path("<int:number>", listing.show_promise, name="promise"),
    path("<int:number>/replace", listing.replace, name="replace"),
    path("<int:number>/withdraw", listing.withdraw, name="withdraw"),
    path("plans", plans.show_plans, name="plans"),
    path("plans/export", plans.export_plans, name="plans-export"),
    path("plans/new", making.new_plan, name="new-plan"),
    path("plans/<int:number>", plans.show_plan, name="plan"),
    path("plans/<int:number>/files/<str:sha256>", plans.send_agreement, name="agreement"),
    path("in-kind", barters.show_barters, name="barters"),
    path("in-kind/export", barters.export_barters, name="barters-export"),
    path("in-kind/new", barters.new_barter, name="new-barter"),
    path("in-kind/<int:number>", barters.show_barter, name="barter"),
    path("in-kind/<int:number>/files/<str:sha256>", barters.send_valuation, name="valuation"),
    path("in-kind/<int:number>/deliver", barters.deliver, name="deliver"),
    path("in-kind/<int:number>/fail", barters.fail, name="fail"),
    path("freezes", freezes.show_freezes, name="freezes"),
    path("freezes/export", freezes.export_freezes, name="freezes-export"),
    path("freezes/ask", freezes.ask_freeze, name="ask-freeze"),
    path("freezes/<int:number>/release", freezes.ask_release, name="ask-release"),
]
