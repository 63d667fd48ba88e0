from collections.abc import Iterator

from django.apps import AppConfig

from huikuan.act.collection.queries.story import Asked, Entry, add_reader


class Config(AppConfig):
    name = "huikuan.see.confirmations"
    label = "confirmations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        add_reader(_story)


def _story(asked: Asked) -> Iterator[Entry]:
    # Loaded with the first timeline that is shown.
    from huikuan.see.confirmations.telling import story

    return story(asked)
