"""The administrators' doors to the hours of the chat and of business, and to the holidays of both."""

from datetime import date

from babel.dates import format_date, get_day_names
from flask import Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk import hours as grammar
from helpdesk.chat import labels
from helpdesk.database import now
from helpdesk.desk.admin.hours import service
from helpdesk.desk.admin.hours.forms import SPANS, HolidayForm, HoursForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.hours import DAYS, Hours
from helpdesk.ranks import Action
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.language import locale_code
from helpdesk.web.refused import told


@bp.route("/admin/hours/<any(chat, business):which>", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def hours(which: str) -> BaseResponse:
    """The weekly hours. The second button of the form only shows what they would mean."""
    present = service.present(which)
    form = HoursForm(formdata=None) if request.method == "GET" else HoursForm()
    form.offer_zones(present.zone)
    if request.method == "GET":
        form.show(present, current_app.config["HELPDESK"].time_zone)
        return _page(which, form, present)
    if not form.validate():
        return _page(which, form, None, 422)
    wanted = grammar.read(form.text(), service.holidays())
    if "preview" in request.form:
        return _page(which, form, wanted)
    service.set_hours(which, form.text(), by=current_user, at=now())
    db.session.commit()
    told(_("The hours have been saved and count at once."))
    return see_other(url_for(".hours", which=which))


@bp.get("/admin/holidays")
@requires(Action.ADMINISTER)
def holidays() -> Response:
    return _holidays_page(HolidayForm(formdata=None))


@bp.post("/admin/holidays")
@requires(Action.ADMINISTER)
def add_holiday() -> BaseResponse:
    form = HolidayForm()
    if not form.validate():
        return _holidays_page(form, 422)
    try:
        day = form.read(service.holidays())
    except ValueError:
        form.day.errors = [_("Enter a day, like 2026-12-25.")]
        return _holidays_page(form, 422)
    service.add_holiday(day, by=current_user, at=now())
    db.session.commit()
    told(_("%(day)s is a holiday now.", day=_in_words(day)))
    return see_other(url_for(".holidays"))


@bp.post("/admin/holidays/removal")
@requires(Action.ADMINISTER)
def remove_holiday() -> BaseResponse:
    day = request.form.get("day", "")
    service.remove_holiday(day, by=current_user, at=now())
    db.session.commit()
    told(_("The holiday has been removed."))
    return see_other(url_for(".holidays"))


def _page(which: str, form: HoursForm, hours: Hours | None, status: int = 200) -> Response:
    names = get_day_names("wide", locale=locale_code())
    at = now()
    html = render_template(
        "desk/admin/hours.html", which=which, form=form, spans=range(1, SPANS + 1),
        days=[(day, names[number]) for number, day in enumerate(DAYS)], hours=hours,
        is_open=hours and hours.is_open(at), closes=hours and hours.closes_at(at),
        opens=hours and hours.next_opening(at),
        sentence=labels.hours_sentence(hours) if hours and which == "chat" else "", holidays=len(service.holidays()),
        unseen=hours is not None and any(_spans_on(hours, day) > SPANS for day in range(7)),
    )  # fmt: skip
    return make_response(html, status)


def _spans_on(hours: Hours, day: int) -> int:
    return sum(span.day == day for span in hours.spans)


def _holidays_page(form: HolidayForm, status: int = 200) -> Response:
    days = [(day, _in_words(day)) for day in service.holidays()]
    return make_response(render_template("desk/admin/holidays.html", form=form, days=days), status)


def _in_words(day: str) -> str:
    return format_date(date.fromisoformat(day), "full", locale=locale_code())
