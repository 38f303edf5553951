"""Doors to one's own data: what is kept, a copy of it, having it erased."""

from collections.abc import Iterator
from typing import BinaryIO

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import queries as accounts
from helpdesk.accounts.proving import proved_recently
from helpdesk.config import Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.files.serving import CHUNK_BYTES, DESTINATIONS, HEADERS, disposition
from helpdesk.mail import outbox
from helpdesk.pace import Pace
from helpdesk.privacy import labels
from helpdesk.privacy.erasing import service as erasing
from helpdesk.privacy.exporting import archive
from helpdesk.privacy.exporting import service as exporting
from helpdesk.privacy.forms import ErasureForm
from helpdesk.privacy.keeping import GRACE_DAYS
from helpdesk.ranks import Action
from helpdesk.refusals import NotAllowed
from helpdesk.web.fragments import page_or_fragment, see_other
from helpdesk.web.gate import open_to_all, requires
from helpdesk.web.refused import told

bp = Blueprint("privacy", __name__)
ASKING = Pace("copy of data", members=5, team=5, seconds=3600)


@bp.get("/privacy")
@open_to_all
def notice() -> str:
    """What is kept of whom, for what, and how long."""
    return render_template("privacy/notice.html", kept=labels.kept(_config().keeping()), sends_mail=outbox.in_use())


@bp.get("/profile/your-data")
@requires(Action.EDIT_PROFILE)
def your_data() -> Response:
    return _page(_erasure_form(formdata=None))


@bp.post("/profile/your-data/copy")
@requires(Action.EDIT_PROFILE)
@proved_recently
def ask_copy() -> BaseResponse:
    ASKING.keep(current_user)
    exporting.ask(by=current_user, at=now())
    db.session.commit()
    return see_other(url_for(".your_data", _anchor="copy"))


@bp.get("/profile/your-data/copy/<token>")
@requires(Action.EDIT_PROFILE)
@proved_recently
def take_copy(token: str) -> Response:
    """The copy itself, for its owner alone."""
    if request.headers.get("Sec-Fetch-Dest", "empty") not in DESTINATIONS:
        raise NotAllowed()
    exporting.own_copy(current_user, token, at=now())
    db.session.rollback()
    intend_to_write()
    row = exporting.own_copy(current_user, token, at=now())
    exporting.note_taken(row, by=current_user, at=now())
    size = row.size
    db.session.commit()
    response = Response(_chunks(archive.read(archive.path(_config().instance, token))), mimetype="application/zip")
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = disposition(f"{_('Your data')}.zip", inline=False)
    response.headers.update(HEADERS)
    return response


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


@bp.post("/profile/your-data/erasure")
@requires(Action.EDIT_PROFILE)
@proved_recently
def ask_erasure() -> BaseResponse:
    form = _erasure_form()
    if not form.validate():
        return _page(form)
    erasing.ask(accounts.user(current_user.id), by=current_user, at=now())
    db.session.commit()
    told(_("Your account will be erased. Until then you can take that back here."))
    return see_other(url_for(".your_data", _anchor="erasure"))


@bp.post("/profile/your-data/erasure/withdrawal")
@requires(Action.EDIT_PROFILE)
def take_back_erasure() -> BaseResponse:
    erasing.take_back(accounts.user(current_user.id), by=current_user, at=now())
    db.session.commit()
    told(_("Your account stays. Nothing will be erased."))
    return see_other(url_for(".your_data", _anchor="erasure"))


def _erasure_form(**options: object) -> ErasureForm:
    return ErasureForm(**options).expect(current_user.username)


def _page(form: ErasureForm) -> Response:
    copy = exporting.of(current_user)
    gone = copy is not None and copy.ends_at is not None and copy.ends_at <= now()
    return make_response(
        page_or_fragment(
            "privacy/your_data.html", "privacy/_copy.html", 422 if form.errors else 200,
            copy=None if gone else copy, erasure=erasing.of(current_user.id), form=form, grace_days=GRACE_DAYS,
            kept=labels.kept(_config().keeping()), sends_mail=outbox.in_use(),
        )
    )  # fmt: skip


def _config() -> Config:
    config: Config = current_app.config["HELPDESK"]
    return config
