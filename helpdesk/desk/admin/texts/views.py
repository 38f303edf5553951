"""The administrators' doors to the texts that the site writes itself, side by side in four languages."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk import languages
from helpdesk.database import now
from helpdesk.desk.admin.texts import labels
from helpdesk.desk.admin.texts.forms import TextForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import NotFound
from helpdesk.site import queries, service
from helpdesk.site.kept import Words
from helpdesk.site.texts import MOST_SIGNS, states
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.get("/admin/texts")
@requires(Action.ADMINISTER)
def texts() -> Response:
    return _page()


@bp.post("/admin/texts/<key>")
@requires(Action.ADMINISTER)
def set_text(key: str) -> BaseResponse:
    """One text in all languages. The second button only shows how it would be read."""
    if key not in MOST_SIGNS:
        raise NotFound()
    form = TextForm(prefix=f"{key}-")
    if not form.check(key):
        return _page(key, form, status=422)
    if "preview" in request.form:
        return _page(key, form, shown=True)
    service.write_texts(key, form.bodies, right=form.right, by=current_user.id, at=now())
    db.session.commit()
    told(_("“%(text)s” has been saved.", text=labels.title(key)))
    return see_other(url_for(".texts", _anchor=key))


def _page(key: str = "", form: TextForm | None = None, *, shown: bool = False, status: int = 200) -> Response:
    written = queries.texts()
    html = render_template(
        "desk/admin/texts.html", title_of=labels.title, where=labels.where, sent=form, most=MOST_SIGNS,
        forms_of={one: form if form and one == key else TextForm.of(one, written[one]) for one in MOST_SIGNS},
        states={one: states(written[one]) for one in MOST_SIGNS},
        previews={key: _preview(form.bodies)} if form and shown else {},
    )  # fmt: skip
    return make_response(html, status)


def _preview(bodies: dict[str, str]) -> dict[str, Words | None]:
    """What readers of each language would read: the English text where theirs is missing."""
    english = bodies[languages.DEFAULT]
    return {
        code: Words(body, code) if body else Words(english, languages.DEFAULT) if english else None
        for code, body in bodies.items()
    }
