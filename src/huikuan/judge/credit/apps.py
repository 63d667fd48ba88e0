from collections.abc import Iterator

from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.judge.credit"
    label = "credit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policies, what is decided by approval and kinds of work register themselves.
        from huikuan.judge.credit import approvals, policies, work
        from huikuan.record.receivables.queries.laws import add_law

        add_law("order_standing", _standings)


def _standings() -> Iterator[tuple[str, str, str]]:
    # Loaded when the ledger is checked: most commands never do.
    from huikuan.judge.credit.check import unlike_their_decisions

    return unlike_their_decisions()
