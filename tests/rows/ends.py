"""The copy of one's own data."""

from members.privacy.actions import ask_for_archive, pack_archives
from members.privacy.models import Archive
from members.privacy.queries import is_there
from tests.pages import DONE, Page, nobody, signed_in


def archive(world):
    """One of the member's that is ready."""
    made = Archive.objects.filter(person=world["member"]).first()
    if made is None or not is_there(made):
        Archive.objects.filter(person=world["member"]).delete()
        made = ask_for_archive(by=world["member"])
        pack_archives()
    return (made.pk,)


ROWS = [
    Page("own_data", get=signed_in(), post=signed_in(DONE), look_as="member"),
    Page("own_archive", get=nobody(member="200"), args=archive, look_as=None, why="an archive"),
]
