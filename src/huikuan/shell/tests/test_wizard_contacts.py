"""Contacts through the wizard: clear for whoever may see personal data, masked for others; nothing stays behind."""

from __future__ import annotations

import pytest
from django.test import Client

from huikuan.connect.connectors.models import Batch, CellEdit, ImportDraft
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.people import contacts
from huikuan.shell.tests.books import AT
from huikuan.shell.tests.test_wizard import check, commit, describe, send, work

CONTENT = """客户编码,联系人,角色,手机,邮箱,备注
C0001,沈知遥,财务,13812342046,shenzhiyao@beilu.example,私人号 13777778888
C0001,沈知遥,采购,13812342046,shenzhiyao@beilu.example,
C0001,罗见山,负责人,13900001111,luojianshan@beilu.example,
C0002,方小满,仓库,13900002222,fang at example,
C0002,方大满,仓库,13900003333,fangdaman@example.example,
""".encode()
#: What no reader without the right is shown, wherever it stands in the file.
SECRETS = ("知遥", "见山", "小满", "812342046", "900001111", "zhiyao", "jianshan", "777778888", "fang at")


@pytest.fixture
def clerk(reader: Client) -> Client:
    """Imports for the company, and is not to see whom we know at customers."""
    client = Client()
    client.force_login(User.objects.create_user("clerk", password="correct horse 9"))
    grant_role(username="clerk", role="cash_clerk", actor="cli:test", at=AT)
    return client


def upload(client: Client) -> ImportDraft:
    assert send(client, CONTENT, "联系人.csv", kind="contacts").status_code == 302
    draft = ImportDraft.objects.latest("pk")
    assert describe(client, draft).headers["Location"] == f"/imports/drafts/{draft.pk}/check"
    return draft


def test_contacts_are_taken_in_the_browser_and_nothing_but_they_stays(reader: Client) -> None:
    draft = upload(reader)
    page = check(reader, draft)
    preview = page.context["preview"]
    assert (preview["read"], preview["created"], preview["rejected"]) == (5, 2, 3)
    assert [(cell.place, cell.typed) for cell in page.context["cells"]][-1] == ("E5", "fang at example")
    assert "原件" in page.content.decode(), "it is told that the file is not kept"
    mend = {"row": "5", "column": "邮箱", "value": "fang@example.example"}
    assert reader.post(f"/imports/drafts/{draft.pk}/cells", mend).status_code == 302
    commit(reader, draft)
    work()
    kept = ImportDraft.objects.get(pk=draft.pk)
    assert (kept.state, kept.refusal["code"], kept.refusal["where"]) == ("open", "import_rejected", [])
    commit(reader, draft, rejected="skip")
    work()
    named = {
        code: [row.contact.name for row in contacts(Customer.objects.get(code=code).pk, clear=True)]
        for code in ("C0001", "C0002")
    }
    assert named == {"C0001": ["罗见山"], "C0002": ["方小满", "方大满"]}
    batch = Batch.objects.get(draft_id=draft.pk)
    assert not StoredFile.objects.filter(sha256=batch.file_sha256).exists()
    assert CellEdit.objects.count() == 0
    draft.refresh_from_db()
    for row in (batch, draft):
        left = str({field.name: getattr(row, field.name) for field in row._meta.fields})
        assert [secret for secret in SECRETS if secret in left] == []
    shown = reader.get(f"/imports/{batch.pk}").content.decode()
    assert f"/imports/{batch.pk}/original" not in shown
    assert f"/imports/{batch.pk}/undo" in shown
    assert reader.get(f"/imports/{batch.pk}/original").status_code == 404
    assert reader.get(f"/imports/{batch.pk}/lines/2").status_code == 200


def test_whoever_may_not_see_people_sees_their_beginnings(reader: Client, clerk: Client) -> None:
    draft = upload(reader)
    mend = {"row": "5", "column": "邮箱", "value": "fang-at@example.example"}
    reader.post(f"/imports/drafts/{draft.pk}/cells", mend)
    for step in ("columns", "check"):
        said = clerk.get(f"/imports/drafts/{draft.pk}/{step}").content.decode()
        assert [secret for secret in (*SECRETS, "fang-at") if secret in said] == [], step
        clear = reader.get(f"/imports/drafts/{draft.pk}/{step}").content.decode()
        assert "知遥" in clear, step
    assert "沈*" in clerk.get(f"/imports/drafts/{draft.pk}/columns").content.decode()
    assert clerk.get(f"/imports/drafts/{draft.pk}/rejected").status_code == 404
    assert reader.get(f"/imports/drafts/{draft.pk}/rejected").status_code == 200
