"""A small IMAP server for the tests, by RFC 3501 and 9051: one user, one folder, what a client needs to read mail.

It speaks over a real socket and keeps the rules clients trip over: tags, states (nothing before LOGIN, nothing of a
folder before SELECT), quoted strings, literals with their octets counted, UIDs that leave gaps, PEEK that leaves
\\Seen alone, answers nobody asked for.
"""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_LINE = re.compile(rb"^(\S+) (.*)$", re.S)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_FIELDS = re.compile(r"BODY\.PEEK\[HEADER\.FIELDS \(([^)]*)\)\]", re.I)
_WHOLE = re.compile(r"BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?", re.I)


@dataclass
class Stored:
    """A message of the folder."""

    uid: int
    content: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class Folder:
    """What the server keeps and how it behaves; `said`: every command it was given, without a password.

    `breaks`: the line is cut when this command comes; `uid_behind`: the UID stands behind the words; `talks`: it tells
    what nobody asked for; `wants_id`: no folder is opened to a client that does not say its name.
    """

    user: str = "ar@jianglin.example"
    password: str = 's3"cret\\'
    messages: list[Stored] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    breaks: str = ""
    uid_behind: bool = False
    talks: bool = False
    wants_id: bool = False

    def add(self, content: bytes) -> int:
        uid = self.messages[-1].uid + 3 if self.messages else 7
        self.messages.append(Stored(uid, content))
        return uid

    def unread(self) -> list[int]:
        return [one.uid for one in self.messages if "\\Seen" not in one.flags]


class ImapServer:
    """Such a server on a free port of this machine; `tls` from the beginning, or after STARTTLS."""

    def __init__(self, folder: Folder, *, tls: ssl.SSLContext | None = None, starttls: bool = False) -> None:
        self.folder = folder

        class Handler(_Talk):
            kept, context, later = folder, tls, starttls

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A client that leaves in the middle is no failure of the server."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> ImapServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    kept: Folder
    context: ssl.SSLContext | None
    later: bool

    def setup(self) -> None:
        self._named = self._logged_in = self._selected = False
        if self.context is not None and not self.later:
            self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        # Encrypted it is a socket of its own, which the server that accepted the plain one does not know.
        self.request.close()

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            if not (found := _LINE.match(line.rstrip(b"\r\n"))):
                self._say("* BAD no tag")
                continue
            tag, rest = found[1].decode(), found[2].decode()
            name = rest.split()[1].upper() if rest.upper().startswith("UID ") else rest.split()[0].upper()
            self.kept.said.append("LOGIN" if name == "LOGIN" else rest)
            if name == self.kept.breaks:
                return
            if self._answered(tag, name, rest) == "LOGOUT":
                return

    def _answered(self, tag: str, name: str, rest: str) -> str:
        known = {
            "CAPABILITY": self._capability, "NOOP": lambda _: "OK", "STARTTLS": lambda _: "OK go on",
            "LOGIN": self._login, "ID": self._id, "SELECT": self._select, "SEARCH": self._search,
            "FETCH": self._fetch, "STORE": self._store, "LOGOUT": self._bye,
        }  # fmt: skip
        states = {
            "SELECT": self._logged_in,
            "SEARCH": self._selected,
            "FETCH": self._selected,
            "STORE": self._selected,
        }
        if name not in known or not states.get(name, True):
            self._say(f"{tag} BAD {name} not now")
            return name
        self._say(f"{tag} {known[name](rest)} {name} done")
        if name == "STARTTLS":
            self._encrypt()
        return name

    def _capability(self, _rest: str) -> str:
        more = " ID" if self.kept.wants_id else ""
        plain = self.later and not isinstance(self.request, ssl.SSLSocket)
        self._say(f"* CAPABILITY IMAP4rev1{more}{' STARTTLS LOGINDISABLED' if plain else ''}")
        return "OK"

    def _login(self, rest: str) -> str:
        if self.later and not isinstance(self.request, ssl.SSLSocket):
            return "NO [PRIVACYREQUIRED] encrypt first;"
        user, password = [re.sub(r"\\(.)", r"\1", quoted or bare) for quoted, bare in _QUOTED.findall(rest)][1:]
        self._logged_in = (user, password) == (self.kept.user, self.kept.password)
        return "OK" if self._logged_in else "NO [AUTHENTICATIONFAILED] who?"

    def _id(self, _rest: str) -> str:
        self._named = True
        self._say('* ID ("name" "tests")')
        return "OK"

    def _select(self, rest: str) -> str:
        if self.kept.wants_id and not self._named:
            return "NO Unsafe Login. Please contact the provider."
        if rest.split(" ", 1)[1].strip('"').upper() != "INBOX":
            return "NO [NONEXISTENT] no such folder"
        self._say(f"* {len(self.kept.messages)} EXISTS")
        self._say("* FLAGS (\\Seen \\Answered)")
        self._say("* OK [UIDVALIDITY 1] fine")
        self._selected = True
        return "OK [READ-WRITE]"

    def _search(self, rest: str) -> str:
        assert rest.upper() == "UID SEARCH UNSEEN", rest
        self._say(" ".join(["* SEARCH", *map(str, self.kept.unread())]))
        return "OK"

    def _fetch(self, rest: str) -> str:
        _uid, _fetch, some, wanted = rest.split(" ", 3)
        for place, one in enumerate(self.kept.messages, start=1):
            if one.uid not in _uids(some):
                continue
            if self.kept.talks:
                self._say(f"* {place} FETCH (FLAGS (\\Recent))")
                self._say(f"* {len(self.kept.messages)} EXISTS")
            self._tell(place, one, wanted)
        return "OK"

    def _tell(self, place: int, one: Stored, wanted: str) -> None:
        if fields := _FIELDS.search(wanted):
            what, words = f"BODY[HEADER.FIELDS ({fields[1]})]", _headers(one.content, fields[1].split())
        else:
            whole = _WHOLE.search(wanted)
            assert whole is not None, wanted
            first, most = int(whole[1] or 0), int(whole[2] or 2**40)
            what, words = f"BODY[]<{first}>" if whole[1] else "BODY[]", one.content[first : first + most]
        before, behind = ("", f" UID {one.uid}") if self.kept.uid_behind else (f"UID {one.uid} ", "")
        self.wfile.write(f"* {place} FETCH ({before}{what} {{{len(words)}}}\r\n".encode() + words)
        self._say(f"{behind})")

    def _store(self, rest: str) -> str:
        _uid, _store, some, what, flags = rest.split(" ", 4)
        assert what.upper() == "+FLAGS.SILENT", rest
        for one in self.kept.messages:
            if one.uid in _uids(some):
                one.flags |= set(flags.strip("()").split())
        return "OK"

    def _bye(self, _rest: str) -> str:
        self._say("* BYE till next time")
        return "OK"

    def _encrypt(self) -> None:
        assert self.context is not None
        self.request = self.connection = self.context.wrap_socket(self.request, server_side=True)
        for one in (self.rfile, self.wfile):
            one.close()
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _uids(some: str) -> Sequence[int]:
    return [int(one) for one in some.split(",")]


def _headers(content: bytes, names: Sequence[str]) -> bytes:
    """The fields asked for, folded as they stand, and the empty line."""
    head = re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0]
    fields = re.findall(rb"^[^\s:]+:.*(?:\r?\n[ \t].*)*", head, re.M)
    wanted = {name.lower().encode() for name in names}
    return b"".join(one + b"\r\n" for one in fields if one.split(b":")[0].lower() in wanted) + b"\r\n"
