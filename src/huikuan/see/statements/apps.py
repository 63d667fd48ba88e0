from collections.abc import Iterator

from django.apps import AppConfig

from huikuan.act.collection.queries.story import Asked, Entry, add_reader


class Config(AppConfig):
    name = "huikuan.see.statements"
    label = "statements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        add_reader(_story)
        # The policy kind registers itself.
        from huikuan.see.statements import policies


def _story(asked: Asked) -> Iterator[Entry]:
    # Loaded with the first timeline that is shown.
    from huikuan.see.statements.telling import story

    return story(asked)
