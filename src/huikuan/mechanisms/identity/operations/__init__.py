"""What can be done about companies, users, teams and roles. Each door decides and records in one transaction."""

from huikuan.mechanisms.identity.operations.companies import add_company
from huikuan.mechanisms.identity.operations.people import (
    activate_user,
    add_user,
    deactivate_user,
    name_user,
    set_password,
)
from huikuan.mechanisms.identity.operations.roles import grant_role, revoke_role
from huikuan.mechanisms.identity.operations.second_factor import (
    confirm_second_factor,
    offer_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    standing_offer,
    take_code,
)
from huikuan.mechanisms.identity.operations.sessions import end_session, note_session
from huikuan.mechanisms.identity.operations.teams import add_team, join_team, leave_team, move_team

__all__ = [
    "activate_user",
    "add_company",
    "add_team",
    "add_user",
    "confirm_second_factor",
    "deactivate_user",
    "end_session",
    "grant_role",
    "join_team",
    "leave_team",
    "move_team",
    "name_user",
    "note_session",
    "offer_second_factor",
    "renew_recovery_codes",
    "reset_second_factor",
    "revoke_role",
    "set_password",
    "standing_offer",
    "take_code",
]
