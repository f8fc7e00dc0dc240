"""Jo Frei at ACME asks; a person answers once, and it goes back where it was asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState, Kind, QuestionSource

pytestmark = pytest.mark.integration

Story = Any


async def test_a_reply_becomes_a_question_that_is_clocked_by_the_plan(story: Story) -> None:
    await story.hears(story.reply())

    [asked] = await story.told("question_asked")
    assert (asked["person"], asked["asker"], asked["asker_role"]) == ("jo", "Jo Frei", "it_lead")
    assert asked["text"] == "Is archived mail safe?"
    assert asked["reply_id"] == "reply-1"
    assert asked["first"] is True
    assert asked["kind"] == "question_received"
    due = datetime.fromisoformat(asked["answer_due"])
    assert due == datetime(2026, 11, 24, 12, 55, tzinfo=UTC)
    assert "A reader at ACME GmbH asks by email." in await story.lines()


async def test_the_same_reply_read_again_asks_nothing_new(story: Story) -> None:
    await story.hears(story.reply())
    await story.hears(story.reply())

    assert len(await story.told("question_asked")) == 1
    assert len((await story.conversation())["messages"]) == 1


async def test_only_the_first_question_of_a_person_is_acknowledged(story: Story) -> None:
    await story.hears(story.reply())
    await story.hears(story.reply("And the calendar?", reply_id="reply-2"))
    await story.hears(story.reply("And mine?", reply_id="reply-3", person="kim", sender="Kim Lee"))

    assert [one["first"] for one in await story.told("question_asked")] == [True, False, True]


async def test_in_the_evening_an_answer_is_promised_for_the_next_opening(story: Story) -> None:
    story.api.clock.set(datetime(2026, 11, 24, 20, 0, tzinfo=UTC))
    await story.hears(story.reply())

    [asked] = await story.told("question_asked")
    due = datetime.fromisoformat(asked["answer_due"])
    assert due == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


async def test_one_answer_settles_all_that_was_open_and_names_where_each_was_asked(
    story: Story,
) -> None:
    await story.hears(story.reply())
    sms = {"reply_id": "reply-2", "source": QuestionSource.SMS, "person": "kim"}
    await story.hears(story.reply("Since when?", **sms))
    story.api.clock.advance(minutes=9)

    answer = await story.answers("Yes. Since 09:52.", person="ann")

    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "answered"
    [answered] = await story.told("question_answered")
    assert answered["text"] == "Yes. Since 09:52."
    assert answered["answered_by"] == "Ann Weiss"
    assert answered["kind"] == "answered"
    assert [(q["person"], q["source"], q["reply_id"]) for q in answered["questions"]] == [
        ("jo", "email", "reply-1"),
        ("kim", "sms", "reply-2"),
    ]
    assert "2 questions of ACME GmbH answered by Ann Weiss." in await story.lines()


async def test_nothing_open_is_a_conflict_that_says_what_else_can_be_done(story: Story) -> None:
    await story.hears(story.reply())
    await story.answers()
    again = await story.answers()

    assert again.status_code == 409
    assert "/updates" in again.json()["detail"]
    assert len(await story.told("question_answered")) == 1


async def test_an_answer_can_be_to_one_question_and_leaves_the_others_open(story: Story) -> None:
    await story.hears(story.reply())
    await story.hears(story.reply("And the calendar?", reply_id="reply-2"))
    first = (await story.conversation())["messages"][0]["id"]

    answer = await story.answers(question_ids=[first])
    assert answer.json()["open_questions"] == 1
    wrong = await story.answers(question_ids=["nothing"])
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/question_ids/0"


async def test_a_colleague_from_another_team_does_not_answer(story: Story) -> None:
    await story.hears(story.reply())
    answer = await story.answers(person="zoe")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/person"
    assert "ann" in answer.json()["detail"]


async def test_a_colleague_who_replies_to_the_question_has_answered_it(story: Story) -> None:
    await story.hears(story.reply())
    question_id = (await story.conversation())["messages"][0]["id"]
    mail = {
        "reply_id": "reply-2",
        "client_key": None,
        "person": "ann",
        "sender": "Ann Weiss",
        "staff_answers": True,
        "question_id": question_id,
    }
    await story.hears(story.reply("Yes, on other storage.", **mail))

    [answered] = await story.told("question_answered")
    assert (answered["answered_by"], answered["text"]) == ("Ann Weiss", "Yes, on other storage.")
    assert (await story.conversation())["status"] == "answered"


def below(question_id: str, **more: Any) -> dict[str, Any]:
    """Ann replies to the message that brought her this question."""
    mail = {"reply_id": "reply-ann", "client_key": None, "person": "ann", "sender": "Ann Weiss"}
    return mail | {"staff_answers": True, "question_id": question_id} | more


STRANGER = {"person": None, "sender": "number ending 207", "source": QuestionSource.SMS}


async def test_a_colleagues_reply_answers_whoever_asked_and_leaves_everybody_else_waiting(
    story: Story,
) -> None:
    await story.hears(story.reply())
    await story.hears(story.reply("And mine?", reply_id="reply-2", person="kim", sender="Kim Lee"))
    await story.hears(story.reply("Who are you?", reply_id="reply-3", **STRANGER))
    await story.hears(story.reply("And the calendar?", reply_id="reply-4"))
    jo, kim, *_ = (await story.conversation())["messages"]
    await story.hears(story.reply("Yes, both.", **below(jo["id"])))

    [answered] = await story.told("question_answered")
    assert [one["reply_id"] for one in answered["questions"]] == ["reply-1", "reply-4"]
    assert (await story.conversation())["open_questions"] == 2

    await story.hears(story.reply("Hm.", **below(jo["id"], reply_id="reply-ann-2")))
    assert len(await story.told("question_answered")) == 1, "hers was answered; Kim's is not this"
    await story.hears(story.reply("Yours too.", **below(kim["id"], reply_id="reply-ann-3")))
    [_, second] = await story.told("question_answered")
    assert [one["person"] for one in second["questions"]] == ["kim"]


async def test_a_strangers_question_waits_until_it_is_named_since_nothing_reaches_them(
    story: Story,
) -> None:
    await story.hears(story.reply())
    await story.hears(story.reply("Who are you?", reply_id="reply-2", **STRANGER))
    stranger = (await story.conversation())["messages"][1]["id"]

    first = (await story.answers()).json()
    assert (first["status"], first["open_questions"]) == ("open", 1)
    assert f"somebody we do not know: {stranger}" in first["left_open"]
    [answered] = await story.told("question_answered")
    assert [one["person"] for one in answered["questions"]] == ["jo"]

    again = await story.answers()
    assert again.status_code == 409
    assert stranger in again.json()["detail"]
    named = (await story.answers("Told by telephone.", question_ids=[stranger])).json()
    assert (named["status"], named["left_open"]) == ("answered", None)


async def test_several_questions_wait_and_one_waits(story: Story) -> None:
    await story.hears(story.reply())
    await story.hears(story.reply("And the calendar?", reply_id="reply-2"))
    [need] = await story.needs("question")
    assert "2 questions of acme on INC-1001 wait for an answer by 12:55 UTC" in need["detail"]


async def test_a_colleague_who_comes_second_is_noted_and_the_noc_is_told(story: Story) -> None:
    await story.hears(story.reply())
    question_id = (await story.conversation())["messages"][0]["id"]
    await story.answers()
    late = {
        "reply_id": "reply-2",
        "client_key": None,
        "person": "ann",
        "sender": "Ann Weiss",
        "staff_answers": True,
        "question_id": question_id,
    }
    await story.hears(story.reply("I think so.", **late))

    assert len(await story.told("question_answered")) == 1
    kinds = [one["kind"] for one in (await story.conversation())["messages"]]
    assert kinds == ["question", "answer", "note"]
    [need] = await story.needs("reply")
    assert "answered already" in need["detail"]
    place = {"incident_id": story.ref, "client_key": "acme"}
    refused = await story.api.post("/v1/replies/reply-2/assign", place, key="operate")
    assert refused.status_code == 409
    assert "/updates" in refused.json()["detail"]
    assert len(await story.needs("reply")) == 1


async def test_an_operator_writes_down_what_was_asked_on_the_telephone(story: Story) -> None:
    body = {"client_key": "acme", "contact": "jo", "text": "Is archived mail safe?"}
    answer = await story.api.post(f"/v1/incidents/{story.ref}/questions", body, key="operate")

    assert answer.status_code == 201, answer.text
    [asked] = await story.told("question_asked")
    assert (asked["source"], asked["person"]) == ("phone", "jo")
    assert asked["reply_id"] is None


@pytest.mark.parametrize(
    ("body", "pointer", "way_out"),
    [
        ({"client_key": "cedar", "text": "Why?"}, "/client_key", "PATCH"),
        ({"client_key": "acme", "contact": "max", "text": "Why?"}, "/contact", "jo"),
        ({"client_key": "acme", "text": "  "}, "/text", ""),
    ],
)
async def test_a_question_of_nobody_is_refused_with_the_way_out(
    story: Story, body: dict[str, Any], pointer: str, way_out: str
) -> None:
    answer = await story.api.post(f"/v1/incidents/{story.ref}/questions", body, key="operate")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert way_out in answer.json()["detail"]
    assert await story.told("question_asked") == []


async def test_reading_does_not_allow_answering(story: Story) -> None:
    await story.hears(story.reply())
    conversation_id = (await story.conversation())["id"]
    path = f"/v1/conversations/{conversation_id}/answers"
    assert (await story.api.post(path, {"text": "Yes."}, key="read")).status_code == 403
    assert (
        await story.api.post("/v1/conversations/none/answers", {"text": "x"})
    ).status_code == 404


async def test_open_questions_need_attention_until_they_are_answered(story: Story) -> None:
    await story.hears(story.reply())

    [need] = await story.needs("question")
    assert "1 question of acme on INC-1001 waits for an answer by 12:55 UTC" in need["detail"]
    assert need["incident"]["ref"] == "INC-1001"
    assert [
        one["id"]
        for one in (await story.gets("/v1/conversations?status=open&client=acme"))["items"]
    ] == [need["conversation_id"]]

    await story.answers()
    assert await story.needs("question") == []
    assert (await story.gets("/v1/conversations?status=open"))["items"] == []


async def test_acknowledgement_and_answer_stand_in_the_conversation_with_what_became_of_them(
    story: Story,
) -> None:
    await story.hears(story.reply())
    await story.hears(await planned(story, "question_asked", Kind.AUTO_ANSWER, "d-1"))
    story.api.clock.advance(minutes=1)
    await story.answers()
    await story.hears(await planned(story, "question_answered", Kind.ANSWERED, "d-2"))

    messages = (await story.conversation())["messages"]
    assert [one["kind"] for one in messages] == ["question", "auto_answer", "answer"]
    assert [one["deliveries"][0]["delivery_id"] for one in messages[1:]] == ["d-1", "d-2"]


async def planned(story: Story, word: str, kind: Kind, delivery_id: str) -> e.NotificationPlanned:
    cause = next(
        one
        for one in await story.api.events("tocsin.incidents")
        if one["type"] == f"tocsin.incident.{word}.v1"
    )
    delivery = e.PlannedDelivery(
        delivery_id=delivery_id,
        client_key="acme",
        person="jo",
        person_name="Jo Frei",
        roles=("it_lead",),
        channel=Channel.EMAIL,
        state=DeliveryState.PENDING,
        because="asked",
    )
    return e.NotificationPlanned(
        incident_id=story.id, cause_id=cause["id"], kind=kind, deliveries=(delivery,)
    )


async def test_what_was_answered_in_time_and_late_is_counted(story: Story) -> None:
    await story.hears(story.reply())
    story.api.clock.advance(minutes=15)
    await story.answers()
    await story.hears(story.reply("And now?", reply_id="reply-2"))
    story.api.clock.advance(minutes=15, seconds=1)

    counted = {"asked": 2, "answered": 1, "in_time": 1, "late": 1}
    acme = next(
        one
        for one in (await story.gets(f"/v1/incidents/{story.ref}/sla"))["items"]
        if one["client_key"] == "acme"
    )
    assert acme["questions"] == counted
    assert (await story.gets("/v1/statistics"))["questions"] == counted
    messages = (await story.conversation())["messages"]
    assert messages[0]["late"] is False


async def test_an_erased_person_leaves_no_name_and_no_words(story: Story) -> None:
    await story.hears(story.reply())
    await story.answers()
    erased = await story.api.post("/v1/clients/acme/contacts/jo/erase")
    assert erased.status_code == 204

    question, answer = (await story.conversation())["messages"]
    assert (question["author"], question["text"], question["subject"]) == ("", "", None)
    assert answer["text"] == "Yes, it is."
