"""The doors of files: add one to a form, take it out, look at it; and how any file is handed out."""

from flask import Blueprint, current_app, make_response, render_template, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.extensions import db, limiter
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotFound
from helpdesk.web import refused
from helpdesk.web.fragments import local_path, page_path, see_other, wants_fragment
from helpdesk.web.gate import accepts_uploads, person_or_source, requires

from . import labels, queries, service
from .policy import Limits
from .serving import send
from .store import Store

bp = Blueprint("files", __name__, url_prefix="/files")
bp.add_app_template_filter(labels.file_size)
PER_PERSON = "60 per minute; 600 per hour"

for _code, _sentence in labels.SENTENCES.items():
    refused.say(_code, _sentence)


@bp.post("/<submission>")
@limiter.limit(PER_PERSON, key_func=person_or_source)
@accepts_uploads
@requires(Action.STAGE_FILE)
def stage(submission: str) -> BaseResponse:
    """Takes one file or several; the good ones stay even if others are refused."""
    uploads = [upload for upload in request.files.getlist("files") if upload.filename]
    errors = stage_all(uploads, submission)
    return _answer(submission, errors if uploads else [labels.sentence(Invalid("files_none"))])


@bp.post("/<submission>/<token>/removal")
@requires(Action.STAGE_FILE)
def remove(submission: str, token: str) -> BaseResponse:
    file = queries.staged_file(current_user.id, submission, token)
    service.remove(file, by=current_user)
    db.session.commit()
    return _answer(submission)


@bp.get("/<submission>/<token>/<variant>")
@requires(Action.STAGE_FILE)
def staged(submission: str, token: str, variant: str) -> BaseResponse:
    return send(queries.staged_file(current_user.id, submission, token), variant)


def picker_context(
    submission: str, owner_id: int, errors: tuple[str, ...] | list[str] = (), *, is_empty: bool = False
) -> dict[str, object]:
    """What the fragment `files/_files.html` shows, for every page that includes it; `is_empty`: it knows of no file."""
    limits: Limits = current_app.config["FILES_LIMITS"]
    return {
        "submission": submission,
        "files": [] if is_empty else queries.staged(owner_id, submission),
        "limits": limits,
        "errors": list(errors),
        "types": labels.types(),
        "limits_line": labels.limits_line(limits),
    }


def stage_all(uploads: list[FileStorage], submission: str) -> list[str]:
    """Stages each file for the present person, commits those that can be taken, and gives the sentences of the others.

    Ends the transaction it is called in: rows that were looked up before are read anew. Raises NotFound, Busy.
    """
    check_submission(submission)
    errors = []
    for upload in uploads:
        try:
            _stage(upload, submission)
        except Invalid as refusal:
            errors.append(labels.sentence(refusal))
            if refusal.code == "files_too_many":
                break
    return errors


def stage_sent(submission: str) -> list[str]:
    """Stages the files that came with the form of this request; the sentences of those that cannot be taken."""
    uploads = [upload for upload in request.files.getlist("files") if upload.filename]
    return stage_all(uploads, submission) if uploads else []


def check_submission(submission: str) -> None:
    """Raises NotFound for what cannot be a form's token."""
    if not queries.is_token(submission):
        raise NotFound


def _stage(upload: FileStorage, submission: str) -> None:
    store: Store = current_app.config["FILES_STORE"]
    limits: Limits = current_app.config["FILES_LIMITS"]
    person = current_user._get_current_object()
    service.check_room(submission, by=person, limits=limits)
    # The transaction that looked up the session and the room holds the write lock; the slow part must not.
    db.session.rollback()
    prepared = service.receive(upload.stream, upload.filename or "", store=store, limits=limits)
    try:
        service.stage(prepared, submission=submission, by=person)
    except Invalid:
        db.session.rollback()
        service.discard(prepared, store=store)
        raise
    # A commit that fails may still have happened: its bytes are left to the sweep, which asks the rows.
    db.session.commit()


def _answer(submission: str, errors: list[str] | None = None) -> BaseResponse:
    if wants_fragment():
        context = picker_context(submission, current_user.id, errors or ())
        return make_response(render_template("files/_files.html", **context, in_fragment=True), 422 if errors else 200)
    for error in errors or ():
        refused.told(error, "bad")
    return see_other(local_path(request.form.get("back") or request.form.get("next")) or page_path() or "/")


@service.files_removed.listen
def _forget_bytes(keys: list[str]) -> None:
    store: Store = current_app.config["FILES_STORE"]
    for key in keys:
        store.discard(key)
