"""The audit log in words: a sentence for each code. Facts are plain values; the page escapes what comes of them."""

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from helpdesk import languages
from helpdesk.accounts.labels import factor_name, rank_name, role_name
from helpdesk.desk.admin.texts import labels as texts
from helpdesk.ranks import Role
from helpdesk.site.texts import MOST_SIGNS
from helpdesk.tickets.priorities import Priority

Facts = Mapping[str, object]
# Who did it stands in front of the sentence, whom it is about fills `whom`.
SENTENCES: dict[str, Callable[[str, Facts], str]] = {
    "account_created": lambda whom, facts: _(
        "Account of %(name)s created: %(role)s", name=whom, role=_role(facts["role"])
    ),
    "members_imported": lambda whom, facts: _(
        "Member directory imported: %(new)s new, %(changed)s changed", new=facts["new"], changed=facts["changed"]
    ),
    "rank_set": lambda whom, facts: _(
        "Rank of %(name)s set to %(rank)s", name=whom, rank=rank_name(_text(facts["rank"]))
    ),
    "role_set": lambda whom, facts: _(
        "Role of %(name)s changed from %(was)s to %(role)s",
        name=whom, was=_role(facts["was"]), role=_role(facts["role"]),
    ),
    "work_set": lambda whom, facts: _(
        "Way of working of %(name)s changed: languages %(languages)s", name=whom, languages=_languages(facts)
    ),
    "account_disabled": lambda whom, facts: _("Account of %(name)s disabled", name=whom),
    "account_enabled": lambda whom, facts: _("Account of %(name)s enabled", name=whom),
    "signed_out": lambda whom, facts: _("%(name)s signed out everywhere", name=whom),
    "link_issued": lambda whom, facts: _("Link to set a password made for %(name)s", name=whom),
    "link_sent": lambda whom, facts: _("Link to set a password sent to %(name)s", name=whom),
    "factor_added": lambda whom, facts: _("Second step of %(name)s added: %(which)s", name=whom, which=_factor(facts)),
    "factor_removed": lambda whom, facts: _(
        "Second step of %(name)s removed: %(which)s", name=whom, which=_factor(facts)
    ),
    "factors_reset": lambda whom, facts: _("Second step of %(name)s reset", name=whom),
    "recovery_codes_made": lambda whom, facts: _("New recovery codes made for %(name)s", name=whom),
    "recovery_code_used": lambda whom, facts: _("Recovery code of %(name)s used", name=whom),
    "export_asked": lambda whom, facts: _("Copy of their data asked for by %(name)s", name=whom),
    "export_taken": lambda whom, facts: _("Copy of their data downloaded by %(name)s", name=whom),
    "erasure_asked": lambda whom, facts: _("Erasure of the account of %(name)s asked for", name=whom),
    "erasure_taken_back": lambda whom, facts: _("Erasure of the account of %(name)s taken back", name=whom),
    "account_erased": lambda whom, facts: _("Account erased: %(name)s", name=whom),
    "passage_removed": lambda whom, facts: _("Passage removed from %(place)s", place=_place(facts)),
    "file_removed": lambda whom, facts: _("File removed from %(place)s", place=_place(facts)),
    "hold_made": lambda whom, facts: _("Data of %(name)s kept because the law asks for it", name=whom),
    "hold_released": lambda whom, facts: _("Data of %(name)s need not be kept any more", name=whom),
    "tag_renamed": lambda whom, facts: _("Tag “%(was)s” renamed to “%(name)s”", was=facts["was"], name=facts["name"]),
    "tags_merged": lambda whom, facts: _(
        "Tag “%(name)s” merged into “%(into)s”", name=facts["name"], into=facts["into"]
    ),
    "tag_retired": lambda whom, facts: _("Tag “%(name)s” retired", name=facts["name"]),
    "tag_offered": lambda whom, facts: _("Tag “%(name)s” offered again", name=facts["name"]),
    "target_set": lambda whom, facts: _(
        "Target for %(priority)s: first response %(first)s, next response %(next)s",
        priority=_priority(facts["priority"]), first=_time(facts["first"]), next=_time(facts["next"]),
    ),
    "hours_set": lambda whom, facts: _(
        "%(which)s set to: %(hours)s",
        which=_("Chat hours") if facts["which"] == "chat" else _("Business hours"),
        hours=facts["hours"] or _("always open"),
    ),
    "holiday_added": lambda whom, facts: _("Holiday added: %(day)s", day=facts["day"]),
    "holiday_removed": lambda whom, facts: _("Holiday removed: %(day)s", day=facts["day"]),
    "text_set": lambda whom, facts: _(
        "Text “%(text)s” changed: %(languages)s", text=_text_title(facts["key"]), languages=_languages(facts)
    ),
    "rule_set": lambda whom, facts: _("%(rule)s: %(value)s", rule=_rule(facts["key"]), value=_value(facts["value"])),
}  # fmt: skip


def kinds() -> dict[str, str]:
    """Every code with what the filter calls it."""
    return {
        "account_created": _("Accounts created"), "members_imported": _("Imports"), "rank_set": _("Ranks"),
        "role_set": _("Roles"), "work_set": _("Ways of working"), "account_disabled": _("Accounts disabled"),
        "account_enabled": _("Accounts enabled"), "signed_out": _("Sign-outs"), "link_issued": _("Links made"),
        "factor_added": _("Second steps added"), "factor_removed": _("Second steps removed"),
        "factors_reset": _("Second steps reset"), "recovery_codes_made": _("Recovery codes made"),
        "recovery_code_used": _("Recovery codes used"),
        "link_sent": _("Links sent"), "export_asked": _("Copies of data asked for"),
        "export_taken": _("Copies of data downloaded"), "erasure_asked": _("Erasures asked for"),
        "erasure_taken_back": _("Erasures taken back"), "account_erased": _("Accounts erased"),
        "passage_removed": _("Passages removed"), "file_removed": _("Files removed"),
        "hold_made": _("Data kept for the law"), "hold_released": _("Data not kept any more"),
        "tag_renamed": _("Tags renamed"), "tags_merged": _("Tags merged"),
        "tag_retired": _("Tags retired"), "tag_offered": _("Tags offered again"), "target_set": _("Targets"),
        "hours_set": _("Hours"), "holiday_added": _("Holidays added"), "holiday_removed": _("Holidays removed"),
        "text_set": _("The site’s own texts"), "rule_set": _("Rules"),
    }  # fmt: skip


def sentence(what: str, whom: str, facts: Facts) -> str:
    """A line of the log in the reader's words; whatever an older release wrote shows as its code."""
    try:
        return SENTENCES[what](whom, facts)
    except (KeyError, ValueError):
        return what


def _text(value: object) -> str:
    return str(value or "")


def _place(facts: Facts) -> str:
    number = facts.get("ticket")
    return _("ticket no. %(number)s", number=number) if number else _("chat no. %(number)s", number=facts.get("chat"))


def _role(value: object) -> str:
    return role_name(Role(_text(value)))


def _factor(facts: Facts) -> str:
    return factor_name(_text(facts["which"]))


def _languages(facts: Facts) -> str:
    codes = [code for code in _text(facts["languages"]).split(",") if code in languages.CODES]
    return ", ".join(languages.own_name(code) for code in codes) or "–"


def _priority(value: object) -> str:
    names = {
        Priority.LOW: _("Low"), Priority.NORMAL: _("Normal"), Priority.HIGH: _("High"), Priority.URGENT: _("Urgent"),
    }  # fmt: skip
    return names[Priority(_text(value))]


def _time(minutes: object) -> str:
    return f"{minutes // 60}:{minutes % 60:02}" if isinstance(minutes, int) else _("none")


def _text_title(key: object) -> str:
    return texts.title(_text(key)) if key in MOST_SIGNS else _text(key)


def _rule(key: object) -> str:
    names = {
        "auto_assign": _("Automatic assignment"), "reminder_days": _("Days until the reminder"),
        "auto_close_days": _("Days until the ticket is closed"),
    }  # fmt: skip
    return names[_text(key)]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return _text(value)
