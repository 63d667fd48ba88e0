"""Addresses of ratings."""

from __future__ import annotations

from django.urls import path

from huikuan.judge.rating.web import acting, cards, drafts, facts, moved, ratings

app_name = "rating"
urlpatterns = [
    path("credit/ratings", ratings.show_ratings, name="ratings"),
    path("credit/ratings/export", ratings.export_ratings, name="export"),
    path("credit/ratings/run", ratings.run, name="run"),
    path("credit/ratings/<int:customer_id>/assess", acting.assess, name="assess"),
    path("credit/ratings/<int:customer_id>/inform", acting.inform, name="inform"),
    path("credit/ratings/<int:customer_id>/override", acting.override, name="override"),
    path("credit/overrides/<int:override_id>/end", acting.end, name="end"),
    path("customers/<int:customer_id>/facts", facts.show_facts, name="facts"),
    path("customers/<int:customer_id>/facts/export", facts.export_facts, name="facts-export"),
    path("customers/<int:customer_id>/facts/rate", acting.rate, name="rate"),
    path("customers/<int:customer_id>/facts/lookup", acting.ask_register, name="lookup"),
    path("credit/scorecards/", drafts.show_drafts, name="drafts"),
    path("credit/scorecards/begin", drafts.begin, name="begin"),
    path("credit/scorecards/<int:draft_id>", drafts.draft, name="draft"),
    path("credit/scorecards/<int:draft_id>/hand-in", drafts.hand_in, name="hand-in"),
    path("credit/scorecards/<int:draft_id>/drop", drafts.drop, name="drop"),
    path("credit/scorecards/<int:draft_id>/measure", drafts.measure, name="measure"),
    path("credit/scorecards/<int:draft_id>/moved", moved.show_moved, name="moved"),
    path("credit/scorecards/<int:draft_id>/moved/export", moved.export_moved, name="moved-export"),
    path("credit/scorecards/<int:draft_id>/cards/<path:name>", cards.card, name="card"),
]
