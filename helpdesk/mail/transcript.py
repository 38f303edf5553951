"""The mail with what was said in a chat: its frame in the member's language, the conversation in English as it was."""

from collections.abc import Iterator

from flask_babel import gettext as _

from helpdesk.accounts.person import Person
from helpdesk.chat import labels, messages, queries
from helpdesk.mail.letters import Letter, Link, Said
from helpdesk.mail.links import link_to
from helpdesk.mail.outbox import Facts
from helpdesk.refusals import NotFound
from helpdesk.web.filters import clock, date_and_time, long_date, short_date, zone_name


def letter(person: Person, facts: Facts) -> Letter:
    """The transcript of the person's own chat. Raises NotFound if it is not theirs, or not there any more."""
    chat = queries.visible_chat(person, int(facts["chat"]))
    if chat.member_id != person.id:
        raise NotFound()
    return Letter(
        subject=_("Your chat with the help desk on %(date)s", date=short_date(chat.began_at)),
        greeting=_("Hello %(name)s,", name=person.name),
        opening=_("This is your chat with the help desk on %(date)s.", date=long_date(chat.began_at)),
        remarks=(_("Time zone: %(timezone)s", timezone=zone_name(chat.began_at)),),
        said=tuple(_conversation(chat.id)),
        link=Link(_("Submit a ticket"), link_to("submission.new")),
        reason=_("You receive this email because you asked for the transcript of your chat."),
    )


def _conversation(chat_id: int) -> Iterator[Said]:
    after, day = 0, ""
    while page := messages.after(chat_id, after):
        for row in page:
            # The day is said again where it changes: a chat may go on past midnight.
            when = clock(row.at) if short_date(row.at) == day else date_and_time(row.at)
            day = short_date(row.at)
            if row.kind == "system":
                yield Said(labels.line(row.body, row.author), when)
            else:
                yield Said(row.body, when, author=row.author, language="en")
        after = page[-1].seq
