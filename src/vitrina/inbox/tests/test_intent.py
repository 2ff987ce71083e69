"""What a buyer wants and feels, and what a person must answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.channels.ports import Kind
from vitrina.inbox.hearing.escalation import Escalation
from vitrina.inbox.hearing.intent import MOST_EVIDENCE, Intent, Sentiment, understand

PRAISES = [
    "хороший",
    "отличный",
    "удобный",
    "красивый",
    "качественный",
    "понравился",
    "рекомендую",
    "доволен",
    "супер",
]


@pytest.mark.parametrize(
    ("kind", "text", "intent"),
    [
        (Kind.CHAT, "Утюг перестал греть", Intent.DEFECT),
        (Kind.CHAT, "Прислали не тот размер", Intent.WRONG_ITEM),
        (Kind.CHAT, "Есть ли в наличии синий?", Intent.PRE_PURCHASE),
        (Kind.CHAT, "Когда приедет посылка?", Intent.DELIVERY),
        (Kind.CHAT, "Хочу вернуть, не понравилось", Intent.REFUND),
        (Kind.CHAT, "Спасибо за помощь", Intent.THANKS),
        (Kind.QUESTION, "Какой размер на рост 180?", Intent.SIZING),
        (Kind.QUESTION, "Как включить таймер?", Intent.USAGE),
        (Kind.QUESTION, "Не подскажете, из какой ткани?", Intent.PRE_PURCHASE),
        (Kind.CHAT, "Где мой заказ", Intent.DELIVERY),
        (Kind.REVIEW, "Ужасное обслуживание", Intent.COMPLAINT),
        (Kind.REVIEW, "Отлично, всё понравилось", Intent.THANKS),
        (Kind.CHAT, "Пишите в телеграм, выведем в топ", Intent.SPAM),
        (Kind.CHAT, "The kettle is broken", Intent.DEFECT),
        (Kind.CHAT, "", Intent.OTHER),
    ],
)
def test_what_a_buyer_wants(kind: Kind, text: str, intent: Intent) -> None:
    assert understand(kind, text).intent is intent


def test_the_stars_come_first_and_the_text_tells_the_reason() -> None:
    low = understand(Kind.REVIEW, "Спасибо, отличный", rating=1)
    assert low.sentiment is Sentiment.NEGATIVE
    assert low.needs_attention
    assert low.attention == 1.0
    assert understand(Kind.REVIEW, "Сломался на второй день", rating=1).intent is Intent.DEFECT


def test_five_stars_with_a_complaint_need_a_look() -> None:
    found = understand(Kind.REVIEW, "Сломался через неделю, ужас", rating=5)
    assert found.needs_attention
    assert found.sentiment is Sentiment.NEGATIVE
    assert not understand(Kind.REVIEW, "Ничего не сломалось, отлично", rating=5).needs_attention


def test_stars_are_of_reviews_only() -> None:
    assert understand(Kind.CHAT, "Спасибо!", rating=1) == understand(Kind.CHAT, "Спасибо!")


def test_pros_and_cons_are_heard_and_none_of_them_too() -> None:
    without = understand(Kind.REVIEW, "Чайник", pros="тихий, красивый", cons="нет")
    with_cons = understand(Kind.REVIEW, "Чайник", pros="нет", cons="протекает, воняет")
    assert without.attention < with_cons.attention
    assert (without.sentiment, with_cons.sentiment) == (Sentiment.POSITIVE, Sentiment.NEGATIVE)


@pytest.mark.parametrize(
    ("text", "escalation"),
    [
        ("После крема началась аллергия", Escalation.HEALTH),
        ("Это подделка, а не оригинал", Escalation.COUNTERFEIT),
        ("Приеду и разнесу ваш склад", Escalation.THREAT),
        ("Подам в суд", Escalation.LEGAL),
        ("Кто слил мои персональные данные", Escalation.PERSONAL_DATA),
        ("Сын проглотил деталь", Escalation.CHILD_SAFETY),
        ("Из розетки посыпались искры", Escalation.HAZARD),
        ("Аккумулятор вздулся на второй день", Escalation.HAZARD),
        ("Фен загорелся в руках", Escalation.HAZARD),
    ],
)
def test_what_a_person_must_answer(text: str, escalation: Escalation) -> None:
    for kind in Kind:
        found = understand(kind, text, rating=5)
        assert escalation in found.escalations
        assert found.needs_attention
        assert found.evidence


@pytest.mark.parametrize(
    "text",
    [
        "Аллергии не вызвал",
        "Претензий нет",
        "Без претензий к продавцу",
        "Дочка в восторге",
        "Это не подделка, всё честно",
        "Судя по отзывам, вещь хорошая",
        "Кровать собрали быстро",
        "Ребёнку нравится, безопасная игрушка",
        "Красиво искрится на солнце",
        "Не искрит, не дымит",
        "Загорелась лампочка, всё работает",
        "Духи с запахом дыма",
        "Загорел на даче в этой шляпе",
    ],
)
def test_what_needs_no_person(text: str) -> None:
    assert understand(Kind.REVIEW, text).escalations == ()


def test_evidence_is_what_the_buyer_wrote() -> None:
    found = understand(Kind.CHAT, "Чайник ПРОТЕКАЕТ, ручка треснула")
    assert found.evidence == ("протекает", "треснула")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(Kind),
    st.text(max_size=200),
    st.none() | st.integers(1, 5),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_any_text_is_understood_the_same_twice(
    kind: Kind, text: str, rating: int | None, pros: str, cons: str
) -> None:
    found = understand(kind, text, rating=rating, pros=pros, cons=cons)
    assert found == understand(kind, text, rating=rating, pros=pros, cons=cons)
    assert 0 <= found.attention <= 1
    assert len(found.evidence) <= MOST_EVIDENCE
    if kind is Kind.REVIEW and rating is not None and rating <= 3:
        assert found.needs_attention
        assert found.sentiment is not Sentiment.POSITIVE


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PRAISES), min_size=1, max_size=4, unique=True), st.data())
def test_denying_a_praise_never_makes_it_happier(praises: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(praises) - 1))
    denied = [*praises[:at], f"не {praises[at]}", *praises[at + 1 :]]
    praise, denial = (understand(Kind.REVIEW, "Товар " + ", ".join(said)) for said in (praises, denied))
    assert denial.attention >= praise.attention
    order = [Sentiment.NEGATIVE, Sentiment.MIXED, Sentiment.NEUTRAL, Sentiment.POSITIVE]
    assert order.index(denial.sentiment) <= order.index(praise.sentiment)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["сломался", "порвался", "ужас", "брак", "воняет"]),
    st.sampled_from(["Чехол", "Чайник, купил вчера"]),
)
def test_a_trouble_more_never_makes_it_happier(trouble: str, start: str) -> None:
    assert understand(Kind.REVIEW, f"{start}, {trouble}").attention > understand(Kind.REVIEW, start).attention
