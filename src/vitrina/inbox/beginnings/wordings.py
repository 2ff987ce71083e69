"""The wordings of beginnings. They thank, take it seriously, say that a person reads it; they promise and admit nothing,
and repeat none of the buyer's own grave words. The tests hold every one of them against the guardrails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vitrina.inbox.hearing.escalation import Escalation


@dataclass(frozen=True)
class Openings:
    """`thanks`: by manner; `matters`: by what it is about; `readers`: who has it now. Several of each."""

    thanks: Mapping[str, tuple[str, ...]]
    matters: Mapping[Escalation, tuple[str, ...]]
    readers: Mapping[str, tuple[str, ...]]


RUSSIAN = Openings(
    thanks={
        "friendly": (
            "Спасибо, что написали об этом.",
            "Спасибо, что рассказали.",
            "Спасибо, что не промолчали.",
        ),
        "formal": (
            "Благодарим за обращение.",
            "Благодарим вас за то, что сообщили об этом.",
            "Спасибо за ваше сообщение.",
        ),
    },
    matters={
        Escalation.HEALTH: (
            "К самочувствию покупателей мы относимся со всей серьёзностью.",
            "Ваше самочувствие важнее всего остального.",
            "Когда речь о самочувствии, мелочей не бывает.",
        ),
        Escalation.HAZARD: (
            "Пожалуйста, больше не включайте и не заряжайте эту вещь.",
            "Пожалуйста, отключите вещь от сети и пока не пользуйтесь ею.",
            "Главное сейчас: не включайте и не заряжайте её больше.",
        ),
        Escalation.COUNTERFEIT: (
            "Происхождение товара для нас серьёзный вопрос.",
            "К сомнениям в происхождении товара мы относимся внимательно.",
            "Понимаем, почему такие сомнения важны.",
        ),
        Escalation.THREAT: (
            "Видим, что эта история сильно вас задела.",
            "Нам важно спокойно понять, что произошло.",
            "Мы внимательно прочитали каждое слово.",
        ),
        Escalation.LEGAL: (
            "Мы внимательно прочитали всё, что вы написали.",
            "К таким обращениям мы относимся серьёзно.",
            "Ваши слова прочитаны полностью и со вниманием.",
        ),
        Escalation.PERSONAL_DATA: (
            "К личным данным покупателей мы относимся бережно.",
            "Вопрос о личных данных для нас серьёзный.",
            "Понимаем, почему это вас беспокоит.",
        ),
        Escalation.CHILD_SAFETY: (
            "Всё, что касается детей, для нас серьёзно.",
            "К безопасности детей мы относимся со всей серьёзностью.",
            "Понимаем вашу тревогу за ребёнка.",
        ),
    },
    readers={
        "friendly": (
            "Ваше сообщение сейчас разбирает сотрудник магазина.",
            "Этим занимается наш сотрудник, лично.",
            "Ваши слова сейчас читает человек, который отвечает за такие вопросы.",
        ),
        "formal": (
            "Ваше обращение рассматривает сотрудник магазина.",
            "Обращением занимается ответственный сотрудник.",
            "Ваше обращение находится у сотрудника, который отвечает за такие вопросы.",
        ),
    },
)

ENGLISH = Openings(
    thanks={
        "friendly": (
            "Thank you for writing about this.",
            "Thank you for telling us.",
            "Thank you for speaking up.",
        ),
        "formal": (
            "Thank you for contacting us.",
            "Thank you for bringing this to our attention.",
            "We thank you for your message.",
        ),
    },
    matters={
        Escalation.HEALTH: (
            "We take every word about how our buyers feel seriously.",
            "How you feel matters more than anything else.",
            "Nothing is too small for us where well-being is concerned.",
        ),
        Escalation.HAZARD: (
            "Please don't switch it on or charge it any more.",
            "Please unplug it, and don't use it for now.",
            "What matters first: don't use or charge it any more.",
        ),
        Escalation.COUNTERFEIT: (
            "Where a product comes from is a serious matter to us.",
            "We take doubts about a product's origin seriously.",
            "We understand why such doubts matter.",
        ),
        Escalation.THREAT: (
            "We see that this has upset you badly.",
            "It matters to us to understand calmly what happened.",
            "We have read every word with attention.",
        ),
        Escalation.LEGAL: (
            "We have read all that you wrote with attention.",
            "We take messages like yours seriously.",
            "Your words were read in full and with care.",
        ),
        Escalation.PERSONAL_DATA: (
            "We treat our buyers' personal data with care.",
            "Personal data are a serious matter to us.",
            "We understand why this worries you.",
        ),
        Escalation.CHILD_SAFETY: (
            "Whatever concerns children is a serious matter to us.",
            "We take the safety of children very seriously.",
            "We understand your worry about the child.",
        ),
    },
    readers={
        "friendly": (
            "A member of our team is looking into your message now.",
            "One of our people is taking care of this in person.",
            "Your message is being read by the person who handles such matters.",
        ),
        "formal": (
            "Your message is being looked into by a member of our staff.",
            "A responsible member of our staff is dealing with it.",
            "Your message is with the person who is responsible for such matters.",
        ),
    },
)
