from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.safestring import SafeString


class Config(AppConfig):
    name = "huikuan.record.disputes"
    label = "disputes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The kind of request, the rule of routing and the kinds of work register themselves.
        from huikuan.mechanisms.pages.beside import say_beside
        from huikuan.record.disputes import approvals, policies, work

        say_beside("receivables.item", _item_panel)


def _item_panel(request: HttpRequest, item_id: int) -> SafeString:
    # Loaded with the first item that is shown.
    from huikuan.record.disputes.web.disputes import item_panel

    return item_panel(request, item_id)
