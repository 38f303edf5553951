"""Watches every page of a test: what a browser would only tell its console fails the test."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

# A request that its own page takes back, by going on or by Cancel, is no fault.
TAKEN_BACK = "net::ERR_ABORTED"
# Said for every answer from 400 on; those are counted as answers.
DOUBLED = "Failed to load resource"


class Guard:
    """Collects console errors, script errors, lost requests and refused answers that the test did not announce."""

    def __init__(self) -> None:
        self._allowed: set[int] = set()
        self._offline = False
        self._words: list[str] = []
        self._seen: list[str] = []
        self._watched: list[BrowserContext] = []
        self._ears: dict[str, Callable[..., None]] = {
            "console": self._console,
            "weberror": lambda error: self._seen.append(f"script error: {error.error}"),
            "requestfailed": self._failed,
            "response": self._answered,
        }

    def watch(self, context: BrowserContext) -> None:
        """Listens to all pages of this browser until `leave`."""
        self._watched.append(context)
        for event, heard in self._ears.items():
            context.on(event, heard)

    def leave(self) -> None:
        """Listens no longer: the browser may go on in other tests."""
        for context in self._watched:
            for event, heard in self._ears.items():
                context.remove_listener(event, heard)

    def allow(self, *statuses: int) -> None:
        """These answers are what the test is about."""
        self._allowed.update(statuses)

    def allow_offline(self) -> None:
        """Lost requests are what the test is about."""
        self._offline = True

    def allow_words(self, part: str) -> None:
        """A console error with these words is what the test is about."""
        self._words.append(part)

    def check(self) -> None:
        assert not self._seen, "\n".join(self._seen)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or DOUBLED in message.text:
            return
        if not any(words in message.text for words in self._words):
            self._seen.append(f"console: {message.text} ({message.location.get('url')})")

    def _failed(self, request: Request) -> None:
        if request.failure != TAKEN_BACK and not self._offline:
            self._seen.append(f"lost: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._allowed:
            self._seen.append(f"answered with {response.status}: {response.request.method} {response.url}")
