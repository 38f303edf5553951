"""A server process of the benchmark: `python -m bench.child ours|bare|desk|chat PATH`.

Says its port and serves until it is ended.
"""

# ruff: noqa: E402  everything else is imported after gevent has patched the standard library
# Each server imports what it serves and nothing else: the bare ones start without the help desk.

from gevent import monkey

monkey.patch_all()

import sys
from importlib import import_module
from pathlib import Path

from gevent.pywsgi import WSGIServer

APPS = {"ours": "bench.filling", "bare": "bench.bare", "desk": "bench.desk.bare"}
# The server of the chat has connections for everybody, and lets people type faster than people can.
CONNECTIONS = 12_000
MOST = 1_000_000


def main() -> None:
    which, path = sys.argv[1:]
    if which == "chat":
        serve_chat(Path(path))
        return
    server = WSGIServer(("127.0.0.1", 0), import_module(APPS[which]).make_app(Path(path)), log=None)
    server.init_socket()
    print(server.server_port, flush=True)
    server.serve_forever()


def serve_chat(instance: Path) -> None:
    """The whole desk, as `python app.py` serves it."""
    from bench import filling
    from helpdesk import serving
    from helpdesk.chat import paces

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
