"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.mechanisms.notices.letters import messages as letters

SENTENCES: dict[str, str] = {
    **letters.SENTENCES,
    "consent_of_nobody": gettext_noop("Say whose wish it is: a customer's person, or an address with its channel."),
    "notice_address_bad": gettext_noop(
        "This channel (%(channel)s) cannot write to this address: it takes one plain address, without line breaks."
    ),
    "notice_attachment_unknown": gettext_noop("An attachment is not kept here. Store the file first, then queue it."),
    "mail_file_missing": gettext_noop("There is no file “%(name)s”."),
    "mail_file_too_large": gettext_noop("The mail file is too large: at most %(most)s are taken at once."),
    "notice_changed": gettext_noop("Something became of notice %(notice)s at this very moment. Look at it again."),
    "notice_nameless": gettext_noop("A notice needs to say which case and which step it is of."),
    "imap_address_bad": gettext_noop(
        "HUIKUAN_IMAP_URL must be imaps://user:password@host/folder or imap://… in ASCII letters, others in per cents."
    ),
    "imap_not_set_up": gettext_noop("No mailbox is named: set HUIKUAN_IMAP_URL."),
    "imap_password_in_clear": gettext_noop("HUIKUAN_IMAP_URL would send a password in clear. Leave tls=none away."),
    "imap_unreachable": gettext_noop("The mailbox could not be read: %(answer)s"),
    "notice_no_proof": gettext_noop(
        "Of notice %(notice)s there is no mail to show: it was not mailed from here, or its addressee was erased."
    ),
    "notice_not_so": gettext_noop("Notice %(notice)s is “%(state)s”: “%(step)s” cannot follow."),
    "notice_secret": gettext_noop(
        "Notice %(notice)s holds a one-time code: its words are shown to nobody, and it goes to no other address."
    ),
    "notice_unknown": gettext_noop("There is no notice %(notice)s."),
    "smtp_address_bad": gettext_noop(
        "HUIKUAN_SMTP_URL must be smtp://… or smtps://… with a host, and HUIKUAN_SMTP_FROM one sender: Name <address>."
    ),
    "smtp_password_in_clear": gettext_noop(
        "HUIKUAN_SMTP_URL would send a password in clear. Leave tls=none away, or the password."
    ),
    "notice_word_unknown": gettext_noop("A notice's channel, purpose or language is not one that is known."),
}

#: What people read in place of a notice whose words are for its addressee alone.
SECRET_WORDS = gettext_noop("The one-time code in this notice is not shown: it is for whoever it was sent to alone.")

CHANNEL_TITLES: dict[str, str] = {
    "email": gettext_noop("e-mail"),
    "sms": gettext_noop("short message"),
    "im": gettext_noop("instant message"),
    "letter": gettext_noop("letter"),
    "voice": gettext_noop("voice call"),
}

PURPOSE_TITLES: dict[str, str] = {
    "reminder": gettext_noop("reminder"),
    "statement": gettext_noop("statement"),
    "confirmation": gettext_noop("account confirmation"),
    "demand": gettext_noop("demand"),
    "legal": gettext_noop("legal notice"),
    "code": gettext_noop("code"),
    "internal": gettext_noop("internal"),
}

STATE_TITLES: dict[str, str] = {
    "queued": gettext_noop("waits to be sent"),
    "sending": gettext_noop("being sent"),
    "sent": gettext_noop("sent"),
    "delivered": gettext_noop("delivered"),
    "replied": gettext_noop("replied to"),
    "bounced": gettext_noop("came back"),
    "refused": gettext_noop("not taken"),
    "in_doubt": gettext_noop("in doubt"),
    "cancelled": gettext_noop("not sent any more"),
}

STEP_TITLES: dict[str, str] = {
    **STATE_TITLES,
    "claimed": gettext_noop("sending began"),
    "put_off": gettext_noop("put off"),
    "again": gettext_noop("to be sent again"),
}

#: What a mail is that was heard.
HEARD_TITLES: dict[str, str] = {
    **STEP_TITLES,
    "delayed": gettext_noop("not delivered yet"),
    "strange": gettext_noop("could not be read"),
}

#: Why one that is queued is not sent yet.
WAIT_TITLES: dict[str, str] = {
    "quiet": gettext_noop("quiet time"),
    "cap": gettext_noop("written to often enough"),
    "closed": gettext_noop("the other side could not be reached"),
    "not_now": gettext_noop("not taken for now"),
    "unset": gettext_noop("the letter that goes with it could not be set"),
}

#: Why a notice was put off, refused or cancelled: code → title. Contexts whose guards give others add theirs.
REASON_TITLES: dict[str, str] = {
    "attachment_lost": gettext_noop("an attachment is lost"),
    "automatic": gettext_noop("answered by a machine"),
    "bounced": gettext_noop("came back"),
    "broke_off": gettext_noop("sending broke off"),
    "by_hand": gettext_noop("said by a person"),
    "closed": gettext_noop("the other side could not be reached"),
    "erased": gettext_noop("whom it goes to was erased"),
    "not_now": gettext_noop("not taken for now"),
    "not_taken": gettext_noop("not taken by the other side"),
    "paid": gettext_noop("paid"),
    "sender_lost": gettext_noop("the sending process died"),
    "stopped": gettext_noop("the person wants no more notices"),
    "too_many_attempts": gettext_noop("refused too often"),
    "unset": gettext_noop("the letter that goes with it could not be set"),
    "unsure": gettext_noop("the connection broke before the other side answered"),
}


def title_reasons(titles: dict[str, str]) -> None:
    """Make the reasons of a guard known by their (untranslated) titles; once, at start-up."""
    REASON_TITLES.update(titles)
