"""What each fault of each simulated service must come to: (the outcome, the status that is told). «picture»: bytes that the
adapter takes for a picture and the quality check must refuse."""

from __future__ import annotations

from vitrina.imagery.ports import Outcome

AFTER, NEW_SEED = Outcome.RETRY_AFTER, Outcome.RETRY_NEW_SEED
SAME, FALLBACK, REFUSE, BAD = Outcome.RETRY_SAME, Outcome.FALLBACK, Outcome.REFUSE, Outcome.BAD_REQUEST
PICTURE = None

# Of every service. Those that need a shorter time are in the contract test itself.
COMMON: dict[str, tuple[Outcome | None, int]] = {
    "ok": (PICTURE, 200),
    "error_1033": (SAME, 530),
    "unavailable_html": (SAME, 503),
    "reset": (SAME, 0),
    "redirect": (FALLBACK, 302),
    "placeholder": (PICTURE, 200),
    "json_as_picture": (NEW_SEED, 200),
    "noise_bytes": (NEW_SEED, 200),
    "truncated": (PICTURE, 200),
    "black": (PICTURE, 200),
    "wrong_size": (PICTURE, 200),
    "lost": (SAME, 0),
    "half": (SAME, 0),
    "empty": (NEW_SEED, 200),
    "html": (NEW_SEED, 200),
    "json": (NEW_SEED, 200),
    "wrong_envelope": (NEW_SEED, 200),
    "deep": (NEW_SEED, 200),
    "huge": (FALLBACK, 200),
    "gzip_bomb": (FALLBACK, 200),
}
NEVER_ENDING = {"slow", "hang", "drip"}

OWN: dict[str, dict[str, tuple[Outcome | None, int]]] = {
    "pollinations": {
        "json": (AFTER, 200),  # its words for «too many», whatever the status
        "server_error": (SAME, 500),
        "bad_gateway": (SAME, 502),
        "upstream_timeout": (SAME, 504),
        "unavailable": (SAME, 503),
        "payment_required": (FALLBACK, 402),
        "budget": (FALLBACK, 402),
        "balance": (FALLBACK, 402),
        "policy": (REFUSE, 422),
        "safety": (REFUSE, 400),
        "rate_limit": (AFTER, 429),
        "rate_limit_text": (AFTER, 429),
        "unauthorized": (FALLBACK, 401),
        "forbidden": (FALLBACK, 403),
        "dead_model": (FALLBACK, 400),
        "bad_request": (BAD, 400),
    },
    "pollinations-demo": {
        # A GET is sent once more where the connection ends without a word (RFC 9110, 9.2.2); it joins the picture that is being
        # made, and nobody pays here.
        "reset": (PICTURE, 200),
        "lost": (PICTURE, 200),
        "json": (AFTER, 200),
        "queue_full_402": (AFTER, 402),
        "queue_full_429": (AFTER, 429),
        "queue_full_500": (AFTER, 500),
        "server_error": (SAME, 500),
    },
    "openai": {
        "server_error": (SAME, 500),
        "no_retry": (FALLBACK, 500),
        "rate_limit_ms": (AFTER, 429),
        "rate_limit_s": (AFTER, 429),
        "rate_limit_fraction": (AFTER, 429),
        "rate_limit_minutes": (AFTER, 429),
        "rate_limit_header": (AFTER, 429),
        "rate_limit_header_ms": (AFTER, 429),
        "rate_limit_silent": (AFTER, 429),
        "moderation_input": (REFUSE, 400),
        "moderation_output": (NEW_SEED, 400),
        "moderation_old": (REFUSE, 400),
        "insufficient_quota": (FALLBACK, 429),
        "billing_hard_limit": (FALLBACK, 400),
        "dead_model": (FALLBACK, 404),
        "dead_model_400": (FALLBACK, 400),
        "unauthorized": (FALLBACK, 401),
        "not_verified": (FALLBACK, 403),
        "bad_request": (BAD, 400),
    },
    "openrouter": {
        "json": (SAME, 502),  # an error without a status, with status 200
        "server_error": (SAME, 500),
        "bad_gateway": (SAME, 502),
        "cloudflare_524": (SAME, 524),
        "overloaded_529": (SAME, 529),
        "error_in_200": (SAME, 502),
        "limit_in_200": (AFTER, 429),
        "rate_limit": (AFTER, 429),
        "credits": (FALLBACK, 402),
        "moderation": (REFUSE, 403),
        "policy_400": (REFUSE, 400),
        "dead_model": (FALLBACK, 404),
        "unauthorized": (FALLBACK, 401),
        "too_large": (BAD, 413),
        "bad_request": (BAD, 400),
    },
    "gemini": {
        "json": (SAME, 500),
        "server_error": (SAME, 500),
        "unavailable": (SAME, 503),
        "rate_limit": (AFTER, 429),
        "rate_limit_silent": (AFTER, 429),
        "no_image": (NEW_SEED, 200),
        "image_other": (NEW_SEED, 200),
        "image_safety": (NEW_SEED, 200),
        "image_prohibited": (NEW_SEED, 200),
        "image_recitation": (NEW_SEED, 200),
        "prohibited": (REFUSE, 200),
        "blocked_prompt": (REFUSE, 200),
        "dead_model": (FALLBACK, 404),
        "unauthorized": (FALLBACK, 400),
        "forbidden": (FALLBACK, 403),
        "no_billing": (FALLBACK, 400),
        "bad_request": (BAD, 400),
        "array": (SAME, 503),
    },
    "stability": {
        "server_error": (SAME, 500),
        "moderation": (REFUSE, 403),
        "filtered": (NEW_SEED, 200),
        "credits": (FALLBACK, 402),
        "rate_limit": (AFTER, 429),
        "unauthorized": (FALLBACK, 401),
        "wrong_content_type": (BAD, 400),
        "language": (BAD, 422),
        "too_large": (BAD, 413),
        "dead_model": (FALLBACK, 404),
    },
    "sdwebui": {
        "nan": (NEW_SEED, 500),
        "out_of_memory": (FALLBACK, 500),
        "forge_error": (SAME, 500),
        "unauthorized": (FALLBACK, 401),
        "no_api": (FALLBACK, 404),
        "bad_request": (BAD, 422),
    },
    "flux": {
        "server_error": (SAME, 500),
        "credits": (FALLBACK, 402),
        "rate_limit": (AFTER, 429),
        "unauthorized": (FALLBACK, 403),
        "bad_request": (BAD, 422),
        "dead_model": (FALLBACK, 404),
        "task_error": (SAME, 200),
        "request_moderated": (REFUSE, 200),
        "content_moderated": (NEW_SEED, 200),
        "task_not_found": (SAME, 200),
        "foreign_polling": (FALLBACK, 200),
        "foreign_sample": (FALLBACK, 200),
        "expired_sample": (SAME, 200),
        "hiccup": (PICTURE, 200),
    },
    "comfyui": {
        "server_error": (SAME, 500),
        "validation": (BAD, 400),
        "no_prompt": (BAD, 400),
        "no_checkpoint": (FALLBACK, 400),
        "history_error": (SAME, 200),
        "history_out_of_memory": (FALLBACK, 200),
        "interrupted": (SAME, 200),
        "busy": (AFTER, 200),
        "nothing_new": (NEW_SEED, 200),
    },
}


def expected(service: str) -> dict[str, tuple[Outcome | None, int]]:
    return COMMON | OWN[service]


EVERY = [(service, fault) for service in OWN for fault in expected(service)]
