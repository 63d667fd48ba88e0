"""What people do with suggestions; and that matching is asked for when statements come in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.events.delivery import deliver
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.jobs.models import Job
from huikuan.record.banking.models import LineUse, OpenLine
from huikuan.record.cash.domain.applying import Seen
from huikuan.record.cash.domain.book import Answer, Difference, Part, Proposal, Verdict
from huikuan.record.cash.domain.stored import digest_of, document_of, stored_from
from huikuan.record.cash.models import Application, Rejection, Suggestion
from huikuan.record.cash.operations.accepting import accept_proposal, reject_proposal, set_aside
from huikuan.record.cash.tests.conftest import AT, WHO, Till, open_amount, sound
from huikuan.record.cash.tests.test_applying import refused
from huikuan.record.receivables.models import Item
from huikuan.shell.wiring import subscribers


def suggest(till: Till, line: int, left: int, *proposals: Proposal) -> None:
    """Keep these as what matching said of the line, all claims open as they are."""
    claims = {part.item_id: open_amount(part.item_id) for one in proposals for part in one.parts}
    answer = Answer(line, Verdict.SUGGESTED, proposals, (Reason("payer_not_sure", met=False),))
    Suggestion.objects.create(
        line_id=line,
        company_id=till.company.pk,
        verdict="suggested",
        customer_id=proposals[0].customer_id,
        answer=document_of(answer, Seen(left, claims)),
        computed_at=AT,
    )


def proposal(till: Till, *parts: tuple[int, int], rest: int = 0, differences: Any = ()) -> Proposal:
    return Proposal(
        till.north,
        tuple(Part(*part) for part in parts),
        0.91,
        1,
        (Reason("amount_exact", met=True, value="x"),),
        rest,
        tuple(Difference(*one) for one in differences),
    )


def test_what_is_kept_reads_as_it_was_said(till: Till) -> None:
    first = proposal(till, (1, 60_00), (2, -10_00), rest=1, differences=[("bank_fee", 1, 5)])
    seen = Seen(50_01, {1: 60_05, 2: 10_00})
    answer = Answer(7, Verdict.SUGGESTED, (first, proposal(till, (3, 50_01))), (Reason("x", met=False),))
    stored = stored_from(document_of(answer, seen))
    assert (stored.answer, stored.seen) == (answer, seen)


def test_a_suggestion_is_taken_as_it_was_shown(till: Till) -> None:
    invoice, line = till.invoice(100_00), till.line(100_00)
    suggest(till, line, 100_00, proposal(till, (invoice, 100_00)))
    (number,) = accept_proposal(company=till.company, line_id=line, **WHO)
    one = Application.objects.get(id=number)
    assert (one.kind, one.probability_e6, one.reasons[0]["code"]) == ("accepted", 910_000, "amount_exact")
    assert open_amount(invoice) == 0
    assert not Suggestion.objects.exists()
    assert sound()
    refused("nothing_suggested", lambda: accept_proposal(company=till.company, line_id=line, **WHO))


def test_the_second_proposal_is_taken_by_its_digest(till: Till) -> None:
    first, second, line = till.invoice(100_00), till.invoice(100_00), till.line(100_00)
    suggest(till, line, 100_00, proposal(till, (first, 100_00)), proposal(till, (second, 100_00)))
    chosen = digest_of(line, proposal(till, (second, 100_00)), Seen(100_00, {second: 100_00}))
    refused("proposal_unknown", lambda: accept_proposal(company=till.company, line_id=line, digest="f" * 64, **WHO))
    accept_proposal(company=till.company, line_id=line, digest=chosen, **WHO)
    assert [open_amount(item) for item in (first, second)] == [100_00, 0]


def test_a_stale_suggestion_is_refused_with_what_changed(till: Till) -> None:
    invoice, line = till.invoice(100_00, "F1"), till.line(60_00)
    suggest(till, line, 60_00, proposal(till, (invoice, 60_00)))
    till.apply(till.line(30_00), (invoice, 30_00))
    told = refused("proposal_stale", lambda: accept_proposal(company=till.company, line_id=line, **WHO))
    assert [(place.column, place.value, place.reason) for place in told.where] == [("F1", "7000", "10000")]
    assert Suggestion.objects.exists()


def test_what_was_used_of_the_line_meanwhile_makes_it_stale_too(till: Till) -> None:
    invoice, line = till.invoice(100_00), till.line(60_00)
    till.apply(line, amount=10_00)
    suggest(till, line, 60_00, proposal(till, (invoice, 50_00)))
    refused("proposal_stale", lambda: accept_proposal(company=till.company, line_id=line, **WHO))


def test_small_differences_close_a_claim_and_larger_ones_are_refused(till: Till) -> None:
    fee, small, line, other = till.invoice(5_000_00), till.invoice(5_000_00), till.line(4_950_00), till.line(4_995_00)
    suggest(till, line, 4_950_00, proposal(till, (fee, 4_950_00), differences=[("bank_fee", fee, 50_00)]))
    accept_proposal(company=till.company, line_id=line, **WHO)
    suggest(till, other, 4_995_00, proposal(till, (small, 4_995_00), differences=[("small_difference", small, 5_00)]))
    (number,) = accept_proposal(company=till.company, line_id=other, **WHO)
    assert [open_amount(item) for item in (fee, small)] == [0, 0]
    posted = Item.objects.filter(kind__in=["fee", "write_off"]).order_by("id").values_list("kind", "side", "amount")
    assert list(posted) == [("fee", "credit", 50_00), ("write_off", "credit", 5_00)]
    (kept,) = Application.objects.get(id=number).differences
    assert (kept["kind"], kept["item"], kept["amount"]) == ("small_difference", small, 5_00)
    assert sound()
    for kind, amount in (("bank_fee", 50_01), ("small_difference", 5_01), ("early_payment_discount", 1)):
        invoice, more = till.invoice(5_000_00), till.line(5_000_00 - amount)
        wrong = proposal(till, (invoice, 5_000_00 - amount), differences=[(kind, invoice, amount)])
        suggest(till, more, 5_000_00 - amount, wrong)
        told = refused(
            "difference_beyond_authority",
            lambda more=more: accept_proposal(company=till.company, line_id=more, **WHO),
        )
        assert told.params["who"] == "sales_manager"


def test_what_was_turned_down_is_suggested_no_more_and_cannot_be_accepted(till: Till) -> None:
    line, first, second = till.line(100_00), till.invoice(100_00), till.invoice(100_00)
    best, other = proposal(till, (first, 100_00)), replace(proposal(till, (second, 100_00)), probability=0.6)
    suggest(till, line, 100_00, best, other)
    digest = digest_of(line, best, Seen(100_00, {first: 100_00}))
    reject_proposal(company=till.company, line_id=line, digest=digest, **WHO)
    kept = stored_from(Suggestion.objects.get().answer).answer
    assert (kept.proposals, kept.reasons[-1].code) == ((other,), "turned_down")
    refused("proposal_rejected", lambda: accept_proposal(company=till.company, line_id=line, digest=digest, **WHO))
    reject_proposal(company=till.company, line_id=line, **WHO)
    assert Suggestion.objects.values_list("verdict", "customer_id").get() == ("left", None)
    refused("proposal_rejected", lambda: accept_proposal(company=till.company, line_id=line, **WHO))


def test_a_suggestion_is_turned_down_once(till: Till) -> None:
    line = till.line(100_00)
    suggest(till, line, 100_00, proposal(till, (till.invoice(100_00), 100_00)))
    reject_proposal(company=till.company, line_id=line, reason="not theirs", **WHO)
    one = Rejection.objects.get()
    assert (one.line_id, one.customer_id, one.probability_e6, one.reason) == (line, till.north, 910_000, "not theirs")
    refused("proposal_rejected", lambda: reject_proposal(company=till.company, line_id=line, **WHO))


def test_money_that_is_no_customers_is_set_aside_with_a_reason(till: Till) -> None:
    line = till.line(3_21)
    refused("set_aside_reason_missing", lambda: set_aside(company=till.company, line_id=line, note=" ", **WHO))
    set_aside(company=till.company, line_id=line, note="interest of the account", **WHO)
    use = LineUse.objects.get()
    assert (use.purpose, use.item_id, use.amount, use.note) == ("set_aside", None, 3_21, "interest of the account")
    assert not OpenLine.objects.exists()
    refused("line_not_open", lambda: set_aside(company=till.company, line_id=line, note="again", **WHO))
    assert sound()


@pytest.mark.django_db(transaction=True)
def test_after_statements_were_read_in_their_money_is_matched(transactional_db: None) -> None:
    till = Till()
    with transaction.atomic():
        announce("banking.imported", at=AT, company_id=till.company.pk, payload={"lines": 1})
    deliver(next(one for one in subscribers() if one.name == "cash.matching"), at=AT)
    job = Job.objects.get(kind="cash.match")
    assert (job.key, job.params) == (str(till.company.pk), {"company": till.company.pk})


def test_the_same_acceptance_twice_is_done_once(till: Till) -> None:
    invoice, line = till.invoice(100_00), till.line(100_00)
    suggest(till, line, 100_00, Proposal(till.north, (Part(invoice, 100_00),), 0.9, 0, ()))
    said = {"company": till.company, "line_id": line, **WHO}
    ids = accept_proposal(**said, request_key="k")
    assert accept_proposal(**said, request_key="k") == ids
    refused("nothing_suggested", lambda: accept_proposal(**said, request_key="other"))
    refused("nothing_suggested", lambda: accept_proposal(**said, digest="another", request_key="k"))
    assert Application.objects.count() == 1
