"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "company_code_bad": gettext_noop(
        "“%(company)s” cannot be a company's code: up to 20 letters, digits, - _ or . please."
    ),
    "company_exists": gettext_noop("There is already a company %(company)s."),
    "company_unknown": gettext_noop("There is no company %(company)s. `huikuan company list` shows them."),
    "currency_bad": gettext_noop("“%(currency)s” is not a currency; write it like CNY."),
    "last_administrator": gettext_noop("%(username)s is the last administrator; make another one first."),
    "not_permitted": gettext_noop("%(actor)s may not do this (needs: %(permission)s)."),
    "password_missing": gettext_noop("Give the password at the prompt, or with --password-stdin."),
    "password_weak": gettext_noop("This password is too weak. %(why)s"),
    "passwords_differ": gettext_noop("The two passwords differ. Nothing was changed."),
    "role_unknown": gettext_noop("There is no role “%(role)s”. Known are: %(known)s."),
    "time_zone_unknown": gettext_noop("“%(zone)s” is not a time zone; write it like Asia/Shanghai."),
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
    "administrator": gettext_noop("administrator"),
}
