"""What the beat rings here. Safe to ring twice, and late."""

from celery import shared_task

from . import actions


@shared_task
def tick_outbox():
    actions.send_due()
    actions.beat("outbox")


@shared_task
def tick_heartbeat():
    actions.beat("heartbeat")
