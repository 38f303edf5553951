"""The agents' doors to the dashboard and the list of tickets, and what stands of it beside a ticket."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, current_app, g, render_template, request, url_for
from flask_babel import get_timezone
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.database import now
from helpdesk.desk.chats.lists import lists
from helpdesk.desk.lists import figures, filters, queries, shown, snippets
from helpdesk.desk.lists.bulk import queries as bulk
from helpdesk.desk.lists.choices import Choices, choices
from helpdesk.desk.lists.filters import Filter
from helpdesk.desk.lists.saved import queries as saved
from helpdesk.desk.views import bp
from helpdesk.ranks import Action
from helpdesk.tickets.paging import Cursor
from helpdesk.web.filters import reader_when
from helpdesk.web.fragments import page_or_fragment, see_other, wants_fragment
from helpdesk.web.gate import requires
from helpdesk.web.numbers import typed_number

MOST_ADDRESS = 2000


@dataclass(frozen=True)
class Asked:
    """What an address of the list asks for: the filter, the page, the saved view that it began with."""

    filter: Filter
    page: Cursor | None
    view: int | None
    choices: Choices

    @classmethod
    def read(cls, asked: MultiDict[str, str]) -> "Asked":
        """Reads the query of an address: that of the list itself, or of the list that a page came from."""
        known = choices()
        named = {**asked.to_dict(), "columns": ".".join(asked.getlist("columns"))}
        wanted = Filter.read(named, known.known(current_app.config["RANKS"].ladder))
        return cls(wanted, Cursor.read(asked.get("page")), typed_number(asked.get("view", "")), known)

    @classmethod
    def read_text(cls, query: str) -> "Asked":
        """The same for a query that another page carries, as `from` or `back`."""
        return cls.read(MultiDict(parse_qsl(query[:MOST_ADDRESS])))

    def arguments(self, **changes: str) -> dict[str, str]:
        """The arguments of the same list, on its first page."""
        return self.filter.arguments(**({"view": str(self.view)} if self.view else {}), **changes)

    @property
    def text(self) -> str:
        """The query of this very page of the list, as other pages carry it."""
        return urlencode(self.arguments(**({"page": str(self.page)} if self.page else {})))


@bp.app_context_processor
def give_views() -> dict[str, object]:
    """`desk_views()`, the saved views that the agent sees, and `menu_views()`, the same for the menu; one query."""
    return {"desk_views": _views, "menu_views": _menu_views, "view_address": saved.address}


def _views() -> list[Any]:
    if "desk_views" not in g:
        g.desk_views = saved.visible_views(current_user)
    return g.desk_views


def _menu_views() -> tuple[tuple[object, ...], ...]:
    return tuple((view.id, view.name, tuple(saved.address(view).items())) for view in _views())


@bp.get("")
@requires(Action.WORK_DESK)
def index() -> Response:
    """What waits: in the chat, the oldest first, and among the tickets."""
    return page_or_fragment(
        "desk/index.html", "desk/_dashboard.html", tickets=figures.longest_waiting(current_user),
        **lists(current_user, at=now()),
    )  # fmt: skip


@bp.get("/tickets")
@requires(Action.WORK_DESK)
def ticket_list() -> Response:
    """The tickets that the address names, with what can be done to several of them."""
    asked, at = Asked.read(request.args), now()
    listed = queries.page(current_user, asked.filter, asked.page, at=at, zone=get_timezone())
    hits = snippets.of_rows(asked.filter.typed, listed.page.rows)
    done = typed_number(request.args.get("done", ""))
    own = next((view for view in _views() if view.id == asked.view), None)
    return page_or_fragment(
        "desk/tickets.html", "desk/_tickets.html", asked=asked, filter=asked.filter, listed=listed, page=listed.page,
        rows=shown.rows(listed.page.rows, asked.filter, hits, at=at, when=reader_when()),
        page_here=str(asked.page or ""), shown=shown.columns(asked.filter), panel=_panel(asked),
        here=f"view-{own.id}" if own else filters.view_of(asked.filter),
        ticked=request.args.get("tick") == "all", done=done and bulk.undoable(current_user, done, at=at),
        own_view=own if own and saved.may_change(current_user, own.owner_id, own.shared) else None,
        own_view_changed=bool(own) and saved.address(own) != asked.filter.arguments(),
    )  # fmt: skip


def _panel(asked: Asked) -> tuple[object, ...] | None:
    """What to filter by: it stays where it is when only the tickets are asked for."""
    ranks = current_app.config["RANKS"].ladder
    return None if wants_fragment() else shown.panel(asked.view, asked.filter, asked.choices, ranks)


@bp.get("/tickets/beside")
@requires(Action.WORK_DESK)
def beside() -> BaseResponse | str:
    """The list as a narrow column beside one of its tickets (`here`), for the page that shows that ticket."""
    if not wants_fragment():
        return see_other(url_for(".ticket_list", **request.args.to_dict(flat=True)))
    return render_template("desk/_beside.html", **beside_ticket(request.args, request.args.get("here", "")))


def beside_ticket(asked: MultiDict[str, str], here: str) -> dict[str, object]:
    """What `desk/_beside.html` shows: the page of the list that the ticket with the number `here` was opened from."""
    wanted, at = Asked.read(asked), now()
    listed = queries.page(current_user, wanted.filter, wanted.page, at=at, zone=get_timezone(), brief=True)
    rows = shown.beside(listed.page.rows, at=at, when=reader_when())
    return {"beside": wanted, "beside_rows": rows, "beside_here": typed_number(here)}
