"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "approvals_already_decided": gettext_noop("Who approves has been decided before; change it like any policy."),
    "policy_approval_void": gettext_noop(
        "The approval of version %(version)s is void: another version came into force since. Draft it anew."
    ),
    "policy_approver_lost_right": gettext_noop(
        "%(actor)s, who approved version %(version)s, may no longer approve. Have it approved anew."
    ),
    "policy_backwards": gettext_noop(
        "A policy never takes effect backwards: not at %(at)s, at %(earliest)s at the earliest."
    ),
    "policy_busy": gettext_noop("Somebody else is deciding about “%(kind)s” at this moment. Try again."),
    "policy_document_bad": gettext_noop("This is not a valid document of “%(kind)s”."),
    "policy_file_unreadable": gettext_noop("%(file)s is not a JSON or TOML document."),
    "policy_kind_retired": gettext_noop("Nothing goes by “%(kind)s” any more; “%(instead)s” has taken its place."),
    "policy_kind_unknown": gettext_noop("There is no policy kind “%(kind)s”. Known are: %(known)s."),
    "policy_kinds_differ": gettext_noop("A “%(left)s” cannot be compared with a “%(right)s”."),
    "policy_not_governing": gettext_noop("Version %(version)s is not in force at that time."),
    "policy_own_approval": gettext_noop("%(actor)s drafted this version; somebody else has to approve it."),
    "policy_reason_missing": gettext_noop("Say why, please."),
    "policy_shown_has_changed": gettext_noop(
        "What would happen with version %(version)s has changed since it was shown. Look at it again."
    ),
    "policy_step_out_of_turn": gettext_noop("Version %(version)s is “%(state)s”; “%(step)s” cannot follow."),
    "policy_version_unknown": gettext_noop("There is no policy version %(version)s."),
}
