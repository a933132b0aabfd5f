"""How people come into a network, and one kind of request for those who would like to: whoever
left and asks to come back is one of them (`Comeback` is the same table under its wider name)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Left

import peernet.lib.clock

KINDS = {
    "comeback": "request",
    "comeback_waits": "request_waits",
    "comeback_above": "request_above",
    "comeback_answer": "request_answer",
}


def _rename(apps, kinds):
    notices = apps.get_model("members", "Notice").objects
    for before, after in kinds.items():
        notices.filter(kind=before).update(kind=after)


def forward(apps, _editor):
    _rename(apps, KINDS)
    waiting = apps.get_model("networks", "JoinRequest").objects.filter(state="asked")
    waiting.update(waits_since=models.F("asked_at"))


def back(apps, _editor):
    _rename(apps, {after: before for before, after in KINDS.items()})
    notices = apps.get_model("members", "Notice").objects
    notices.filter(kind__in=["request_slow", "request_said"]).delete()
    rows = apps.get_model("networks", "JoinRequest").objects
    rows.filter(state="withdrawn").delete()
    rows.update(words=Left("words", 300))


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_no_two_spells_with_one_organisation"),
        ("networks", "0018_archives_of_networks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "network",
            "entry",
            models.CharField(
                "How people come in",
                max_length=8,
                default="invited",
                choices=[
                    ("invited", "By invitation only"),
                    ("question", "They answer a question, and a coordinator says yes"),
                    ("open", "Whoever accepts the house rules can join"),
                ],
            ),
        ),
        migrations.AddField(
            "network",
            "question",
            models.CharField("The question you ask them", max_length=300, blank=True, default=""),
        ),
        migrations.AddConstraint(
            "network",
            models.CheckConstraint(
                condition=Q(entry__in=["invited", "open"]) | (Q(entry="question") & ~Q(question="")),
                name="network_asks_its_question",
            ),
        ),
        migrations.RenameModel("Comeback", "JoinRequest"),
        migrations.RemoveConstraint("joinrequest", "one_open_comeback"),
        migrations.AlterField(
            "joinrequest",
            "network",
            models.ForeignKey(
                "networks.network", django.db.models.deletion.CASCADE, related_name="requests"
            ),
        ),
        migrations.AlterField(
            "joinrequest",
            "state",
            models.CharField(
                max_length=9,
                default="asked",
                choices=[
                    ("asked", "Asked"),
                    ("welcome", "Welcome"),
                    ("declined", "Not now"),
                    ("withdrawn", "Taken back"),
                ],
            ),
        ),
        migrations.AlterField(
            "joinrequest", "words", models.TextField("Answer", max_length=1000, blank=True)
        ),
        # Whoever asked until now had been there before.
        migrations.AddField("joinrequest", "returns", models.BooleanField(default=True)),
        migrations.AlterField("joinrequest", "returns", models.BooleanField(default=False)),
        migrations.AddField(
            "joinrequest", "question", models.CharField(max_length=300, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "joinrequest", "waits_since", models.DateTimeField(null=True, blank=True)
        ),
        migrations.AddField("joinrequest", "turns", models.PositiveSmallIntegerField(default=0)),
        migrations.RunPython(forward, back),
        migrations.CreateModel(
            "RequestWord",
            [
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=1000)),
                ("at", models.DateTimeField(default=peernet.lib.clock.now)),
                ("theirs", models.BooleanField()),
                ("once", models.UUIDField(editable=False, null=True, unique=True)),
                ("author", models.ForeignKey(
                    settings.AUTH_USER_MODEL, django.db.models.deletion.CASCADE, related_name="+")),
                ("request", models.ForeignKey(
                    "networks.joinrequest", django.db.models.deletion.CASCADE,
                    related_name="said")),
            ],
            {"ordering": ["pk"]},
        ),
        migrations.AddIndex(
            "joinrequest",
            models.Index(
                fields=["waits_since"], condition=Q(state="asked"), name="requests_that_wait"
            ),
        ),
        migrations.AddConstraint(
            "joinrequest",
            models.UniqueConstraint(
                fields=["network", "person"], condition=Q(state="asked"), name="one_open_request"
            ),
        ),
        migrations.AddConstraint(
            "joinrequest",
            models.CheckConstraint(
                condition=Q(state="asked") | Q(waits_since=None), name="settled_waits_no_more"
            ),
        ),
    ]
