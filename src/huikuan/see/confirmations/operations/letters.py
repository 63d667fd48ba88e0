"""What is written to a guest: the invitation with its link."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.mechanisms.pages.figures import grouped
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.operations.papers import django_language


def invitation_words(
    said: Statement, *, name: str, channel: str, language: str, link: str, days: int
) -> tuple[str, str]:
    """Subject and text in the language ('zh', 'en'): whose account, of which day, how much, where, until when. By SMS
    one sentence, without the amount."""
    issuer, figures = said.issuer, said.account.figures
    values = {
        "company": (language == "en" and issuer.english_name) or issuer.name,
        "name": name,
        "until": said.account.period.until.isoformat(),
        "amount": f"{said.currency} {grouped(to_text(figures.closing, said.currency))}",
        "link": link,
        "days": days,
    }
    with translation.override(django_language(language)):
        subject = _("Please confirm your account with %(company)s as of %(until)s") % values
        if channel == "sms":
            return subject, _("%(company)s asks you to confirm the account as of %(until)s: %(link)s") % values
        paragraphs = (
            _("Dear %(name)s,"),
            _("%(company)s asks you to confirm your account as of %(until)s: %(amount)s by our books."),
            _("Open it here, confirm it line by line or say what differs:"),
            "%(link)s",
            _(
                "The link is meant for you alone, is good for one answer and for %(days)s days. If you do not trust"
                " it, call the number you know from our contracts."
            ),
        )
        return subject, "\n\n".join(paragraph % values for paragraph in paragraphs) + "\n"
