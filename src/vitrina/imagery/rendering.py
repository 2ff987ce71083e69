"""Make one picture: choose, call, judge, keep. Goes on where a killed job stopped, because every step is a row.

Read what was tried, decide (`outcomes.next_step`), write the call's row, call, write its end; again until it is decided.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from vitrina.imagery import asking, caching, calls, ending, finishing, installed, metrics, places
from vitrina.imagery.candidates import candidate, plan_of_seller
from vitrina.imagery.choosing import Wanted, chosen
from vitrina.imagery.compiling import Compiled, PromptTooLong, compiled
from vitrina.imagery.installed import Installed
from vitrina.imagery.models import GeneratedImage, ImageAttempt
from vitrina.imagery.options import Options
from vitrina.imagery.outcomes import OK, Ask, Exhausted, Keep, Step, Stop, Wait, next_step
from vitrina.imagery.plan import PlanOfPictures
from vitrina.imagery.ports import Outcome as After
from vitrina.imagery.ports import Reference
from vitrina.imagery.scene import Recipe, Scene
from vitrina.imagery.tries import as_try, cost_of, of_fault, words_of
from vitrina.jobs.interrupts import CancelRequested
from vitrina.jobs.outcomes import Cancel, Done, Outcome, Retry, Snooze
from vitrina.jobs.retry import PICTURES
from vitrina.jobs.running import RunningJob
from vitrina.lib import files
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.transactions import short_transaction

SPARE_SECONDS = 30.0  # beside a call: with less the job goes on as its next claim
SEEDS = 2**31

NOBODY = gettext_noop(
    "No picture service may draw this picture: none is set up, or the plan allows none that can."
)
REFERENCE_LOST = gettext_noop(
    "The reference picture is no longer there, so that nothing was drawn. Choose another one."
)


def render(job: RunningJob) -> Outcome:
    """The job of one picture. Whatever becomes of it, the row says so; a picture that is not to be had is no failed job."""
    image = (
        GeneratedImage.objects.select_related("seller__plan", "series")
        .filter(pk=job.payload["image_id"])
        .first()
    )
    if image is None:
        return Cancel("The picture was deleted.")
    if not image.is_under_way:
        return Done({"image": image.pk, "status": image.status})
    if image.not_before is not None and image.not_before > timezone.now():
        return Snooze(until=image.not_before)
    plan = plan_of_seller(image.seller)
    if not places.take(job, image, plan):
        return Snooze(seconds=places.AGAIN_SECONDS)
    try:
        return _Rendering(job, image, plan).run()
    except GeneratedImage.DoesNotExist:
        return Cancel("The picture was deleted while it was drawn.")
    except CancelRequested:
        ending.fail(image.pk, asking.CANCELLED)
        raise


class _Rendering:
    """One run of one picture's job."""

    def __init__(self, job: RunningJob, image: GeneratedImage, plan: PlanOfPictures) -> None:
        self._job = job
        self._image = image
        self._plan = plan
        self._scene = Scene.model_validate(image.scene)
        self._options = Options.model_validate(image.options)
        self._installed = installed.services()
        self._finishing = finishing.Finishing(image, self._scene)
        self._references: tuple[Reference, ...] | None = None

    def run(self) -> Outcome:
        real, all_ = self._services()
        while True:
            self._job.checkpoint()
            self._image.refresh_from_db(fields=["status"])
            if not self._image.is_under_way:  # a person cancelled it meanwhile
                return self._done()
            attempts = list(self._image.attempts.order_by("pk"))
            begun = next((one for one in attempts if not one.outcome), None)
            if begun is not None:
                if self._job.seconds_left < self._seconds_of(begun.service) + SPARE_SECONDS:
                    return Snooze(seconds=0)
                self._go_on(begun)
                continue
            tries = [as_try(one) for one in attempts]
            step = next_step(tries, real, self._job.attempt)
            if isinstance(step, Exhausted):
                if step.may_pass and self._job.attempt < PICTURES.tries:
                    seconds = PICTURES.wait_seconds(self._job.attempt) or 0.0
                    until = timezone.now() + timedelta(seconds=seconds)
                    places.leave(self._job, self._image, not_before=until)
                    last = next((one for one in attempts if one.pk == step.try_id), None)
                    return Retry(words_of(last) if last else NOBODY, after_seconds=seconds)
                step = next_step(tries, all_, self._job.attempt)
            ended = self._do(step, attempts)
            if ended is not None:
                return ended

    def _do(self, step: Step, attempts: list[ImageAttempt]) -> Outcome | None:
        match step:
            case Ask():
                return self._begin(step, attempts)
            case Wait():
                until = timezone.now() + timedelta(seconds=step.seconds)
                places.leave(self._job, self._image, not_before=until)
                return Snooze(until=until)
            case Keep():
                return self._keep(next(one for one in attempts if one.pk == step.try_id), attempts)
            case Stop() | Exhausted():
                last = next((one for one in attempts if one.pk == step.try_id), None)
                return self._fail(
                    last.words if last else NOBODY, last.values if last else {}, cost=cost_of(attempts)
                )

    # -- a call --------------------------------------------------------------------------------------------

    def _begin(self, step: Ask, attempts: list[ImageAttempt]) -> Outcome | None:
        """Write down what will be called; or end with an equal picture that was drawn before."""
        service = self._installed[step.service]
        try:
            asked = self._compiled(service, self._seed(step.new_seed))
        except FileNotFoundError:
            return self._fail(REFERENCE_LOST, {}, cost=cost_of(attempts))
        except PromptTooLong as error:
            with short_transaction():
                self._job.guard()
                self._attempt(
                    service,
                    None,
                    outcome=After.FALLBACK,
                    code="prompt",
                    words=error.dropped.sentence,
                    values=dict(error.dropped.values),
                    seconds=0.0,
                    cost=Decimal(0),
                )
            return None
        key = caching.key_of(asked.order, service.name, self._image.recipe, self._scene.version)
        told = {
            "prompt": asked.order.prompt,
            "negative_prompt": asked.order.negative,
            "service": service.name,
            "model": asked.order.model,
            "width": asked.order.width,
            "height": asked.order.height,
            "dropped": [asdict(one) for one in asked.dropped],
        }
        if not self._options.is_forced and not step.new_seed and not service.service.is_offline:
            equal = finishing.equal_picture(self._image, key)
            if equal is not None:
                finishing.complete_from_cache(self._image, equal, told)
                return self._done()
        with short_transaction():
            self._job.guard()
            GeneratedImage.objects.under_way().filter(pk=self._image.pk).update(cache_key=key, **told)
            self._attempt(service, asked)
        return None

    def _attempt(self, service: Installed, asked: Compiled | None, **fields: Any) -> None:
        ImageAttempt.objects.create(
            image=self._image,
            round=self._job.attempt,
            service=service.name,
            model=service.model,
            seed=asked.order.seed if asked else None,
            order=calls.order_json(asked.order) if asked else {},
            kind=(self._scene.kind or self._image.part)[:30],
            plan=self._plan.name,
            **fields,
        )

    def _go_on(self, attempt: ImageAttempt) -> None:
        """Call, or find what a killed job's call came to; judge it; write its end."""
        service = self._installed.get(attempt.service)
        if service is None or not service.is_usable:
            _end(self._job, attempt, {"outcome": After.FALLBACK, "code": "gone", "seconds": 0.0})
            return
        self._job.progress(step="draw", text=service.service.title)
        order = self._compiled(service, attempt.seed).order
        called = calls.call(
            service,
            order,
            key=f"attempt {attempt.pk}",
            seller_id=self._image.seller_id,
            user_id=self._image.created_by_id,
            job_id=self._job.id,
            recipe=self._image.recipe,
            number=attempt.image.attempts.filter(pk__lt=attempt.pk).count() + 1,
        )
        ended: dict[str, Any] = {
            "seconds": round(called.seconds, 3),
            "cost": called.cost,
            "call": called.call_id or None,
        }
        if called.made is None:
            assert called.fault is not None
            ended |= of_fault(called.fault)
        else:
            ended |= {"outcome": OK, "made": asdict(called.made), "seed": called.made.seed or attempt.seed}
            self._job.progress(step="judge")
            judged = self._finishing.judge(attempt, called.made, is_offline=service.service.is_offline)
            ended |= {
                "quality_score": None if service.service.is_offline else judged.score,
                "issues": [issue.kept() for issue in judged.issues],
            }
        _end(self._job, attempt, ended)
        metrics.count_try(service.name, ended["outcome"], called.seconds, attempt.quality_score)
        if called.cost:
            self._job.spent(called.cost)

    def _compiled(self, service: Installed, seed: int | None) -> Compiled:
        references: tuple[Reference, ...] = ()
        if service.abilities.most_references:
            if self._references is None:
                self._references = _read(self._image)
            references = self._references
        return compiled(self._scene, self._options, service.abilities, service.model, seed, references)

    def _seed(self, new_seed: int) -> int:
        return ((self._image.seed or 0) + new_seed) % SEEDS

    # -- the end -------------------------------------------------------------------------------------------

    def _keep(self, attempt: ImageAttempt, attempts: list[ImageAttempt]) -> Outcome:
        self._job.progress(step="store")
        service = self._installed.get(attempt.service)
        is_offline = service is not None and service.service.is_offline
        is_marked = is_offline or (service is not None and service.abilities.marks_pictures)
        # A placeholder stands because nobody else drew: the row says what went wrong with the last who tried.
        before = [one for one in attempts if one.outcome != OK and one.call] if is_offline else []
        self._finishing.complete(
            attempt,
            is_offline=is_offline,
            is_marked=is_marked,
            cost=cost_of(attempts),
            reason=before[-1].words if before else "",
            reason_values=before[-1].values if before else {},
        )
        return self._done()

    def _fail(self, reason: str, values: dict[str, Any], *, cost: Decimal | None) -> Outcome:
        ending.fail(self._image.pk, reason, values, cost=cost)
        return self._done()

    def _done(self) -> Outcome:
        self._image.refresh_from_db(fields=["status"])
        return Done({"image": self._image.pk, "status": str(self._image.status)})

    # -- who may draw --------------------------------------------------------------------------------------

    def _services(self) -> tuple[list[str], list[str]]:
        """Those to be asked, the best first: without and with the offline one, which draws when nobody else does."""
        wanted = Wanted(Recipe(self._image.recipe), len(self._image.references), self._options.service)
        names = list(
            chosen([candidate(one) for one in self._installed.values()], wanted, self._plan).services
        )
        real = [
            name for name in names if name == wanted.service or not self._installed[name].service.is_offline
        ]
        return real, names

    def _seconds_of(self, name: str) -> float:
        service = self._installed.get(name)
        return service.service.seconds if service is not None else 0.0


def _read(image: GeneratedImage) -> tuple[Reference, ...]:
    found = []
    for given in image.references:
        with files.storage().open(given["name"]) as stream:
            found.append(Reference(stream.read(), given["media_type"], given["digest"], given["role"]))
    return tuple(found)


def _end(job: RunningJob, attempt: ImageAttempt, fields: dict[str, Any]) -> None:
    with short_transaction():
        job.guard()
        for name, value in fields.items():
            setattr(attempt, name, value)
        attempt.save(update_fields=list(fields))
