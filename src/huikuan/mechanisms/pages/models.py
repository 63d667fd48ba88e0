"""How a person likes lists: the conditions they keep under a name, and the columns they leave out."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.identity.models import Company, User


class SavedView(models.Model):
    """Conditions of a list under a name, a tab above it. `query`: the address's names and values that make them.

    Its owner's alone, or with `company` everybody's who sees the whole of that company.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    listing = models.CharField(max_length=60)
    title = models.CharField(max_length=40)
    query = models.JSONField(default=dict)
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "listing", "title"], name="pages_view_title")]


class ListLayout(models.Model):
    """The columns of a list that a person leaves out, by name. Layout never touches the conditions."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="list_layouts")
    listing = models.CharField(max_length=60)
    hidden = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "listing"], name="pages_layout_list")]
