"""The forms of a ticket's page for agents."""

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from helpdesk.desk.unsent.texts import Mode
from helpdesk.tickets.forms import BODY_SIGNS, MessageForm
from helpdesk.tickets.handling import TAG_SIGNS
from helpdesk.web.forms import AtMost, Filled, Form, many_lines, one_line


class AgentMessageForm(MessageForm):
    """What an agent writes. `mode` says for whom; `seen` how much of the ticket they had before them."""

    mode = HiddenField(default=Mode.REPLY.value)
    seen = HiddenField()
    mention = SelectField(_l("Mention a colleague"), validate_choice=False)


class HandOverForm(Form):
    """Who looks after the ticket, empty for nobody, and what they should know. `submission` makes it once."""

    submission = HiddenField(default=lambda: secrets.token_hex(16))
    agent = SelectField(_l("Assigned to"), validate_choice=False)
    note = TextAreaField(
        _l("Note for your colleague"),
        [AtMost(BODY_SIGNS, lambda most: _l("The message must be %(max)s characters or fewer.", max=most))],
        filters=[many_lines],
    )


class TagForm(Form):
    """A tag by its name."""

    name = StringField(
        _l("Add a tag"),
        [
            Filled(_l("Enter a tag.")),
            AtMost(TAG_SIGNS, lambda most: _l("The tag must be %(max)s characters or fewer.", max=most)),
        ],
        filters=[one_line],
    )
