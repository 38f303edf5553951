"""The help desk: members submit technical issues and the IT team answers them, in four languages."""

import hashlib
from datetime import timedelta
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from helpdesk import cli, database, demo, languages, pace
from helpdesk.accounts import labels as account_labels
from helpdesk.accounts import parking, proving
from helpdesk.accounts import views as accounts
from helpdesk.accounts.confirming import views as confirming
from helpdesk.accounts.factors import views as account_factors  # noqa: F401  importing it registers its doors
from helpdesk.accounts.links import views as account_links  # noqa: F401  the same
from helpdesk.accounts.passkeys import views as account_passkeys  # noqa: F401  the same
from helpdesk.accounts.second_step import views as account_second_step  # noqa: F401  the same
from helpdesk.chat import labels as chat_labels
from helpdesk.chat import places, saying
from helpdesk.chat import sockets as chat_sockets  # noqa: F401  importing it registers its handlers
from helpdesk.chat import views as chat
from helpdesk.config import Config
from helpdesk.desk import views as desk
from helpdesk.desk.admin import labels as admin_labels
from helpdesk.desk.admin import views as desk_admin  # noqa: F401  importing it registers its doors
from helpdesk.desk.chats import views as desk_chats  # noqa: F401  importing it registers its doors
from helpdesk.desk.handling import labels as handling_labels
from helpdesk.desk.handling import views as desk_handling  # noqa: F401  importing it registers its doors
from helpdesk.desk.joining import views as desk_joining  # noqa: F401  the same
from helpdesk.desk.lists import labels as list_labels
from helpdesk.desk.lists import views as desk_lists  # noqa: F401  the same
from helpdesk.desk.lists.bulk import views as desk_bulk  # noqa: F401  the same
from helpdesk.desk.lists.filters import VIEWS
from helpdesk.desk.lists.saved import views as desk_saved  # noqa: F401  the same
from helpdesk.desk.presence import views as desk_presence  # noqa: F401  the same
from helpdesk.desk.replies import views as desk_replies  # noqa: F401  the same
from helpdesk.desk.reports import views as desk_reports  # noqa: F401  the same
from helpdesk.desk.settings import views as desk_settings  # noqa: F401  the same
from helpdesk.desk.shortcuts import views as desk_shortcuts  # noqa: F401  the same
from helpdesk.desk.tickets import views as desk_tickets  # noqa: F401  the same
from helpdesk.desk.unsent import views as desk_unsent  # noqa: F401  the same
from helpdesk.extensions import csrf, db, limiter, login_manager, migrate, socketio
from helpdesk.files import views as files
from helpdesk.files.policy import Limits
from helpdesk.files.store import Store
from helpdesk.home import views as home
from helpdesk.mail import outbox
from helpdesk.mail import views as mail
from helpdesk.notices import views as notices
from helpdesk.operating import ballast, counts, metrics
from helpdesk.privacy import labels as privacy_labels
from helpdesk.privacy import tombstones
from helpdesk.privacy import views as privacy
from helpdesk.privacy.erasing import views as privacy_erasing  # noqa: F401  importing it registers its doors
from helpdesk.privacy.redaction import views as privacy_redaction  # noqa: F401  the same
from helpdesk.refusals import FactorMissing, RankTooLow, Unproved
from helpdesk.reports import service as reports
from helpdesk.site import defaults
from helpdesk.site import labels as site_labels
from helpdesk.submission import queries as drafts
from helpdesk.submission import views as submission
from helpdesk.tickets import labels as ticket_labels
from helpdesk.tickets import views as tickets
from helpdesk.web import (
    assets,
    compression,
    events,
    filters,
    gate,
    hints,
    journal,
    language,
    numbers,
    pieces,
    refused,
    rooms,
    security,
    sentences,
    templating,
    websocket,
)

ROOT = Path(__file__).resolve().parent.parent
SOCKET_BYTES = 64 * 1024
# Whoever is gone without a word is noticed within the sum: well before an agent counts as away (chat/presence.py).
PING_SECONDS, PONG_SECONDS = 20, 15
COOKIE_DAYS = 90


def create_app(config: Config | None = None) -> Flask:
    """The wired application. Raises BadSetting for settings that it will not start with."""
    config = config or Config.from_environment()
    app = Flask(
        "helpdesk", root_path=str(ROOT / "helpdesk"), static_folder=None, template_folder=str(ROOT / "templates")
    )
    templating.use(app)
    # Flask looks at each function of each request for whether it is a coroutine: none of ours is.
    app.ensure_sync = lambda function: function  # type: ignore[method-assign]
    _set(app, config)
    security.init_app(app, config)
    journal.init_app(app)
    journal.counted(counts.request)
    _bind_extensions(app, config)
    security.cover_sockets(app)
    numbers.init_app(app)
    assets.init_app(app, ROOT / "static", config.brand_hue)
    for part in (language, sentences, templating, pieces, filters, refused):
        part.init_app(app)
    for feature in (home, accounts, files, notices, tickets, submission, chat, desk, mail, privacy):
        app.register_blueprint(feature.bp)
    _give_templates(app, config)
    compression.init_app(app, quickly={desk.bp.name})
    places.init_app(app)
    saying.init_app(app)
    events.init_app(app)
    pace.init_app(app, config.redis_url, _site(config))
    cli.register(app)
    app.extensions["create_app"] = create_app  # a restore makes one for the folder that it fills
    return app


def _set(app: Flask, config: Config) -> None:
    app.config.update(
        HELPDESK=config,
        RANKS=config.rank_rules(),
        SECRET_KEY=config.signing_key(),
        SQLALCHEMY_DATABASE_URI=config.database,
        FILES_STORE=Store(config.instance.absolute() / "files", group_reads=bool(config.x_accel)),
        FILES_LIMITS=Limits(),
        X_ACCEL=config.x_accel,
        FACTOR_REQUIRED=config.second_factor == "required",
        STATIC_ROOT=str(ROOT / "static"),
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        WTF_CSRF_TIME_LIMIT=None,  # a form is good for as long as its session is
        PERMANENT_SESSION_LIFETIME=timedelta(days=COOKIE_DAYS),
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
        RATELIMIT_HEADERS_ENABLED=False,
        RATELIMIT_STORAGE_OPTIONS=pace.REDIS_OPTIONS if config.redis_url else {},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(config.redis_url),
        RATELIMIT_KEY_PREFIX=_site(config) if config.redis_url else "",
    )
    if config.proxies:
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0)  # type: ignore[method-assign]


def _bind_extensions(app: Flask, config: Config) -> None:
    db.init_app(app)
    with app.app_context():
        database.open_engine(db.engine)
        metrics.watch(db.engine)
        ballast.watch(db.engine, config)
        defaults.use(db.engine, _site_defaults(config))
        reports.use_zone(db.engine, config.time_zone)
        tombstones.use(db.engine, config.instance)
        if config.mail_server:
            outbox.use(db.engine)
    migrate.init_app(app, db, directory=str(ROOT / "helpdesk" / "migrations"))
    # In this order: the body is read and the form's secret checked before the first query.
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.session_protection = None  # our own session rows say who is signed in
    limiter.init_app(app)
    origins = (
        [config.public_url.rstrip("/")]
        if config.public_url
        else [f"http://{host}:{config.port}" for host in ("127.0.0.1", "localhost")]
    )
    socketio.init_app(
        app, async_mode="gevent", async_handlers=False, manage_session=False, cors_allowed_origins=origins,
        client_manager=hints.Hints(config.redis_url, _site(config)) if config.redis_url else rooms.Rooms(),
        max_http_buffer_size=SOCKET_BYTES, transports=["websocket", "polling"], allow_upgrades=True, cookie=None,
        ping_interval=PING_SECONDS, ping_timeout=PONG_SECONDS,
    )  # fmt: skip
    websocket.install(socketio)


def _site_defaults(config: Config) -> dict[str, object]:
    """The settings that administrators may change in the desk, as the environment has them."""
    return {
        "business_hours": config.business_hours, "chat_hours": config.chat_hours,
        "holidays": list(config.chat_holidays), "auto_assign": False, "reminder_days": config.reminder_days,
        "auto_close_days": config.auto_close_days,
    }  # fmt: skip


def _site(config: Config) -> str:
    """A name for this desk on a Redis that others may use too: what its processes share is the key."""
    return f"helpdesk-{hashlib.sha256(config.signing_key().encode()).hexdigest()[:16]}"


def _give_templates(app: Flask, config: Config) -> None:
    for labels in (
        account_labels, ticket_labels, chat_labels, handling_labels, list_labels, admin_labels, privacy_labels,
    ):  # fmt: skip
        for code, sentence in labels.SENTENCES.items():
            refused.say(code, sentence)
    app.register_error_handler(RankTooLow, home.answer_rank_too_low)
    app.register_error_handler(FactorMissing, proving.answer_factor_missing)
    app.register_error_handler(Unproved, proving.answer_unproved)
    app.extensions["confirm_page"] = confirming.refused_page
    app.extensions["remember_language"] = accounts.remember_language
    app.extensions["keep_typed"] = parking.park
    app.jinja_env.filters["browser_name"] = account_labels.browser_name
    app.jinja_env.globals.update(
        site_name=config.site_name, organisation=config.organisation, demo_mode=config.demo, may=gate.may,
        own_colour=config.brand_hue != Config.brand_hue, full_title=ticket_labels.full_title,
        language_name=languages.own_name, kept_for=privacy_labels.kept_for,
        demo_accounts=demo.ACCOUNTS,
        demo_password=demo.PASSWORD, event_sentence=ticket_labels.event_sentence, deadline=ticket_labels.deadline,
        site_words=site_labels.site_words, rank_name=account_labels.rank_name, role_name=account_labels.role_name,
        list_words=list_labels.words, VIEWS=VIEWS,
        minimum_rank_name=home.minimum_rank_name, unfinished_draft=drafts.unfinished,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
