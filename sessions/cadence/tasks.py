"""What the beat rings here. Safe to ring twice, and late."""

from celery import shared_task

from members.notices.actions import beat

from . import actions


@shared_task
def tick_sessions():
    actions.keep_ahead()
    beat("sessions")


@shared_task
def tick_funding():
    actions.follow_funding()
    actions.tell_that_funding_ended()
    beat("funding")
