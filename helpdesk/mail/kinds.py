"""The kinds of mail there are: who may get each, and whether they can switch it off. Plain rules; no Flask."""

from dataclasses import dataclass

from helpdesk.ranks import Action


@dataclass(frozen=True)
class Kind:
    """One kind of mail.

    `action` is what its recipient must be allowed to do, now, as it leaves. `wanted` is whether people get it who have
    chosen nothing; None: nobody can switch it off. `makes_link`: a one-time link is made when it leaves.
    """

    action: Action
    wanted: bool | None = True
    makes_link: bool = False


# Everything is on until somebody switches it off: what is sent is little, and each mail says how to end it. What people
# have asked for themselves, and what guards their account, always arrives.
KINDS = {
    "ticket_submitted": Kind(Action.SEE_OWN_TICKETS),
    "ticket_requested_information": Kind(Action.SEE_OWN_TICKETS),
    "ticket_replied": Kind(Action.SEE_OWN_TICKETS),
    "ticket_reminder": Kind(Action.SEE_OWN_TICKETS),
    "ticket_closed": Kind(Action.SEE_OWN_TICKETS),
    "ticket_auto_closed": Kind(Action.SEE_OWN_TICKETS),
    "ticket_reopened": Kind(Action.SEE_OWN_TICKETS),
    "ticket_merged": Kind(Action.SEE_OWN_TICKETS),
    "agent_new_ticket": Kind(Action.WORK_DESK),
    "agent_assigned": Kind(Action.WORK_DESK),
    "agent_member_replied": Kind(Action.WORK_DESK),
    "agent_mentioned": Kind(Action.WORK_DESK),
    "agent_chat_waiting": Kind(Action.WORK_DESK),
    "agent_digest": Kind(Action.WORK_DESK),
    "chat_transcript": Kind(Action.OPEN_CHAT, wanted=None),
    "set_password": Kind(Action.EDIT_PROFILE, wanted=None, makes_link=True),
    "reset_password": Kind(Action.EDIT_PROFILE, wanted=None, makes_link=True),
    "password_changed": Kind(Action.EDIT_PROFILE, wanted=None),
    "factor_added": Kind(Action.EDIT_PROFILE, wanted=None),
    "factor_removed": Kind(Action.EDIT_PROFILE, wanted=None),
    "factors_reset": Kind(Action.EDIT_PROFILE, wanted=None),
    "recovery_code_used": Kind(Action.EDIT_PROFILE, wanted=None),
    "export_ready": Kind(Action.EDIT_PROFILE, wanted=None),
    "erasure_asked": Kind(Action.EDIT_PROFILE, wanted=None),
    "account_unused": Kind(Action.EDIT_PROFILE, wanted=None),
}
