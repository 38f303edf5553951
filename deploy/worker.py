"""gunicorn's worker for the desk: serves with our own connections, refuses in words, and stops in order.

gunicorn loads this module before gevent's patch, and helpdesk must not be imported before it: so this stands outside
of that package, and imports from it only in the worker process.
"""

import sys
import time

import gevent
from gunicorn.arbiter import Arbiter
from gunicorn.workers.ggevent import GeventPyWSGIWorker, PyWSGIHandler

# What a worker leaves of `graceful_timeout` to gunicorn, which kills those that are still there at its end.
MARGIN_SECONDS = 3


class DrainWorker(GeventPyWSGIWorker):
    """One process of the desk."""

    _at_work: list[gevent.Greenlet] = []

    def init_process(self) -> None:
        self.cfg.set("graceful_timeout", max(1, self.cfg.graceful_timeout - MARGIN_SECONDS))
        super().init_process()

    def load_wsgi(self) -> None:
        """Loads the application, and checks that it may be served; otherwise gunicorn gives up at once."""
        try:
            super().load_wsgi()
        except SystemExit as refused:  # app.py refuses a setting with a sentence
            self._give_up(refused.code)
        from helpdesk import draining
        from helpdesk.config import BadSetting

        self.server_class = draining.Server
        self.wsgi_handler = type("Handler", (draining.Connection, PyWSGIHandler), {})
        try:
            self._take_over()
        except BadSetting as refused:
            self._give_up(f"The help desk does not start: {refused}")

    def run(self) -> None:
        from helpdesk import serving

        self._at_work = serving.begin_work(self.wsgi)
        super().run()
        gevent.killall(self._at_work)

    def handle_exit(self, sig: int, frame: object) -> None:
        """SIGTERM: tells the sockets; the loop in `run` closes the rest."""
        if self.booted:
            gevent.spawn(self._say_goodbye)
        super().handle_exit(sig, frame)

    def _say_goodbye(self) -> None:
        from helpdesk import draining, serving

        serving.end_work(self._at_work)
        draining.say_goodbye(self.wsgi.logger)

    def _take_over(self) -> None:
        """Holds the instance. Raises BadSetting when it must not be served, or not by this process.

        At a reload the worker before this one still has it for as long as it may take to stop.
        """
        from helpdesk import serving

        config = self.wsgi.config["HELPDESK"]
        deadline = time.monotonic() + self.cfg.graceful_timeout + MARGIN_SECONDS
        while True:
            try:
                serving.claim(config)
                break
            except serving.AlreadyServed:
                if time.monotonic() > deadline or not self.alive:
                    raise
            self.notify()
            gevent.sleep(0.1)
        serving.check(self.wsgi)

    def _give_up(self, reason: object) -> None:
        self.log.error("%s", reason)
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
