"""Asking a person at a customer to confirm an account: the link, its sending, reminding and taking back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.customers.queries.people import ContactRow, contact_of
from huikuan.see.confirmations.domain.links import TOKEN_BYTES, check_terms, hashed
from huikuan.see.confirmations.domain.people import check_asked, check_reachable
from huikuan.see.confirmations.models import GuestSession, Invitation, InvitationRun, Reminder, Reply, Revocation
from huikuan.see.confirmations.operations.holding import hold_invitation
from huikuan.see.confirmations.operations.letters import invitation_words
from huikuan.see.confirmations.operations.sending import CONFIRMATION, Message, send
from huikuan.see.confirmations.queries.guests import case_of, link_step
from huikuan.see.confirmations.queries.people import contact_asked, number_at
from huikuan.see.confirmations.queries.shown import company_scope, shown_to
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.models import IssuedStatement
from huikuan.see.statements.operations.issuing import content_digest, require_issuing
from huikuan.see.statements.operations.papers import django_language
from huikuan.see.statements.queries.statements import statement

#: Where a link leads, below the site's address.
OPEN = "/portal/open/"


@dataclass(frozen=True, slots=True)
class Account:
    """An account without a number, to be confirmed as it stands on a head."""

    currency: str
    period: Period
    known: Head


@dataclass(frozen=True, slots=True)
class _Terms:
    """How a link goes out and how long it lives."""

    channel: str
    days: int
    language: str
    site: str
    run_id: int | None


def invite(
    *,
    company_id: int,
    customer_id: int,
    statement_id: int | None,
    person: int,
    channel: str,
    days: int,
    actor: str,
    at: datetime,
    account: Account | None = None,
    language: str = "",
    site: str = "",
    run_id: int | None = None,
) -> tuple[int, str]:
    """Ask the contact with the number `person` to confirm an issued statement, or `account`; answers the invitation's
    id and the link, which is told here once and kept nowhere.

    `channel` 'copy': the link is not sent, whoever asked passes it on. `language` '': the contact's, else the
    statement's. `site`: what the link begins with, by default HUIKUAN_SITE. Refuses whoever may not issue statements
    to the customer, a contact that is gone or has no address to prove them by, a statement of another customer, one
    that was replaced, and a way of sending the contact cannot be reached by.
    """
    check_terms(channel, days)
    whole = one_with(customer_id)
    require_issuing(actor, company_id=company_id, customer_ids=whole, at=at)
    asked = contact_of(customer_id, person, clear=True)
    check_reachable(asked.contact, channel)
    issued = _issued(statement_id, company_id, whole) if statement_id is not None else None
    if issued is None and account is None:
        raise Refusal("confirmation_account_missing")
    said = _said(company_id, customer_id, issued, account, at)
    written = language or asked.contact.language or (issued.language if issued else "zh")
    terms = _Terms(channel, days, written, site or settings.SITE, run_id)
    django_language(terms.language)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        require_issuing(actor, company_id=company_id, customer_ids=whole, at=at)
        (invited,) = record(
            Invitation, [_row(said, issued.pk if issued else None, asked.id, terms, token, actor, at)], at=at
        )
        link = f"{terms.site}{OPEN}{token}"
        if channel != "copy":
            message = _message(said, asked, terms, link, case_of(invited), link_step(0))
            send(message, actor=actor, at=at)
        announce(
            "confirmations.invited",
            at=at,
            company_id=company_id,
            customer_id=said.recipient.customer_id,
            payload={"invitation": invited, "statement": issued.pk if issued else None, "channel": channel},
        )
    return invited, link


def remind(
    *, invitation_id: int, channel: str, days: int, actor: str, at: datetime, site: str = ""
) -> tuple[int, str]:
    """Send another link for the same account; the one before is dead from now on. Answers the reminder's number and
    the link. Refuses an invitation that was answered or taken back, and who is not to be asked there any more."""
    check_terms(channel, days)
    with transaction.atomic():
        invited = _standing(invitation_id, actor, at)
        asked = contact_asked(invited)
        check_asked(asked.now.contact, asked.then, channel)
        said = shown_to(invited)
        terms = _Terms(channel, days, invited.language, site or settings.SITE, None)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        count = Reminder.objects.filter(invitation_id=invitation_id).count() + 1
        row = {
            "invitation_id": invitation_id,
            "number": count,
            "token_hash": hashed(token),
            "expires_at": at + timedelta(days=days),
            "actor": actor,
        }
        try:
            with transaction.atomic():
                record(Reminder, [row], at=at)
        except IntegrityError as error:
            raise Refusal("confirmation_reminded_since", invitation=invitation_id) from error
        GuestSession.objects.filter(invitation_id=invitation_id).delete()
        link = f"{terms.site}{OPEN}{token}"
        if channel != "copy":
            message = _message(said, asked.now, terms, link, case_of(invitation_id), link_step(count))
            send(message, actor=actor, at=at)
    return count, link


def revoke(*, invitation_id: int, reason: str, actor: str, at: datetime) -> None:
    """Take an invitation back: its link opens nothing, and who is inside is outside. Refuses an answered one."""
    with transaction.atomic():
        invited = _standing(invitation_id, actor, at)
        row = {"invitation_id": invited.pk, "reason": tidy(reason)[:200], "actor": actor}
        record(Revocation, [row], at=at)
        GuestSession.objects.filter(invitation_id=invited.pk).delete()


def start_run(
    *, company_id: int, statements: Sequence[int], channel: str, days: int, site: str, actor: str, at: datetime
) -> int:
    """Ask for the confirmation of many issued statements; a job invites one person of each customer. Returns the run's
    id. Refuses an empty choice and whoever may not issue statements to one of the customers."""
    check_terms(channel, days)
    rows = IssuedStatement.objects.filter(pk__in=set(statements), company_id=company_id)
    chosen = sorted(rows.values_list("pk", flat=True))
    if not chosen or len(chosen) != len(set(statements)):
        raise Refusal("confirmation_none_chosen")
    if channel == "copy":
        raise Refusal("confirmation_copy_one")
    with transaction.atomic():
        require_issuing(actor, company_id=company_id, customer_ids=rows.values_list("customer_id", flat=True), at=at)
        row = {
            "company_id": company_id,
            "statements": chosen,
            "channel": channel,
            "days": days,
            "site": site or settings.SITE,
            "actor": actor,
        }
        (run_id,) = record(InvitationRun, [row], at=at)
        enqueue(InvitationRun.JOB, key=str(run_id), params={"run": run_id}, at=at)
    return run_id


def _standing(invitation_id: int, actor: str, at: datetime) -> Invitation:
    """The invitation, held until this transaction ends, if `actor` may invite its customer and it waits for an
    answer."""
    hold_invitation(invitation_id)
    invited = Invitation.objects.filter(pk=invitation_id).first()
    if invited is None:
        raise Refusal("confirmation_unknown", invitation=invitation_id)
    whole = one_with(invited.customer_id)
    require_issuing(actor, company_id=invited.company_id, customer_ids=whole, at=at)
    if Reply.objects.filter(invitation_id=invitation_id).exists():
        raise Refusal("confirmation_answered")
    if Revocation.objects.filter(invitation_id=invitation_id).exists():
        raise Refusal("confirmation_revoked")
    return invited


def _issued(statement_id: int, company_id: int, whole: frozenset[int]) -> IssuedStatement:
    found = IssuedStatement.objects.filter(pk=statement_id, company_id=company_id, customer_id__in=whole).first()
    if found is None:
        raise Refusal("statement_unknown", statement=statement_id)
    if IssuedStatement.objects.filter(replaces=found.pk).exists():
        raise Refusal("confirmation_replaced")
    return found


def _said(
    company_id: int, customer_id: int, issued: IssuedStatement | None, account: Account | None, at: datetime
) -> Statement:
    """The account that is to be confirmed, as everybody will see it who opens the link."""
    if issued is not None:
        head = Head.objects.get(size=issued.head_size)
        customer_id, account = issued.customer_id, Account(issued.currency, Period(issued.since, issued.until), head)
    if account is None:
        raise Refusal("confirmation_account_missing")
    said = statement(
        company_id=company_id,
        customer_id=customer_id,
        currency=account.currency,
        period=account.period,
        scope=company_scope(company_id),
        known=account.known,
        at=at,
        to_keep=True,
    )
    if said.is_empty:
        raise Refusal("confirmation_account_empty")
    if issued is not None and content_digest(said) != bytes(issued.content_digest):
        raise Refusal("confirmation_account_differs")
    return said


def _row(
    said: Statement, statement_id: int | None, contact_id: int, terms: _Terms, token: str, actor: str, at: datetime
) -> dict[str, object]:
    period = said.account.period
    return {
        "company_id": said.issuer.company_id,
        "customer_id": said.recipient.customer_id,
        "statement_id": statement_id,
        "currency": said.currency,
        "since": period.since,
        "until": period.until,
        "head_size": said.head.size if said.head else 0,
        "content_digest": content_digest(said),
        "closing": said.account.figures.closing,
        "contact_id": contact_id,
        "channel": terms.channel,
        "language": terms.language,
        "token_hash": hashed(token),
        "expires_at": at + timedelta(days=terms.days),
        "run_id": terms.run_id,
        "actor": actor,
    }


def _message(said: Statement, row: ContactRow, terms: _Terms, link: str, case: str, step: str) -> Message:
    asked = row.contact
    subject, text = invitation_words(
        said, name=asked.name, channel=terms.channel, language=terms.language, link=link, days=terms.days
    )
    return Message(
        company_id=said.issuer.company_id,
        customer_id=said.recipient.customer_id,
        case=case,
        step=step,
        channel=terms.channel,
        purpose=CONFIRMATION,
        to=asked.phone if terms.channel == "sms" else asked.email,
        language=django_language(terms.language),
        subject=subject,
        text=text,
        contact=number_at(row, said.recipient.customer_id),
    )
