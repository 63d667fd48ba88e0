from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers the kinds of rules, of work, and the channels.
        from huikuan.mechanisms.notices import policies, work
        from huikuan.mechanisms.notices.channels import im, mail, sms
        from huikuan.mechanisms.notices.letters import policies as letter_policies

        mail.set_up()
        sms.set_up()
        im.set_up()
