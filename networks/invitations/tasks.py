"""What the beat rings here. Safe to ring twice, and late."""

from celery import shared_task

from members.notices.actions import beat

from . import actions


@shared_task
def tick_nudges():
    actions.nudge_leads()
    actions.remind_of_ends()
    beat("nudges")
