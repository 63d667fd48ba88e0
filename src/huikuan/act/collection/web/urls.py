"""Addresses of collection."""

from __future__ import annotations

from django.urls import path

from huikuan.act.collection.web import demands, desk, desk_deeds, holds, runs, simulations, strategies, uplift

app_name = "collection"
urlpatterns = [
    path("", desk.show_desk, name="desk"),
    path("strategies", strategies.show_strategies, name="strategies"),
    path("preview", strategies.show_preview, name="preview"),
    path("preview/export", strategies.export_preview, name="export-preview"),
    path("simulations", simulations.show_simulations, name="simulations"),
    path("simulations/<int:job_id>", simulations.show_simulation, name="simulation"),
    path("simulations/<int:job_id>/export", simulations.export_simulation, name="export-simulation"),
    path("uplift", uplift.show_uplift, name="uplift"),
    path("uplift/export", uplift.export_uplift, name="export-uplift"),
    path("runs", runs.show_runs, name="runs"),
    path("runs/<int:run_id>", runs.show_run, name="run"),
    path("runs/<int:run_id>/export", runs.export_run, name="export-run"),
    path("runs/<int:run_id>/decide", runs.decide, name="decide"),
    path("holds", holds.show_holds, name="holds"),
    path("holds/export", holds.export_holds, name="export-holds"),
    path("desk/several", desk_deeds.several, name="several"),
    path("desk/<int:customer_id>/call", desk_deeds.write_call, name="call"),
    path("desk/<int:customer_id>/mention", desk_deeds.mention_colleague, name="mention"),
    path("desk/<int:customer_id>/mail", desk_deeds.mail, name="mail"),
    path("demands/<int:item_id>", demands.send_demand, name="demand"),
]
