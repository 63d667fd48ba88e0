"""A real SMTP server for the tests: keeps what it took, and does what it is told to instead."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

#: What to do with a message after its last line; '' and None: take it.
Does = Callable[[Envelope], str | None]


class Taken:
    """Envelopes the server took, in their order."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.rcpt = ""
        self.does: Does | None = None
        #: The connection is cut before the server says that it took the message.
        self.drops = False

    async def handle_RCPT(  # noqa: N802 - the server's own names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        refusal = self.does(envelope) if self.does else None
        if refusal:
            return refusal
        self.envelopes.append(envelope)
        if self.drops:
            assert server.transport is not None
            server.transport.abort()
        return f"250 taken as {len(self.envelopes)}"

    def mails(self) -> list[EmailMessage]:
        """What was taken, as a mail program reads it."""
        return [message_from_bytes(_bytes(one), policy=default) for one in self.envelopes]  # type: ignore[arg-type]

    def ids(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails())


class AnyPort(Controller):
    """A controller that takes whichever port is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = int(self.server.sockets[0].getsockname()[1])
        super()._trigger_server()


class MailServer:
    """Such a server on a free port; `url` for HUIKUAN_SMTP_URL."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, password: str = "") -> None:
        self.taken = Taken()
        more: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls else {}
        if password:

            def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
                return AuthResult(success=given.password == password.encode(), handled=False)

            more |= {"authenticator": check, "auth_required": True, "auth_require_tls": tls is not None}
        self._controller = AnyPort(self.taken, hostname="127.0.0.1", port=0, **more)

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return int(self._controller.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"


def _bytes(envelope: Envelope) -> bytes:
    content = envelope.original_content
    assert content is not None
    return content
