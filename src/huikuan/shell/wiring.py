"""What is plugged in where: commands, jobs, event subscribers. The one list of each.

Modules are named, not imported: a command loads the context it belongs to and no other, the
worker loads what it works with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huikuan.mechanisms.events.subscribers import Announced, Announcing, Counter, Subscriber
    from huikuan.mechanisms.identity.domain.scope import Scope
    from huikuan.mechanisms.jobs.handlers import Handler
    from huikuan.mechanisms.notices.naming import Called

#: Where each command's `add_commands(subparsers)` lives, by the command's word.
COMMANDS = {
    "init": "huikuan.shell.commands",
    "serve": "huikuan.shell.commands",
    "worker": "huikuan.shell.commands",
    "backup": "huikuan.shell.commands",
    "restore": "huikuan.shell.commands",
    "health": "huikuan.shell.health.cli",
    "demo": "huikuan.shell.demo.cli",
    "audit": "huikuan.mechanisms.audit.cli",
    "job": "huikuan.mechanisms.jobs.cli",
    "user": "huikuan.mechanisms.identity.cli",
    "company": "huikuan.mechanisms.identity.cli",
    "team": "huikuan.mechanisms.identity.cli",
    "policy": "huikuan.mechanisms.policies.cli",
    "approval": "huikuan.mechanisms.approvals.cli",
    "duty": "huikuan.mechanisms.duties.cli",
    "work": "huikuan.mechanisms.work.cli",
    "notices": "huikuan.mechanisms.notices.cli",
    "customer": "huikuan.record.customers.cli",
    "handover": "huikuan.see.dossiers.cli",
    "financials": "huikuan.record.financials.cli",
    "contract": "huikuan.record.contracts.cli",
    "order": "huikuan.record.contracts.cli",
    "ledger": "huikuan.record.receivables.cli",
    "aging": "huikuan.record.receivables.cli",
    "rates": "huikuan.record.receivables.cli",
    "period": "huikuan.record.receivables.cli",
    "cover": "huikuan.record.cover.cli",
    "limitation": "huikuan.record.limitation.cli",
    "dispute": "huikuan.record.disputes.cli",
    "planning": "huikuan.act.planning.cli",
    "interest": "huikuan.record.interest.cli",
    "bank": "huikuan.record.cash.cli",
    "promise": "huikuan.record.promises.cli",
    "plan": "huikuan.record.promises.cli",
    "in-kind": "huikuan.record.promises.cli",
    "freeze": "huikuan.record.promises.cli",
    "bill": "huikuan.record.bills.cli",
    "cash": "huikuan.record.bills.cash_cli",
    "credit": "huikuan.judge.credit.cli",
    "collect": "huikuan.act.collection.cli",
    "calls": "huikuan.act.visits.cli",
    "visits": "huikuan.act.visits.cli",
    "statement": "huikuan.see.statements.cli",
    "import": "huikuan.connect.connectors.cli",
    "webhook": "huikuan.connect.api.cli",
}


def command_adders(word: str) -> Sequence[Callable[[Any], None]]:
    """`add_commands` of the context that knows `word`; of every context if none is known to."""
    if word in COMMANDS:
        return [import_module(COMMANDS[word]).add_commands]
    return [import_module(module).add_commands for module in dict.fromkeys(COMMANDS.values())]


def jobs() -> dict[str, Handler]:
    """Every kind of job and how it is done."""
    # The worker's, not the commands'.
    from huikuan.act.collection import jobs as collection
    from huikuan.act.planning import jobs as planning
    from huikuan.judge.credit import jobs as credit
    from huikuan.judge.rating import jobs as rating
    from huikuan.mechanisms.jobs.handlers import Handler
    from huikuan.record.banking import jobs as banking
    from huikuan.record.bills import jobs as bills
    from huikuan.record.cash import jobs as cash
    from huikuan.record.contracts import jobs as contracts
    from huikuan.record.cover import jobs as cover
    from huikuan.record.limitation import jobs as limitation
    from huikuan.record.promises import jobs as promises
    from huikuan.see.confirmations import jobs as confirmations
    from huikuan.see.statements import jobs as statements

    daily = timedelta(days=1)
    return {
        **_upkeep(),
        "banking.read": Handler(banking.read_waiting, attempts=3),
        "cash.match": Handler(cash.match),
        "collection.run": Handler(collection.run, every=timedelta(hours=1)),
        "collection.simulate": Handler(collection.simulate, attempts=3),
        "contracts.sign": Handler(contracts.reach_signings, every=timedelta(hours=1)),
        "credit.ask": Handler(credit.ask, every=timedelta(hours=1)),
        "credit.watch": Handler(credit.watch, every=timedelta(hours=6)),
        "bills.tend": Handler(bills.tend, every=timedelta(hours=6)),
        "promises.judge": Handler(promises.judge, every=daily),
        "cover.remind": Handler(cover.remind, every=timedelta(hours=6)),
        "limitation.alarm": Handler(limitation.alarm, every=timedelta(hours=6)),
        "rating.remind": Handler(rating.remind, every=timedelta(hours=6)),
        "credit.dry_run": Handler(credit.dry_run, attempts=3),
        "rating.assess": Handler(rating.assess_all, attempts=3),
        "rating.measure": Handler(rating.measure_effect, attempts=3),
        "planning.assign": Handler(planning.assign, every=daily),
        "rating.watch": Handler(rating.watch_overdue, every=daily),
        "confirmations.invite": Handler(confirmations.invite_run, attempts=3),
        "confirmations.tidy": Handler(confirmations.tidy, every=timedelta(hours=1)),
        "statements.issue": Handler(statements.issue_run, attempts=3),
    }


def _upkeep() -> dict[str, Handler]:
    """Those of the machinery: files in, messages out, what is asked of people, seals, columns, backups."""
    from huikuan.connect.api import jobs as api
    from huikuan.connect.connectors import jobs as connectors
    from huikuan.mechanisms.approvals import jobs as approvals
    from huikuan.mechanisms.jobs.handlers import Handler
    from huikuan.mechanisms.notices import jobs as notices
    from huikuan.mechanisms.notices.channels.mailbox import url_named
    from huikuan.mechanisms.work import jobs as work
    from huikuan.shell import recurring
    from huikuan.shell.backup.scheduled import backups_folder

    daily = timedelta(days=1)
    return {
        "api.send": Handler(api.send_waiting),
        "api.wake": Handler(api.wake, every=timedelta(seconds=10)),
        "approvals.tend": Handler(approvals.tend, every=timedelta(minutes=10)),
        "api.tidy": Handler(api.tidy, every=timedelta(hours=1)),
        "backups.make": Handler(recurring.make_backup, attempts=3, every=daily if backups_folder() else None),
        "audit.seal": Handler(recurring.seal_trail, every=timedelta(minutes=1)),
        "notices.send": Handler(notices.send, every=timedelta(seconds=10)),
        "notices.fetch": Handler(notices.fetch, every=timedelta(minutes=5) if url_named() else None),
        "columns.refresh": Handler(recurring.refresh_columns, every=timedelta(minutes=1)),
        "columns.compact": Handler(recurring.compact_columns, every=daily),
        "imports.check": Handler(connectors.check_draft),
        "imports.commit": Handler(connectors.commit_draft),
        "imports.undo": Handler(connectors.undo),
        "imports.tidy": Handler(connectors.tidy, every=timedelta(hours=1)),
        "work.tend": Handler(work.tend, every=timedelta(hours=1)),
        "events.deliver": Handler(lambda _: recurring.deliver_events(subscribers()), every=timedelta(seconds=10)),
    }


def counters() -> list[Counter]:
    """Told of an event inside the transaction that announces it, in this order: counters only, no I/O."""
    from huikuan.mechanisms.events.subscribers import Counter

    def follow_milestone(event: Announcing) -> None:
        # Loaded with the first milestone: most commands never announce one.
        import_module("huikuan.record.receivables.operations.milestones").follow_milestone(event)

    def require_posted(event: Announcing) -> None:
        import_module("huikuan.record.receivables.operations.invoicing").require_posted(event)

    def follow_order(event: Announcing) -> None:
        import_module("huikuan.judge.credit.operations.orders").follow_order(event)

    def hold_tree(event: Announcing) -> None:
        import_module("huikuan.judge.credit.operations.locks").hold_tree(event)

    milestones = frozenset({"contracts.milestone_reached", "contracts.milestone_withdrawn"})
    orders = frozenset({"contracts.ordered", "contracts.fulfilled"})
    families = frozenset(
        f"customers.{what}" for what in ("affiliated", "group_moved", "imported", "merged", "unmerged")
    )
    return [
        Counter("receivables.milestones", follow_milestone, milestones),
        Counter("receivables.invoicing", require_posted, frozenset({"contracts.fulfilled"})),
        Counter("credit.orders", follow_order, orders),
        Counter("credit.families", hold_tree, families),
    ]


def subscribers() -> list[Subscriber]:
    """Told of an event after its commit, at least once, in order per customer."""
    from huikuan.act.collection.operations.again import CANCELLED, ask_for_the_rest
    from huikuan.connect.api.operations.webhooks import queue_event
    from huikuan.judge.credit.operations.crossings import MOVING, follow_crossings
    from huikuan.judge.credit.operations.orders import MAKING_ROOM, make_room
    from huikuan.judge.rating.operations.calls import CALLING, call_for_review
    from huikuan.mechanisms.events.subscribers import Subscriber
    from huikuan.record.cash.jobs import MATCHING, match_what_came
    from huikuan.record.cash.operations.own_accounts import TELLING, look_for_own_accounts
    from huikuan.record.limitation.operations.following import FOLLOWED, follow_event
    from huikuan.record.promises.operations.judging import TURNING, judge_after
    from huikuan.record.receivables.operations.milestones import CATCHING_UP, catch_up

    def release_what_fits(event: Announced) -> None:
        make_room(event, at=datetime.now(UTC))

    def look_for_crossings(event: Announced) -> None:
        follow_crossings(event, at=datetime.now(UTC))

    def write_of_the_rest(event: Announced) -> None:
        ask_for_the_rest(event, at=datetime.now(UTC))

    def match_lines(event: Announced) -> None:
        match_what_came(event, at=datetime.now(UTC))

    def look_for_money_gone_astray(event: Announced) -> None:
        look_for_own_accounts(event, at=datetime.now(UTC))

    def judge_promises(event: Announced) -> None:
        judge_after(event, at=datetime.now(UTC))

    def look_for_interruptions(event: Announced) -> None:
        follow_event(event, at=datetime.now(UTC))

    return [
        Subscriber("receivables.late_items", catch_up, CATCHING_UP),
        Subscriber("credit.waiting_orders", release_what_fits, MAKING_ROOM),
        Subscriber("credit.crossings", look_for_crossings, MOVING),
        Subscriber("rating.calls", call_for_review, CALLING),
        Subscriber("collection.rest", write_of_the_rest, CANCELLED),
        Subscriber("cash.matching", match_lines, MATCHING),
        Subscriber("promises.judging", judge_promises, TURNING),
        Subscriber("cash.own_accounts", look_for_money_gone_astray, TELLING),
        Subscriber("limitation.interruptions", look_for_interruptions, FOLLOWED),
        Subscriber("api.webhooks", queue_event),
    ]


def one_with(customer_id: int) -> frozenset[int]:
    """Customers that are one, as the register knows them."""
    members: frozenset[int] = import_module("huikuan.record.customers.queries.families").one_of(customer_id).members
    return members


def called(customer_ids: Collection[int]) -> Mapping[int, Called]:
    """What customers are called, as the register knows them."""
    from huikuan.mechanisms.notices.naming import Called

    rows = import_module("huikuan.record.customers.queries").customers_by_id(customer_ids)
    return {number: Called(row.code, row.name, row.former_names) for number, row in rows.items()}


def narrowed_to(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    """Rows of a mechanism narrowed by the register of customers, which knows whose each one is."""
    # Loaded with the first reader who does not see everything: most commands never ask.
    customers = import_module("huikuan.record.customers.queries")
    narrowed: QuerySet[Any] = customers.narrowed(rows, customers.seen(scope))
    return narrowed
