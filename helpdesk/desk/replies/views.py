"""The agents' doors to saved replies: the list, one to write or change, and taking one away."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import parking
from helpdesk.database import now
from helpdesk.desk.models import SavedReply
from helpdesk.desk.replies import queries, service
from helpdesk.desk.replies.forms import ReplyForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.get("/replies")
@requires(Action.WORK_DESK)
def reply_list() -> str:
    return render_template("desk/replies.html", replies=queries.all_replies())


@bp.route("/replies/new", methods=["GET", "POST"])
@requires(Action.WORK_DESK)
def new_reply() -> BaseResponse:
    """A new saved reply."""
    return _write(None)


@bp.route("/replies/<int:reply_id>", methods=["GET", "POST"])
@requires(Action.WORK_DESK)
def edit_reply(reply_id: int) -> BaseResponse:
    """One saved reply, to change it."""
    return _write(queries.reply(reply_id))


@bp.post("/replies/<int:reply_id>/removal")
@requires(Action.WORK_DESK)
def remove_reply(reply_id: int) -> BaseResponse:
    service.remove(queries.reply(reply_id))
    db.session.commit()
    told(_("The saved reply has been deleted."))
    return see_other(url_for(".reply_list"))


def _write(reply: SavedReply | None) -> BaseResponse:
    if request.method == "GET":
        form = ReplyForm(formdata=None)
        if reply is not None:
            form.show(reply)
        form.restore(parking.take(current_user))
        return _page(reply, form)
    form = ReplyForm()
    if not form.validate():
        return _page(reply, form, 422)
    service.save(
        reply, title=form.title.data, texts=form.bodies, right=form.right, by=current_user, at=now()
    )  # fmt: skip
    db.session.commit()
    told(_("The saved reply has been saved."))
    return see_other(url_for(".reply_list"))


def _page(reply: SavedReply | None, form: ReplyForm, status: int = 200) -> Response:
    states = queries.states(reply) if reply else {}
    return make_response(render_template("desk/reply.html", reply=reply, form=form, states=states), status)
