"""Contracts say which day is waited for next; those there are say it out of their facts."""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations, models


def fill(apps: Any, _editor: Any) -> None:
    """The earliest planned day of a milestone of the governing version whose event does not stand."""
    contracts, versions, events = (
        apps.get_model("contracts", name) for name in ("Contract", "ContractVersion", "MilestoneEvent")
    )
    undone = set(events.objects.exclude(reversal_of=None).values_list("reversal_of", flat=True))
    for contract in contracts.objects.iterator():
        told = versions.objects.filter(contract_id=contract.pk).order_by("effective_on", "version").last()
        own = events.objects.filter(contract_id=contract.pk, reversal_of=None).exclude(pk__in=undone)
        happened = set(own.values_list("milestone", flat=True))
        planned = [
            one["planned_on"]
            for one in (json.loads(told.content)["milestones"] if told else [])
            if one["planned_on"] and one["code"] not in happened
        ]
        if planned:
            contracts.objects.filter(pk=contract.pk).update(awaited_on=min(planned))


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]

    operations = [
        migrations.AddField("contract", "awaited_on", models.DateField(null=True)),
        migrations.AddIndex("contract", models.Index(fields=["awaited_on"], name="contracts_contract_awaited")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
