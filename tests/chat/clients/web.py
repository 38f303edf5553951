"""The plain HTTP of docs/chat-protocol.md, sections 1 and 9: signing in, starting a chat, the forms."""

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PATIENCE = 30  # seconds for what takes milliseconds on a quiet machine


class Web:
    """Somebody's program: one cookie jar, one connection for each request."""

    def __init__(self, port: int, *, cookie: str = "") -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self._cookies = {"session": cookie} if cookie else {}
        self._secret = ""

    @property
    def cookie(self) -> str:
        """What a handshake has to send."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def sign_in(self, username: str, password: str) -> int:
        """The three steps; the status of the second."""
        self.get("/sign-in")
        status, _ = self.post("/sign-in", username=username, password=password)
        self.get("/profile")
        return status

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: object) -> tuple[int, str]:
        """Sends a form with the secret of the session."""
        if not self._secret:
            self.get("/profile")
        return self._ask("POST", path, urlencode({"csrf_token": self._secret, **fields}).encode())

    def begin(self, question: str, *, client_id: str, **fields: object) -> int:
        """Starts a chat; its number."""
        facts = {"name": "Ben", "member_ref": "", "email": "ben@example.org", **fields}
        status, page = self.post("/chat", client_id=client_id, question=question, **facts)
        assert status == 303, page
        return self.number("data-chat")

    def number(self, attribute: str, path: str = "/chat") -> int:
        """What the page says beside `data-chat` or `data-me`."""
        found = re.search(rf'{attribute}="(\d+)"', self.get(path)[1])
        assert found, f"{path} has no {attribute}"
        return int(found[1])

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self._cookies.update({name: cookie.value for name, cookie in SimpleCookie(line).items()})
        secret = re.search(r'name="csrf_token" value="([^"]+)"', text)
        self._secret = secret[1] if secret else self._secret
        return response.status, text
