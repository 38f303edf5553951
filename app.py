"""The application: `python app.py` prepares and serves it, gunicorn and the `flask` command import it."""

from gevent import monkey

monkey.patch_all()

import os
import sys

from helpdesk import create_app, demo, serving
from helpdesk.config import BadSetting

if __name__ == "__main__":
    # A newcomer who runs this file gets the demo; whoever deploys says HELPDESK_MODE=production.
    os.environ.setdefault("HELPDESK_MODE", "demo")


def main() -> None:
    """Prepares the instance, says where it is, and serves it until it is stopped."""
    serving.prepare(app)
    config = app.config["HELPDESK"]
    held = serving.claim(config)
    if config.demo and serving.is_empty(app):
        demo.load(app)
    serving.check(app)
    print(f"{config.site_name} is at http://{config.host}:{config.port}/  (Ctrl-C stops it)", flush=True)
    if config.demo:
        print(demo.accounts_text(), flush=True)
    serving.serve(app)
    del held


try:
    app = create_app()
    if __name__ == "__main__":
        main()
except BadSetting as refused:
    sys.exit(f"The help desk does not start: {refused}")
