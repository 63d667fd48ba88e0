from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.safestring import SafeString


class Config(AppConfig):
    name = "huikuan.record.interest"
    label = "interest"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policies and kinds of request register themselves.
        from huikuan.mechanisms.pages.beside import say_beside
        from huikuan.record.interest import approvals, policies

        say_beside("receivables.item", _item_panel)


def _item_panel(request: HttpRequest, item_id: int) -> SafeString:
    # Loaded with the first item that is shown.
    from huikuan.record.interest.web.items import item_panel

    return item_panel(request, item_id)
