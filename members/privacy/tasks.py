"""What the beat rings here. Safe to ring twice, and late."""

from celery import shared_task

from members.access.actions import forget_devices
from members.notices.actions import beat

from . import actions


@shared_task
def tick_upkeep():
    actions.forget_expired_sign_ins()
    actions.forget_archives()
    forget_devices()
    beat("upkeep")


@shared_task
def tick_archives():
    actions.pack_archives()
    beat("archives")
