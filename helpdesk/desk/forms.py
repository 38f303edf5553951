"""Forms of the desk."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from helpdesk.tickets.forms import MessageForm
from helpdesk.web.forms import Form


class AgentMessageForm(MessageForm):
    """What an agent writes; the pressed button says whether it is a reply, a note, a request or closing words."""


class AssignmentForm(Form):
    """Who looks after the ticket; empty for nobody."""

    agent = SelectField(_l("Assigned to"), validate_choice=True)
