"""What this service keeps for a while and then forgets, a little at a time."""

from __future__ import annotations

from dispatcher.callbacks import sms_store, voice_store
from dispatcher.delivery import asking_people
from dispatcher.links import short_store
from dispatcher.replies import store as replies_store

FORGET = (
    short_store.forget_expired,
    sms_store.forget_old,
    voice_store.forget_old,
    asking_people.forget_old,
    replies_store.forget_old,
)
