"""What can go wrong when a model is asked, and what the caller must decide.

EngineError                  permanent, retry_after, a sentence for the operator
├── ConfigurationFault       a key, name or address is wrong; repeating can't help until a person mends it
│   └── PromptFault          a prompt file doesn't fit its generator
├── LimitReached             a quota, budget or rate; says which, its value and when it lifts
├── NoAnswer                 every model of the route was tried; may be asked again later
├── AnswerNotStored          a paid answer could not be written down, so it was not used
└── EngineStopped            the process is going down
"""

from __future__ import annotations

from datetime import datetime


class EngineError(Exception):
    """`permanent`: asking again can't help. `retry_after`: seconds until it may, None if unknown."""

    permanent = False

    def __init__(
        self,
        sentence: str,
        *,
        permanent: bool | None = None,
        retry_after: float | None = None,
        model_call_ids: tuple[str, ...] = (),
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if permanent is not None:
            self.permanent = permanent
        self.retry_after = retry_after
        self.model_call_ids = model_call_ids


class ConfigurationFault(EngineError):
    permanent = True


class PromptFault(ConfigurationFault):
    pass


class LimitReached(EngineError):
    """`limit`: its name in words; `value`: as set, "2000 calls" or "25.00 USD"; `lifts_at`: None if only a person lifts it."""

    def __init__(
        self,
        limit: str,
        value: str,
        lifts_at: datetime | None,
        *,
        retry_after: float | None = None,
        model_call_ids: tuple[str, ...] = (),
    ) -> None:
        when = f"It lifts at {lifts_at:%Y-%m-%d %H:%M %Z}." if lifts_at else "It lifts when it is raised."
        super().__init__(
            f"The limit «{limit}» of {value} is reached. {when}",
            retry_after=retry_after,
            model_call_ids=model_call_ids,
        )
        self.limit = limit
        self.value = value
        self.lifts_at = lifts_at


class NoAnswer(EngineError):
    pass


class AnswerNotStored(EngineError):
    pass


class EngineStopped(EngineError):
    pass
