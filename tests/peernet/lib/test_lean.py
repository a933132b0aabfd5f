"""What goes out is what was written, but for what only its readers need."""

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage


@pytest.mark.parametrize(
    ("name", "kept", "gone"),
    [
        ("css/base.css", b".notice :is(h2, ul)", b"/*"),
        ("js/app.js", b'"use strict"', b"\n//"),
    ],
)
def test_a_file_goes_out_whole_and_short_under_the_name_of_its_content(name, kept, gone):
    with staticfiles_storage.open(staticfiles_storage.stored_name(name)) as file:
        sent = file.read()
    assert kept in sent
    assert gone not in sent
    assert staticfiles_storage.exists(f"{staticfiles_storage.stored_name(name)}.gz")
