"""The administrators' doors to tags: the list, and one to rename, merge or retire."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.database import now
from helpdesk.desk.admin.tags import queries, service
from helpdesk.desk.admin.tags.forms import MergeForm, TagForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid
from helpdesk.tickets.models import Tag
from helpdesk.web import refused
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.get("/admin/tags")
@requires(Action.ADMINISTER)
def tags() -> str:
    rows, following = queries.page(request.args.get("after", "")[: service.NAME_SIGNS])
    return render_template("desk/admin/tags.html", tags=rows, following=following, most=queries.MOST_COUNTED)


@bp.get("/admin/tags/<int:tag_id>")
@requires(Action.ADMINISTER)
def tag(tag_id: int) -> Response:
    return _page(queries.tag(tag_id))


@bp.post("/admin/tags/<int:tag_id>")
@requires(Action.ADMINISTER)
def rename_tag(tag_id: int) -> BaseResponse:
    one, form = queries.tag(tag_id), TagForm()
    if not form.validate():
        return _page(one, form=form, status=422)
    try:
        service.give_name(one, form.name.data, by=current_user, at=now())
    except Invalid as refusal:
        form.name.errors = [refused.sentence(refusal)]
        return _page(one, form=form, status=422)
    db.session.commit()
    told(_("The tag is called “%(name)s” now.", name=one.name))
    return see_other(url_for(".tags"))


@bp.post("/admin/tags/<int:tag_id>/merging")
@requires(Action.ADMINISTER)
def merge_tag(tag_id: int) -> BaseResponse:
    """Its tickets get the other tag, and it is gone: asked for twice, because it cannot be taken back."""
    one, form = queries.tag(tag_id), MergeForm()
    if not form.validate():
        return _page(one, merging=form, status=422)
    into = service.named(form.into.data)
    if into is None or into.id == one.id:
        form.into.errors = [_("There is no other tag called “%(name)s”.", name=form.into.data)]
        return _page(one, merging=form, status=422)
    name = one.name
    service.merge(one, into, by=current_user, at=now())
    db.session.commit()
    told(_("“%(name)s” is part of “%(into)s” now.", name=name, into=into.name))
    return see_other(url_for(".tags"))


@bp.post("/admin/tags/<int:tag_id>/<any(retirement, return):verb>")
@requires(Action.ADMINISTER)
def retire_tag(tag_id: int, verb: str) -> BaseResponse:
    one = queries.tag(tag_id)
    service.set_retired(one, verb == "retirement", by=current_user, at=now())
    db.session.commit()
    if one.retired_at:
        told(_("“%(name)s” is not offered any more. It stays on its tickets.", name=one.name))
    else:
        told(_("“%(name)s” is offered again.", name=one.name))
    return see_other(url_for(".tags"))


def _page(one: Tag, *, form: TagForm | None = None, merging: MergeForm | None = None, status: int = 200) -> Response:
    html = render_template(
        "desk/admin/tag.html", tag=one, form=form or TagForm(formdata=None, name=one.name),
        merging=merging or MergeForm(formdata=None), tickets=queries.tickets_of(one), most=queries.MOST_COUNTED,
    )  # fmt: skip
    return make_response(html, status)
