"""The agents' doors to the reports: the page, and each of its tables as a file."""

from collections.abc import Callable

from flask import Response, make_response, render_template, request
from flask_login import current_user

from helpdesk.database import now
from helpdesk.desk.reports import asking, chats, labels, tickets
from helpdesk.desk.reports.asking import Asked, Choices
from helpdesk.desk.reports.tables import Section
from helpdesk.desk.views import bp
from helpdesk.ranks import Action
from helpdesk.refusals import NotFound
from helpdesk.reports import service, spreadsheet
from helpdesk.web.gate import requires
from helpdesk.web.language import locale_code
from helpdesk.web.security import let_others_run


@bp.get("/reports")
@requires(Action.WORK_DESK)
def reports() -> Response:
    """What the team has done in a range of days. Days that are no range come back with the reason."""
    choices = asking.choices(current_user)
    today = service.day_of(now())
    asked = asking.read(request.args.to_dict(), choices, today=today)
    problem = labels.PROBLEMS[asked.problem.code]() if asked.problem else ""
    html = render_template(
        "desk/reports.html", asked=asked, choices=choices, problem=problem, today=today,
        presets={name: label() for name, label in labels.PRESETS.items()},
        day=labels.day, **({} if problem else _report(asked, choices)),
    )  # fmt: skip
    return make_response(html, 422 if problem else 200)


def _report(asked: Asked, choices: Choices) -> dict[str, object]:
    """Both parts: their headline figures and their sections."""
    return {
        "ticket_figures": tickets.headlines(asked), "chat_figures": chats.headlines(asked),
        "parts": [_made(tickets.sections(asked, choices, at=now())), _made(chats.sections(asked))],
    }  # fmt: skip


def _made(sections: dict[str, Callable[[], Section]]) -> list[Section]:
    """The sections of a part. Years of a large team's figures take a tenth of a second each: others have a turn."""
    found = []
    for make in sections.values():
        let_others_run()
        found.append(make())
    return found


@bp.get("/reports/<name>.csv")
@requires(Action.WORK_DESK)
def report_file(name: str) -> Response:
    """The table of one section as CSV, in the reader's language. No section and no range of days is not found."""
    choices, at = asking.choices(current_user), now()
    asked = asking.read(request.args.to_dict(), choices, today=service.day_of(at))
    make = {**tickets.sections(asked, choices, at=at), **chats.sections(asked)}.get(name)
    if make is None or asked.problem:
        raise NotFound()
    table = make().table
    text = spreadsheet.written([column.file_title for column in table.columns], table.plain, locale_code())
    response = make_response(text.encode())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    days = f"{asked.days.first.isoformat()}-{asked.days.last.isoformat()}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{days}.csv"'
    return response
