"""The sentences of the administration's refusals, in the reader's language."""

from flask_babel import gettext as _

SENTENCES = {
    "tag_empty": lambda no: _("A tag needs letters or digits."),
    "tag_taken": lambda no: _(
        "There is a tag called “%(name)s” already. Merge this one into it.", name=no.params["name"]
    ),
    "tag_same": lambda no: _("A tag cannot be merged into itself."),
}
