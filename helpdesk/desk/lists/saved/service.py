"""What can be done to saved views. Never commits, never reads the request."""

from datetime import datetime
from urllib.parse import urlencode

from helpdesk.accounts.person import Person
from helpdesk.desk.lists.filters import Filter
from helpdesk.desk.lists.saved import queries
from helpdesk.desk.models import SavedView
from helpdesk.extensions import db
from helpdesk.refusals import Invalid, TooMany


def save(name: str, wanted: Filter, *, shared: bool, by: Person, at: datetime) -> SavedView:
    """A new view of what the list shows. Raises Invalid without a name, TooMany when the agent has too many."""
    if not name:
        raise Invalid()
    if queries.how_many(by) >= queries.MOST_VIEWS:
        raise TooMany("views_too_many", most=queries.MOST_VIEWS)
    view = SavedView(owner_id=by.id, name=name, shared=shared, changed_at=at)
    show(view, wanted, at=at)
    db.session.add(view)
    db.session.flush()
    return view


def give_name(view: SavedView, name: str, *, shared: bool, at: datetime) -> None:
    """Gives a view another name, and shares it or keeps it to its owner. Raises Invalid without a name."""
    if not name:
        raise Invalid()
    view.name, view.shared, view.changed_at = name, shared, at


def show(view: SavedView, wanted: Filter, *, at: datetime) -> None:
    """The view shows this from now on."""
    arguments = wanted.arguments()
    view.columns = arguments.pop("columns", "")
    view.arguments, view.changed_at = urlencode(arguments), at


def remove(view: SavedView) -> None:
    """The view goes; the tickets that it showed stay as they are."""
    db.session.delete(view)
