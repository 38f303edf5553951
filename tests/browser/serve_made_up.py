"""Serves the desk with the catalogues of the folder that is named on the command line, in place of its own."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

from flask import Flask  # noqa: E402

import helpdesk  # noqa: E402
from helpdesk import serving  # noqa: E402
from helpdesk.config import Config  # noqa: E402

set_all = helpdesk._set


def set_all_but_the_catalogues(app: Flask, config: Config) -> None:
    set_all(app, config)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = sys.argv[1]


helpdesk._set = set_all_but_the_catalogues
app = helpdesk.create_app(Config.from_environment())
serving.claim(app.config["HELPDESK"])
server = serving.listen(app)
print(serving.address(server), flush=True)
serving.serve(server, app)
