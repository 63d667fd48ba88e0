"""What matching last said of a line: its proposals, the best first, as they were kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from huikuan.kernel.reasons import Reason
from huikuan.record.cash.domain.applying import UNSEEN, Seen
from huikuan.record.cash.domain.book import Proposal, Verdict
from huikuan.record.cash.domain.stored import digest_of, stored_from
from huikuan.record.cash.models import Suggestion
from huikuan.record.receivables.models import Item


@dataclass(frozen=True, slots=True)
class Suggested:
    """`seen`: what they rest on; `reasons`: why nothing was done by itself; `guesses`: the proposals are less sure
    than what is suggested, for whoever asks for them. Without an answer all is empty."""

    line_id: int
    proposals: tuple[Proposal, ...] = ()
    reasons: tuple[Reason, ...] = ()
    seen: Seen = UNSEEN
    policy_version: int | None = None
    guesses: bool = False

    def digest(self, place: int) -> str:
        """What accepting a proposal names it by."""
        proposal = self.proposals[place]
        claims = {part.item_id: self.seen.claims[part.item_id] for part in proposal.parts}
        return digest_of(self.line_id, proposal, replace(self.seen, claims=claims))


def suggested(line_id: int) -> Suggested:
    """What was kept for the line."""
    found = Suggestion.objects.filter(line_id=line_id).first()
    if found is None:
        return Suggested(line_id)
    stored = stored_from(found.answer)
    answer, guesses = stored.answer, found.verdict == Verdict.LEFT
    return Suggested(line_id, answer.proposals, answer.reasons, stored.seen, found.policy_version, guesses)


def documents_of(proposals: Iterable[Proposal]) -> dict[int, str]:
    """Item → document number, of everything the proposals name."""
    ids = {part.item_id for one in proposals for part in one.parts}
    return dict(Item.objects.filter(id__in=ids).values_list("id", "document_number"))
