import io
import zipfile


def test_anybody_can_have_the_source_of_what_runs(client, db):
    answer = client.get("/source/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        names = bundle.namelist()
    assert "peernet/manage.py" in names
    assert "peernet/networks/membership/door.py" in names
    assert "peernet/LICENSE" in names
    assert "peernet/Dockerfile" in names
    assert "peernet/.env.example" in names
    assert "peernet/.env" not in names
    assert not [name for name in names if "/var/" in name or "secret" in name.rsplit("/", 1)[-1]]
