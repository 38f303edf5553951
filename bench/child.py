"""A server process of the benchmark: `python -m bench.child ours|bare|desk|chat PATH`.

Says its port and serves until it is ended.
"""

# ruff: noqa: E402  everything else is imported after gevent has patched the standard library

from gevent import monkey

monkey.patch_all()

import sys
from pathlib import Path

from gevent.pywsgi import WSGIServer

from bench import bare, filling
from bench.desk import bare as bare_desk
from helpdesk import serving
from helpdesk.chat import paces

APPS = {"ours": filling.make_app, "bare": bare.make_app, "desk": bare_desk.make_app}
# The server of the chat has connections for everybody, and lets people type faster than people can.
CONNECTIONS = 12_000
MOST = 1_000_000


def main() -> None:
    which, path = sys.argv[1:]
    if which == "chat":
        serve_chat(Path(path))
        return
    server = WSGIServer(("127.0.0.1", 0), APPS[which](Path(path)), log=None)
    server.init_socket()
    print(server.server_port, flush=True)
    server.serve_forever()


def serve_chat(instance: Path) -> None:
    """The whole desk, as `python app.py` serves it."""
    serving.CONNECTIONS = CONNECTIONS
    object.__setattr__(paces.SAY, "members", MOST)
    object.__setattr__(paces.SAY, "team", MOST)
    app = filling.make_app(instance, port=0)
    serving.check(app)
    server = serving.listen(app)
    print(server.server_port, flush=True)
    serving.serve(server, app)


if __name__ == "__main__":
    main()
