"""The form of a saved view: its name, and whether the team sees it."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from helpdesk.web.forms import AtMost, Filled, Form, one_line

NAME_SIGNS = 60


class ViewForm(Form):
    """What it shows comes from the list itself."""

    name = StringField(
        _l("Name"),
        [
            Filled(_l("Enter a name.")),
            AtMost(NAME_SIGNS, lambda most: _l("The name must be %(max)s characters or fewer.", max=most)),
        ],
        filters=[one_line],
    )
    shared = BooleanField(_l("Share with the team"))
