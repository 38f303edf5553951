"""The form of a tag: its name."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from helpdesk.desk.admin.tags.service import NAME_SIGNS
from helpdesk.web.forms import AtMost, Filled, Form, one_line


class TagForm(Form):
    """A name that no other tag has."""

    name = StringField(
        _l("Name"),
        [
            Filled(_l("Enter a name.")),
            AtMost(NAME_SIGNS, lambda most: _l("The name must be %(max)s characters or fewer.", max=most)),
        ],
        filters=[one_line],
    )


class MergeForm(Form):
    """The tag that the tickets have afterwards, by its name."""

    into = StringField(_l("Merge into the tag"), [Filled(_l("Enter the name of the other tag."))], filters=[one_line])
