"""What a person writes is begun for them: every wording within the guardrails, no model asked, never sent as it stands."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests import factories
from tests.servers import ModelServer

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.marketplaces import PLATFORMS, abilities_of
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Message, Seen, Sender
from vitrina.inbox import drafting, pregenerating, sending
from vitrina.inbox.beginnings.beginning import GRAVITY, beginning
from vitrina.inbox.beginnings.checklists import checklist
from vitrina.inbox.beginnings.wordings import ENGLISH, RUSSIAN
from vitrina.inbox.generators.reply.schema import ReplyInput, Tone
from vitrina.inbox.guardrails import checking
from vitrina.inbox.hearing.escalation import Escalation
from vitrina.inbox.jobs import ROUND
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import Draft, InboxSettings, Interaction, Reply
from vitrina.inbox.receiving import receive
from vitrina.inbox.standing import holding
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
HARM = "После этого крема у дочки сыпь по всему лицу, аллергия, едем к врачу."
HEARD = {"ru": HARM, "en": "My daughter has got a rash all over her face after this cream."}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_the_checks_find_nothing_in_any_wording(kind: Kind, language: str) -> None:
    openings = RUSSIAN if language == "ru" else ENGLISH
    for manner, escalation in itertools.product(("friendly", "formal"), Escalation):
        blocks = (openings.thanks[manner], openings.matters[escalation], openings.readers[manner])
        for platform in PLATFORMS:
            for pieces in zip(*blocks, strict=True):
                text = " ".join(("Здравствуйте!" if language == "ru" else "Hello!", *pieces))
                limits = abilities_of(platform, kind)
                found = checking.check(
                    checking.Reply(text, kind, platform, heard=HEARD[language], limits=limits),
                    is_sending=True,
                )
                assert found == [], text


def test_the_gravest_is_spoken_of_and_neighbours_do_not_sound_alike() -> None:
    def begun(seed: str, *escalations: str, manner: str = "friendly") -> str:
        given = ReplyInput(
            kind="review", platform="ozon", seed=seed, tone=Tone.model_validate({"manner": manner})
        )
        return beginning(given, escalations)

    assert set(GRAVITY) == set(Escalation)
    both = begun("r1", "personal_data", "health")
    assert any(words in both for words in RUSSIAN.matters[Escalation.HEALTH])
    assert len({begun(f"r{number}", "health") for number in range(30)}) > 15
    assert begun("r1", "health") == begun("r1", "health")
    assert any(words in begun("r1", "legal", manner="formal") for words in RUSSIAN.readers["formal"])
    short = beginning(ReplyInput(kind="review", platform="ozon", longest=60), ["health"])
    assert len(short) <= 60
    for escalation in Escalation:
        assert len(checklist([escalation.value])) >= 3


@pytest.fixture
def shop(seller: Seller) -> Connection:
    InboxSettings.objects.create(seller=seller, delay_seconds=0)
    return Connection.objects.create(seller=seller, platform="ozon")


def grave(shop: Connection) -> Interaction:
    receive(shop, [Seen(Kind.REVIEW, "r1", AT, True, text=HARM, rating=1, buyer="Анна")])
    return Interaction.objects.get(external_id="r1")


@pytest.mark.django_db(transaction=True)
def test_a_round_begins_it_and_asks_no_model(
    shop: Connection, seller: Seller, model_server: ModelServer
) -> None:
    row = grave(shop)
    assert row.escalations
    made = pregenerating.run_round(seller.pk, job_id=None, checkpoint=lambda: None)
    assert (made.begun, made.by_model, made.skipped) == (1, 0, {"escalated": 1})
    [draft] = Draft.objects.all()
    row.refresh_from_db()
    assert (draft.is_beginning, draft.is_offline, draft.findings, row.draft) == (True, True, [], draft)
    assert draft.text.startswith(("Здравствуйте, Анна!", "Добрый день, Анна!", "Приветствуем, Анна!"))
    assert holding(row, settings_of(seller.pk)) == draft
    again = pregenerating.run_round(seller.pk, job_id=None, checkpoint=lambda: None)
    assert (again.begun, Draft.objects.count()) == (0, 1)
    assert model_server.counts()["calls"] == 0


@pytest.mark.django_db(transaction=True)
def test_a_word_that_ends_the_alarm_is_drafted_as_any_other(shop: Connection, seller: Seller) -> None:
    said = Message("m1", AT, Sender.BUYER, HARM)
    receive(shop, [Seen(Kind.CHAT, "c1", AT, True, messages=(said,))])
    row = Interaction.objects.get()
    begun = drafting.draft(row)
    Interaction.objects.update(escalations=[])
    row.refresh_from_db()
    assert holding(row, settings_of(seller.pk)) is None
    plain = drafting.draft(row)
    assert (begun.is_beginning, plain.is_beginning) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_what_a_reading_brings_is_begun_inside_it_however_much_it_is(
    shop: Connection, seller: Seller
) -> None:
    InboxSettings.objects.update(urgent_at_once=0)
    page = [Seen(Kind.REVIEW, f"r{number}", AT, True, text=HARM, rating=1) for number in range(5)]
    received = receive(shop, page)
    pregenerating.draft_urgent(list(received.news), seller.pk, job_id=None)
    assert Draft.objects.filter(is_beginning=True).count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_it_with_the_reason_and_what_to_look_at(
    shop: Connection, seller: Seller, client: Client
) -> None:
    olga = factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR)
    client.force_login(olga)
    row = grave(shop)
    # Opened before anything was begun: it is made by a job, and still no more than the beginning.
    assert 'hx-trigger="load"' in client.get(f"/inbox/{row.pk}/").content.decode()
    client.post(f"/inbox/{row.pk}/drafting")
    run_ready()
    draft = Draft.objects.get()
    page = client.get(f"/inbox/{row.pk}/").content.decode()
    assert (draft.is_beginning, draft.was_ahead) == (True, False)
    assert "Пишет человек: вред здоровью" in page
    assert "Не советуйте лечение" in page
    assert "Начало ответа" in page
    assert f"{draft.text}</textarea>" in page
    assert "Другой черновик" not in page
    assert "Начало" in client.get("/inbox/").content.decode()
    client.post(f"/inbox/{row.pk}/drafting", {"force": "1"})
    assert not Job.objects.filter(kind="inbox.draft").exclude(state="done").exists()
    assert Job.objects.filter(kind=ROUND).count() == 0


@pytest.mark.django_db(transaction=True)
def test_it_is_not_sent_until_a_person_wrote_something(shop: Connection, alice: User) -> None:
    row = grave(shop)
    draft = drafting.draft(row)
    for text in (draft.text, f"  {draft.text}\n", draft.text.partition("!")[0] + "!"):
        with pytest.raises(sending.Unfit) as refused:
            sending.queue(row, text, by=alice, draft=draft)
        assert not refused.value.findings
    assert not Reply.objects.exists()
    reply = sending.queue(
        row, f"{draft.text} Напишите, пожалуйста, номер партии с упаковки.", by=alice, draft=draft
    )
    assert reply.kept_share is None
