"""Forms of the team: what somebody is, and how an agent works."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import AnyOf

from helpdesk.accounts.labels import role_name
from helpdesk.accounts.models import User
from helpdesk.desk.settings.forms import WorkForm, written_languages
from helpdesk.ranks import Role
from helpdesk.web.forms import Form


class RoleForm(Form):
    """What somebody is to be, and who goes on with their tickets when they leave the team."""

    role = RadioField(
        _l("Role"), [AnyOf([role.value for role in Role], message=_l("Choose a role."))], validate_choice=False
    )
    heir = SelectField(_l("Who goes on with their open tickets"), validate_choice=True)

    def offer(self, others: Sequence[User]) -> None:
        """Fills in the roles, and the colleagues to whom tickets can go."""
        self.role.choices = [SelectChoice(role.value, role_name(role)) for role in Role]
        nobody = SelectChoice("", _("Nobody: they become unassigned"))
        self.heir.choices = [nobody, *(SelectChoice(str(other.id), other.name) for other in others)]


class ColleagueForm(WorkForm):
    """The languages that an agent writes, and whether new tickets are given to them."""

    without_languages = _l("Choose the languages in which they can be given tickets.")
    languages = written_languages(_l("Languages that they write"))
    takes_tickets = BooleanField(_l("New tickets may be assigned to them automatically"))
