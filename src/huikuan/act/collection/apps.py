from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from huikuan.mechanisms.notices.queries.rows import NoticeRow


class Config(AppConfig):
    name = "huikuan.act.collection"
    label = "collection"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Kinds of policy and of work register themselves.
        from huikuan.act.collection import letter_examples, policies, work
        from huikuan.act.collection.reasons import REASONS
        from huikuan.mechanisms.notices import guards
        from huikuan.mechanisms.notices.domain.wanted import PURPOSES
        from huikuan.mechanisms.notices.messages import title_reasons
        from huikuan.mechanisms.pages.beside import say_beside, say_beside_each

        letter_examples.set_up()
        say_beside("limitation.item", _demand_panel)
        say_beside("interest.claim", _against_panel)
        say_beside_each("promises.plan", _against_marks)
        title_reasons(REASONS)
        for purpose in PURPOSES:
            guards.register(purpose, _still_wanted)


def _demand_panel(request: HttpRequest, item_id: int) -> SafeString:
    # Loaded with the first page that shows it.
    from huikuan.act.collection.web.demands import demand_panel

    return demand_panel(request, item_id)


def _against_panel(request: HttpRequest, item_id: int) -> SafeString:
    # Loaded with the first page that shows it.
    from huikuan.act.collection.web.against import against_panel

    return against_panel(request, item_id)


def _against_marks(request: HttpRequest, item_ids: Sequence[int]) -> Mapping[int, SafeString]:
    # Loaded with the first page that shows it.
    from huikuan.act.collection.web.against import against_marks

    return against_marks(request, item_ids)


def _still_wanted(notice: NoticeRow, at: datetime) -> str:
    # Loaded with the first notice that is sent.
    from huikuan.act.collection.guards import still_wanted

    return still_wanted(notice, at)
