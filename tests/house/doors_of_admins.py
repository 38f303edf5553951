"""The doors to members, and those of the administration, with something to knock with and who gets what at each."""

from collections.abc import Callable

Words = dict[str, object]
NOTHING: Callable[[], Words] = dict


def targets() -> Words:
    return {
        f"{priority}_{which}": "8:00" for priority in ("low", "normal", "high", "urgent") for which in ("first", "next")
    }


# To one whom nobody else in this world needs: {other}.
DOORS: dict[str, tuple[str, Callable[[], Words]]] = {
    "desk.member_list GET": ("/desk/members", NOTHING),
    "desk.member GET": ("/desk/members/{other}", NOTHING),
    "desk.set_rank POST": ("/desk/members/{other}/rank", lambda: {"rank": "Gold"}),
    "desk.send_link POST": ("/desk/members/{other}/link", NOTHING),
    "desk.sign_out_member POST": ("/desk/members/{other}/sign-out", NOTHING),
    "desk.reset_factors POST": ("/desk/members/{other}/second-step/reset", NOTHING),
    "desk.set_access POST": ("/desk/members/{other}/disabling", NOTHING),
    "desk.administration GET": ("/desk/admin", NOTHING),
    "desk.team GET": ("/desk/admin/team", NOTHING),
    "desk.colleague GET": ("/desk/admin/team/{other}", NOTHING),
    "desk.set_role POST": ("/desk/admin/team/{other}/role", lambda: {"role": "agent", "heir": ""}),
    "desk.set_work POST": ("/desk/admin/team/{agent}/work", lambda: {"languages": "en"}),
    "desk.tags GET": ("/desk/admin/tags", NOTHING),
    "desk.tag GET": ("/desk/admin/tags/2", NOTHING),
    "desk.rename_tag POST": ("/desk/admin/tags/2", lambda: {"name": "Payments"}),
    "desk.retire_tag POST": ("/desk/admin/tags/2/retirement", NOTHING),
    "desk.merge_tag POST": ("/desk/admin/tags/2/merging", lambda: {"into": "Orders"}),
    "desk.targets GET": ("/desk/admin/targets", NOTHING),
    "desk.targets POST": ("/desk/admin/targets", targets),
    "desk.hours GET": ("/desk/admin/hours/chat", NOTHING),
    "desk.hours POST": ("/desk/admin/hours/chat", lambda: {"kind": "always", "zone": "UTC"}),
    "desk.holidays GET": ("/desk/admin/holidays", NOTHING),
    "desk.add_holiday POST": ("/desk/admin/holidays", lambda: {"day": "2030-12-25"}),
    "desk.remove_holiday POST": ("/desk/admin/holidays/removal", lambda: {"day": "2030-12-25"}),
    "desk.texts GET": ("/desk/admin/texts", NOTHING),
    "desk.set_text POST": ("/desk/admin/texts/footer", lambda: {"footer-en": "Ours."}),
    "desk.rules GET": ("/desk/admin/rules", NOTHING),
    "desk.rules POST": ("/desk/admin/rules", lambda: {"reminder_days": "7", "auto_close_days": "14"}),
    "desk.audit_log GET": ("/desk/admin/audit", NOTHING),
    "desk.ask_member_erasure GET": ("/desk/members/{plain}/erasure", NOTHING),
    "desk.erase_member POST": ("/desk/members/{plain}/erasure", lambda: {"username": "below"}),
}
# Nobody, a member below the rank, another member, the owner of things, an agent, an administrator.
_TEAM = (303, 403, 403, 403, 200, 200)
_ADMINS = (303, 403, 403, 403, 403, 200)
_ADMINS_DO = (303, 403, 403, 403, 403, 303)
EXPECTED: dict[str, tuple[int, ...]] = {
    door: _ADMINS if door.endswith("GET") else _ADMINS_DO for door in DOORS
} | {
    "desk.member_list GET": _TEAM,
    "desk.member GET": _TEAM,
    "desk.reset_factors POST": (303, 403, 403, 403, 403, 409),  # they have none
    "desk.send_link POST": _ADMINS,  # there is no mail server: the link is shown
}  # fmt: skip
