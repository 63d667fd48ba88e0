"""What a visit to a customer is, from its plan to what came of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.kernel.errors import Refusal

#: To ask for payment; none of the others does.
COLLECT = "collect"
PURPOSES = (COLLECT, "reconcile", "dispute", "care", "return")
#: How it ended. Of a visit nobody went on, `called_off`.
MET, ABSENT, TURNED_AWAY, MOVED_OUT, CALLED_OFF = "met", "absent", "turned_away", "moved_out", "called_off"
OUTCOMES = (MET, ABSENT, TURNED_AWAY, MOVED_OUT, CALLED_OFF)
#: What one sees there, to be ticked.
SIGHTS = ("running", "partly_stopped", "stopped", "staff_changed", "stock_piled", "creditors")
SATISFACTION = (1, 2, 3, 4, 5)
MOST_PHOTOS = 9
LARGEST_PHOTO = 15 * 1024 * 1024
LONGEST_NOTE = 2_000
LONGEST_PLACE = 200
_FURTHEST = timedelta(days=365)
_MEASURE = 1_000_000

#: First bytes of the kinds of pictures phones take → media type.
_MAGIC = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_HEIC = (b"heic", b"heix", b"mif1", b"hevc")


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a visit. `people`: persons of the register that were met; `others`: whom else, by name."""

    outcome: str
    note: str = ""
    sights: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    others: str = ""
    satisfaction: int | None = None
    follow_up_on: date | None = None


def check_plan(*, purpose: str, planned_on: date, today: date, note: str) -> None:
    """Refuse an unknown purpose, a day that is past or far, and a note too long."""
    if purpose not in PURPOSES:
        raise Refusal("visit_purpose_unknown", value=purpose, known=", ".join(PURPOSES))
    if not today <= planned_on <= today + _FURTHEST:
        raise Refusal("visit_day_bad", day=planned_on, today=today)
    _check_note(note)


def check_place(place: str, latitude_e6: int | None, longitude_e6: int | None) -> None:
    """Refuse a check-in that names no place, and coordinates that lie nowhere (degrees × 10⁶)."""
    if not place and latitude_e6 is None:
        raise Refusal("visit_place_missing")
    if len(place) > LONGEST_PLACE:
        raise Refusal("visit_place_too_long", longest=LONGEST_PLACE)
    if (latitude_e6 is None) != (longitude_e6 is None):
        raise Refusal("visit_coordinates_bad")
    if abs(latitude_e6 or 0) > 90 * _MEASURE or abs(longitude_e6 or 0) > 180 * _MEASURE:
        raise Refusal("visit_coordinates_bad")


def check_end(ended: Ended, *, today: date, arrived: bool, people: Collection[int]) -> None:
    """Refuse an unknown outcome or sight, persons who are nobody of `people`, a follow-up in the past; a visit that
    ended some way without anybody having checked in, and one called off after they had."""
    if ended.outcome not in OUTCOMES:
        raise Refusal("visit_outcome_unknown", value=ended.outcome, known=", ".join(OUTCOMES))
    if (ended.outcome == CALLED_OFF) == arrived:
        raise Refusal("visit_not_checked_in" if not arrived else "visit_checked_in")
    unknown = [one for one in ended.sights if one not in SIGHTS]
    if unknown:
        raise Refusal("visit_sight_unknown", value=", ".join(unknown), known=", ".join(SIGHTS))
    if not set(ended.people) <= set(people):
        raise Refusal("visit_person_unknown")
    if ended.satisfaction is not None and ended.satisfaction not in SATISFACTION:
        raise Refusal("visit_satisfaction_bad", value=ended.satisfaction)
    if ended.follow_up_on is not None and not today <= ended.follow_up_on <= today + _FURTHEST:
        raise Refusal("visit_day_bad", day=ended.follow_up_on, today=today)
    _check_note(ended.note)


def picture_type(content: bytes) -> str:
    """The media type of a photograph by its first bytes, whatever it is called; refuses what is none, and one that is
    too large."""
    if len(content) > LARGEST_PHOTO:
        raise Refusal("visit_photo_too_large", most=LARGEST_PHOTO // 1024 // 1024)
    for begin, media_type in _MAGIC:
        if content.startswith(begin):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "image/heic"
    raise Refusal("visit_photo_bad")


def _check_note(note: str) -> None:
    if len(note) > LONGEST_NOTE:
        raise Refusal("visit_note_too_long", longest=LONGEST_NOTE)
