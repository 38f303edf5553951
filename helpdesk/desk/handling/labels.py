"""The words of what agents set on a ticket."""

from flask_babel import gettext as _
from flask_babel import ngettext

SENTENCES = {
    "ticket_taken": lambda no: _("%(name)s has already taken this ticket.", name=no.params["name"]),
    "tag_retired": lambda no: _("The tag “%(name)s” is no longer used.", name=no.params["name"]),
    "tags_too_many": lambda no: ngettext(
        "A ticket can have at most %(num)d tag.", "A ticket can have at most %(num)d tags.", int(no.params["most"])
    ),
}
