from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.shell"
    label = "shell"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Contexts, which the wiring names, may be imported only once every app is loaded.
        from huikuan.mechanisms.events.subscribers import set_counters
        from huikuan.mechanisms.identity.reaching import merge_with, narrow_with
        from huikuan.mechanisms.notices.naming import name_with
        from huikuan.mechanisms.pages.telling import speak_with
        from huikuan.record.interest.queries.plans import follow_plans
        from huikuan.record.promises.queries.interest import interest_agreed
        from huikuan.shell import policies
        from huikuan.shell.web.telling import told
        from huikuan.shell.web.tracing import follow_log_ins
        from huikuan.shell.wiring import called, counters, narrowed_to, one_with

        set_counters(counters())
        speak_with(told)
        narrow_with(narrowed_to)
        merge_with(one_with)
        name_with(called)
        follow_plans(interest_agreed)
        follow_log_ins()
