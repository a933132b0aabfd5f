from peernet.embedded.prepare import collect_static


def test_static_files_are_gathered_and_compressed_once(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    collect_static()
    manifest = tmp_path / "staticfiles.json"
    first = manifest.stat().st_mtime_ns
    assert list(tmp_path.rglob("*.css.gz"))
    collect_static()
    assert manifest.stat().st_mtime_ns == first, "nothing changed, yet all was gathered again"


def test_static_files_are_gathered_again_after_a_change(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("old")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "static"
    collect_static()
    (source / "a.txt").write_text("newer")
    collect_static()
    assert (settings.STATIC_ROOT / "a.txt").read_text() == "newer"
