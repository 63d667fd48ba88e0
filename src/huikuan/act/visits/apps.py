from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.act.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policies and kinds of work register themselves; a voice counts people's calls with its own.
        from huikuan.act.visits import policies, work
        from huikuan.act.visits.queries.calls import called_since
        from huikuan.mechanisms.notices import counting
        from huikuan.mechanisms.notices.domain.wanted import VOICE

        counting.also_count(VOICE, called_since)
