"""A migration says in its name what it does, and can be undone."""

import re

import pytest
from django.db.migrations.loader import MigrationLoader

OURS = {"members", "networks", "peer_sessions", "evaluation", "peernet"}
LOADER = MigrationLoader(None, load=False)
LOADER.load_disk()
MIGRATIONS = [
    (f"{app}.{name}", migration)
    for (app, name), migration in sorted(LOADER.disk_migrations.items())
    if app in OURS
]


@pytest.mark.parametrize(("name", "migration"), MIGRATIONS, ids=[name for name, _ in MIGRATIONS])
def test_it_has_a_telling_name_and_a_way_back(name, migration):
    assert not re.search(r"_auto_|\d_alter_|_and_more$", name), "name it after what it is for"
    assert [step.describe() for step in migration.operations if not step.reversible] == []
