"""What forms have in common whose texts stand side by side in four languages."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from helpdesk import languages
from helpdesk.web.forms import Form


def _right() -> BooleanField:
    return BooleanField(_l("It is still right"))


class SideBySideForm(Form):
    """Whether a text that is older than the English one is still right. The texts are fields named by language."""

    fr_right = _right()
    sv_right = _right()
    es_right = _right()

    @property
    def bodies(self) -> dict[str, str]:
        """What was typed, by language."""
        return {code: self[code].data or "" for code in languages.CODES}

    @property
    def right(self) -> list[str]:
        """The languages whose older text is said to be right still."""
        return [code for code in languages.CODES if code != languages.DEFAULT and self[f"{code}_right"].data]
