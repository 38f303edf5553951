"""gunicorn's settings: `gunicorn -c deploy/gunicorn.conf.py`. The desk's own are HELPDESK_* (`flask settings`)."""

import os
import sys
from pathlib import Path

from gunicorn.arbiter import Arbiter

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

wsgi_app = "app:app"
chdir = str(HERE.parent)
worker_class = "worker.DrainWorker"
# One process: on SQLite more are refused; on PostgreSQL run several services behind sticky routes instead.
workers = 1
bind = "127.0.0.1:8000"
# An open page of a chat is one connection, and 10,000 leave room for other pages. Each costs about 60 kB; LimitNOFILE
# must be larger.
worker_connections = 12000
backlog = 2048
# A stop takes at most this long. The worker ends by itself earlier, so that it is never killed at its work.
graceful_timeout = 10
# gunicorn's own way to be steered from outside: nobody uses it here.
control_socket_disable = True
proc_name = "helpdesk"


def on_starting(arbiter: Arbiter) -> None:
    """Refuses several workers on SQLite before there is one: of two that give up, gunicorn trips over the second."""
    if arbiter.cfg.workers > 1 and not os.environ.get("DATABASE_URL", "").strip():
        arbiter.log.error("SQLite is for one worker (-w 1). For several use PostgreSQL: set DATABASE_URL.")
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
