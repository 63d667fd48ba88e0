"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "work_hand_to_whom": gettext_noop("Hand it to one person, or to one role."),
    "work_hand_unseen": gettext_noop("%(username)s does not see what this is about, or is no user here."),
    "work_item_changed": gettext_noop(
        "Somebody did something with work item %(item)s at this very moment. Look at it again."
    ),
    "work_item_over": gettext_noop("Work item %(item)s waits no longer: it is “%(state)s”."),
    "work_item_unknown": gettext_noop("There is no work item %(item)s."),
    "work_kind_unknown": gettext_noop("There is no kind of work “%(kind)s”. Known are: %(known)s."),
    "work_none_picked": gettext_noop("Pick at least one work item that waits."),
    "work_not_yours": gettext_noop("Work item %(item)s waits for somebody else."),
    "work_result_unknown": gettext_noop("This work does not end in “%(result)s”. Known are: %(known)s."),
}

STATE_TITLES: dict[str, str] = {
    "open": gettext_noop("to be done"),
    "finished": gettext_noop("work finished"),
    "cancelled": gettext_noop("no longer needed"),
}

STEP_TITLES: dict[str, str] = {
    **STATE_TITLES,
    "taken": gettext_noop("work taken"),
    "handed": gettext_noop("handed on"),
    "escalated": gettext_noop("late: put to the role above"),
}
