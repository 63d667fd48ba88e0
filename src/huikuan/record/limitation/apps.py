from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.safestring import SafeString


class Config(AppConfig):
    name = "huikuan.record.limitation"
    label = "limitation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policies and kinds of work register themselves.
        from huikuan.mechanisms.pages.beside import say_beside
        from huikuan.record.limitation import policies, work

        say_beside("receivables.item", _item_panel)


def _item_panel(request: HttpRequest, item_id: int) -> SafeString:
    # Loaded with the first item that is shown.
    from huikuan.record.limitation.web.items import item_panel

    return item_panel(request, item_id)
