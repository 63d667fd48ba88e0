"""Personal values can be erased; the chain still proves everything else (catalogue 70)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.erasing import erasures_path
from huikuan.mechanisms.audit.models import Erasable, Erasure
from huikuan.mechanisms.audit.operations import erase_personal, reapply_erasures, record
from huikuan.mechanisms.audit.queries import personal, verify
from huikuan.mechanisms.audit.tests.conftest import AT, run, seal_all
from huikuan.mechanisms.store import guards
from huikuan.mechanisms.store.models import Fact


@pytest.fixture
def contact(transactional_db: None) -> Iterator[type[Fact]]:
    """A kind of fact with personal values, for this test only."""

    class Contact(Fact):
        customer_id = models.BigIntegerField()
        personal = ("name", "phone")

        class Meta:
            app_label = "audit"
            db_table = "audit_testcontact"

    with connection.schema_editor() as editor:
        editor.create_model(Contact)
    guards.install()
    yield Contact
    with connection.schema_editor() as editor:
        editor.delete_model(Contact)
    del apps.all_models["audit"]["contact"]
    apps.clear_cache()


def write_contacts(model: type[Fact]) -> list[int]:
    with transaction.atomic():
        rows = [{"customer_id": 7, "name": name, "phone": "13800000000"} for name in ("甲", "乙")]
        ids = record(model, rows, at=AT)
    seal_all(AT)
    return ids


def test_erased_values_are_gone_and_everything_still_verifies(contact: type[Fact]) -> None:
    first, second = write_contacts(contact)
    assert personal(contact, [first])[first] == {"name": "甲", "phone": "13800000000"}
    erase_personal(contact, first, reason="request 1", actor="周敏", at=AT + timedelta(minutes=1))
    assert personal(contact, [first, second]).keys() == {second}
    assert Erasure.objects.get().subject_id == first
    assert contact.objects.count() == 2
    seal_all(AT + timedelta(minutes=2))
    assert verify().ok
    with pytest.raises(Refusal, match="audit_nothing_to_erase"):
        erase_personal(contact, first, reason="again", actor="周敏", at=AT)
    assert Erasure.objects.count() == 1


def test_a_restore_forgets_again(contact: type[Fact]) -> None:
    first, _ = write_contacts(contact)
    backup = Erasable.objects.filter(subject_id=first).values().get()
    erase_personal(contact, first, reason="request 1", actor="周敏", at=AT)
    Erasable.objects.create(**backup)
    assert [finding.kind for finding in verify().findings] == ["erasure_undone"]
    assert reapply_erasures(actor="restore", at=AT) == 1
    assert personal(contact, [first]) == {}
    assert (Erasure.objects.count(), verify().ok) == (1, True)
    assert len(erasures_path().read_text().splitlines()) == 1


def test_a_backup_from_before_the_erasure_learns_of_it(contact: type[Fact], data_folder) -> None:
    first, _ = write_contacts(contact)
    table = contact._meta.db_table
    erasures_path().write_text(f'{{"kind":"{table}","subject_id":{first}}}\n{{"torn')
    assert reapply_erasures(actor="restore", at=AT) == 1
    assert personal(contact, [first]) == {}
    assert (Erasure.objects.get().reason, reapply_erasures(actor="restore", at=AT)) == ("restored", 0)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE audit_erasable SET content = replace(content, '138', '139')", "personal_changed"),
        ("DELETE FROM audit_erasable", "personal_missing"),
    ],
)
def test_tampering_with_personal_values_or_salts_is_found(contact: type[Fact], statement: str, kind: str) -> None:
    write_contacts(contact)
    run(statement)
    assert {finding.kind for finding in verify().findings} == {kind}


def test_a_salt_cannot_be_exchanged(contact: type[Fact]) -> None:
    write_contacts(contact)
    Erasable.objects.update(salt=b"\0" * 32)
    assert {finding.kind for finding in verify().findings} == {"personal_changed"}
