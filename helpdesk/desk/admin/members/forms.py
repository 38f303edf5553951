"""Forms of a member's page."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField

from helpdesk.accounts.labels import rank_name
from helpdesk.web.forms import Form


class RankForm(Form):
    """One rank of the site's ladder."""

    rank = SelectField(_l("Rank"), validate_choice=True)

    def offer(self, ladder: Sequence[str]) -> None:
        """Fills in the ranks that there are, the lowest first."""
        self.rank.choices = [SelectChoice(rank, rank_name(rank)) for rank in ladder]
