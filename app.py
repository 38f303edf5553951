"""The application: `python app.py` prepares and serves it, gunicorn and the `flask` command import it."""

from gevent import monkey

monkey.patch_all()

import os
import signal
import sys

os.umask(0o077)  # what the desk writes, its database first of all, is for its own user only

if __name__ == "__main__":
    # Until there is anything to end in good order, Ctrl-C and SIGTERM just end it, without a traceback.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    # A newcomer who runs this file gets the demo; whoever deploys says HELPDESK_MODE=production.
    os.environ.setdefault("HELPDESK_MODE", "demo")

from helpdesk import create_app, demo, serving
from helpdesk.config import BadSetting
from helpdesk.operating import logs


def main() -> None:
    """Prepares the instance, says where it is, and serves it until it is stopped."""
    serving.prepare(app)
    config = app.config["HELPDESK"]
    serving.claim(config)
    server = serving.listen(app)
    if config.demo and serving.is_empty(app):
        demo.load(app)
    serving.check(app)
    print(f"{config.site_name} is at {serving.address(server)}  (Ctrl-C stops it)", flush=True)
    if config.demo:
        print(demo.accounts_text(), flush=True)
    serving.serve(server, app)


try:
    app = create_app()
    logs.use(app)
    if __name__ == "__main__":
        main()
except BadSetting as refused:
    sys.exit(f"The help desk does not start: {refused}")
