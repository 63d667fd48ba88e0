"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "code_wrong": gettext_noop("This code is not right, or was used already. Wait for the next one."),
    "codes_paused": gettext_noop("Too many wrong codes. Wait a quarter of an hour, or ask an administrator."),
    "company_code_bad": gettext_noop(
        "“%(company)s” cannot be a company's code: up to 20 letters, digits, - _ or . please."
    ),
    "company_exists": gettext_noop("There is already a company %(company)s."),
    "company_unknown": gettext_noop("There is no company %(company)s. `huikuan company list` shows them."),
    "currency_bad": gettext_noop("“%(currency)s” is not a currency; write it like CNY."),
    "duties_conflict": gettext_noop(
        "%(role)s does not go with %(held)s, which this person holds. Give one of them to somebody else, or say why"
        " one person must do both."
    ),
    "duties_need_exception": gettext_noop(
        "%(role)s does not go with %(held)s. One person may do both for a while if another approves it: ask for an"
        " exception with its last day."
    ),
    "grant_over": gettext_noop("A role that ends at %(until)s would be over already."),
    "last_administrator": gettext_noop("%(username)s is the last administrator; make another one first."),
    "log_in_wrong": gettext_noop("Wrong user name or password. Nothing was done."),
    "name_too_long": gettext_noop("Give a text here, of at most %(longest)s characters."),
    "not_permitted": gettext_noop("%(actor)s may not do this (needs: %(permission)s)."),
    "not_permitted_for_all": gettext_noop(
        "%(actor)s may do this for some customers, and not for the whole company (needs: %(permission)s)."
    ),
    "owner_name_taken": gettext_noop(
        "Somebody else goes by “%(name)s” in the books. Give a name as owner that nobody else has."
    ),
    "password_missing": gettext_noop("Give the password at the prompt, or with --password-stdin."),
    "password_weak": gettext_noop("This password is too weak. %(why)s"),
    "password_wrong": gettext_noop("The present password is wrong. Nothing was changed."),
    "passwords_differ": gettext_noop("The two passwords differ. Nothing was changed."),
    "reach_and_company": gettext_noop(
        "The reach “%(reach)s” does not fit: “company” needs a company named, “all” goes without one."
    ),
    "reach_unknown": gettext_noop("There is no reach “%(reach)s”. Known are: %(known)s."),
    "role_unknown": gettext_noop("There is no role “%(role)s”. Known are: %(known)s."),
    "second_factor_in_use": gettext_noop("An authenticator is in use. Remove it before you set up another."),
    "second_factor_missing": gettext_noop("There is no authenticator yet; set one up first."),
    "second_factor_unreadable": gettext_noop(
        "The authenticator's secret was kept under another installation's key. Have an administrator reset it."
    ),
    "session_unknown": gettext_noop("This log-in is over already."),
    "team_circle": gettext_noop("%(team)s cannot stand below %(parent)s, which stands below it."),
    "team_code_bad": gettext_noop("“%(team)s” cannot be a team's code: up to 20 letters, digits, - _ or . please."),
    "team_exists": gettext_noop("There is already a team %(team)s."),
    "team_unknown": gettext_noop("There is no team %(team)s."),
    "time_zone_unknown": gettext_noop("“%(zone)s” is not a time zone; write it like Asia/Shanghai."),
    "token_areas_bad": gettext_noop("Choose what the token is for: %(known)s."),
    "token_days_bad": gettext_noop("A token lasts from 1 to %(longest)s days."),
    "token_unknown": gettext_noop("There is no such token."),
    "user_exists": gettext_noop("There is already a user %(username)s."),
    "user_unknown": gettext_noop("There is no user %(username)s."),
    "username_bad": gettext_noop("“%(username)s” cannot be a user's name: letters, digits and @ . + - _ please."),
}

ROLE_TITLES: dict[str, str] = {
    "credit_analyst": gettext_noop("credit analyst"),
    "credit_manager": gettext_noop("credit manager"),
    "billing_clerk": gettext_noop("billing clerk"),
    "cash_clerk": gettext_noop("cash application clerk"),
    "collector": gettext_noop("collector"),
    "sales": gettext_noop("sales"),
    "sales_manager": gettext_noop("sales manager"),
    "finance_manager": gettext_noop("finance manager"),
    "treasurer": gettext_noop("treasurer"),
    "legal": gettext_noop("legal counsel"),
    "auditor": gettext_noop("internal auditor"),
    "management": gettext_noop("management"),
    "resolver": gettext_noop("dispute resolver"),
    "trainer": gettext_noop("trainer"),
    "integration": gettext_noop("interface (another program)"),
    "administrator": gettext_noop("administrator"),
    "external_auditor": gettext_noop("external auditor"),
    "customer_guest": gettext_noop("customer (guest)"),
    "collection_agency": gettext_noop("collection agency (guest)"),
    "law_firm": gettext_noop("law firm (guest)"),
    "insurer": gettext_noop("insurer (guest)"),
    "factor": gettext_noop("factor (guest)"),
}

REACH_TITLES: dict[str, str] = {
    "own": gettext_noop("own customers"),
    "team": gettext_noop("customers of the team"),
    "company": gettext_noop("the whole company"),
    "all": gettext_noop("everything"),
}

#: What a permission is needed for, as a sentence names it.
PERMISSION_TITLES: dict[str, str] = {
    "view_ledger": gettext_noop("see the ledger"),
    "view_customers": gettext_noop("see customers"),
    "view_contracts": gettext_noop("see contracts"),
    "view_orders": gettext_noop("see orders"),
    "view_imports": gettext_noop("see imports"),
    "view_audit": gettext_noop("see the audit trail"),
    "view_bank": gettext_noop("see bank lines"),
    "view_personal": gettext_noop("see personal data"),
    "import": gettext_noop("import files"),
    "undo_import": gettext_noop("undo an import"),
    "import_bank": gettext_noop("read in bank statements"),
    "post_items": gettext_noop("post items"),
    "settle": gettext_noop("settle items"),
    "reschedule": gettext_noop("change when items fall due"),
    "manage_customers": gettext_noop("manage customers"),
    "manage_contacts": gettext_noop("manage contacts"),
    "merge_customers": gettext_noop("merge customers"),
    "hand_over_customers": gettext_noop("hand customers over"),
    "manage_contracts": gettext_noop("manage contracts"),
    "manage_orders": gettext_noop("manage orders"),
    "set_rates": gettext_noop("set exchange rates"),
    "lock_period": gettext_noop("close a period"),
    "issue_statements": gettext_noop("issue statements"),
    "draft_policy": gettext_noop("draft a policy"),
    "approve_policy": gettext_noop("approve a policy"),
    "force_policy": gettext_noop("put a policy in force"),
    "view_work": gettext_noop("see work items"),
    "erase_personal": gettext_noop("erase personal data"),
    "use_api": gettext_noop("use the API"),
    "manage_webhooks": gettext_noop("manage webhooks"),
    "manage_users": gettext_noop("manage users"),
    "manage_companies": gettext_noop("manage companies"),
    "manage_jobs": gettext_noop("manage jobs"),
}
