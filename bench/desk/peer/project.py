"""A plain Django project with django-helpdesk: `python project.py FOLDER fill < tickets` and `… FOLDER serve`.

Its database is SQLite with Django's defaults; templates are cached, as they are in production. `serve` says its port
and the cookie of an agent who is signed in, in its first two lines.
"""

import json
import sys
from datetime import datetime
from itertools import islice
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

AT_ONCE = 5_000
OPEN, REOPENED, CLOSED = 1, 2, 4
# What awaits feedback is among the states that its list shows at first, as in ours.
STATES = {"open": OPEN, "awaiting_feedback": REOPENED, "closed": CLOSED}
PRIORITIES = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
CONTEXT = ("django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
           "django.contrib.messages.context_processors.messages")  # fmt: skip


def configure(folder: Path) -> None:
    settings.configure(
        SECRET_KEY="only for the benchmark", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, SITE_ID=1,
        HELPDESK_TEAMS_MODE_ENABLED=False, HELPDESK_TEAMS_MODEL="auth.User", HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[],
        HELPDESK_KBITEM_TEAM_GETTER=lambda item: None,
        USE_TZ=True, STATIC_URL="/static/", DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "peer.sqlite")}},
        INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                        "django.contrib.sessions", "django.contrib.messages", "django.contrib.sites",
                        "django.contrib.staticfiles", "django.contrib.humanize", "rest_framework", "helpdesk"],
        MIDDLEWARE=["django.middleware.security.SecurityMiddleware",
                    "django.contrib.sessions.middleware.SessionMiddleware",
                    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    "django.contrib.messages.middleware.MessageMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                    "OPTIONS": {"context_processors": list(CONTEXT)}}],
    )  # fmt: skip
    django.setup()


def fill() -> None:
    """Makes the database and puts the tickets of the standard input into it."""
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User

    from helpdesk.models import Queue

    queue = Queue.objects.create(title="Support", slug="support")
    agents = [User(username=f"agent{place}", email=f"agent{place}@example.org", is_staff=True) for place in range(20)]
    for agent in agents:
        agent.save()  # each by itself, so that its settings are made with it
    lines = map(json.loads, sys.stdin)
    while block := list(islice(lines, AT_ONCE)):
        _add(block, queue, agents)


def _add(block: list[dict], queue: object, agents: list) -> None:
    from helpdesk.models import FollowUp, Ticket

    Ticket.objects.bulk_create(
        Ticket(
            id=row["id"], queue=queue, title=row["title"], created=_at(row["opened"]), modified=_at(row["updated"]),
            submitter_email=row["member"], status=STATES[row["status"]], priority=PRIORITIES[row["priority"]],
            assigned_to=None if row["agent"] is None else agents[row["agent"]], description=row["messages"][0]["body"],
            due_date=_at(row["due"]) if row["due"] else None, secret_key="0",
        )
        for row in block
    )  # fmt: skip
    FollowUp.objects.bulk_create(
        FollowUp(
            ticket_id=row["id"], date=_at(one["at"]), title="Comment", comment=one["body"], public=one["public"],
            user=agents[row["agent"] or 0],
        )
        for row in block
        for one in row["messages"][1:]
    )  # fmt: skip


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def sign_in() -> str:
    """The cookie of a session, as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    agent, session = User.objects.get(username="agent0"), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(agent.pk), agent.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, *arguments: object) -> None:
        pass


def serve() -> None:
    server: WSGIServer = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    print(server.server_port, flush=True)
    print(sign_in(), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    configure(Path(sys.argv[1]))
    urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]  # which can be read from here on
    {"fill": fill, "serve": serve}[sys.argv[2]]()
