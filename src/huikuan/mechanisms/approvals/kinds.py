"""The register of what can be asked for. The mechanism knows requests and routes; kinds live in contexts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope

#: What is shown, as pairs of a label and a value in the reader's language.
Described = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its context is told of it. `shown`: the document that was shown and is approved."""

    id: int
    kind: str
    subject: str
    company_id: int | None
    customer_id: int | None
    amount: int | None
    currency: str
    shown: Mapping[str, Any]
    digest: str
    maker: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that was handed in with a request: the digest it is kept under, and its name."""

    sha256: str
    name: str


class StillShown(Protocol):
    """Gives the document as it would be shown at `at`."""

    def __call__(self, asked: Asked, *, at: datetime) -> Mapping[str, Any]: ...


class Execute(Protocol):
    """What does what was approved; `actor` is who approved last."""

    def __call__(self, asked: Asked, *, actor: str, at: datetime) -> None: ...


class Beside(Protocol):
    """Gives what stands now beside what was asked for, for a reader of the scope."""

    def __call__(self, asked: Asked, *, scope: Scope, at: datetime) -> Described: ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """A limit as it would change, beside what stands of it now: minor units of one currency. `before`: None where
    there is none; `used`: None where nobody can say; `warn_over`: percent of the limit from where on somebody is
    warned."""

    currency: str
    before: int | None
    after: int
    used: int | None
    warn_over: int

    @property
    def difference(self) -> int | None:
        return None if self.before is None else self.after - self.before

    @property
    def left(self) -> int | None:
        """What is left of the limit after the change, below 0 where more is used."""
        return None if self.used is None else self.after - self.used


class Weigh(Protocol):
    """Gives what is asked beside what it takes the place of and what is used of it now, None where nobody can
    compare them, for a reader of the scope."""

    def __call__(self, asked: Asked, *, scope: Scope, at: datetime) -> Weighed | None: ...


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """One kind of request.

    `still_shown` gives the document as it would be shown now. It is asked inside the deciding transaction and
    locks the rows it reads, so that nothing changes between what was shown and what is done; it raises a Refusal when
    a precondition no longer holds. `execute` does what was approved, in the transaction of the last approval: both or
    neither. `describe(shown)` says the document in words, `explain(reasons)` the reasons that were given, and
    `address(asked)` is the page of the subject; `beside` what a decider looks at that changes by itself, as it is now;
    `weigh` what a limit changes from and to; `papers(shown)` the files that were handed in. None where there are none.
    """

    name: str
    title: str
    still_shown: StillShown
    execute: Execute
    describe: Callable[[Mapping[str, Any]], Described]
    address: Callable[[Asked], str] | None = None
    explain: Callable[[Sequence[Mapping[str, Any]]], Described] | None = None
    beside: Beside | None = None
    weigh: Weigh | None = None
    papers: Callable[[Mapping[str, Any]], Sequence[Paper]] | None = None


_KINDS: dict[str, ApprovalKind] = {}


def register(kind: ApprovalKind) -> ApprovalKind:
    """Make `kind` known; a context calls this once at import of its `approvals` module."""
    _KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> ApprovalKind:
    """The kind of this name; refuses an unknown one."""
    if name not in _KINDS:
        raise Refusal("request_kind_unknown", kind=name, known=", ".join(sorted(_KINDS)))
    return _KINDS[name]


def kinds() -> list[ApprovalKind]:
    return sorted(_KINDS.values(), key=lambda kind: kind.name)
