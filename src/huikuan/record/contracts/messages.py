"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "amendment_reason_needed": gettext_noop("Say why the contract is amended, like the number of the agreement."),
    "contract_amount_bad": gettext_noop("%(value)s is no amount of a contract."),
    "contract_changed_since": gettext_noop(
        "Contract %(number)s was amended meanwhile: you read version %(seen)s, now it is %(now)s. Nothing was written."
    ),
    "contract_customer_several": gettext_noop("“%(text)s” fits several customers: %(some)s. Give the code."),
    "contract_currency_fixed": gettext_noop("The contract is in %(currency)s; that cannot be amended."),
    "contract_customer_differs": gettext_noop("Contract %(number)s is registered with another customer."),
    "contract_customer_unknown": gettext_noop("There is no customer no. %(customer)s."),
    "contract_expires_early": gettext_noop(
        "The contract would end on %(expires_on)s, before it begins (%(begins_on)s)."
    ),
    "contract_field_missing": gettext_noop("A contract or order needs its %(field)s."),
    "contract_field_too_long": gettext_noop("The %(field)s takes at most %(longest)s characters."),
    "contract_number_taken": gettext_noop("The company has a contract %(number)s already."),
    "contract_number_unknown": gettext_noop("Company %(company)s has no contract %(number)s."),
    "contract_status_unknown": gettext_noop("“%(value)s” is not a status of a contract; known are %(known)s."),
    "contract_unknown": gettext_noop("There is no contract no. %(contract)s."),
    "contract_void": gettext_noop("Contract %(number)s is void."),
    "contracts_have_dependants": gettext_noop(
        "%(count)s facts rest on what batch %(batch)s brought. Nothing was undone."
    ),
    "court_or_arbitration": gettext_noop(
        "Disputes go to a court or to arbitration: a clause that leaves the choice is void. Name one of them."
    ),
    "event_before_signature": gettext_noop("%(day)s lies before the signature on %(signed_on)s."),
    "event_in_future": gettext_noop("%(day)s has not come yet; record what has happened."),
    "event_unknown": gettext_noop("“%(event)s” is not a kind of event."),
    "fulfilment_unknown": gettext_noop("There is no delivery or invoicing no. %(fulfilment)s."),
    "fulfilment_withdrawn": gettext_noop("No. %(fulfilment)s is taken back already."),
    "late_interest_unreadable": gettext_noop(
        "“%(value)s” is not a late-payment rate; write it like 0.05%%/day, 15.4%%/year or LPR x 1.5."
    ),
    "milestone_days_bad": gettext_noop("Milestone %(milestone)s: %(days)s days are not between 0 and %(longest)s."),
    "milestone_days_unreadable": gettext_noop("“%(value)s” is no number of days from 0 to %(longest)s."),
    "milestone_event_unknown": gettext_noop("There is no milestone event no. %(event)s."),
    "milestone_event_withdrawn": gettext_noop("Event no. %(event)s is taken back already."),
    "milestone_reached_already": gettext_noop("Milestone %(milestone)s was reached on %(day)s; take that back first."),
    "milestone_share_bad": gettext_noop("“%(value)s” is no share; write it in percent, like 30 or 12.5."),
    "milestone_share_missing": gettext_noop("Say which share of the contract falls due with it, in percent."),
    "milestone_twice": gettext_noop("Two milestones are called %(milestone)s."),
    "milestone_unknown": gettext_noop("The contract has no milestone %(milestone)s; it has: %(known)s."),
    "milestone_unnamed": gettext_noop("“%(milestone)s” cannot name a milestone: it is empty or too long."),
    "milestone_unreadable": gettext_noop(
        "“%(value)s” is not a milestone; write it like: acceptance 50%% +30 (event, share, days after it)."
    ),
    "milestone_weightless": gettext_noop("Milestone %(milestone)s needs a share above zero."),
    "milestones_not_whole": gettext_noop("The shares of the milestones make %(total)s %%, not 100 %%."),
    "more_than_ordered": gettext_noop("Line %(line)s: %(quantity)s is more than the %(left)s that are left."),
    "order_amount_bad": gettext_noop("Line %(line)s: %(value)s is no amount of an order."),
    "order_changed_since": gettext_noop(
        "Order %(number)s was changed meanwhile: you read version %(seen)s, now it is %(now)s. Nothing was written."
    ),
    "invoicing_not_yours": gettext_noop(
        "To post an invoice you need the right to post items; leave the due date empty."
    ),
    "order_fulfilled_since": gettext_noop(
        "Something was delivered, invoiced or taken back of order %(number)s since you opened the page, perhaps by"
        " your own second click. Nothing was written: look at what stands now, then record it again if need be."
    ),
    "order_contract_foreign": gettext_noop("Contract %(number)s is with another customer."),
    "order_customer_differs": gettext_noop("Order %(number)s is another customer's."),
    "order_currency_fixed": gettext_noop("The order is in %(currency)s; that cannot be changed."),
    "order_done_already": gettext_noop("Line %(line)s: %(quantity)s are %(what)s already; the order cannot say less."),
    "order_field_too_long": gettext_noop("The %(field)s of a line takes at most %(longest)s characters."),
    "order_line_incomplete": gettext_noop("A line has a product, a quantity and an amount."),
    "order_line_twice": gettext_noop("Two lines of the order have the number %(line)s."),
    "order_line_unknown": gettext_noop("The order has no line %(line)s."),
    "order_number_taken": gettext_noop("The company has an order %(number)s already."),
    "order_number_unknown": gettext_noop("Company %(company)s has no order %(number)s."),
    "order_quantity_bad": gettext_noop("Line %(line)s: %(quantity)s is no quantity."),
    "order_unknown": gettext_noop("There is no order no. %(order)s."),
    "order_void": gettext_noop("The order is void."),
    "order_without_lines": gettext_noop("An order needs at least one line."),
    "place_unknown": gettext_noop("“%(value)s” is not a place in this list."),
    "quantity_unreadable": gettext_noop("“%(value)s” is not a quantity; write it like 12.5."),
    "withdrawal_reason_needed": gettext_noop("Say why the event is taken back."),
}

#: Kinds of events as people know them.
EVENTS: dict[str, str] = {
    "signing": gettext_noop("Signing"),
    "delivery": gettext_noop("Delivery"),
    "arrival": gettext_noop("Arrival"),
    "installation": gettext_noop("Installation"),
    "acceptance": gettext_noop("Acceptance"),
    "invoice": gettext_noop("Invoice received"),
    "end_of_warranty": gettext_noop("End of warranty"),
    "other": gettext_noop("Other event"),
}

STATUSES: dict[str, str] = {
    "active": gettext_noop("In force"),
    "completed": gettext_noop("Completed"),
    "terminated": gettext_noop("Terminated"),
    "void": gettext_noop("Void"),
}

STATES: dict[str, str] = {
    "open": gettext_noop("Not delivered"),
    "partly": gettext_noop("Partly delivered"),
    "delivered": gettext_noop("Delivered"),
    "completed": gettext_noop("Delivered and invoiced"),
    "void": gettext_noop("Void"),
}

#: What each group of fields is called, in the order of the form.
CONTRACT_FIELDS = {
    "name": gettext_noop("Subject"),
    "status": gettext_noop("Status"),
    "currency": gettext_noop("Currency"),
    "amount": gettext_noop("Amount"),
    "signed_on": gettext_noop("Signed"),
    "effective_on": gettext_noop("Takes effect"),
    "expires_on": gettext_noop("Ends"),
    "milestone": gettext_noop("Milestones"),
    "payment_terms": gettext_noop("Payment terms"),
    "late_interest": gettext_noop("Late-payment interest"),
    "jurisdiction": gettext_noop("Court"),
    "arbitration": gettext_noop("Arbitration"),
    "governing_law": gettext_noop("Governing law"),
    "service_addresses": gettext_noop("Agreed addresses for service"),
    "goods": gettext_noop("Goods"),
    "delivery": gettext_noop("Delivery"),
    "breach": gettext_noop("Breach"),
}
#: What is asked beside the terms.
ABOUT_CONTRACT = {
    "company": gettext_noop("Company"),
    "customer": gettext_noop("Customer"),
    "number": gettext_noop("Number"),
    "amended_on": gettext_noop("Applies from"),
    "reason": gettext_noop("Why, like the number of the agreement"),
}
#: The same of an order's form.
ORDER_FIELDS = {
    "ordered": gettext_noop("Ordered"),
    "contract": gettext_noop("Contract"),
    "currency": gettext_noop("Currency"),
    "line": gettext_noop("Lines"),
}
#: What is asked beside it.
ABOUT_ORDER = {
    "company": gettext_noop("Company"),
    "customer": gettext_noop("Customer"),
    "number": gettext_noop("Number"),
}
#: What was done of a line.
DONE = {"delivered": gettext_noop("Delivered"), "invoiced": gettext_noop("Invoiced")}
#: Every field of contracts, orders and their lines that a refusal may name.
FIELDS = {
    **ABOUT_CONTRACT,
    **ORDER_FIELDS,
    **CONTRACT_FIELDS,
    "product": gettext_noop("Product"),
    "code": gettext_noop("Product code"),
    "quantity": gettext_noop("Quantity"),
    "unit": gettext_noop("Unit"),
    "note": gettext_noop("Note"),
}
