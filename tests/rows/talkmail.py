"""What people are sent, and the links at the foot of mails."""

from members.notices.rules import Scope
from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib import tokens
from tests.pages import DONE, Page, everybody, here, members, signed_in


def of_thread(world):
    return (world.place.slug, world.thread.pk)


def settings_token(world):
    ann = world["member"]
    return (tokens.make("settings", world.place.pk, ann.pk, ann.token_version),)


def stop_token(world):
    return (tokens.make("stop", Scope.TALK, world.place.pk, world["member"].pk),)


def more_networks(world, n):
    made = Network.objects.bulk_create(
        Network(name=f"Place {i}", slug=f"place-{n}-{i}", purpose="a") for i in range(n)
    )
    Membership.objects.bulk_create(Membership(network=one, person=world["member"]) for one in made)


ROWS = [
    Page("notifications", get=signed_in(), post=signed_in(DONE), look_as="member", grow=more_networks),
    Page("network_notifications", get=members(), post=members(DONE), args=here, look_as="member"),
    Page("thread_follow", post=members(DONE), args=of_thread),
    Page("settings_by_mail", get=everybody(), post=everybody(DONE), args=settings_token, look_as="anonymous"),
    Page("stop_by_mail", get=everybody(), post=everybody(), args=stop_token, look_as="anonymous"),
]  # fmt: skip
