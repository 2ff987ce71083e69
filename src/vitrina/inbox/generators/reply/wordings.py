"""The wordings of offline answers. They promise nothing, admit nothing, and say nothing of a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wordings:
    """By manner and within it by band of stars («bad» 1–2, «fair» 3, «good» 4–5), or by intent; several of each."""

    greetings: Mapping[str, tuple[str, ...]]
    thanks_for_review: Mapping[str, Mapping[str, tuple[str, ...]]]
    thanks_for_rating: Mapping[str, Mapping[str, tuple[str, ...]]]  # without words: nobody wrote anything
    thanks_for_asking: Mapping[str, tuple[str, ...]]
    matters: Mapping[str, tuple[str, ...]]
    next_steps: Mapping[str, Mapping[str, tuple[str, ...]]]
    closings: Mapping[str, Mapping[str, tuple[str, ...]]]


_RETURN_RU = (
    "Оформите, пожалуйста, заявку на возврат в личном кабинете: её рассмотрят по правилам площадки.",
    "Вернуть товар можно через заявку в разделе покупок личного кабинета.",
    "Создайте заявку в карточке заказа, там же виден ответ по ней.",
)
_QUESTION_RU = (
    "Уточните, пожалуйста, подробности в вопросе к товару, мы ответим.",
    "Если остались вопросы, задайте их на странице товара: мы их читаем каждый день.",
    "Напишите, если нужна ещё какая-то характеристика, проверим по карточке.",
)
_CHAT_RU = (
    "Сейчас проверим и ответим здесь же.",
    "Уточним это и вернёмся к вам в этом чате.",
    "Посмотрим данные по заказу и напишем сюда.",
)
_PHOTO_RU = (
    "Пришлите, пожалуйста, сюда фото товара и этикетки, так будет быстрее разобраться.",
    "Приложите, пожалуйста, фото: посмотрим и подскажем следующий шаг.",
    "Добавьте сюда пару снимков, где видно, что не так.",
)

RUSSIAN = Wordings(
    greetings={
        "friendly": ("Здравствуйте", "Добрый день", "Приветствуем"),
        "formal": ("Здравствуйте", "Добрый день"),
    },
    thanks_for_review={
        "friendly": {
            "bad": (
                "Спасибо, что написали об этом.",
                "Благодарим за подробный отзыв, нам жаль, что впечатление испорчено.",
                "Нам жаль, что покупка вас огорчила, спасибо, что рассказали.",
                "Спасибо за отзыв: такие слова важно слышать.",
            ),
            "fair": (
                "Спасибо за честный отзыв.",
                "Благодарим, что поделились впечатлением.",
                "Спасибо, что написали и о хорошем, и о том, что не понравилось.",
                "Спасибо за отзыв, передадим его тем, кто занимается этим товаром.",
            ),
            "good": (
                "Спасибо за тёплый отзыв!",
                "Благодарим за добрые слова!",
                "Очень рады, что покупка понравилась!",
                "Спасибо, что нашли время написать!",
                "Приятно читать такой отзыв, спасибо!",
                "Здорово, что вы остались довольны!",
                "Такая поддержка нас вдохновляет!",
            ),
        },
        "formal": {
            "bad": (
                "Благодарим Вас за отзыв, сожалеем, что покупка не оправдала ожиданий.",
                "Благодарим Вас за подробное описание ситуации.",
                "Благодарим Вас за обращение: нам важно знать о таких случаях.",
            ),
            "fair": (
                "Благодарим Вас за взвешенный отзыв.",
                "Благодарим Вас за оценку и замечания.",
            ),
            "good": (
                "Благодарим Вас за высокую оценку.",
                "Благодарим Вас за отзыв и рады, что товар Вам подошёл.",
                "Признательны Вам за добрые слова.",
            ),
        },
    },
    thanks_for_rating={
        "friendly": {
            "bad": (
                "Нам жаль, что покупка вас огорчила.",
                "Жаль, что впечатление испорчено.",
                "Спасибо, что честно оценили покупку.",
            ),
            "fair": (
                "Спасибо за честную оценку.",
                "Благодарим, что оценили покупку.",
                "Спасибо, что отметили покупку, учтём вашу оценку.",
            ),
            "good": (
                "Спасибо за высокую оценку!",
                "Очень рады, что покупка понравилась!",
                "Благодарим вас за доверие!",
                "Такая оценка радует всю нашу команду!",
                "Здорово, что вы остались довольны!",
                "Признательны вам за отклик!",
                "Ваши звёзды согревают!",
                "Мы счастливы, что угодили!",
                "Поддержка покупателей вдохновляет, спасибо!",
                "Как хорошо, что заказ оправдал ожидания!",
                "Приятно, что выбор оказался удачным!",
                "Спасибо, что цените нашу работу!",
            ),
        },
        "formal": {
            "bad": (
                "Сожалеем, что покупка не оправдала Ваших ожиданий.",
                "Благодарим Вас за честную оценку.",
            ),
            "fair": ("Благодарим Вас за взвешенную оценку.", "Благодарим Вас за отклик, он будет учтён."),
            "good": (
                "Благодарим Вас за высокую оценку.",
                "Признательны Вам за доверие.",
                "Рады, что покупка Вам подошла.",
                "Ваша оценка важна для всей нашей команды.",
                "Приятно знать, что заказ соответствует ожиданиям.",
                "Ценим Ваше внимание и поддержку.",
                "Нам дорого мнение каждого покупателя.",
                "Отрадно, что выбор оказался удачным.",
                "Спасибо, что отметили качество нашей работы.",
                "Мы высоко ценим такой отклик.",
            ),
        },
    },
    thanks_for_asking={
        "friendly": ("Спасибо за вопрос.", "Спасибо, что написали.", "Хорошо, что спросили."),
        "formal": ("Благодарим Вас за вопрос.", "Благодарим Вас за обращение."),
    },
    matters={
        "defect": (
            "Понимаем, как неприятно, когда вещь приходит не такой, как ждали.",
            "С тем, что вы описали, нужно разобраться.",
            "Передали ваше описание тем, кто отвечает за качество.",
        ),
        "wrong_item": (
            "Похоже, пришло не то, что вы заказывали, с этим нужно разобраться.",
            "Понимаем, как обидно ждать одно, а получить другое.",
            "Сверим, что было в заказе и что отправлено.",
        ),
        "pre_purchase": (
            "Подскажем по карточке товара.",
            "Проверим по данным карточки и ответим точно.",
            "Уточним это, чтобы вы выбрали наверняка.",
        ),
        "delivery": (
            "Доставкой занимается площадка, но ход заказа виден и нам.",
            "Понимаем, что ждать неприятно.",
            "Сроки доставки считает площадка, они видны в личном кабинете.",
        ),
        "sizing": (
            "С размером легко ошибиться, сверьтесь, пожалуйста, с таблицей в карточке.",
            "Лучше всего сравнить свои мерки с таблицей размеров в карточке.",
            "Посадка зависит от мерок, поэтому советуем смотреть таблицу размеров.",
        ),
        "refund": (
            "По возврату всё решается через заявку на площадке.",
            "Понимаем, что хочется закрыть этот вопрос скорее.",
            "Порядок возврата определяет площадка.",
        ),
        "usage": (
            "Проверим, что об этом говорит инструкция.",
            "Сверимся с карточкой и инструкцией.",
            "Уточним, как правильно пользоваться товаром.",
        ),
        "complaint": (
            "Понимаем ваше недовольство.",
            "Нам важно понять, что пошло не так.",
            "Передали ваши слова коллегам.",
        ),
        "other": (
            "Внимательно прочитали ваше сообщение.",
            "Мы читаем каждое сообщение покупателей.",
            "Передали ваши слова коллегам.",
        ),
    },
    next_steps={
        "public": {
            "defect": _RETURN_RU,
            "wrong_item": _RETURN_RU,
            "refund": _RETURN_RU,
            "complaint": _QUESTION_RU,
            "other": _QUESTION_RU,
        },
        "chat": {"defect": _PHOTO_RU, "wrong_item": _PHOTO_RU, "other": _CHAT_RU},
    },
    closings={
        "friendly": {
            "bad": ("Спасибо за терпение.", "Будем внимательнее.", "Всего вам доброго."),
            "fair": ("Хорошего дня!", "Всего доброго!"),
            "good": (
                "Пользуйтесь с удовольствием!",
                "Будем рады видеть вас снова!",
                "Хорошего дня и приятных покупок!",
                "Пусть вещь служит долго!",
                "Ждём вас за новыми находками!",
                "Всего вам самого доброго!",
                "Пусть каждая покупка приносит радость!",
                "Заглядывайте к нам ещё!",
                "Желаем прекрасного настроения!",
                "До новых встреч в нашем магазине!",
            ),
        },
        "formal": {
            "bad": ("С уважением, команда магазина.",),
            "fair": ("С уважением, команда магазина.", "С наилучшими пожеланиями, команда магазина."),
            "good": (
                "С уважением, команда магазина.",
                "С наилучшими пожеланиями, Ваш магазин.",
                "Желаем Вам всего доброго.",
                "Будем рады видеть Вас вновь.",
                "Надеемся на дальнейшие встречи.",
                "Приятных Вам покупок.",
                "Пусть вещь служит Вам долго.",
                "Всегда готовы помочь с выбором.",
            ),
        },
    },
)

_RETURN_EN = (
    "Please open a return request in your account: it is decided by the marketplace's rules.",
    "A return can be requested from the order's page in your account.",
    "Please file a request on the order's page, its answer appears there too.",
)
_QUESTION_EN = (
    "If anything else is unclear, ask on the product's page: we read it every day.",
    "Tell us which detail you need, and we will check it against the card.",
)
_CHAT_EN = (
    "We are checking it and will answer right here.",
    "Let us look it up; we will write in this chat.",
)
_PHOTO_EN = (
    "Please send a picture of the item and its label here, so that we see what happened.",
    "A picture or two would help us to tell you the next step.",
)

ENGLISH = Wordings(
    greetings={"friendly": ("Hello", "Hi there", "Good day"), "formal": ("Hello", "Good day")},
    thanks_for_review={
        "friendly": {
            "bad": (
                "Thank you for telling us.",
                "We are sorry that this purchase disappointed you, thank you for writing.",
                "Thank you for the review: words like these matter.",
            ),
            "fair": (
                "Thank you for an honest review.",
                "Thank you for saying both what you liked and what you did not.",
            ),
            "good": (
                "Thank you for the kind words!",
                "We are glad that you like it!",
                "Thank you for taking the time to write!",
            ),
        },
        "formal": {
            "bad": (
                "Thank you for your review; we regret that the purchase fell short of what you expected.",
                "Thank you for bringing this to our attention.",
            ),
            "fair": ("Thank you for a balanced review.", "Thank you for your rating and your remarks."),
            "good": (
                "Thank you for your high rating.",
                "Thank you for your review, we are pleased to read it.",
            ),
        },
    },
    thanks_for_rating={
        "friendly": {
            "bad": (
                "We are sorry that this purchase disappointed you.",
                "We regret that it was not what you hoped for.",
            ),
            "fair": ("Thank you for an honest rating.", "Thank you for rating your purchase."),
            "good": (
                "Thank you for such a high rating!",
                "We are glad that you like it!",
                "Your stars made our whole team smile!",
                "How lovely that the purchase met your expectations!",
                "Many thanks for this warm support!",
                "We truly appreciate your trust!",
                "Delighted that everything went well!",
                "What a pleasure to have pleased you!",
                "It is great to know your choice turned out right!",
            ),
        },
        "formal": {
            "bad": (
                "We regret that the purchase fell short of what you expected.",
                "Thank you for an honest rating.",
            ),
            "fair": ("Thank you for a balanced rating.", "Thank you for rating your purchase with us."),
            "good": (
                "Thank you for your high rating.",
                "We are pleased that the purchase suits you.",
                "We appreciate your trust in our shop.",
                "Your opinion matters to our whole team.",
                "It is good to learn that the order met expectations.",
                "We value this response very much.",
                "Many thanks for your kind support.",
                "We are honoured by such an assessment.",
            ),
        },
    },
    thanks_for_asking={
        "friendly": ("Thank you for asking.", "Thank you for writing."),
        "formal": ("Thank you for your enquiry.", "Thank you for your message."),
    },
    matters={
        "defect": (
            "We understand how annoying it is when something arrives other than expected.",
            "What you describe has to be looked into.",
        ),
        "wrong_item": (
            "It seems that something other than ordered arrived.",
            "We will compare what was ordered with what was sent.",
        ),
        "pre_purchase": ("We will check it against the card.", "Let us make sure before you choose."),
        "delivery": (
            "The marketplace delivers, and its dates are in your account.",
            "We understand that waiting is unpleasant.",
        ),
        "sizing": (
            "Please compare your measurements with the size chart of the card.",
            "Sizes differ, the chart of the card is the surest guide.",
        ),
        "refund": (
            "Returns are decided by a request on the marketplace.",
            "The marketplace sets how returns go.",
        ),
        "usage": ("We will check what the manual says.", "Let us look it up in the manual and the card."),
        "complaint": ("We understand your displeasure.", "It matters to us to learn what went wrong."),
        "other": ("We read your message carefully.", "We read every message of our buyers."),
    },
    next_steps={
        "public": {
            "defect": _RETURN_EN,
            "wrong_item": _RETURN_EN,
            "refund": _RETURN_EN,
            "other": _QUESTION_EN,
        },
        "chat": {"defect": _PHOTO_EN, "wrong_item": _PHOTO_EN, "other": _CHAT_EN},
    },
    closings={
        "friendly": {
            "bad": ("Thank you for your patience.", "All the best from the shop's team."),
            "fair": ("Have a nice day!", "All the best!"),
            "good": (
                "Enjoy using it every day!",
                "We would be glad to see you again!",
                "Have a nice day and pleasant shopping!",
                "May it serve you for a long time!",
                "Looking forward to your next visit!",
                "Wishing you all the very best!",
                "Come back whenever you need something new!",
                "Until next time in our store!",
            ),
        },
        "formal": {
            "bad": ("Kind regards, the shop's team.",),
            "fair": ("Kind regards, the shop's team.", "Yours sincerely, the shop's team."),
            "good": (
                "Kind regards, the shop's team.",
                "Yours sincerely, your store.",
                "We would be pleased to welcome you again.",
                "We wish you pleasant shopping.",
                "May it serve you well for years.",
                "Always at your service with advice.",
                "We hope to see further orders from you.",
                "Have a good day.",
            ),
        },
    },
)
