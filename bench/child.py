"""A server process of the benchmark: `python -m bench.child ours|bare PATH`.

Says its port and serves until it is ended.
"""
# ruff: noqa: E402  everything else is imported after gevent has patched the standard library

from gevent import monkey

monkey.patch_all()

import sys
from pathlib import Path

from gevent.pywsgi import WSGIServer

from bench import bare, filling

APPS = {"ours": filling.make_app, "bare": bare.make_app}


def main() -> None:
    which, path = sys.argv[1:]
    server = WSGIServer(("127.0.0.1", 0), APPS[which](Path(path)), log=None)
    server.init_socket()
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
