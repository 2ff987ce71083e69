"""The inbox as people use it: what waits, one of them with its draft, sending once, rights and sellers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import AuditEntry, Membership, Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Attachment, Kind, Message, Seen, Sender
from vitrina.inbox import drafting, jobs, sending
from vitrina.inbox.models import Draft, Interaction, Reply, ReplyState, Status
from vitrina.inbox.priority import Priority
from vitrina.inbox.receiving import receive
from vitrina.inbox.sending import NotSent
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def shop(seller: Seller) -> Connection:
    return Connection.objects.create(seller=seller, platform="ozon")


@pytest.fixture
def olga(seller: Seller, client: Client) -> User:
    """A support operator who is signed in."""
    user = factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR)
    client.force_login(user)
    return user


def review(number: int, text: str = "", **fields: Any) -> Seen:
    return Seen(
        Kind.REVIEW, f"r{number}", AT - timedelta(minutes=number), True,
        text=text or f"Платье номер {number} порвалось", rating=fields.pop("rating", 2),
        buyer=fields.pop("buyer", f"Анна {number}"), **fields,
    )  # fmt: skip


def brought(shop: Connection, *seen: Seen) -> list[Interaction]:
    receive(shop, seen)
    ids = [one.id for one in seen]
    rows = {row.external_id: row for row in Interaction.objects.filter(seller_id=shop.seller_id)}
    return [rows[external_id] for external_id in ids]


def drafted(row: Interaction) -> Draft:
    """By the offline writer, as a round would have."""
    made = drafting.draft(row, by_model=False)
    row.refresh_from_db()
    return made


def form(row: Interaction, text: str, **more: str) -> dict[str, str]:
    """What a page that was just opened sends."""
    newest = row.replies.order_by("-pk").first()
    return {"text": text, "version": str(row.version), "last_reply": str(newest.pk if newest else "")} | more


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# --- The list ---------------------------------------------------------------------------------------------


def test_the_queue_has_the_most_pressing_first_and_then_the_newest(
    shop: Connection, olga: User, client: Client
) -> None:
    old, new, urgent = brought(shop, review(3), review(2), review(9))
    Interaction.objects.filter(pk=urgent.pk).update(priority=Priority.URGENT)
    words = page(client, "/inbox/")
    assert words.index(urgent.text) < words.index(new.text) < words.index(old.text)


def test_every_page_of_the_queue_is_reached_by_key_and_back(
    shop: Connection, olga: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrina.inbox.desk.SIZE", 4)
    rows = brought(shop, *[review(number) for number in range(11)])
    for row, priority in zip(rows, [2, 3, 1, 3, 3, 2, 4, 3, 1, 2, 3], strict=True):
        Interaction.objects.filter(pk=row.pk).update(priority=priority)
    wanted = list(
        Interaction.objects.order_by("priority", "-occurred_at", "-pk").values_list("pk", flat=True)
    )
    found: list[int] = []
    address: dict[str, str] = {}
    places = []
    for _page in range(3):
        context = client.get("/inbox/", address).context
        found += [row.it.pk for row in context["rows"]]
        places.append([row.it.pk for row in context["rows"]])
        address = {"before": str(context["screen"].onward)}
    assert found == wanted
    assert context["screen"].onward is None
    back = client.get("/inbox/", {"after": str(context["screen"].back)}).context
    assert [row.it.pk for row in back["rows"]] == places[1]


def test_filters_show_what_is_asked_for(shop: Connection, olga: User, client: Client) -> None:
    two, five, question = brought(
        shop,
        review(1),
        review(2, "Отличная КРУЖКА", rating=5),
        Seen(Kind.QUESTION, "q1", AT, True, text="Какой размер?"),
    )
    Interaction.objects.filter(pk=two.pk).update(needs_response=False, status=Status.CLOSED)

    def shown(**asked: str) -> set[int]:
        return {row.it.pk for row in client.get("/inbox/", asked).context["rows"]}

    assert shown() == {five.pk, question.pk}
    assert shown(state="closed") == {two.pk}
    assert shown(state="answered") == set()
    assert shown(state="all") == {two.pk, five.pk, question.pk}
    assert shown(kind="question") == {question.pk}
    assert shown(stars="5") == {five.pk}
    assert shown(words="кружка") == {five.pk}
    assert shown(words="отличная размер") == set()
    assert shown(platform="wildberries") == set()
    assert shown(priority="1") == set()
    assert shown(kind="nonsense", stars="x", state="?", before="0_x") == {five.pk, question.pk}


def test_priorities_are_counted(shop: Connection, olga: User, client: Client) -> None:
    rows = brought(shop, *[review(number) for number in range(3)])
    Interaction.objects.update(priority=Priority.NORMAL)
    Interaction.objects.filter(pk=rows[0].pk).update(priority=Priority.URGENT)
    counted = {code: count for code, _words, count, _is in client.get("/inbox/").context["counts"]}
    assert counted == {"1": 1, "2": 0, "3": 2, "4": 0}


def test_only_a_draft_that_holds_is_said_to_be_ready(shop: Connection, olga: User, client: Client) -> None:
    stale, ready = brought(shop, review(1), review(2))
    drafted(stale)
    drafted(ready)
    Interaction.objects.filter(pk=stale.pk).update(text="Передумала: платье хорошее")
    context = client.get("/inbox/").context
    assert {row.it.pk: row.is_ready for row in context["rows"]} == {stale.pk: False, ready.pk: True}
    assert page(client, "/inbox/").count("Готово заранее") == 1


def test_time_left_is_told(shop: Connection, olga: User, client: Client) -> None:
    late, soon = brought(shop, review(1), review(2))
    now = timezone.now()
    Interaction.objects.filter(pk=late.pk).update(due_at=now - timedelta(hours=2, minutes=1))
    Interaction.objects.filter(pk=soon.pk).update(due_at=now + timedelta(minutes=10, seconds=30))
    words = page(client, "/inbox/")
    assert "просрочено на 2 ч" in words
    assert "осталось 10 мин" in words


def test_an_empty_inbox_says_what_to_do_next(seller: Seller, olga: User, client: Client) -> None:
    assert "Площадка не подключена" in page(client, "/inbox/")
    assert "/settings/marketplaces/" not in page(client, "/inbox/")
    chief = factories.user("chief", seller=seller, role=Role.ADMIN)
    client.force_login(chief)
    assert 'href="/settings/marketplaces/"' in page(client, "/inbox/")
    Connection.objects.create(seller=seller, platform="ozon")
    assert "Всем ответили" in page(client, "/inbox/")
    assert "По этому фильтру" in page(client, "/inbox/?kind=chat")


def test_pages_cost_the_same_however_many_rows_there_are(
    shop: Connection, olga: User, client: Client
) -> None:
    first, *_ = brought(shop, *[review(number) for number in range(3)])
    drafted(first)

    def queries(address: str) -> int:
        with CaptureQueriesContext(database) as caught:
            page(client, address)
        return len(caught)

    page(client, "/inbox/")
    few = queries("/inbox/"), queries(f"/inbox/{first.pk}/")
    for row in brought(shop, *[review(number) for number in range(10, 29)]):
        drafted(row)
    assert (queries("/inbox/"), queries(f"/inbox/{first.pk}/")) == few


# --- One of them ------------------------------------------------------------------------------------------


def test_a_draft_that_holds_stands_in_the_answer_at_once(
    shop: Connection, olga: User, client: Client
) -> None:
    [row] = brought(shop, review(1, pros="цвет", cons="шов"))
    made = drafted(row)
    before = Job.objects.count()
    words = page(client, f"/inbox/{row.pk}/")
    assert f"{made.text}</textarea>" in words
    assert f'name="draft" value="{made.pk}"' in words
    assert "Готово заранее" in words
    assert "офлайн" in words
    assert "цвет" in words
    assert "шов" in words
    assert 'hx-trigger="load"' not in words
    assert Job.objects.count() == before  # opening is a read


def test_without_a_draft_the_page_asks_for_one_by_itself_and_it_is_made_once(
    shop: Connection, olga: User, client: Client
) -> None:
    [row] = brought(shop, review(1))
    assert 'hx-trigger="load"' in page(client, f"/inbox/{row.pk}/")
    address = f"/inbox/{row.pk}/drafting"
    answers = [client.post(address, headers={"HX-Request": "true"}).content.decode() for _tab in range(2)]
    assert all("AI готовит рекомендацию" in answer for answer in answers)
    [job] = Job.objects.filter(kind="inbox.draft")
    assert f'data-job="{job.pk}"' in answers[1]
    # Opened again meanwhile: it follows that job and starts none.
    words = page(client, f"/inbox/{row.pk}/")
    assert f'data-job="{job.pk}"' in words
    assert 'hx-trigger="load"' not in words
    drafted(row)
    part = page(client, f"/inbox/{row.pk}/draft?job={job.pk + 1000}")
    assert "data-draft-text" in part


@pytest.mark.django_db(transaction=True)
def test_a_draft_asked_for_is_written_by_a_job_and_then_stands_in_the_part(
    shop: Connection, olga: User, client: Client
) -> None:
    [row] = brought(shop, review(1))
    client.post(f"/inbox/{row.pk}/drafting")
    job = Job.objects.get(kind="inbox.draft")
    run_ready()
    job.refresh_from_db()
    made = Draft.objects.get()
    assert (job.state, job.result) == ("done", {"draft": made.pk, "source": "offline"})
    assert (made.was_ahead, made.asked_by) == (False, olga)
    part = page(client, f"/inbox/{row.pk}/draft?job={job.pk}")
    assert f'data-draft-id="{made.pk}"' in part
    client.post(f"/inbox/{row.pk}/drafting", {"force": "1", "remark": "короче"})
    run_ready()
    assert Draft.objects.count() == 2
    assert "Прежние черновики" in page(client, f"/inbox/{row.pk}/")


def test_nobody_drafts_what_a_person_must_write(shop: Connection, olga: User, client: Client) -> None:
    [row] = brought(shop, review(1))
    Interaction.objects.filter(pk=row.pk).update(escalations=["health"])
    words = page(client, f"/inbox/{row.pk}/")
    assert "вред здоровью" in words
    assert "Другой черновик" not in words
    client.post(f"/inbox/{row.pk}/drafting", {"force": "1"})
    assert not Job.objects.filter(kind="inbox.draft").exists()


def test_attachments_are_links_only_where_that_is_safe(shop: Connection, olga: User, client: Client) -> None:
    pieces = (Attachment("вид", "https://a.example/1.jpg"), Attachment("зло", "javascript:alert(1)"))
    said = Message("m1", AT, Sender.BUYER, "<b>Вот</b> фото", pieces)
    [chat] = brought(shop, Seen(Kind.CHAT, "c1", AT, True, messages=(said,)))
    words = page(client, f"/inbox/{chat.pk}/")
    assert 'href="https://a.example/1.jpg"' in words
    assert "javascript:" not in words
    assert "&lt;b&gt;Вот&lt;/b&gt; фото" in words


def test_answers_and_replies_say_how_they_stand(shop: Connection, olga: User, client: Client) -> None:
    [row] = brought(shop, review(1))
    Reply.objects.create(
        seller=row.seller, interaction=row, text="Добрый день, вот ответ", version=1, state=ReplyState.FAILED,
        words="Площадка отказала",
    )  # fmt: skip
    words = page(client, f"/inbox/{row.pk}/")
    assert "Площадка отказала" in words
    # What failed stands in the answer again.
    assert "Добрый день, вот ответ</textarea>" in words


# --- Sending ----------------------------------------------------------------------------------------------


def test_an_answer_is_queued_and_the_next_one_opens(shop: Connection, olga: User, client: Client) -> None:
    row, following = brought(shop, review(1), review(2))
    made = drafted(row)
    Draft.objects.filter(pk=made.pk).update(text="Здравствуйте!\nЖаль, что шов подвёл.")
    made.refresh_from_db()
    sent = made.text.replace("\n", "\r\n")  # as a browser sends it
    response = client.post(
        f"/inbox/{row.pk}/reply?kind=review", form(row, sent, draft=str(made.pk), next="1")
    )
    assert response.status_code == 302
    assert response.headers["Location"] == f"/inbox/{following.pk}/?kind=review"
    [reply] = Reply.objects.all()
    assert (reply.text, reply.draft_id, reply.kept_share, reply.by) == (made.text, made.pk, 1.0, olga)
    row.refresh_from_db()
    assert (row.needs_response, row.status) == (False, Status.IN_PROGRESS)
    assert "ждёт отправки" in page(client, f"/inbox/{row.pk}/")


def test_the_last_one_leads_back_to_the_list(shop: Connection, olga: User, client: Client) -> None:
    [row] = brought(shop, review(1))
    response = client.post(f"/inbox/{row.pk}/reply", form(row, "Спасибо за отзыв!", next="1"))
    assert response.headers["Location"] == "/inbox/"
    [other] = brought(shop, review(2))
    response = client.post(
        f"/inbox/{other.pk}/reply",
        form(other, "Здравствуйте! Передадим мастерам, что шов слабый.", next="1"),
        headers={"HX-Request": "true"},
    )
    assert response.headers["HX-Redirect"] == "/inbox/"


def test_two_clicks_and_two_tabs_send_one_answer(shop: Connection, olga: User, client: Client) -> None:
    [row] = brought(shop, review(1))
    first_tab, second_tab = form(row, "Первый ответ"), form(row, "Второй ответ")
    assert client.post(f"/inbox/{row.pk}/reply", first_tab).status_code == 302
    assert client.post(f"/inbox/{row.pk}/reply", first_tab).status_code == 422
    # Also when the first one arrived long ago.
    Reply.objects.update(state=ReplyState.SENT)
    late = client.post(f"/inbox/{row.pk}/reply", second_tab)
    assert late.status_code == 422
    assert "Второй ответ</textarea>" in late.content.decode()
    assert Reply.objects.count() == 1
    assert Job.objects.filter(kind=sending.SEND).count() == 1


def test_what_was_not_sent_stays_in_the_answer_with_the_reason(
    shop: Connection, olga: User, client: Client
) -> None:
    [row] = brought(shop, review(1))
    made = drafted(row)
    long = "много слов " * 2000  # more than anybody takes: still nothing of it is cut
    response = client.post(f"/inbox/{row.pk}/reply", form(row, long, draft=str(made.pk)))
    words = response.content.decode()
    assert response.status_code == 422
    assert "площадка принимает от" in words
    assert long.strip() in words
    assert Reply.objects.count() == 0


def test_what_the_guardrails_found_stands_beside_the_answer(
    shop: Connection, olga: User, client: Client
) -> None:
    [row] = brought(shop, review(1))
    response = client.post(f"/inbox/{row.pk}/reply", form(row, "Напишите нам в телеграм @lavka, всё решим"))
    words = response.content.decode()
    assert response.status_code == 422
    assert 'class="finding high"' in words
    assert "@lavka" in words
    # A draft is held against the same rules when its page is opened, whatever was known when it was made.
    made = drafted(row)
    text = "Здравствуйте! УРА, МЫ ВАМ ОЧЕНЬ РАДЫ"
    Draft.objects.filter(pk=made.pk).update(text=text)
    words = page(client, f"/inbox/{row.pk}/")
    assert f'class="finding warning" data-from="{text.index("РАДЫ")}" data-to="{len(text)}"' in words
    assert "data-blocked" not in words


def test_a_text_is_checked_while_it_is_written(shop: Connection, olga: User, client: Client) -> None:
    [row] = brought(shop, review(1))

    def checked(text: str) -> str:
        response = client.post(f"/inbox/{row.pk}/check", {"text": text})
        assert response.status_code == 200
        return response.content.decode()

    said = "Здравствуйте! 👋\r\nПишите нам: @lavka"
    found = checked(said)
    start = said.replace("\r\n", "\n").index("@lavka")
    assert f'data-to="{start + len("@lavka")}"' in found
    assert "data-blocked" in found
    assert "finding" not in checked("Здравствуйте! Передадим мастерам, что шов слабый.")
    assert "finding" not in checked("  ")
    assert "data-blocked" in checked("слово " * 2000)
    client.force_login(factories.user("anna", seller=row.seller, role=Role.READ_ONLY))
    assert client.post(f"/inbox/{row.pk}/check", {"text": "ура"}).status_code == 403


def test_a_buyer_who_wrote_meanwhile_is_read_first(shop: Connection, olga: User, client: Client) -> None:
    said = Message("m1", AT, Sender.BUYER, "Есть размер M?")
    [chat] = brought(shop, Seen(Kind.CHAT, "c1", AT, True, messages=(said,)))
    opened = form(chat, "Да, есть.")
    more = Message("m2", AT + timedelta(minutes=1), Sender.BUYER, "А синий?")
    receive(shop, [Seen(Kind.CHAT, "c1", AT, True, messages=(more,))])
    response = client.post(f"/inbox/{chat.pk}/reply", opened)
    words = response.content.decode()
    assert response.status_code == 422
    assert "А синий?" in words
    assert "Да, есть.</textarea>" in words
    chat.refresh_from_db()
    assert client.post(f"/inbox/{chat.pk}/reply", form(chat, "Да, и синий.")).status_code == 302


# --- The other deeds --------------------------------------------------------------------------------------


def test_taking_noting_closing_and_opening_again(shop: Connection, olga: User, client: Client) -> None:
    [row] = brought(shop, review(1))
    client.post(f"/inbox/{row.pk}/assignment")
    client.post(f"/inbox/{row.pk}/note", {"note": "ждём склад"})
    client.post(f"/inbox/{row.pk}/closing")
    row.refresh_from_db()
    assert (row.assignee, row.note, row.needs_response, row.status) == (
        olga,
        "ждём склад",
        False,
        Status.CLOSED,
    )
    assert "ждём склад" in page(client, f"/inbox/{row.pk}/")
    client.post(f"/inbox/{row.pk}/opening")
    client.post(f"/inbox/{row.pk}/assignment")
    row.refresh_from_db()
    assert (row.assignee, row.needs_response, row.status) == (None, True, Status.NEW)
    deeds = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert [deed for deed in deeds if deed.startswith("inbox.")] == [
        "inbox.assign", "inbox.note", "inbox.close", "inbox.open", "inbox.assign",
    ]  # fmt: skip


def test_a_note_that_is_too_long_is_not_cut(shop: Connection, olga: User, client: Client) -> None:
    [row] = brought(shop, review(1))
    long = "ждём склад " * 400
    response = client.post(f"/inbox/{row.pk}/note", {"note": long})
    words = response.content.decode()
    assert response.status_code == 422
    assert long in words
    assert "предел — 4000" in words.replace("\xa0", " ")
    row.refresh_from_db()
    assert row.note == ""


def test_what_was_answered_is_not_closed_and_not_answered_again(
    shop: Connection, olga: User, client: Client
) -> None:
    [row] = brought(shop, review(1))
    reply = sending.queue(row, "Спасибо за отзыв, передали мастерам.", by=olga)
    client.post(f"/inbox/{row.pk}/closing")
    Reply.objects.filter(pk=reply.pk).update(state=ReplyState.CONFIRMED)
    Interaction.objects.filter(pk=row.pk).update(status=Status.RESPONDED)
    client.post(f"/inbox/{row.pk}/closing")
    row.refresh_from_db()
    assert row.status == Status.RESPONDED
    with pytest.raises(NotSent):
        sending.queue(row, "Ещё раз спасибо!", by=olga)
    assert Reply.objects.count() == 1


def test_nothing_is_opened_again_while_an_answer_is_on_its_way(
    shop: Connection, olga: User, client: Client
) -> None:
    [row] = brought(shop, review(1))
    client.post(f"/inbox/{row.pk}/reply", form(row, "Спасибо за отзыв!"))
    client.post(f"/inbox/{row.pk}/opening")
    row.refresh_from_db()
    assert not row.needs_response


def test_keys_walk_to_the_next_one_and_back(shop: Connection, olga: User, client: Client) -> None:
    first, second = brought(shop, review(1), review(2))

    def led(row: Interaction, query: str = "") -> str:
        return str(client.get(f"/inbox/{row.pk}/next{query}").headers["Location"])

    assert led(first) == f"/inbox/{second.pk}/"
    assert led(second, "?back=1") == f"/inbox/{first.pk}/"
    assert led(second) == f"/inbox/{first.pk}/"  # from the end to the beginning
    assert led(first, "?back=1") == f"/inbox/{first.pk}/"


def test_looking_now_reads_the_marketplaces_once(shop: Connection, olga: User, client: Client) -> None:
    Connection.objects.filter(pk=shop.pk).update(credentials="sealed")
    client.post("/inbox/reading")
    client.post("/inbox/reading")
    assert Job.objects.filter(kind=jobs.SYNC).count() == 1


# --- Who may ----------------------------------------------------------------------------------------------

DEEDS = ("reply", "editing", "check", "drafting", "assignment", "note", "closing", "opening")


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.MODERATOR, Role.CATALOGUE_MANAGER])
def test_who_only_sees_writes_nothing(role: Role, shop: Connection, seller: Seller, client: Client) -> None:
    [row] = brought(shop, review(1))
    client.force_login(factories.user("boris", seller=seller, role=role))
    words = page(client, f"/inbox/{row.pk}/")
    assert row.text in words
    assert "data-reply-text" not in words
    assert 'hx-trigger="load"' not in words
    for deed in DEEDS:
        assert client.post(f"/inbox/{row.pk}/{deed}", form(row, "Спасибо!")).status_code == 403, deed
    assert Reply.objects.count() == 0


def test_another_seller_is_not_there(
    shop: Connection, other_seller: Seller, olga: User, client: Client
) -> None:
    foreign = Connection.objects.create(seller=other_seller, platform="ozon")
    [row] = brought(foreign, review(1, "Чужой отзыв"))
    assert "Чужой отзыв" not in page(client, "/inbox/")
    assert "Чужой отзыв" not in page(client, f"/inbox/?seller={other_seller.pk}")
    for part in ("", "next", "head", "talk", "draft", "answer"):
        assert client.get(f"/inbox/{row.pk}/{part}").status_code == 404, part
    for deed in DEEDS:
        assert client.post(f"/inbox/{row.pk}/{deed}").status_code == 404, deed
    Membership.objects.create(user=olga, seller=other_seller, role=Role.READ_ONLY)
    assert "Чужой отзыв" in page(client, "/inbox/")
    assert client.post(f"/inbox/{row.pk}/closing").status_code == 403


def test_the_rail_counts_what_presses(shop: Connection, olga: User, client: Client) -> None:
    rows = brought(shop, *[review(number) for number in range(4)])
    Interaction.objects.update(priority=Priority.LOW)
    Interaction.objects.filter(pk__in=[rows[0].pk, rows[1].pk]).update(priority=Priority.HIGH)
    words = page(client, "/settings/")
    rail = words[words.index('href="/inbox/"') :]
    assert rail[: rail.index("</a>")].endswith('<span class="count loud">2</span>')
