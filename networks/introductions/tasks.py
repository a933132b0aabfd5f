"""What the beat rings here. Safe to ring twice, and late."""

from celery import shared_task

from members.notices.actions import beat

from . import actions


@shared_task
def tick_introductions():
    actions.forget_what_is_over()
    beat("introductions")
