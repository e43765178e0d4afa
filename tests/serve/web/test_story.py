"""All that happened to an incident, on one line of time."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.remember.records import Happened
from anomaly_hunter.serve.web.story import MOST, tell_story
from tests import builders

RAISED = np.datetime64("2026-11-21T10:00:00", "ns")


def happened(action, by="", after=None, text="", minutes=0):
    at = RAISED + np.timedelta64(minutes, "m")
    return Happened(at, by, action, None, after, text, minutes)


def test_events_symptoms_the_alert_and_people_come_in_the_order_of_time():
    hunt = builders.series_hunt()
    history = [happened("opened"), happened("assigned", "ann", "bob", minutes=5)]
    story = tell_story(hunt.incidents[0], history, hunt.dataset.events)
    kinds = [one.kind for one in story.moments]
    assert kinds[0] == "event"
    assert kinds[-2:] == ["alert", "person"]
    assert [one.at for one in story.moments] == sorted(one.at for one in story.moments)
    assert "First symptom" in next(one.title for one in story.moments if one.kind in ("lead", "onset"))


def test_a_long_silence_is_said_and_not_drawn():
    story = tell_story(builders.series_hunt().incidents[0], [happened("opened")])
    alert = next(one for one in story.moments if one.kind == "alert")
    assert alert.pause.endswith("d")
    assert not alert.offset


def test_rows_without_a_clock_have_a_story_of_people_alone():
    story = tell_story(builders.table_hunt().incidents[0], [happened("opened")])
    assert [one.kind for one in story.moments] == ["alert"]


def test_what_finds_no_room_is_counted():
    history = [
        happened("opened"),
        *(happened("commented", "ann", text=str(i), minutes=i) for i in range(1, 100)),
    ]
    story = tell_story(builders.table_hunt().incidents[0], history)
    assert len(story.moments) == MOST + 1
    assert story.left_out == 100 - MOST - 1
